package stream_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/internal/stream"
)

func TestRebalanceInMidBatchPublishesNothingTwice(t *testing.T) {
	t.Parallel()
	b := setup(t, 4)
	for p := range int32(4) {
		b.tasksOn(t, p, 30)
	}
	o := b.options()
	o.MaxRecords = 10
	entered, release := make(chan struct{}, 100), make(chan struct{})
	slow := func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		entered <- struct{}{}
		<-release
		return b.pageEach(batch), nil
	}
	start(t, o, slow)
	<-entered
	// Two more join while the first has a batch in hand; the rebalance waits for it.
	start(t, b.options(), slow)
	start(t, b.options(), slow)
	kafkatest.Eventually(t, "rebalance begun", func() bool { return b.groupState(t) != "Stable" || b.membersWithPartitions(t) > 1 })
	close(release)
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(120), b.pages), 120)
}

func (b *bench) groupState(t *testing.T) string {
	t.Helper()
	groups, err := b.Admin(t).DescribeGroups(t.Context(), b.group)
	if err != nil {
		t.Fatal(err)
	}
	return groups[b.group].State
}

// With the same instance name twice, the first to be fenced stops and says why; the other one goes on.
func TestSecondProcessWithTheSameInstanceFencesTheFirst(t *testing.T) {
	t.Parallel()
	b := setup(t, 2)
	o := b.options()
	o.Instance = "pod-0"
	work := func(_ context.Context, batch []*kgo.Record) (stream.Result, error) { return b.pageEach(batch), nil }
	first := start(t, o, work)
	kafkatest.Eventually(t, "first joined", func() bool { return first.Health().Ready })
	o2 := b.options()
	o2.Instance = "pod-0"
	second := start(t, o2, work)
	var survivor *running
	select {
	case <-first.done:
		survivor = second
		if !errors.Is(first.err, stream.ErrFenced) {
			t.Errorf("first ended with %v", first.err)
		}
	case <-second.done:
		survivor = first
		if !errors.Is(second.err, stream.ErrFenced) {
			t.Errorf("second ended with %v", second.err)
		}
	case <-time.After(kafkatest.Patience):
		t.Fatal("both go on under one name")
	}
	b.tasksOn(t, 0, 5)
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(5), b.pages), 5)
	if survivor.Health().Stopped != nil {
		t.Error(survivor.Health().Stopped)
	}
}

// A clean stop leaves the group in both membership modes, so that nobody waits for a session to time out.
func TestStoppedMemberLeavesTheGroup(t *testing.T) {
	t.Parallel()
	for _, instance := range []string{"", "pod-0"} {
		t.Run("instance="+instance, func(t *testing.T) {
			t.Parallel()
			b := setup(t, 2)
			o := b.options()
			o.Instance = instance
			o.Lanes = 2
			s := start(t, o, func(_ context.Context, batch []*kgo.Record) (stream.Result, error) { return b.pageEach(batch), nil })
			kafkatest.Eventually(t, "joined", func() bool { return s.Health().Ready })
			s.stop(t)
			if s.err != nil {
				t.Error(s.err)
			}
			groups, err := b.Admin(t).DescribeGroups(t.Context(), b.group)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(groups[b.group].Members); n != 0 {
				t.Errorf("%d members left behind", n)
			}
		})
	}
}

func TestStopFinishesTheBatchInHand(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	b.tasksOn(t, 0, 3)
	entered := make(chan struct{})
	s := start(t, b.options(), func(ctx context.Context, batch []*kgo.Record) (stream.Result, error) {
		close(entered)
		select {
		case <-ctx.Done():
			t.Error("context ended before the grace was over")
		case <-time.After(500 * time.Millisecond): // some work
		}
		return b.pageEach(batch), nil
	})
	<-entered
	s.stop(t)
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(3), b.pages), 3)
	if at := b.Committed(t, b.group, b.tasks)[0]; at != 3 {
		t.Errorf("offset %d committed, want 3", at)
	}
}

func TestStopEndsABatchThatTakesTooLong(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	b.tasksOn(t, 0, 3)
	entered := make(chan struct{})
	var once atomic.Bool
	s := start(t, b.options(), func(ctx context.Context, _ []*kgo.Record) (stream.Result, error) {
		if once.CompareAndSwap(false, true) {
			close(entered)
		}
		<-ctx.Done()
		return stream.Result{}, ctx.Err()
	})
	<-entered
	began := time.Now()
	s.stop(t)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("stop took %v", took)
	}
	b.start(t, 3)
}

