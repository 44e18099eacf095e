package stream_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
)

func TestPublishesEachRecordsOutputOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, 3)
	for p := range int32(3) {
		b.tasksOn(t, p, 40)
	}
	o := b.options()
	o.MaxRecords = 7
	start(t, o, func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		if len(batch) > 7 {
			t.Errorf("batch of %d records, the bound is 7", len(batch))
		}
		return b.pageEach(batch), nil
	})
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(120), b.pages), 120)
}

func TestBatchThatYieldsNothingIsConsumed(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	b.tasksOn(t, 0, 5)
	start(t, b.options(), func(context.Context, []*kgo.Record) (stream.Result, error) { return stream.Result{}, nil })
	kafkatest.Eventually(t, "offset 5 committed", func() bool { return b.Committed(t, b.group, b.tasks)[0] == 5 })
}

// A group that has never committed must go back to the first record after an abort, not to the log's end.
func TestInfrastructureErrorLosesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, 2)
	b.tasksOn(t, 0, 10)
	b.tasksOn(t, 1, 10)
	var tries atomic.Int32
	s := start(t, b.options(), func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		if tries.Add(1) <= 3 {
			return stream.Result{Publish: []*kgo.Record{b.page(batch[0])}}, errors.New("store is away")
		}
		return b.pageEach(batch), nil
	})
	kafkatest.Eventually(t, "trouble shown", func() bool { return s.Health().Trouble != nil })
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(20), b.pages), 20)
	kafkatest.Eventually(t, "trouble gone", func() bool { return s.Health().Trouble == nil && s.Health().Ready })
	if dead := b.topics.DLQ("tasks"); b.count(t, dead) != 0 {
		t.Error("an outage put records on " + dead)
	}
}

// count returns how many records the topic ever held, by its end offsets: right for topics without transactions' markers only
// when it is 0.
func (b *bench) count(t *testing.T, topic string) int64 {
	t.Helper()
	ends, err := b.Admin(t).ListEndOffsets(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	var n int64
	for _, partitions := range ends {
		for _, o := range partitions {
			n += o.Offset
		}
	}
	return n
}

func TestRejectedRecordsAreDeadLetteredAloneWithTheirFacts(t *testing.T) {
	t.Parallel()
	for _, at := range []struct {
		name string
		n    int
	}{{"first", 0}, {"middle", 4}, {"last", 8}} {
		t.Run(at.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, 1)
			b.tasksOn(t, 0, 9)
			start(t, b.options(), func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
				var res stream.Result
				for _, r := range batch {
					if r.Offset == int64(at.n) {
						res.Rejected = append(res.Rejected, stream.Rejection{
							Record: r, Class: stream.ClassPermanent, Err: errors.New("shop unknown: " + strings.Repeat("ü", 4000)), Attempts: 3,
						})
						continue
					}
					res.Publish = append(res.Publish, b.page(r))
				}
				return res, nil
			})
			letter := b.Read(t, kafkatest.AtLeast(1), b.topics.DLQ("tasks"))[0]
			exactlyOnce(t, b.Read(t, kafkatest.AtLeast(8), b.pages), 8)
			b.checkLetter(t, letter, b.task(0, "0/"+string(rune('0'+at.n))), stream.ClassPermanent, "3")
			b.checkFact(t, "chunk-0/"+string(rune('0'+at.n))+"#0", stream.ClassPermanent)
		})
	}
}

func (b *bench) checkLetter(t *testing.T, letter, consumed *kgo.Record, class, attempts string) {
	t.Helper()
	if !bytes.Equal(letter.Value, consumed.Value) || !bytes.Equal(letter.Key, consumed.Key) {
		t.Errorf("dead letter holds %q, %q; consumed was %q, %q", letter.Key, letter.Value, consumed.Key, consumed.Value)
	}
	for _, h := range consumed.Headers {
		if schemas.Header(letter, h.Key) != string(h.Value) {
			t.Errorf("dead letter lost header %s", h.Key)
		}
	}
	for key, want := range map[string]string{
		schemas.HeaderErrorClass: class, schemas.HeaderStage: schemas.StageFetcher, schemas.HeaderAttempts: attempts,
		schemas.HeaderRevision: "test",
	} {
		if got := schemas.Header(letter, key); got != want {
			t.Errorf("header %s is %q, want %q", key, got, want)
		}
	}
	if source := schemas.Header(letter, schemas.HeaderSource); !strings.HasPrefix(source, b.tasks+"/0/") {
		t.Errorf("header source is %q", source)
	}
	if n := len(schemas.Header(letter, schemas.HeaderError)); n == 0 || n > 2048 {
		t.Errorf("header error has %d bytes", n)
	}
	if _, err := time.Parse(time.RFC3339, schemas.Header(letter, schemas.HeaderFailedAt)); err != nil {
		t.Error(err)
	}
}

