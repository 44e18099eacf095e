package kafka_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafka"
)

// More than one fetch may hold lies aborted on a partition. A reader of what is committed must not see any of it.
func TestEmbeddedShowsNothingThatWasAborted(t *testing.T) {
	broker, err := kafka.StartEmbedded("", 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	const topic = "t"
	writer := client(t, broker, kgo.TransactionalID("writer"), kgo.DefaultProduceTopic(topic),
		kgo.ProducerBatchCompression(kgo.NoCompression()))
	if _, err := kadm.NewClient(writer).CreateTopic(t.Context(), 1, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
	transact := func(how kgo.TransactionEndTry, values ...[]byte) {
		t.Helper()
		if err := writer.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		for _, value := range values { // one after the other, so that each is a batch of its own
			if err := writer.ProduceSync(t.Context(), &kgo.Record{Value: value}).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
		if err := writer.EndTransaction(t.Context(), how); err != nil {
			t.Fatal(err)
		}
	}
	large := bytes.Repeat([]byte("x"), 100<<10)
	transact(kgo.TryAbort, large, large, large, large, large, large, large, large)
	transact(kgo.TryCommit, []byte("committed"))

	reader := client(t, broker, kgo.ConsumeTopics(topic), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.FetchMaxBytes(300<<10), kgo.FetchMaxPartitionBytes(300<<10))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	fetches := reader.PollFetches(ctx)
	if err := fetches.Err(); err != nil {
		t.Fatal(err)
	}
	for _, r := range fetches.Records() {
		if string(r.Value) != "committed" {
			t.Errorf("offset %d, which was aborted, was read: %d bytes", r.Offset, len(r.Value))
		}
	}
}

func client(t *testing.T, broker *kafka.Embedded, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	cl, err := kgo.NewClient(append(kafka.ClientOptions(broker.Addrs()), opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cl.Close)
	return cl
}

// Work that is done is deleted, all of it if need be. A broker that came back with a log that begins anew would be taken for one that
// has lost records.
func TestEmbeddedKeepsOffsetsOfAnEmptyLog(t *testing.T) {
	dir := t.TempDir()
	const topic = "t"
	produce := func(broker *kafka.Embedded) int64 {
		t.Helper()
		r, err := client(t, broker).ProduceSync(t.Context(), &kgo.Record{Topic: topic, Value: []byte("v")}).First()
		if err != nil {
			t.Fatal(err)
		}
		return r.Offset
	}
	broker, err := kafka.StartEmbedded(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	adm := kadm.NewClient(client(t, broker))
	if _, err := adm.CreateTopic(t.Context(), 1, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		produce(broker)
	}
	for range 2 { // again changes nothing
		deleted, err := adm.DeleteRecords(t.Context(), kadm.OffsetsList{{Topic: topic, At: 3}}.Offsets())
		if err == nil {
			err = deleted.Error()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	broker.Close()
	if broker, err = kafka.StartEmbedded(dir, 0); err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	if offset := produce(broker); offset != 3 {
		t.Errorf("the log goes on at offset %d, want 3", offset)
	}
}