// start runs a stage that publishes a page for each task, and waits for n pages.
func (b *bench) start(t *testing.T, n int) {
	t.Helper()
	start(t, b.options(), func(_ context.Context, batch []*kgo.Record) (stream.Result, error) { return b.pageEach(batch), nil })
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(n), b.pages), n)
}

// Not parallel: they take the broker away from everybody who shares it.

func TestBrokerRestart(t *testing.T) {
	b := setup(t, 2)
	b.tasksOn(t, 0, 200)
	b.tasksOn(t, 1, 200)
	o := b.options()
	o.MaxRecords = 10
	var seen recorder
	start(t, o, func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		seen.add(batch)
		return b.pageEach(batch), nil
	})
	kafkatest.Eventually(t, "work begun", func() bool { return seen.len() >= 50 })
	b.Stop(t)
	b.Resume(t)
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(400), b.pages), 400)
}

func TestBrokerAway(t *testing.T) {
	b := setup(t, 2)
	b.tasksOn(t, 0, 100)
	o := b.options()
	o.MaxRecords = 10
	var seen recorder
	gate := make(chan struct{}, 1000)
	s := start(t, o, func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		<-gate
		seen.add(batch)
		return b.pageEach(batch), nil
	})
	gate <- struct{}{}
	kafkatest.Eventually(t, "work begun", func() bool { return seen.len() >= 10 })
	b.Stop(t)
	for range 1000 {
		gate <- struct{}{} // what is in hand is processed while the broker is away, and cannot be published
		if len(gate) == cap(gate) {
			break
		}
	}
	kafkatest.Eventually(t, "trouble shown", func() bool { return s.Health().Trouble != nil })
	away := time.NewTimer(30 * time.Second)
	defer away.Stop()
	<-away.C
	b.Resume(t)
	back := time.Now()
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(100), b.pages), 100)
	t.Logf("all work done %v after the broker was back", time.Since(back).Round(time.Millisecond))
	if n := b.count(t, b.topics.DLQ("tasks")); n != 0 {
		t.Error("an outage dead-lettered records")
	}
}

// An open transaction of a process that died keeps read_committed readers waiting; trimming meanwhile must not lose what it
// hides.
func TestTrimmingUnderOpenTransactions(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	b.tasksOn(t, 0, 10)
	s := start(t, b.options(), func(_ context.Context, batch []*kgo.Record) (stream.Result, error) { return b.pageEach(batch), nil })
	b.Read(t, kafkatest.AtLeast(10), b.pages)

	cl := b.Client(t, kgo.TransactionalID(b.topics.Prefix+"other"), kgo.TransactionTimeout(40*time.Second))
	if err := cl.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	task := b.task(0, "hidden")
	if err := cl.ProduceSync(t.Context(), task).FirstErr(); err != nil {
		t.Fatal(err)
	}
	b.tasksOn(t, 0, 1) // behind the open transaction
	kafkatest.Eventually(t, "trimmed to the committed offset", func() bool { return b.start0(t) == 10 })
	if s.Health().Stopped != nil {
		t.Fatal(s.Health().Stopped)
	}
	if err := cl.EndTransaction(t.Context(), kgo.TryCommit); err != nil {
		t.Fatal(err)
	}
	pages := b.Read(t, kafkatest.AtLeast(12), b.pages)
	if got := string(pages[10].Value); got != "hidden" {
		t.Errorf("after the transaction's end came %q", got)
	}
}

func (b *bench) start0(t *testing.T) int64 {
	t.Helper()
	starts, err := b.Admin(t).ListStartOffsets(t.Context(), b.tasks)
	if err != nil {
		t.Fatal(err)
	}
	o, _ := starts.Lookup(b.tasks, 0)
	return o.Offset
}

