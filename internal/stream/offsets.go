package stream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// isFatal tells errors that must stop a stage from those after which it tries again.
func isFatal(err error) bool {
	return errors.Is(err, ErrTooManyRejections) || errors.Is(err, ErrFenced) ||
		errors.Is(err, ErrDataLoss) || errors.Is(err, ErrRecreated)
}

// checkRecreated compares the ids of the consumed topics with those first seen. Offsets of a deleted topic mean nothing in
// the one made again under its name: going on could skip records in silence.
func (s *Stage) checkRecreated(ctx context.Context, adm *kadm.Client) error {
	topics, err := adm.ListTopics(ctx, s.opts.Consume...)
	if err != nil {
		return fmt.Errorf("list topics: %w", s.lacking("Describe", strings.Join(s.opts.Consume, " or "), err))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range s.opts.Consume {
		t := topics[name]
		if t.Err != nil {
			err = errors.Join(err, fmt.Errorf("topic %s: %w", name, t.Err))
			continue
		}
		switch first, seen := s.topicIDs[name]; {
		case !seen:
			s.topicIDs[name] = t.ID
		case first != t.ID:
			return fmt.Errorf("%w: %s had id %s and has id %s, what was not consumed from it is gone: %s",
				ErrRecreated, name, first, t.ID, s.afterRecreation(name))
		}
	}
	return err
}

// trim deletes the records below the group's committed offsets. The committed offset is what the broker says: a member that
// lost its partitions can only be behind it, so nothing that is not done is ever deleted.
func (s *Stage) trim(ctx context.Context, adm *kadm.Client) error {
	committed, err := s.committed(ctx, adm, s.opts.Consume...)
	if err != nil {
		return err
	}
	starts, err := adm.ListStartOffsets(ctx, s.opts.Consume...)
	if err != nil {
		return fmt.Errorf("list start offsets: %w", err)
	}
	below := kadm.Offsets{}
	committed.Each(func(o kadm.OffsetResponse) {
		start, ok := starts.Lookup(o.Topic, o.Partition)
		// What somebody else has committed, or a lane for an earlier topic of that name, says nothing about what is done.
		if o.Err == nil && ok && start.Err == nil && o.At > start.Offset && s.origin(o.Offset) == ours {
			below.Add(o.Offset)
		}
	})
	if len(below) == 0 {
		return nil
	}
	deleted, err := adm.DeleteRecords(ctx, below)
	if err != nil {
		return fmt.Errorf("delete records below the committed offsets: %w", err)
	}
	var errs []error
	deleted.Each(func(d kadm.DeleteRecordsResponse) {
		// A reset to an older offset or another process's trim may have moved the start in between: nothing to do.
		if d.Err != nil && !errors.Is(d.Err, kerr.OffsetOutOfRange) {
			errs = append(errs, fmt.Errorf("delete records of %s/%d: %w", d.Topic, d.Partition, s.lacking("Delete", d.Topic, d.Err)))
		}
	})
	return errors.Join(errs...)
}

// committed returns the group's offsets, none for a group that has never committed.
func (s *Stage) committed(ctx context.Context, adm *kadm.Client, topics ...string) (kadm.OffsetResponses, error) {
	offsets, err := adm.FetchOffsetsForTopics(ctx, s.opts.Group, topics...)
	if errors.Is(err, kerr.GroupIDNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("fetch committed offsets: %w", s.lacking("", "", err))
	}
	return offsets, nil
}

// explainOutOfRange decides what an offset out of range means, from what the broker holds and what the group committed. It
// returns ErrDataLoss when records that the group has not consumed are gone, and nil when a new session can go on: another
// member was faster and trimmed, or there is no commit yet and the partition's start has moved.
func (s *Stage) explainOutOfRange(ctx context.Context, adm *kadm.Client, topic string, partition int32, loss *kgo.ErrDataLoss) error {
	committed, err := s.committed(ctx, adm, topic)
	if err != nil {
		return err
	}
	starts, err := adm.ListStartOffsets(ctx, topic)
	if err != nil {
		return fmt.Errorf("list start offsets: %w", err)
	}
	ends, err := adm.ListEndOffsets(ctx, topic)
	if err != nil {
		return fmt.Errorf("list end offsets: %w", err)
	}
	c, ok := committed.Lookup(topic, partition)
	if !ok {
		c.At = -1
	}
	start, okStart := starts.Lookup(topic, partition)
	end, okEnd := ends.Lookup(topic, partition)
	if err := errors.Join(c.Err, start.Err, end.Err); err != nil || !okStart || !okEnd {
		return fmt.Errorf("offsets of %s/%d: %w", topic, partition, errors.Join(err, kerr.UnknownTopicOrPartition))
	}
	switch {
	case loss != nil && c.At > loss.ResetTo:
		return fmt.Errorf("%w: the log of %s/%d was replaced from offset %d on, and group %s has consumed up to %d",
			ErrDataLoss, topic, partition, loss.ResetTo, s.opts.Group, c.At)
	case c.At < 0 || (c.At >= start.Offset && c.At <= end.Offset):
		return nil
	case c.At < start.Offset:
		return fmt.Errorf("%w: %s/%d starts at %d, but group %s has consumed only up to %d, so offsets %d to %d are gone%s; "+
			"run the plans of that time again, then reset the group to the earliest offset with "+
			"`kafka-consumer-groups --reset-offsets --to-earliest --group %s --topic %s`",
			ErrDataLoss, topic, partition, start.Offset, s.opts.Group, c.At, c.At, start.Offset-1, firstLeft(ctx, adm, topic, partition), s.opts.Group, topic)
	default:
		return fmt.Errorf("%w: %s/%d ends at %d, before offset %d that group %s has consumed: the topic was truncated or "+
			"made again; run the plans of that time again, then reset the group to the earliest offset with "+
			"`kafka-consumer-groups --reset-offsets --to-earliest --group %s --topic %s`",
			ErrDataLoss, topic, partition, end.Offset, c.At, s.opts.Group, s.opts.Group, topic)
	}
}

// firstLeft says from when the partition's first record is, so that an operator knows which plans to run again. It is nothing when
// there is none, or when the brokers do not say: the message counts, not this.
func firstLeft(ctx context.Context, adm *kadm.Client, topic string, partition int32) string {
	firsts, err := adm.ListOffsetsAfterMilli(ctx, 0, topic)
	if err != nil {
		return ""
	}
	first, ok := firsts.Lookup(topic, partition)
	if !ok || first.Err != nil || first.Timestamp < 0 {
		return ""
	}
	return ", the first one still there is from " + time.UnixMilli(first.Timestamp).UTC().Format(time.RFC3339)
}
