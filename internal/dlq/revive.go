package dlq

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/schemas"
)

// refusal says why a letter cannot be requeued. It is about that letter alone.
type refusal struct{ reason string }

func (r *refusal) Error() string { return r.reason }

// revive returns the record as it was before it was given up, for the topic where that happened, with one more requeue counted.
// A task begins with its first attempt again.
func (q *Queue) revive(ctx context.Context, s *snapshot, l *Letter) (*kgo.Record, error) {
	r := l.record
	topic, _, _, err := parsePlace(schemas.Header(r, schemas.HeaderSource))
	if err != nil {
		return nil, &refusal{"it does not say which topic it was consumed from"}
	}
	switch of, ours := q.options.Topics.DLQFor(topic); {
	case !ours || of != r.Topic:
		return nil, &refusal{fmt.Sprintf("it says that it comes from %s, whose dead letters are elsewhere", oneLine(topic))}
	case !s.others[topic]:
		return nil, &refusal{fmt.Sprintf("topic %s, which it was consumed from, does not exist", oneLine(topic))}
	}
	key, value, kept := r.Key, r.Value, own(r.Headers)
	if l.ByReference {
		referred, err := q.follow(ctx, l)
		if err != nil {
			return nil, err
		}
		key, value, kept = referred.Key, referred.Value, slices.Clone(referred.Headers)
	}
	headers := slices.DeleteFunc(kept, func(h kgo.RecordHeader) bool {
		return h.Key == schemas.HeaderRequeued || h.Key == schemas.HeaderRequeuedFor
	})
	headers = append(headers,
		schemas.NewHeader(schemas.HeaderRequeued, strconv.Itoa(l.Requeued+1)),
		schemas.NewHeader(schemas.HeaderRequeuedFor, l.Cause()))
	if l.ID.Of == "tasks" {
		value = firstAttempt(value)
	}
	return &kgo.Record{Topic: topic, Key: key, Value: value, Headers: headers}, nil
}

// follow returns the record that a letter by reference refers to, or a refusal when it is not to be had any more.
func (q *Queue) follow(ctx context.Context, l *Letter) (*kgo.Record, error) {
	topic, partition, offset, err := parsePlace(schemas.Header(l.record, schemas.HeaderSource))
	if err != nil {
		return nil, &refusal{"it was too large to be kept, and does not say where it is"}
	}
	at, topics := place{topic, partition}, map[string]bool{topic: true}
	starts, err := q.offsets(ctx, q.admin.ListStartOffsets, topics)
	var ends map[place]int64
	if err == nil {
		ends, err = q.offsets(ctx, q.admin.ListCommittedOffsets, topics)
	}
	if err != nil && !errors.Is(err, kerr.UnknownTopicOrPartition) {
		return nil, err
	}
	r, err := q.fetch(ctx, &snapshot{starts: starts, ends: ends}, at, offset)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, &refusal{fmt.Sprintf("it was too large to be kept, and %s, where it was, does not have it any more: "+
			"run a new plan of its days", oneLine(topic))}
	}
	if sum := sha256.Sum256(r.Value); hex.EncodeToString(sum[:]) != schemas.Header(l.record, schemas.HeaderValueSHA256) {
		return nil, &refusal{fmt.Sprintf("it was too large to be kept, and %s, where it was, has another record there now: "+
			"run a new plan of its days", oneLine(topic))}
	}
	return r, nil
}

// firstAttempt returns a task without the attempts that it has spent. What is no task stays as it is.
func firstAttempt(value []byte) []byte {
	var task map[string]json.RawMessage
	if json.Unmarshal(value, &task) != nil || task["attempt"] == nil {
		return value
	}
	delete(task, "attempt")
	var fresh bytes.Buffer
	e := json.NewEncoder(&fresh)
	e.SetEscapeHTML(false)
	if e.Encode(task) != nil {
		return value
	}
	return bytes.TrimSuffix(fresh.Bytes(), []byte("\n"))
}