func TestRecordsGoneBeforeTheyWereConsumedStopTheStage(t *testing.T) {
	t.Parallel()
	left := time.Date(2024, 3, 5, 6, 7, 8, 0, time.UTC)
	for name, c := range map[string]struct {
		deleted int64
		says    string
	}{
		"some":          {8, "offsets 5 to 7 are gone, the first one still there is from 2024-03-05T06:07:08Z"},
		"all there are": {10, "offsets 5 to 9 are gone;"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setupDeleting(t, 1)
			b.tasksOn(t, 0, 5)
			work := func(_ context.Context, batch []*kgo.Record) (stream.Result, error) { return b.pageEach(batch), nil }
			s := start(t, b.options(), work)
			kafkatest.Eventually(t, "offset 5 committed", func() bool { return b.Committed(t, b.group, b.tasks)[0] == 5 })
			s.stop(t)
			for i := range 5 {
				task := b.task(0, "late")
				task.Timestamp = left.Add(time.Duration(i-3) * time.Hour) // the one at offset 8 is from then
				b.Produce(t, task)
			}
			b.deleteBelow(t, 0, c.deleted)
			s = start(t, b.options(), work)
			err := s.wait(t)
			if !errors.Is(err, stream.ErrDataLoss) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("stage ended with %v, want %q in it", err, c.says)
			}
		})
	}
}

func (b *bench) deleteBelow(t *testing.T, partition int32, offset int64) {
	t.Helper()
	below := kadm.Offsets{}
	below.Add(kadm.Offset{Topic: b.tasks, Partition: partition, At: offset, LeaderEpoch: -1})
	res, err := b.Admin(t).DeleteRecords(t.Context(), below)
	if err == nil {
		err = res.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A topic whose beginning was deleted before the group ever committed is no loss that anybody can prove: the group starts at
// what there is.
func TestFirstStartBehindADeletedBeginning(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	b.tasksOn(t, 0, 10)
	b.deleteBelow(t, 0, 4)
	var tries atomic.Int32
	start(t, b.options(), func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		if tries.Add(1) == 1 {
			return stream.Result{}, errors.New("store is away") // rewinds to an offset that is no more
		}
		return b.pageEach(batch), nil
	})
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(6), b.pages), 6)
}

func TestRecreatedTopicStopsTheStage(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	b.tasksOn(t, 0, 5)
	s := start(t, b.options(), func(_ context.Context, batch []*kgo.Record) (stream.Result, error) { return b.pageEach(batch), nil })
	b.Read(t, kafkatest.AtLeast(5), b.pages)
	adm := b.Admin(t)
	if _, err := adm.DeleteTopic(t.Context(), b.tasks); err != nil {
		t.Fatal(err)
	}
	kafkatest.Eventually(t, "topic made again", func() bool {
		res, err := adm.CreateTopic(t.Context(), 1, 1, nil, b.tasks)
		return err == nil && res.Err == nil
	})
	if err := s.wait(t); !errors.Is(err, stream.ErrRecreated) {
		t.Errorf("stage ended with %v", err)
	}
}

// inTransaction produces n tasks to partition 0 in a transaction, whose marker follows them.
func (b *bench) inTransaction(t *testing.T, n int) {
	t.Helper()
	cl := b.Client(t, kgo.TransactionalID(b.topics.Prefix+"producer"), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err := cl.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := cl.ProduceSync(t.Context(), b.task(0, fmt.Sprintf("0/%d", i))).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	if err := cl.EndTransaction(t.Context(), kgo.TryCommit); err != nil {
		t.Fatal(err)
	}
}

// The marker at a partition's end must not stay as a lag, nor be taken for a lost record once retention has deleted it.
func TestMarkersAreNeitherLagNorLoss(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	b.inTransaction(t, 5)
	o := b.options()
	o.UntilDone = false
	work := func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		for _, r := range batch {
			if r.Attrs.IsControl() {
				t.Error("a marker reached the processor")
			}
		}
		return b.pageEach(batch), nil
	}
	s := start(t, o, work)
	kafkatest.Eventually(t, "no lag", func() bool { return b.Committed(t, b.group, b.tasks)[0] == 6 })
	s.stop(t)
	b.deleteBelow(t, 0, 6)
	o.Registerer = prometheus.NewRegistry()
	s = start(t, o, work)
	b.tasksOn(t, 0, 1)
	b.Read(t, kafkatest.AtLeast(6), b.pages)
	if s.Health().Stopped != nil {
		t.Error(s.Health().Stopped)
	}
}