func (b *bench) checkFact(t *testing.T, taskID, class string) {
	t.Helper()
	fact := string(b.Read(t, kafkatest.AtLeast(1), b.topics.Progress())[0].Value)
	for _, want := range []string{
		`"stage":"reject"`, `"rejected_by":"fetcher"`, `"task_id":"` + taskID + `"`, `"reason":"` + class + `"`,
	} {
		if !strings.Contains(fact, want) {
			t.Errorf("fact %s lacks %s", fact, want)
		}
	}
}

func reject(batch []*kgo.Record, bad func(*kgo.Record) bool) (res stream.Result) {
	for _, r := range batch {
		if bad(r) {
			res.Rejected = append(res.Rejected, stream.Rejection{Record: r, Class: stream.ClassUndecodable, Err: errors.New("not JSON")})
		}
	}
	return res
}

func TestTwentyBadRecordsInARowArePoison(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	b.tasksOn(t, 0, 42)
	start(t, b.options(), func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		return reject(batch, func(r *kgo.Record) bool { return r.Offset%21 != 20 }), nil // 20 bad, 1 good, 20 bad, 1 good
	})
	b.Read(t, kafkatest.AtLeast(40), b.topics.DLQ("tasks"))
}

func TestTwentyOneBadRecordsInARowStopTheStage(t *testing.T) {
	t.Parallel()
	for _, batchSize := range []int{100, 8} {
		b := setup(t, 1)
		b.tasksOn(t, 0, 30)
		o := b.options()
		o.MaxRecords = batchSize
		s := start(t, o, func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
			return reject(batch, func(*kgo.Record) bool { return true }), nil
		})
		if err := s.wait(t); !errors.Is(err, stream.ErrTooManyRejections) || !strings.Contains(err.Error(), "not JSON") {
			t.Errorf("stage ended with %v", err)
		}
		if s.Health().Stopped == nil || s.Health().Ready {
			t.Error("health does not show that the stage stopped")
		}
		if at := b.Committed(t, b.group, b.tasks)[0]; at > 20 {
			t.Errorf("offset %d was committed: records beyond the 20th bad one were given up", at)
		}
	}
}

// What an operator has requeued comes in a row, although it was poison among good records. It neither stops the stage nor hides
// that others do.
func TestRequeuedRecordsThatDieAgainDoNotStopTheStage(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	requeued := func(i int) *kgo.Record {
		r := b.task(0, fmt.Sprint("again/", i))
		r.Headers = append(r.Headers, schemas.NewHeader(schemas.HeaderRequeued, "1"))
		return r
	}
	bad := func(*kgo.Record) bool { return true }
	for i := range 50 {
		b.Produce(t, requeued(i))
	}
	s := start(t, b.options(), func(_ context.Context, batch []*kgo.Record) (stream.Result, error) { return reject(batch, bad), nil })
	b.Read(t, kafkatest.AtLeast(50), b.topics.DLQ("tasks"))
	for i := range 21 {
		b.Produce(t, b.task(0, fmt.Sprint("0/", i)), requeued(100+i))
	}
	if err := s.wait(t); !errors.Is(err, stream.ErrTooManyRejections) {
		t.Errorf("stage ended with %v", err)
	}
}

func TestPanicIsBlamedOnTheOneRecordThatCausesIt(t *testing.T) {
	t.Parallel()
	b := setup(t, 2)
	b.tasksOn(t, 0, 20)
	b.tasksOn(t, 1, 20)
	start(t, b.options(), func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		for _, r := range batch {
			if string(r.Value) == "1/13" {
				panic("buyer's secret name")
			}
		}
		return b.pageEach(batch), nil
	})
	letter := b.Read(t, kafkatest.AtLeast(1), b.topics.DLQ("tasks"))[0]
	if schemas.Header(letter, schemas.HeaderErrorClass) != stream.ClassPanic || string(letter.Value) != "1/13" {
		t.Errorf("dead letter %s of class %s", letter.Value, schemas.Header(letter, schemas.HeaderErrorClass))
	}
	if text := schemas.Header(letter, schemas.HeaderError); strings.Contains(text, "secret") {
		t.Errorf("the error quotes the panic's value: %s", text)
	}
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(39), b.pages), 39)
}

