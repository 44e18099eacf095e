// Package delay moves records from the delay topics to where they are to return, when they are due.
//
// All records of one delay topic wait equally long, so they are due in the order in which they lie there: the mover looks at
// the first of each partition and lets the others wait behind it.
package delay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
)

// Lengths lists the delay topics' waits, the shortest first, by the name of their topic.
var Lengths = []struct {
	Name string
	Wait time.Duration
}{
	{schemas.Delay1m, time.Minute},
	{schemas.Delay10m, 10 * time.Minute},
	{schemas.Delay1h, time.Hour},
}

// Record returns r as a record that waits in the delay topic named name and then goes back to the topic returnTo. Its key,
// value and other headers stay.
func Record(topics schemas.Topics, name string, r *kgo.Record, returnTo string, due time.Time) *kgo.Record {
	out := Returned(r, topics.Delay(name))
	out.Headers = append(out.Headers,
		schemas.NewHeader(schemas.HeaderReturnTo, returnTo),
		schemas.NewHeader(schemas.HeaderDueAt, strconv.FormatInt(due.UnixMilli(), 10)))
	return out
}

// Returned returns r as a record for topic, without the marks of a delay.
func Returned(r *kgo.Record, topic string) *kgo.Record {
	headers := slices.DeleteFunc(slices.Clone(r.Headers), func(h kgo.RecordHeader) bool {
		return h.Key == schemas.HeaderReturnTo || h.Key == schemas.HeaderDueAt
	})
	return &kgo.Record{Topic: topic, Key: r.Key, Value: r.Value, Headers: headers}
}

// Mover is the stream.Processor of the delay topics.
type Mover struct {
	known map[string]bool
	now   func() time.Time
}

// NewMover returns a mover that lets records return only to the topics in returnTo: a name that nobody consumes, or that does
// not exist, is a mistake of whoever wrote the record.
func NewMover(returnTo []string, now func() time.Time) *Mover {
	m := &Mover{known: map[string]bool{}, now: now}
	for _, topic := range returnTo {
		m.known[topic] = true
	}
	return m
}

// Process publishes what is due and postpones each partition from its first record that is not.
func (m *Mover) Process(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
	type partition struct {
		topic string
		n     int32
	}
	var res stream.Result
	waiting := map[partition]bool{}
	now := m.now()
	for _, r := range batch {
		at := partition{r.Topic, r.Partition}
		if waiting[at] {
			continue
		}
		to, due, err := m.address(r)
		switch {
		case err != nil:
			res.Rejected = append(res.Rejected, stream.Rejection{Record: r, Class: stream.ClassUndecodable, Err: err})
		case due.After(now):
			waiting[at] = true
			res.Postponed = append(res.Postponed, stream.Postponement{From: r, Until: due})
		default:
			res.Publish = append(res.Publish, Returned(r, to))
		}
	}
	return res, nil
}

// address reads where the record is to return to, and when.
func (m *Mover) address(r *kgo.Record) (string, time.Time, error) {
	to := schemas.Header(r, schemas.HeaderReturnTo)
	ms, err := strconv.ParseInt(schemas.Header(r, schemas.HeaderDueAt), 10, 64)
	if err != nil {
		err = fmt.Errorf("header %s is not a time in unix milliseconds", schemas.HeaderDueAt)
	}
	if !m.known[to] {
		err = errors.Join(err, fmt.Errorf("header %s names no topic that records return to", schemas.HeaderReturnTo))
	}
	return to, time.UnixMilli(ms), err
}
