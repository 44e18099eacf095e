package dlq

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/schemas"
)

// What can be done with a dead letter.
const (
	Requeued = "requeue"
	Dropped  = "drop"
)

// handledSchema is that of the records on the topic of handled letters.
const handledSchema = "handled/1"

// Handling says what was done with a dead letter, and when.
type Handling struct {
	By string    `json:"by"` // Requeued or Dropped
	At time.Time `json:"at"`
}

// handledRecord is the value of a record on the topic of handled letters. It names the letter's topic by its id too: in one that
// was deleted and made again, the same places hold other letters.
type handledRecord struct {
	ID      string       `json:"id"`
	TopicID kadm.TopicID `json:"topic_id"`
	Handling
}

// handled returns the record that says what was done with a letter.
func (q *Queue) handled(id ID, topic kadm.TopicID, by string) (*kgo.Record, error) {
	value, err := json.Marshal(handledRecord{id.String(), topic, Handling{by, q.options.Now().UTC().Truncate(time.Second)}})
	if err != nil {
		return nil, fmt.Errorf("encode that %s is handled: %w", id, err)
	}
	return &kgo.Record{
		Topic: q.options.Topics.Handled(), Key: []byte(id.String()), Value: value,
		Headers: []kgo.RecordHeader{schemas.NewHeader(schemas.HeaderSchema, handledSchema)},
	}, nil
}

// readHandled returns what a record of the topic of handled letters says, or false when it is about none that there still is.
func (q *Queue) readHandled(r *kgo.Record, s *snapshot) (ID, Handling, bool) {
	var h struct {
		ID      string `json:"id"`
		TopicID string `json:"topic_id"`
		Handling
	}
	if err := json.Unmarshal(r.Value, &h); err != nil {
		return ID{}, Handling{}, false // not ours, so it says nothing about our letters
	}
	id, err := ParseID(h.ID, q.options.Topics)
	if err != nil {
		return ID{}, Handling{}, false
	}
	at := place{q.options.Topics.DLQ(id.Of), id.Partition}
	start, exists := s.starts[at]
	return id, h.Handling, exists && s.topics[at.topic].String() == h.TopicID && id.Offset >= start
}
