package stream_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/internal/stream"
)

// worked lets a stage do ten tasks, stops it, and adds ten more.
func (b *bench) worked(t *testing.T, o stream.Options) {
	t.Helper()
	b.tasksOn(t, 0, 10)
	s := start(t, o, func(_ context.Context, batch []*kgo.Record) (stream.Result, error) { return b.pageEach(batch), nil })
	kafkatest.Eventually(t, "offset 10 committed", func() bool { return b.Committed(t, b.group, b.tasks)[0] >= 10 })
	s.stop(t)
	for i := 10; i < 20; i++ {
		b.Produce(t, b.task(0, fmt.Sprintf("0/%d", i)))
	}
}

// reset commits an offset for the group as a tool does that knows nothing of us.
func (b *bench) reset(t *testing.T, offset int64, metadata string) {
	t.Helper()
	adm := b.Admin(t)
	offsets := kadm.Offsets{}
	offsets.Add(kadm.Offset{Topic: b.tasks, Partition: 0, At: offset, LeaderEpoch: -1, Metadata: metadata})
	kafkatest.Eventually(t, "offset set", func() bool { // not before the last member is known to be gone
		res, err := adm.CommitOffsets(t.Context(), b.group, offsets)
		return err == nil && res.Error() == nil
	})
}

// again runs a stage and returns which tasks it did, once n are done.
func (b *bench) again(t *testing.T, o stream.Options, n int) []string {
	t.Helper()
	var did recorder
	s := start(t, o, func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		did.add(batch)
		return stream.Result{}, nil
	})
	kafkatest.Eventually(t, "tasks done", func() bool { return did.len() >= n })
	s.stop(t)
	return did.ids
}

// Work that is done once must not be skipped because somebody set its group's offsets, nor be deleted before the stage notices:
// whatever was set, all that is left is looked at.
func TestOffsetsSetFromOutsideSkipNoWork(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		offset   int64
		metadata string
	}{
		"forward": {20, ""}, "into the middle": {15, ""}, "backward": {0, ""},
		"with words of the tool's own":     {20, "set by ops-42"},
		"by another client of the library": {20, "kgo-0e8d2a7c-65f4-4b7a-9a0e-3c1d2b5f6a78"},
		"by our name without a member's":   {20, "shopstream"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, 1)
			b.worked(t, b.options())
			b.reset(t, c.offset, c.metadata)
			did := b.again(t, b.options(), 10)
			for i := 10; i < 20; i++ {
				if id := fmt.Sprintf("0/%d", i); !slices.Contains(did, id) {
					t.Errorf("task %s was skipped: %v were done", id, did)
				}
			}
		})
	}
}

// The same without an end in view: what can be made anew is replayed from where its group was set to.
func TestOffsetsOfWhatMayBeReplayedAreObeyed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ offset, want int64 }{"backward": {4, 16}, "forward": {17, 3}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, 1)
			o := b.options()
			o.UntilDone = false
			b.worked(t, o)
			b.reset(t, c.offset, "")
			o = b.options()
			o.UntilDone = false
			did := b.again(t, o, int(c.want))
			if did[0] != fmt.Sprintf("0/%d", c.offset) || int64(len(did)) != c.want {
				t.Errorf("did %v, want %d from %d on", did, c.want, c.offset)
			}
		})
	}
}

// A topic that was deleted and made again while nobody looked has other records at the same offsets: going on would skip them.
func TestTopicMadeAgainWhileDownStopsTheStage(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	b.worked(t, b.options())
	b.reset(t, 12, "shopstream/AAAAAAAAAAAAAAAAAAAAAA") // the mark of a topic that is no more
	s := start(t, b.options(), func(_ context.Context, batch []*kgo.Record) (stream.Result, error) { return b.pageEach(batch), nil })
	if err := s.wait(t); !errors.Is(err, stream.ErrRecreated) {
		t.Errorf("stage ended with %v", err)
	} else {
		t.Log(err)
	}
}

// Offsets that an earlier release committed have its member's name on them, which brokers give and its client puts there: they
// count.
func TestOffsetsOfAnEarlierReleaseCount(t *testing.T) {
	t.Parallel()
	for name, instance := range map[string]string{"unnamed": "", "named": "pod-0"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, 1)
			o := b.options()
			o.Instance = instance
			b.worked(t, o)
			b.commitAsBefore(t, instance)
			o = b.options()
			o.Instance = instance
			if did := b.again(t, o, 8); len(did) != 8 || did[0] != "0/12" {
				t.Errorf("did %v, want those from 12 on", did)
			}
		})
	}
}

// commitAsBefore consumes two tasks with the client of earlier releases, which left a commit's metadata to the library.
func (b *bench) commitAsBefore(t *testing.T, instance string) {
	t.Helper()
	opts := append(b.Options(), kgo.ConsumerGroup(b.group), kgo.ConsumeTopics(b.tasks), kgo.TransactionalID(b.group+".earlier"),
		kgo.Balancers(kgo.CooperativeStickyBalancer()), kgo.BlockRebalanceOnPoll(), kgo.SessionTimeout(6*time.Second))
	if instance != "" {
		opts = append(opts, kgo.InstanceID(instance+".0"))
	}
	sess, err := kgo.NewGroupTransactSession(opts...)
	if err != nil {
		t.Fatal(err)
	}
	defer sess.CloseAllowingRebalance()
	for done := 0; done < 2; {
		fetches := sess.PollRecords(t.Context(), 2-done)
		if err := errors.Join(fetches.Err(), sess.Begin()); err != nil {
			t.Fatal(err)
		}
		committed, err := sess.End(t.Context(), kgo.TryCommit)
		sess.AllowRebalance()
		if err != nil {
			t.Fatal(err)
		}
		if committed {
			done += fetches.NumRecords()
		}
	}
}

// A commit says which topic it is for.
func TestCommitsAreMarked(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	b.worked(t, b.options())
	adm := b.Admin(t)
	offsets, err := adm.FetchOffsetsForTopics(t.Context(), b.group, b.tasks)
	if err != nil {
		t.Fatal(err)
	}
	topics, err := adm.ListTopics(t.Context(), b.tasks)
	if err != nil {
		t.Fatal(err)
	}
	o, _ := offsets.Lookup(b.tasks, 0)
	if want := "shopstream/" + topics[b.tasks].ID.String(); o.Metadata != want {
		t.Errorf("metadata is %q, want %q", o.Metadata, want)
	}
}
