package dlq

import (
	"encoding/json"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// What can be done with a dead letter.
const (
	Requeued = "requeue"
	Dropped  = "drop"
)

// Handling says what was done with a dead letter, and when.
type Handling struct {
	By string    `json:"by"` // Requeued or Dropped
	At time.Time `json:"at"`
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
