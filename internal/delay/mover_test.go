package delay_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/delay"
	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
)

var names = schemas.Topics{Prefix: "p."}

func waiting(partition int32, offset int64, due time.Time) *kgo.Record {
	task := &kgo.Record{Key: []byte("k"), Value: []byte("v"), Headers: []kgo.RecordHeader{schemas.NewHeader("chunk_id", "c")}}
	r := delay.Record(names, schemas.Delay1m, task, "p.tasks.live.shopee", due)
	r.Partition, r.Offset = partition, offset
	return r
}

func TestMoverReturnsWhatIsDueAndLetsTheRestWait(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_700_000_000_000)
	m := delay.NewMover([]string{"p.tasks.live.shopee"}, func() time.Time { return now })
	batch := []*kgo.Record{
		waiting(0, 10, now.Add(-time.Second)),
		waiting(0, 11, now),
		waiting(0, 12, now.Add(time.Millisecond)),
		waiting(0, 13, now.Add(-time.Hour)), // behind one that waits
		waiting(1, 5, now.Add(time.Minute)),
		waiting(2, 7, now),
	}
	res, err := m.Process(t.Context(), batch)
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Publish) != 3 || len(res.Rejected) != 0 || len(res.Postponed) != 2 {
		t.Fatalf("%d published, %d rejected, %d postponed", len(res.Publish), len(res.Rejected), len(res.Postponed))
	}
	for _, r := range res.Publish {
		if r.Topic != "p.tasks.live.shopee" || string(r.Key) != "k" || string(r.Value) != "v" ||
			schemas.Header(r, "chunk_id") != "c" || schemas.Header(r, schemas.HeaderDueAt) != "" {
			t.Errorf("returned record %+v", r)
		}
	}
	if p := res.Postponed[0]; p.From.Offset != 12 || !p.Until.Equal(now.Add(time.Millisecond)) {
		t.Errorf("partition 0 waits from %d until %v", p.From.Offset, p.Until)
	}
}

func TestMoverRejectsWhatHasNoWayBack(t *testing.T) {
	t.Parallel()
	m := delay.NewMover([]string{"p.tasks.live.shopee"}, time.Now)
	elsewhere := waiting(0, 1, time.Now())
	elsewhere.Headers[len(elsewhere.Headers)-2] = schemas.NewHeader(schemas.HeaderReturnTo, "other.topic")
	late := waiting(0, 2, time.Now())
	late.Headers[len(late.Headers)-1] = schemas.NewHeader(schemas.HeaderDueAt, "tomorrow")
	res, err := m.Process(t.Context(), []*kgo.Record{elsewhere, late, {Topic: "p.delay.1m"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Rejected) != 3 || len(res.Publish)+len(res.Postponed) != 0 {
		t.Errorf("%d rejected, want 3", len(res.Rejected))
	}
}

// With time in the test's hands, a minute's wait takes none.
func TestMoverWaitsForTheClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := delay.NewMover([]string{"p.tasks.live.shopee"}, time.Now)
		batch := []*kgo.Record{waiting(0, 0, time.Now().Add(time.Minute))}
		for range 59 {
			res, err := m.Process(t.Context(), batch)
			if err != nil || len(res.Postponed) != 1 {
				t.Fatal("moved too early")
			}
			time.Sleep(time.Second)
		}
		time.Sleep(time.Second)
		res, err := m.Process(t.Context(), batch)
		if err != nil || len(res.Publish) != 1 {
			t.Error("not moved when due")
		}
	})
}

func TestRecordsPassThroughTheBroker(t *testing.T) {
	t.Parallel()
	b, topics := kafkatest.Start(t), kafkatest.Topics()
	b.CreateAll(t, topics, 2)
	to := topics.Tasks(schemas.Live, schemas.Shopee)
	for i := range 10 {
		r := &kgo.Record{Key: []byte{byte('a' + i)}, Value: []byte{byte('a' + i)}}
		b.Produce(t, delay.Record(topics, schemas.Delay1m, r, to, time.Now().Add(time.Duration(i%3)*200*time.Millisecond)))
	}
	stage, err := stream.New(stream.Options{
		Stage: schemas.StageDelay, Group: topics.Group("delay"), Topics: topics, Client: b.Options(), UntilDone: true,
		Consume:    []string{topics.Delay(schemas.Delay1m), topics.Delay(schemas.Delay10m), topics.Delay(schemas.Delay1h)},
		Registerer: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler),
	}, delay.NewMover([]string{to}, time.Now))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { done <- stage.Run(ctx) }()
	moved := b.Read(t, kafkatest.AtLeast(10), to)
	seen := map[string]bool{}
	for _, r := range moved {
		seen[string(r.Value)] = true
	}
	if len(moved) != 10 || len(seen) != 10 {
		t.Errorf("%d records moved, %d different ones, want 10", len(moved), len(seen))
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
