package stream_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
)

// Under load the process that lost its name meets its rival first as a newer producer, which looks like an expired
// transaction. It must not take the name back, and so on in turns.
func TestSecondProcessWithTheSameInstanceUnderLoad(t *testing.T) {
	t.Parallel()
	b := setup(t, 2)
	feeding, stopFeeding := context.WithCancel(t.Context())
	fed := make(chan struct{})
	cl := b.Client(t, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	go func() {
		defer close(fed)
		for feeding.Err() == nil {
			_ = cl.ProduceSync(feeding, b.task(0, "x"), b.task(1, "y"))
		}
	}()
	t.Cleanup(func() { stopFeeding(); <-fed })
	var batches [2]atomic.Int32
	process := func(n int) *running {
		o := b.options()
		o.Instance, o.MaxRecords = "pod-0", 20
		return start(t, o, func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
			batches[n].Add(1)
			return b.pageEach(batch), nil
		})
	}
	first := process(0)
	kafkatest.Eventually(t, "first works", func() bool { return batches[0].Load() > 3 })
	second := process(1)
	var err error
	select {
	case <-first.done:
		err = first.err
	case <-second.done:
		err = second.err
	case <-time.After(kafkatest.Patience):
	}
	if !errors.Is(err, stream.ErrFenced) {
		t.Errorf("neither process was fenced: %v", err)
	}
}

// kgo aborts the transaction after a revocation even if that happened between two batches. The work of a whole batch, which
// is calls of an API perhaps, must not be spent on that.
func TestBatchAfterARevocationIsProcessedOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, 4)
	var processed atomic.Int32
	work := func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		processed.Add(int32(len(batch)))
		return b.pageEach(batch), nil
	}
	first := start(t, b.options(), work)
	kafkatest.Eventually(t, "first joined", func() bool { return first.Health().Ready && b.membersWithPartitions(t) == 1 })
	second := start(t, b.options(), work)
	kafkatest.Eventually(t, "both joined", func() bool {
		return second.Health().Ready && b.membersWithPartitions(t) == 2 && b.groupState(t) == "Stable"
	})
	for p := range int32(4) {
		b.tasksOn(t, p, 10)
	}
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(40), b.pages), 40)
	if n := processed.Load(); n != 40 {
		t.Errorf("40 records were processed %d times", n)
	}
}

// Transactions that the broker aborts for ever are trouble that must be seen, and not a busy loop. Only the fake broker can be
// told to do that.
func TestEndlessAbortsAreTrouble(t *testing.T) {
	t.Parallel()
	cluster, b := setupFake(t, 1)
	b.tasksOn(t, 0, 5)
	cluster.ControlKey(kmsg.TxnOffsetCommit.Int16(), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		return refusal(req, kerr.TransactionAbortable), nil, true
	})
	var tries atomic.Int32
	s := start(t, b.options(), func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		tries.Add(1)
		return b.pageEach(batch), nil
	})
	kafkatest.Eventually(t, "trouble shown", func() bool { return s.Health().Trouble != nil })
	if n := tries.Load(); n > 5 {
		t.Errorf("%d tries before the trouble was shown", n)
	}
}

// After an unclean election the log below the committed offset may be another one, and as long. Only the fake broker can be
// told to say so.
func TestReplacedLogStopsTheStage(t *testing.T) {
	t.Parallel()
	cluster, b := setupFake(t, 1)
	b.tasksOn(t, 0, 8)
	work := func(_ context.Context, batch []*kgo.Record) (stream.Result, error) { return b.pageEach(batch), nil }
	o := b.options()
	o.UntilDone = false
	s := start(t, o, work)
	kafkatest.Eventually(t, "offset 8 committed", func() bool { return b.Committed(t, b.group, b.tasks)[0] == 8 })
	s.stop(t)
	cluster.ControlKey(kmsg.OffsetForLeaderEpoch.Int16(), func(kreq kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		return epochEndsAt(kreq, 3), nil, true
	})
	o.Registerer = prometheus.NewRegistry()
	s = start(t, o, work)
	if err := s.wait(t); !errors.Is(err, stream.ErrDataLoss) {
		t.Errorf("stage ended with %v", err)
	}
}

// epochEndsAt answers that the epoch asked for ended at the offset.
func epochEndsAt(kreq kmsg.Request, offset int64) kmsg.Response {
	resp := kmsg.NewPtrOffsetForLeaderEpochResponse()
	req, ok := kreq.(*kmsg.OffsetForLeaderEpochRequest)
	if !ok {
		return resp
	}
	resp.Version = req.Version
	for _, rt := range req.Topics {
		topic := kmsg.NewOffsetForLeaderEpochResponseTopic()
		topic.Topic = rt.Topic
		for _, rp := range rt.Partitions {
			p := kmsg.NewOffsetForLeaderEpochResponseTopicPartition()
			p.Partition, p.LeaderEpoch, p.EndOffset = rp.Partition, rp.LeaderEpoch, offset
			topic.Partitions = append(topic.Partitions, p)
		}
		resp.Topics = append(resp.Topics, topic)
	}
	return resp
}

