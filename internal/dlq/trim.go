package dlq

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// awaitCommit waits until what was committed can be read, which brokers see to only after they have confirmed it: so that whoever
// lists the letters next does not find the handled ones among them. It does not wait for long; another order may be at work.
func (q *Queue) awaitCommit(ctx context.Context) error {
	topic := map[string]bool{q.options.Topics.Handled(): true}
	ends, err := q.offsets(ctx, q.admin.ListEndOffsets, topic)
	if err != nil {
		return err
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for enough := time.After(silence); ; {
		committed, err := q.offsets(ctx, q.admin.ListCommittedOffsets, topic)
		if err != nil {
			return err
		}
		behind := false
		for at, end := range ends {
			behind = behind || committed[at] < end
		}
		if !behind {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-enough:
			return nil
		case <-tick.C:
		}
	}
}

// trim deletes what lies before the first open letter of each of the partitions, and the words about letters that are deleted
// then. It returns how many offsets that are.
func (q *Queue) trim(ctx context.Context, before *snapshot, touched map[place]bool) (int64, error) {
	s, err := q.snapshot(ctx)
	if err != nil {
		return 0, err
	}
	deleted, err := q.deleteUntil(ctx, s, s.spans(func(at place) bool { return touched[at] }), func(r *kgo.Record) bool {
		// A topic that was made again meanwhile is another one: nothing of it is known to be handled.
		_, handled := s.handled[newLetter(r, q.options.Topics.Prefix).ID]
		return !handled || s.topics[r.Topic] != before.topics[r.Topic]
	})
	if err != nil {
		return deleted, err
	}
	if s, err = q.snapshot(ctx); err != nil {
		return deleted, err
	}
	handled := q.options.Topics.Handled()
	_, err = q.deleteUntil(ctx, s, s.spans(func(at place) bool { return at.topic == handled }), func(r *kgo.Record) bool {
		_, _, needed := q.readHandled(r, s)
		return needed
	})
	return deleted, err
}

// deleteUntil deletes the records of the spans that come before the first one to keep.
func (q *Queue) deleteUntil(ctx context.Context, s *snapshot, spans []span, keep func(*kgo.Record) bool) (int64, error) {
	until := map[place]int64{}
	for _, sp := range spans {
		until[sp.place] = sp.to
	}
	err := q.read(ctx, spans, func(r *kgo.Record) (bool, error) {
		if keep(r) {
			until[place{r.Topic, r.Partition}] = r.Offset
			return false, nil
		}
		return true, nil
	})
	if err != nil {
		return 0, err
	}
	below := kadm.Offsets{}
	n := int64(0)
	for at, offset := range until {
		if offset > s.starts[at] {
			below.Add(kadm.Offset{Topic: at.topic, Partition: at.partition, At: offset})
			n += offset - s.starts[at]
		}
	}
	if len(below) == 0 {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	responses, err := q.admin.DeleteRecords(ctx, below)
	if err != nil {
		return 0, fmt.Errorf("delete handled dead letters: %w", err)
	}
	var errs []error
	responses.Each(func(d kadm.DeleteRecordsResponse) {
		if d.Err != nil && !errors.Is(d.Err, kerr.OffsetOutOfRange) { // somebody else was faster
			errs = append(errs, fmt.Errorf("delete handled dead letters of %s/%d: %w", d.Topic, d.Partition, d.Err))
		}
	})
	return n, errors.Join(errs...)
}
