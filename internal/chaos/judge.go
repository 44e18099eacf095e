package chaos

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/internal/ledger"
	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/schemas"
)

// memoryBound is how much a service may ever have resident: twice what its process aims to stay below.
const memoryBound = 400 << 20

// judge is the oracle. Nothing runs any more but the store, the broker and the platforms.
func (r *run) judge(ctx context.Context) error {
	r.say("all services have stopped; comparing")
	for _, check := range []func(context.Context) error{r.judgeStore, r.judgeLedger, r.judgeTopics, r.judgeDeadLetters, r.judgeVersions} {
		if err := check(ctx); err != nil {
			return err
		}
	}
	for _, line := range r.alarms() {
		r.report.mistake("log", errors.New(line))
	}
	for _, m := range r.crew {
		r.report.member(m)
		if m.peak > memoryBound {
			r.report.mistake("memory", fmt.Errorf("%s had %d MiB resident, more than %d", m.name, m.peak>>20, memoryBound>>20))
		}
	}
	r.report.standstills(r.watch)
	if kills, outstanding := r.report.count(Kill, ""); outstanding*10 < kills*9 {
		r.report.mistake("faults", fmt.Errorf("only %d of %d kills fell while pages were still to be fetched", outstanding, kills))
	}
	paths, err := r.truth().Calls(ctx)
	if err != nil {
		return err
	}
	for _, p := range paths {
		r.report.Calls += p.Calls
	}
	r.report.Took = time.Since(r.report.Began)
	return nil
}

// judgeStore holds each shop's documents of each kind against the truth.
func (r *run) judgeStore(ctx context.Context) error {
	shops := r.sim.Shops()
	for i := range shops {
		for _, kind := range schemas.Kinds {
			c, err := oracle.Compare(ctx, r.truth(), r.client.Majority(mongodb.DocumentCollection(kind)), r.selection(&shops[i], kind))
			if err != nil {
				return err
			}
			r.report.Comparisons = append(r.report.Comparisons, *c)
		}
	}
	return nil
}

// judgeLedger wants every chunk complete, and its figures to agree.
func (r *run) judgeLedger(ctx context.Context) error {
	l, err := ledger.New(r.client, time.Now)
	if err != nil {
		return err
	}
	d, err := l.Show(ctx, r.planID, r.config.Chunk.Timeout)
	if err != nil {
		return err
	}
	wrong := func(format string, args ...any) { r.report.mistake("ledger", fmt.Errorf(format, args...)) }
	if d.Status != schemas.RunCompleted {
		wrong("the run is %s", d.Status)
	}
	kinds, want := catalog.Platforms.Kinds(), 0
	for _, s := range r.sim.Shops() {
		want += oracle.Chunks(kinds[s.Platform], r.window.N)
	}
	if d.Planned != want || d.Counts.Complete != want {
		wrong("%d chunks are planned and %d complete, want %d", d.Planned, d.Counts.Complete, want)
	}
	for _, gap := range d.Gaps {
		wrong("chunk %s is %s: %v", gap.ID, gap.Status, gap.Gaps)
	}
	s := &d.Sums
	if s.Listed != s.Answered+s.Gone+s.Skipped || s.Documents != s.Inserted+s.Updated+s.Unchanged+s.Stale || s.DeadLettered != 0 {
		wrong("the sums do not agree: %+v", *s)
	}
	r.report.Chunks, r.report.Inserted = d.Counts.Complete, s.Inserted
	return nil
}

// judgeTopics wants every page and every document published once.
func (r *run) judgeTopics(ctx context.Context) (err error) {
	w := r.watched()
	if r.report.Pages, err = r.once(ctx, w.Raw, func(rec *kgo.Record) string { return schemas.Header(rec, schemas.HeaderTaskID) }); err != nil {
		return err
	}
	r.report.Documents, err = r.once(ctx, w.Clean, func(rec *kgo.Record) string {
		return schemas.Header(rec, schemas.HeaderTaskID) + "/" + schemas.Header(rec, schemas.HeaderIndex)
	})
	return err
}

// once counts the records of the topics and takes down those that are there again.
func (r *run) once(ctx context.Context, topics []string, name func(*kgo.Record) string) (int, error) {
	times := map[string]int{}
	for _, topic := range topics {
		records, err := oracle.Committed(ctx, kafka.ClientOptions(r.config.Kafka.Brokers), topic)
		if err != nil {
			return 0, err
		}
		for _, record := range records {
			times[name(record)]++
			if times[name(record)] == 2 {
				r.report.mistake("topics", fmt.Errorf("%s has %s again, at %d/%d", topic, name(record), record.Partition, record.Offset))
			}
		}
	}
	return len(times), nil
}

// judgeDeadLetters wants none.
func (r *run) judgeDeadLetters(ctx context.Context) error {
	cl, err := kgo.NewClient(kafka.ClientOptions(r.config.Kafka.Brokers)...)
	if err != nil {
		return err
	}
	defer cl.Close()
	topics, err := kadm.NewClient(cl).ListTopics(ctx)
	if err != nil {
		return fmt.Errorf("list topics: %w", err)
	}
	for _, topic := range topics.Names() {
		if !strings.HasPrefix(topic, r.topics.DLQ("")) {
			continue
		}
		letters, err := oracle.Committed(ctx, kafka.ClientOptions(r.config.Kafka.Brokers), topic)
		if err != nil {
			return err
		}
		r.report.DeadLetters += len(letters)
		for _, letter := range letters {
			r.report.mistake("dead letters", fmt.Errorf("%s: %s: %s", topic, schemas.Header(letter, schemas.HeaderErrorClass),
				schemas.Header(letter, schemas.HeaderError)))
		}
	}
	return nil
}

// judgeVersions wants no document ever to have gone back.
func (r *run) judgeVersions(ctx context.Context) error {
	if err := r.versions.Look(ctx); err != nil {
		return err
	}
	wrong, samples := r.versions.Mistakes()
	r.report.Samples, r.report.Stored = samples, r.versions.Documents()
	for _, text := range wrong {
		r.report.mistake("versions", errors.New(text))
	}
	return nil
}