func TestPanicIsNotBlamedOnARecordWhileTheStoreIsAway(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	b.tasksOn(t, 0, 5)
	o := b.options()
	var away atomic.Bool
	away.Store(true)
	probed := make(chan struct{}, 100)
	o.Probe = func(context.Context) error {
		if !away.Load() {
			return nil
		}
		select {
		case probed <- struct{}{}:
		default:
		}
		return errors.New("store is away")
	}
	start(t, o, func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		if away.Load() {
			panic("nil answer")
		}
		return b.pageEach(batch), nil
	})
	<-probed
	<-probed
	away.Store(false)
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(5), b.pages), 5)
	if n := b.count(t, b.topics.DLQ("tasks")); n != 0 {
		t.Error("an outage dead-lettered a record")
	}
}

func TestDeadlineEndsTheContextAndWhatIsGivenBackIsDoneLater(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	b.tasksOn(t, 0, 6)
	o := b.options()
	o.Deadline = 300 * time.Millisecond
	start(t, o, func(ctx context.Context, batch []*kgo.Record) (stream.Result, error) {
		res := b.pageEach(batch[:1])
		if len(batch) > 1 {
			<-ctx.Done() // the rest is slow
		}
		for _, r := range batch[1:] {
			res.Publish = append(res.Publish, &kgo.Record{Topic: r.Topic, Key: r.Key, Value: r.Value, Headers: r.Headers})
		}
		return res, nil
	})
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(6), b.pages), 6)
}

func TestPostponedRecordsWaitWhileOthersGoOn(t *testing.T) {
	t.Parallel()
	b := setup(t, 2)
	b.tasksOn(t, 0, 10)
	b.tasksOn(t, 1, 10)
	var open atomic.Bool
	asked := make(chan struct{}, 1000)
	process := func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		var res stream.Result
		closed := false
		for _, r := range batch {
			if r.Partition == 0 && r.Offset >= 4 && !open.Load() {
				if !closed {
					res.Postponed = append(res.Postponed, stream.Postponement{From: r, Until: time.Now().Add(200 * time.Millisecond)})
					asked <- struct{}{}
				}
				closed = true
				continue
			}
			res.Publish = append(res.Publish, b.page(r))
		}
		return res, nil
	}
	s := start(t, b.options(), process)
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(14), b.pages), 14)
	for range 3 {
		<-asked // again and again, while nothing is committed past the postponed record
	}
	kafkatest.Eventually(t, "offsets 4 and 10 committed", func() bool {
		at := b.Committed(t, b.group, b.tasks)
		return at[0] == 4 && at[1] == 10
	})
	s.stop(t)
	open.Store(true) // another process finds the postponed records where they were
	start(t, b.options(), process)
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(20), b.pages), 20)
}

func TestPanicInABatchWithPostponedRecordsKeepsTheirOrder(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	b.tasksOn(t, 0, 16)
	var open, seen atomic.Bool
	start(t, b.options(), func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		if slices.ContainsFunc(batch, func(r *kgo.Record) bool { return r.Offset == 12 }) {
			panic("poison")
		}
		var res stream.Result
		for _, r := range batch {
			if r.Offset >= 3 && !open.Load() {
				seen.Store(true)
				res.Postponed = append(res.Postponed, stream.Postponement{From: r, Until: time.Now().Add(100 * time.Millisecond)})
				return res, nil
			}
			res.Publish = append(res.Publish, b.page(r))
		}
		return res, nil
	})
	kafkatest.Eventually(t, "postponement", seen.Load)
	kafkatest.Eventually(t, "offset 3 committed", func() bool { return b.Committed(t, b.group, b.tasks)[0] == 3 })
	open.Store(true)
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(15), b.pages), 15)
}

func TestTwoLanesShareThePartitions(t *testing.T) {
	t.Parallel()
	b := setup(t, 4)
	o := b.options()
	o.Lanes = 2
	var inside, most atomic.Int32
	s := start(t, o, func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		if n := inside.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer inside.Add(-1)
		kafkatest.Eventually(t, "both lanes at work", func() bool { return most.Load() == 2 })
		return b.pageEach(batch), nil
	})
	kafkatest.Eventually(t, "both lanes joined", func() bool { return s.Health().Ready })
	kafkatest.Eventually(t, "two members with partitions", func() bool { return b.membersWithPartitions(t) == 2 })
	for p := range int32(4) {
		b.tasksOn(t, p, 10)
	}
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(40), b.pages), 40)
}

func (b *bench) membersWithPartitions(t *testing.T) int {
	t.Helper()
	groups, err := b.Admin(t).DescribeGroups(t.Context(), b.group)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range groups[b.group].Members {
		if c, ok := m.Assigned.AsConsumer(); ok && len(c.Topics) > 0 {
			n++
		}
	}
	return n
}
