package dlq

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// place is a partition.
type place struct {
	topic     string
	partition int32
}

// span is a part of a partition: the offsets from, until before to.
type span struct {
	place
	from, to int64
}

// silence is how long a read waits before it asks whether what it waits for was deleted, or the brokers are away.
const silence = 2 * time.Second

// answer is how long the brokers may take to answer a question: somebody waits at a terminal.
const answer = 10 * time.Second

// read visits the committed records of the spans, those of one partition in their order, and holds a few megabytes of them at a
// time. visit reports whether to go on with the record's partition.
func (q *Queue) read(ctx context.Context, spans []span, visit func(*kgo.Record) (bool, error)) error {
	left := make(map[place]int64, len(spans))
	consume := map[string]map[int32]kgo.Offset{}
	for _, s := range spans {
		if s.from >= s.to {
			continue
		}
		left[s.place] = s.to
		if consume[s.topic] == nil {
			consume[s.topic] = map[int32]kgo.Offset{}
		}
		consume[s.topic][s.partition] = kgo.NewOffset().At(s.from)
	}
	if len(left) == 0 {
		return nil
	}
	cl, err := kgo.NewClient(append([]kgo.Opt{
		kgo.ConsumePartitions(consume),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.KeepControlRecords(), // the last record before an end may be a transaction's marker
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchMaxBytes(4 << 20),
		kgo.FetchMaxPartitionBytes(4 << 20),
		kgo.MaxConcurrentFetches(1),
		kgo.FetchMaxWait(250 * time.Millisecond),
		kgo.MaxDecompressBatchBytes(64 << 20),
	}, q.options.Client...)...)
	if err != nil {
		return fmt.Errorf("make client to read dead letters: %w", err)
	}
	defer cl.Close()
	for len(left) > 0 {
		if err := q.readSome(ctx, cl, left, visit); err != nil {
			return err
		}
	}
	return nil
}

// readSome visits what the next fetch brings, and takes the partitions that are done out of left.
func (q *Queue) readSome(ctx context.Context, cl *kgo.Client, left map[place]int64, visit func(*kgo.Record) (bool, error)) error {
	poll, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	fetches := cl.PollRecords(poll, 500)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("read dead letters: %w", err)
	}
	if poll.Err() != nil && fetches.NumRecords() == 0 {
		return q.giveUpDeleted(ctx, left)
	}
	var failure error
	fetches.EachError(func(topic string, partition int32, err error) {
		var loss *kgo.ErrDataLoss // deleted meanwhile by somebody who handled them
		if failure == nil && !errors.As(err, &loss) && !errors.Is(err, context.DeadlineExceeded) {
			failure = fmt.Errorf("read %s/%d: %w", topic, partition, err)
		}
	})
	done := map[string][]int32{}
	for it := fetches.RecordIter(); failure == nil && !it.Done(); {
		r := it.Next()
		at := place{r.Topic, r.Partition}
		to, reading := left[at]
		if !reading {
			continue
		}
		more := r.Offset < to-1
		if r.Offset < to && !r.Attrs.IsControl() {
			wanted, err := visit(r)
			if err != nil {
				return err
			}
			more = more && wanted
		}
		if !more {
			delete(left, at)
			done[r.Topic] = append(done[r.Topic], r.Partition)
		}
	}
	cl.RemoveConsumePartitions(done)
	return failure
}

// giveUpDeleted takes those partitions out of left of which nothing is there any more.
func (q *Queue) giveUpDeleted(ctx context.Context, left map[place]int64) error {
	topics := map[string]bool{}
	for at := range left {
		topics[at.topic] = true
	}
	starts, err := q.offsets(ctx, q.admin.ListStartOffsets, topics)
	if err != nil {
		return err
	}
	for at, to := range left {
		if start, ok := starts[at]; !ok || start >= to {
			delete(left, at)
		}
	}
	return nil
}

type lister func(ctx context.Context, topics ...string) (kadm.ListedOffsets, error)

// offsets returns an offset of each partition of the topics.
func (q *Queue) offsets(ctx context.Context, list lister, topics map[string]bool) (map[place]int64, error) {
	names := make([]string, 0, len(topics))
	for name := range topics {
		names = append(names, name)
	}
	if len(names) == 0 { // none would mean all
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	listed, err := list(ctx, names...)
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("list offsets of dead letters: %w", err)
	}
	at := map[place]int64{}
	listed.Each(func(o kadm.ListedOffset) { at[place{o.Topic, o.Partition}] = o.Offset })
	return at, nil
}
