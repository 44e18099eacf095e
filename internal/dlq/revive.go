package dlq

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/schemas"
)

// refusal says why a letter cannot be requeued. It is about that letter alone.
type refusal struct{ reason string }

func (r *refusal) Error() string { return r.reason }

// revive returns the record as it was before it was given up, for the topic where that happened, with one more requeue counted.
// A task begins with its first attempt again.
func (q *Queue) revive(_ context.Context, s *snapshot, l *Letter) (*kgo.Record, error) {
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
	headers := slices.DeleteFunc(own(r.Headers), func(h kgo.RecordHeader) bool {
		return h.Key == schemas.HeaderRequeued || h.Key == schemas.HeaderRequeuedFor
	})
	headers = append(headers,
		schemas.NewHeader(schemas.HeaderRequeued, strconv.Itoa(l.Requeued+1)),
		schemas.NewHeader(schemas.HeaderRequeuedFor, l.Cause()))
	value := r.Value
	if l.ID.Of == "tasks" {
		value = firstAttempt(value)
	}
	return &kgo.Record{Topic: topic, Key: r.Key, Value: value, Headers: headers}, nil
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
