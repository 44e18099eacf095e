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
