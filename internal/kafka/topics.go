// Package kafka knows how to reach the brokers, which topics an installation has and how they are set, and how to run a
// broker in this process.
package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/shopstream/shopstream/internal/wait"
	"github.com/shopstream/shopstream/schemas"
)

// Topic is a topic as it should be.
type Topic struct {
	Name       string
	Partitions int32
	// Retention is how long records are kept; 0 is for ever: such topics hold work that no clock may delete, and the stage
	// that does the work deletes it.
	Retention time.Duration
	MaxBytes  int32 // of a batch, and so of a record
	// Single says that the topic needs exactly one partition, whatever the installation's number.
	Single bool
}

// Kept for as long as it takes to notice that a consumer stands still, and to replay what a mended mapping makes anew.
const history = 30 * 24 * time.Hour

// Topics returns the topics of an installation, sorted by name. kinds says which kinds of data are fetched from each platform.
// partitions is for all but the plans topic, whose single partition keeps plans in order, and the list of handled dead letters,
// which is trimmed from its beginning.
func Topics(names schemas.Topics, kinds map[string][]string, partitions int32) []Topic {
	var all []Topic
	add := func(name string, retention time.Duration) {
		all = append(all, Topic{
			Name: name, Partitions: partitions, Retention: retention, MaxBytes: names.MaxMessageBytes(name),
		})
	}
	add(names.Plans(), history)
	all[0].Partitions, all[0].Single = 1, true
	for platform, fetched := range kinds {
		for _, lane := range []string{schemas.Live, schemas.Backfill} {
			add(names.PlansWork(lane, platform), 0)
			add(names.Tasks(lane, platform), 0)
		}
		for _, kind := range fetched {
			add(names.Raw(platform, kind), history)
		}
	}
	for _, kind := range schemas.Kinds {
		add(names.Clean(kind), history)
	}
	for _, delay := range []string{schemas.Delay1m, schemas.Delay10m, schemas.Delay1h} {
		add(names.Delay(delay), 0)
	}
	add(names.Progress(), 0)
	for _, of := range []string{"plans", "tasks", "delay", "raw", "clean", "progress"} {
		add(names.DLQ(of), 0)
	}
	add(names.Handled(), 0)
	all[len(all)-1].Partitions, all[len(all)-1].Single = 1, true
	slices.SortFunc(all, func(a, b Topic) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// configs returns the topic's settings as Kafka names them.
func (t Topic) configs() map[string]*string {
	policy, retention := "delete", "-1"
	if t.Retention > 0 {
		retention = strconv.FormatInt(t.Retention.Milliseconds(), 10)
	}
	unlimited, size := "-1", strconv.Itoa(int(t.MaxBytes))
	return map[string]*string{
		"cleanup.policy":    &policy,
		"retention.ms":      &retention,
		"retention.bytes":   &unlimited,
		"max.message.bytes": &size,
	}
}

// Apply creates the topics that do not exist and returns their names. replication -1 takes the brokers' default. Topics that
// exist are left as they are; Correct is for those.
func Apply(ctx context.Context, adm *kadm.Client, topics []Topic, replication int16) ([]string, error) {
	existing, err := adm.ListTopics(ctx)
	if err != nil {
		return nil, fmt.Errorf("list topics: %w", err)
	}
	var created []string
	var errs []error
	for _, t := range topics {
		if existing.Has(t.Name) {
			continue
		}
		res, err := adm.CreateTopic(ctx, t.Partitions, replication, t.configs(), t.Name)
		if err == nil {
			err = res.Err
		}
		switch {
		case errors.Is(err, kerr.TopicAlreadyExists): // somebody else applies too
		case unauthorised(err): // it would be the same for all
			return created, errors.Join(append(errs, topicError("create", t.Name, "Create", err, res.ErrMessage))...)
		case err != nil:
			errs = append(errs, topicError("create", t.Name, "Create", err, res.ErrMessage))
		default:
			created = append(created, t.Name)
		}
	}
	if len(errs) == 0 && len(created) > 0 {
		errs = append(errs, untilShown(ctx, adm, topics))
	}
	return created, errors.Join(errs...)
}

// shownWithin is how long brokers may take to show topics that they have made.
const shownWithin = 30 * time.Second

// untilShown waits until the brokers show the topics: they answer that they have made one before all of them know of it, and who
// starts at once would be told that it does not exist.
func untilShown(ctx context.Context, adm *kadm.Client, topics []Topic) error {
	ctx, cancel := context.WithTimeout(ctx, shownWithin)
	defer cancel()
	for {
		missing, err := Missing(ctx, adm, topics)
		if err == nil && len(missing) == 0 {
			return nil
		}
		if wait.For(ctx, 50*time.Millisecond) != nil {
			return fmt.Errorf("topics were made, and the brokers do not show %d of them after %v, such as %q: %w", len(missing), shownWithin,
				missing[:min(1, len(missing))], errors.Join(err, ctx.Err()))
		}
	}
}

// Missing returns the names of the topics that do not exist. A topic that the brokers do not let us see is an error.
func Missing(ctx context.Context, adm *kadm.Client, topics []Topic) ([]string, error) {
	existing, err := adm.ListTopics(ctx)
	if err != nil {
		return nil, fmt.Errorf("list topics: %w", err)
	}
	var missing []string
	for _, t := range topics {
		if !existing.Has(t.Name) {
			missing = append(missing, t.Name)
		}
	}
	return missing, hidden(ctx, adm, missing)
}

// hidden returns an error that names the first of the topics that the brokers do not let us see. A list of all topics leaves it out
// as if it did not exist; who asks for it by name is told.
func hidden(ctx context.Context, adm *kadm.Client, names []string) error {
	if len(names) == 0 {
		return nil // asking for no topic is asking for every topic
	}
	if _, err := adm.ListTopics(ctx, names...); !unauthorised(err) {
		return nil
	}
	for _, name := range names {
		if _, err := adm.ListTopics(ctx, name); unauthorised(err) {
			return topicError("see", name, "Describe", err, "")
		}
	}
	return nil
}
