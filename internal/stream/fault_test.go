package stream_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/internal/stream"
)

// A broker that refuses each step of a transaction for a while costs tries, never records. Only the fake broker can be told
// to do that, so this test uses one wherever it runs.
func TestBrokerErrorsInATransactionLoseAndRepeatNothing(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]struct {
		key  kmsg.Key
		code *kerr.Error
	}{
		"commit of offsets: rebalance":    {kmsg.TxnOffsetCommit, kerr.RebalanceInProgress},
		"commit of offsets: generation":   {kmsg.TxnOffsetCommit, kerr.IllegalGeneration},
		"commit of offsets: not allowed":  {kmsg.TxnOffsetCommit, kerr.GroupAuthorizationFailed},
		"end: server error":               {kmsg.EndTxn, kerr.UnknownServerError},
		"end: epoch fenced":               {kmsg.EndTxn, kerr.InvalidProducerEpoch},
		"end: producer fenced":            {kmsg.EndTxn, kerr.ProducerFenced},
		"produce: epoch fenced":           {kmsg.Produce, kerr.InvalidProducerEpoch},
		"produce: disk":                   {kmsg.Produce, kerr.KafkaStorageError},
		"heartbeat: unknown member":       {kmsg.Heartbeat, kerr.UnknownMemberID},
		"initialising: coordinator loads": {kmsg.InitProducerID, kerr.CoordinatorLoadInProgress},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cluster, b := setupFake(t, 2)
			b.tasksOn(t, 0, 100)
			b.tasksOn(t, 1, 100)
			var requests, refused atomic.Int32
			cluster.ControlKey(fault.key.Int16(), func(req kmsg.Request) (kmsg.Response, error, bool) {
				cluster.KeepControl()
				if n := requests.Add(1); n%3 != 0 || refused.Load() >= 5 {
					return nil, nil, false
				}
				refused.Add(1)
				return refusal(req, fault.code), nil, true
			})
			o := b.options()
			o.MaxRecords = 5
			start(t, o, func(_ context.Context, batch []*kgo.Record) (stream.Result, error) { return b.pageEach(batch), nil })
			exactlyOnce(t, b.Read(t, kafkatest.AtLeast(200), b.pages), 200)
			if fault.key != kmsg.InitProducerID && fault.key != kmsg.Heartbeat && refused.Load() == 0 {
				t.Error("the fault never happened")
			}
		})
	}
}

// While the disk of the dead letters is full, their stage waits and says so; what it was to give up is neither lost nor given up
// twice. Only the fake broker can be told to have a full disk, so this test uses one wherever it runs.
func TestFullDiskOfTheDeadLettersLosesNothing(t *testing.T) {
	t.Parallel()
	cluster, b := setupFake(t, 1)
	b.tasksOn(t, 0, 20)
	var full atomic.Bool
	full.Store(true)
	letters, err := b.Admin(t).ListTopics(t.Context(), b.topics.DLQ("tasks"))
	if err != nil {
		t.Fatal(err)
	}
	id := letters[b.topics.DLQ("tasks")].ID
	cluster.ControlKey(kmsg.Produce.Int16(), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		for _, topic := range req.(*kmsg.ProduceRequest).Topics {
			if full.Load() && (topic.TopicID == id || topic.Topic == b.topics.DLQ("tasks")) {
				return refusal(req, kerr.KafkaStorageError), nil, true
			}
		}
		return nil, nil, false
	})
	r := start(t, b.options(), func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		res := reject(batch, func(r *kgo.Record) bool { return string(r.Value) == "0/7" })
		for _, r := range batch {
			if string(r.Value) != "0/7" {
				res.Publish = append(res.Publish, b.page(r))
			}
		}
		return res, nil
	})
	kafkatest.Eventually(t, "the stage to say that it waits", func() bool {
		h := r.Health()
		return h.Stopped == nil && h.Trouble != nil && !h.Ready
	})
	full.Store(false)
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(19), b.pages), 19)
	if letter := b.Read(t, kafkatest.AtLeast(1), b.topics.DLQ("tasks")); len(letter) != 1 || string(letter[0].Value) != "0/7" {
		t.Errorf("%d dead letters", len(letter))
	}
}

// A member whose farewell finds no broker is taken out of its group by the session that follows, which would wait for it until it
// timed out. Only the fake broker can be told not to hear a farewell, so this test uses one wherever it runs.
func TestMemberLeftBehindIsTakenOut(t *testing.T) {
	t.Parallel()
	cluster, b := setupFake(t, 1)
	b.tasksOn(t, 0, 20)
	var batches atomic.Int32
	var troubled atomic.Value
	var behind, out sync.Map // members
	cluster.ControlKey(kmsg.Produce.Int16(), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if batches.Add(1) != 2 {
			return nil, nil, false
		}
		return refusal(req, kerr.InvalidProducerEpoch), nil, true // ends the session
	})
	cluster.ControlKey(kmsg.LeaveGroup.Int16(), func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		members := &out
		deaf := !troubled.Load().(func() bool)() // until the session is over
		if deaf {
			members = &behind
		}
		for _, m := range req.(*kmsg.LeaveGroupRequest).Members {
			members.Store(m.MemberID, true)
		}
		if deaf {
			return nil, errors.New("connection is cut"), true
		}
		return nil, nil, false
	})
	o := b.options()
	o.MaxRecords = 5
	s := start(t, o, func(_ context.Context, batch []*kgo.Record) (stream.Result, error) { return b.pageEach(batch), nil })
	troubled.Store(func() bool { return s.Health().Trouble != nil })
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(20), b.pages), 20)
	left := 0
	behind.Range(func(member, _ any) bool {
		left++
		if _, ok := out.Load(member); !ok {
			t.Errorf("member %s is still in the group", member)
		}
		return true
	})
	if left != 1 {
		t.Errorf("%d members were left behind, want one", left)
	}
}

// refusal answers a request with the error code wherever the response has one.
func refusal(req kmsg.Request, code *kerr.Error) kmsg.Response {
	resp := req.ResponseKind()
	switch r := resp.(type) {
	case *kmsg.TxnOffsetCommitResponse:
		for _, t := range req.(*kmsg.TxnOffsetCommitRequest).Topics {
			topic := kmsg.NewTxnOffsetCommitResponseTopic()
			topic.Topic = t.Topic
			for _, p := range t.Partitions {
				part := kmsg.NewTxnOffsetCommitResponseTopicPartition()
				part.Partition, part.ErrorCode = p.Partition, code.Code
				topic.Partitions = append(topic.Partitions, part)
			}
			r.Topics = append(r.Topics, topic)
		}
	case *kmsg.ProduceResponse:
		for _, t := range req.(*kmsg.ProduceRequest).Topics {
			topic := kmsg.NewProduceResponseTopic()
			topic.Topic, topic.TopicID = t.Topic, t.TopicID
			for _, p := range t.Partitions {
				part := kmsg.NewProduceResponseTopicPartition()
				part.Partition, part.ErrorCode = p.Partition, code.Code
				topic.Partitions = append(topic.Partitions, part)
			}
			r.Topics = append(r.Topics, topic)
		}
	case *kmsg.EndTxnResponse:
		r.ErrorCode = code.Code
	case *kmsg.HeartbeatResponse:
		r.ErrorCode = code.Code
	case *kmsg.InitProducerIDResponse:
		r.ErrorCode = code.Code
	}
	return resp
}
