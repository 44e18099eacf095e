package schemas

import (
	"encoding/json"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Schemas of the planner's records.
const (
	PlanSchema     = "plan/1"
	PlanWorkSchema = "plan_work/1"
)

// PlanWork is what is left to plan of a plan on one platform. Handling one gives a slice of tasks and the next PlanWork, so
// a plan of any size is planned in constant memory. What could change between two slices (defaults, zone, now) is resolved
// in the first. It is keyed by the plan's id.
type PlanWork struct {
	Plan     Plan         `json:"plan"` // with its defaults filled in
	Platform string       `json:"platform"`
	Kinds    []string     `json:"kinds"` // the ones to plan on this platform, in order
	Range    Window       `json:"range"` // of the whole plan
	Next     PlanPosition `json:"next"`
	Chunks   int          `json:"chunks"` // planned so far
}

// PlanPosition is where planning goes on. Shops are taken in the order of their keys, so that shops that come or go in
// between shift nobody; a chunk begins exactly where the one before it ended.
type PlanPosition struct {
	Shop string `json:"shop,omitempty"` // key of the shop in progress, "" at the start
	Kind string `json:"kind,omitempty"`
	From int64  `json:"from,omitempty"` // start of the next chunk of that shop and kind, unix seconds
}

// Record returns the work as a record for topic.
func (w *PlanWork) Record(topic string) (*kgo.Record, error) {
	value, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("encode work of plan %s: %w", w.Plan.PlanID, err)
	}
	return &kgo.Record{Topic: topic, Key: []byte(w.Plan.PlanID), Value: value, Headers: []kgo.RecordHeader{
		NewHeader(HeaderPlanID, w.Plan.PlanID),
		NewHeader(HeaderPlatform, w.Platform),
		NewHeader(HeaderSchema, PlanWorkSchema),
	}}, nil
}
