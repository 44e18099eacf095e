package dlq

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/schemas"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is an installation of which only the topics are there.
type rig struct {
	*kafkatest.Broker
	*Queue
	t      testing.TB
	topics schemas.Topics
}

var clock = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

func setup(t testing.TB, partitions int32) *rig {
	t.Helper()
	r := &rig{Broker: kafkatest.Start(t), t: t, topics: kafkatest.Topics()}
	r.CreateAll(t, r.topics, partitions)
	r.Queue = r.queue()
	return r
}

// queue returns another queue of the installation, as another process has it.
func (r *rig) queue() *Queue {
	r.t.Helper()
	q, err := New(Options{Client: r.Options(), Topics: r.topics, Now: func() time.Time { return clock }})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(q.Close)
	return q
}

// death says why a record is given up, and when.
type death struct {
	stage, class, text string
	ago                time.Duration
	source             string // as the topic it was consumed from has it; "" is a place on it
}

// letter returns a record as the loop dead-letters it.
func (r *rig) letter(consumed *kgo.Record, d death) *kgo.Record {
	r.t.Helper()
	topic, ok := r.topics.DLQFor(consumed.Topic)
	if !ok {
		r.t.Fatalf("topic %s has no dead-letter topic", consumed.Topic)
	}
	if d.source == "" {
		d.source = fmt.Sprintf("%s/%d/%d", consumed.Topic, consumed.Partition, consumed.Offset)
	}
	headers := append([]kgo.RecordHeader{}, consumed.Headers...)
	for i, value := range []string{d.class, d.text, d.stage, strconv.Itoa(4), d.source, clock.Add(-d.ago).Format(time.RFC3339), "test"} {
		headers = append(headers, schemas.NewHeader(reasons[i], value))
	}
	return &kgo.Record{Topic: topic, Key: consumed.Key, Value: consumed.Value, Headers: headers}
}

// reference returns a record as the loop dead-letters it by reference.
func (r *rig) reference(consumed *kgo.Record, d death) *kgo.Record {
	r.t.Helper()
	letter := r.letter(consumed, d)
	sum := sha256.Sum256(consumed.Value)
	letter.Headers = append(letter.Headers,
		schemas.NewHeader(schemas.HeaderValueBytes, strconv.Itoa(len(consumed.Value))),
		schemas.NewHeader(schemas.HeaderValueSHA256, hex.EncodeToString(sum[:])))
	letter.Value = nil
	return letter
}

// page returns a record of a raw topic, with the headers that real ones have.
func (r *rig) page(n int) *kgo.Record {
	chunk := "plan|shopee|c|s|orders|1..2"
	task := &schemas.Task{
		TaskID: fmt.Sprintf("%s#%d", chunk, n), PlanID: "plan", ChunkID: chunk, Platform: schemas.Shopee, ChannelID: "c", ShopID: "s",
		Kind: schemas.Orders, Op: "order_list",
	}
	rec, err := task.PageRecord(r.topics.Raw(schemas.Shopee, schemas.Orders), &schemas.Page{TaskID: task.TaskID})
	if err != nil {
		r.t.Fatal(err)
	}
	rec.Offset = int64(n)
	return rec
}

// put produces records and returns them with their places.
func (r *rig) put(records ...*kgo.Record) []*kgo.Record {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), kafkatest.Patience)
	defer cancel()
	if err := r.Client(r.t).ProduceSync(ctx, records...).FirstErr(); err != nil {
		r.t.Fatal(err)
	}
	return records
}

func (r *rig) id(letter *kgo.Record) ID { return newLetter(letter, r.topics.Prefix).ID }

// list returns the ids of the open letters that a filter chooses.
func (r *rig) list(f Filter) []ID {
	r.t.Helper()
	l, err := r.List(r.t.Context(), f, 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	ids := []ID{}
	for i := range l.Letters {
		ids = append(ids, l.Letters[i].ID)
	}
	return ids
}