// A topic's limit is on compressed batches, so a record from outside may be larger than any that we may produce.
func TestRecordLargerThanADeadLetterGoesByReference(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	const size = 20 << 20
	cl := b.Client(t, kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchCompression(kgo.GzipCompression()),
		kgo.ProducerBatchMaxBytes(2*size))
	bomb := b.task(0, "0/0")
	bomb.Value = bytes.Repeat([]byte("x"), size)
	if err := cl.ProduceSync(t.Context(), bomb).FirstErr(); err != nil {
		t.Fatal(err)
	}
	b.tasksOn(t, 0, 3)
	start(t, b.options(), func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		res := reject(batch, func(r *kgo.Record) bool { return len(r.Value) > 100 })
		for _, r := range batch {
			if len(r.Value) <= 100 {
				res.Publish = append(res.Publish, b.page(r))
			}
		}
		return res, nil
	})
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(3), b.pages), 3)
	letter := b.Read(t, kafkatest.AtLeast(1), b.topics.DLQ("tasks"))[0]
	checkReference(t, letter, bomb, b.tasks+"/0/0")
}

func checkReference(t *testing.T, letter, consumed *kgo.Record, source string) {
	t.Helper()
	sum := sha256.Sum256(consumed.Value)
	for key, want := range map[string]string{
		schemas.HeaderSource:      source,
		schemas.HeaderValueBytes:  strconv.Itoa(len(consumed.Value)),
		schemas.HeaderValueSHA256: hex.EncodeToString(sum[:]),
	} {
		if got := schemas.Header(letter, key); got != want {
			t.Errorf("dead letter's %s is %q, want %q", key, got, want)
		}
	}
	if len(letter.Value) > 0 {
		t.Errorf("dead letter by reference has a value of %d bytes", len(letter.Value))
	}
}

// A letter that the brokers do not take, since somebody has set its topic's limit lower or its headers are the large part of it,
// goes by reference too: nothing stands still because of what is dead.
func TestDeadLetterThatTheBrokersRefuseGoesByReference(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	lower := "200000"
	altered, err := b.Admin(t).AlterTopicConfigs(t.Context(), []kadm.AlterConfig{{Name: "max.message.bytes", Value: &lower}}, b.topics.DLQ("tasks"))
	if err != nil || altered[0].Err != nil {
		t.Fatal(err, altered)
	}
	b.tasksOn(t, 0, 1)
	noise := make([]byte, 1<<19) // nothing that could be compressed
	_, _ = rand.Read(noise)      // never fails
	large, wide := b.task(0, "0/1"), b.task(0, "0/2")
	large.Value = noise
	wide.Headers = append([]kgo.RecordHeader{{Key: "large", Value: noise}}, wide.Headers...)
	wide.Value = []byte("bad")
	b.Produce(t, large, wide)
	b.tasksOn(t, 0, 1)
	start(t, b.options(), func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		res := reject(batch, func(r *kgo.Record) bool { return len(r.Value) != len("0/0") || string(r.Value) == "bad" })
		for _, r := range batch {
			if string(r.Value) == "0/0" {
				res.Publish = append(res.Publish, b.page(r))
			}
		}
		return res, nil
	})
	b.Read(t, kafkatest.AtLeast(2), b.pages)
	letters := b.Read(t, kafkatest.AtLeast(2), b.topics.DLQ("tasks"))
	checkReference(t, letters[0], large, b.tasks+"/0/1")
	checkReference(t, letters[1], wide, b.tasks+"/0/2")
	if schemas.Header(letters[1], "large") != "" || schemas.Header(letters[1], schemas.HeaderTaskID) != "chunk-0/2#0" {
		t.Error("of the record's own headers, the letter does not have those that fit")
	}
}

func TestPostponedRecordsDoNotCountAsConsumed(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	b.tasksOn(t, 0, 10)
	o := b.options()
	registry := prometheus.NewRegistry()
	o.Registerer = registry
	var rounds atomic.Int32
	start(t, o, func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		rounds.Add(1)
		for i, r := range batch {
			if r.Offset == 4 {
				res := b.pageEach(batch[:i])
				res.Postponed = []stream.Postponement{{From: r, Until: time.Now().Add(50 * time.Millisecond)}}
				return res, nil
			}
		}
		return b.pageEach(batch), nil
	})
	kafkatest.Eventually(t, "several rounds", func() bool { return rounds.Load() > 3 })
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "shopstream_stream_consumed_records_total" {
			if n := f.GetMetric()[0].GetCounter().GetValue(); n != 4 {
				t.Errorf("4 records are done, the metric says %v", n)
			}
		}
	}
}

// A batch whose output is more than the brokers take in time must not be tried at the same size for ever. Only the fake broker
// can be told to be that slow.
func TestBatchThatCannotBePublishedIsHalved(t *testing.T) {
	t.Parallel()
	cluster, b := setupFake(t, 1)
	b.tasksOn(t, 0, 64)
	var refused atomic.Int32
	cluster.ControlKey(kmsg.Produce.Int16(), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if producedBytes(req) < 100_000 {
			return nil, nil, false
		}
		refused.Add(1)
		return refusal(req, kerr.InvalidProducerEpoch), nil, true
	})
	start(t, b.options(), func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		res := b.pageEach(batch)
		for _, r := range res.Publish {
			r.Headers = append(r.Headers, kgo.RecordHeader{Key: "bulk", Value: incompressible(10_000)})
		}
		return res, nil
	})
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(64), b.pages), 64)
	if refused.Load() == 0 {
		t.Error("the broker took everything at once")
	}
}

func producedBytes(req kmsg.Request) int {
	n := 0
	if produce, ok := req.(*kmsg.ProduceRequest); ok {
		for _, topic := range produce.Topics {
			for _, p := range topic.Partitions {
				n += len(p.Records)
			}
		}
	}
	return n
}

func incompressible(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}
