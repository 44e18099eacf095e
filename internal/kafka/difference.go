package kafka

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// partitions is the name of a Difference in the number of partitions, which is no setting of Kafka's.
const partitions = "partitions"

// Difference is one respect in which an existing topic is not as it should be.
type Difference struct {
	Topic   string
	Setting string // as Kafka names it, or "partitions"
	Is      string
	Want    string
	Note    string // what it means, for a person; may be empty
	// Stays says that nothing can be done about it: Kafka takes no partitions away.
	Stays bool
}

func (d Difference) String() string {
	s := fmt.Sprintf("%s %s %s -> %s", d.Topic, d.Setting, d.Is, d.Want)
	if d.Stays {
		s = fmt.Sprintf("%s %s %s, configured %s", d.Topic, d.Setting, d.Is, d.Want)
	}
	if d.Note != "" {
		s += " (" + d.Note + ")"
	}
	return s
}

// Differences tells how the topics that exist differ from what they should be, in the order of topics. Settings that Topic says
// nothing about are the operator's. Nothing is changed.
func Differences(ctx context.Context, adm *kadm.Client, topics []Topic) ([]Difference, error) {
	details, err := adm.ListTopics(ctx)
	if err != nil {
		return nil, fmt.Errorf("list topics: %w", err)
	}
	topics = slices.DeleteFunc(slices.Clone(topics), func(t Topic) bool { return !details.Has(t.Name) })
	if len(topics) == 0 {
		return nil, nil // asking for no topic's settings is asking for every topic's
	}
	var names []string
	for _, t := range topics {
		names = append(names, t.Name)
	}
	configs, err := adm.DescribeTopicConfigs(ctx, names...)
	if err != nil {
		return nil, fmt.Errorf("read the settings of topics: %w", err)
	}
	var all []Difference
	for _, t := range topics {
		config, err := configs.On(t.Name, nil)
		if err == nil {
			err = config.Err
		}
		if err != nil {
			return nil, topicError("read the settings of", t.Name, "DescribeConfigs", err, config.ErrMessage)
		}
		all = append(all, t.settings(config.Configs)...)
		all = append(all, t.partitions(len(details[t.Name].Partitions))...)
	}
	return all, nil
}

func (t Topic) settings(configs []kadm.Config) []Difference {
	is := map[string]string{}
	for _, c := range configs {
		is[c.Key] = c.MaybeValue()
	}
	var all []Difference
	want := t.configs()
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if is[key] == *want[key] {
			continue
		}
		d := Difference{Topic: t.Name, Setting: key, Is: is[key], Want: *want[key]}
		if t.Retention == 0 && key != "max.message.bytes" {
			d.Note = "dangerous: records here wait until their work is done, and the brokers could delete some before"
		}
		all = append(all, d)
	}
	return all
}

func (t Topic) partitions(n int) []Difference {
	d := Difference{Topic: t.Name, Setting: partitions, Is: strconv.Itoa(n), Want: strconv.Itoa(int(t.Partitions))}
	switch {
	case n == int(t.Partitions):
		return nil
	case n < int(t.Partitions):
		d.Note = "keys move to other partitions; nothing relies on a key staying on its partition"
	case t.Single:
		d.Stays, d.Note = true, "needs exactly one, which keeps its records in order; Kafka takes no partitions away"
	default:
		d.Stays, d.Note = true, "does no harm; Kafka takes no partitions away"
	}
	return []Difference{d}
}

// Correct does away with the differences, but for those that stay, and returns those that are gone. It stops at the first
// error: what was corrected until then stays corrected.
func Correct(ctx context.Context, adm *kadm.Client, differences []Difference) ([]Difference, error) {
	var done []Difference
	for _, d := range differences {
		if d.Stays {
			continue
		}
		correct := correctSetting
		if d.Setting == partitions {
			correct = addPartitions
		}
		if err := correct(ctx, adm, d); err != nil {
			return done, err
		}
		done = append(done, d)
	}
	return done, nil
}

// correctSetting sets the one setting and leaves the topic's others alone.
func correctSetting(ctx context.Context, adm *kadm.Client, d Difference) error {
	res, err := adm.AlterTopicConfigs(ctx, []kadm.AlterConfig{{Op: kadm.SetConfig, Name: d.Setting, Value: &d.Want}}, d.Topic)
	message := ""
	for _, r := range res {
		if err == nil {
			err, message = r.Err, r.ErrMessage
		}
	}
	if err != nil {
		return topicError("set "+d.Setting+" of", d.Topic, "AlterConfigs", err, message)
	}
	return nil
}

func addPartitions(ctx context.Context, adm *kadm.Client, d Difference) error {
	n, err := strconv.Atoi(d.Want)
	if err != nil {
		return fmt.Errorf("partitions of topic %s: %w", d.Topic, err)
	}
	res, err := adm.UpdatePartitions(ctx, n, d.Topic)
	if err == nil {
		err = res[d.Topic].Err
	}
	if err != nil {
		return topicError("add partitions to", d.Topic, "Alter", err, res[d.Topic].ErrMessage)
	}
	return nil
}

// topicError says what could not be done to the topic and, where the broker refused it for that, which right is missing.
func topicError(what, topic, right string, err error, message string) error {
	if unauthorised(err) {
		return fmt.Errorf("%s topic %s: the right %s on this topic is missing: %w", what, topic, right, err)
	}
	if message != "" {
		return fmt.Errorf("%s topic %s: %w: %s", what, topic, err, message)
	}
	return fmt.Errorf("%s topic %s: %w", what, topic, err)
}

func unauthorised(err error) bool {
	var auth *kadm.AuthError
	return errors.As(err, &auth) || errors.Is(err, kerr.TopicAuthorizationFailed) || errors.Is(err, kerr.ClusterAuthorizationFailed)
}
