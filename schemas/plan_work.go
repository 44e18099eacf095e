package schemas

import (
	"encoding/json"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Schemas of the planner's records.
const (
	PlanSchema     = "plan/1"
	PlanWorkSchema = "plan_work/2"
)

// PlanWork is what is left to plan of a plan on one platform. Handling one gives a slice of tasks and the next PlanWork, so
// however long a plan's range is, it is planned in constant memory. What could change between two slices (defaults, zone, now,
// shops) is resolved in the first. It is keyed by the plan's id.
type PlanWork struct {
	Plan     Plan         `json:"plan"` // with its defaults filled in
	Platform string       `json:"platform"`
	Kinds    []string     `json:"kinds"` // the ones to plan on this platform, in order
	Shops    []PlanShop   `json:"shops"` // the ones to plan, in order
	Range    Window       `json:"range"` // of the whole plan
	Next     PlanPosition `json:"next"`
	Chunks   int          `json:"chunks"` // planned so far
}

// PlanShop is a shop of a plan on one platform.
type PlanShop struct {
	ChannelID string `json:"channel_id"`
	ShopID    string `json:"shop_id"`
}

// PlanPosition is where planning goes on. A range is planned from its begin to its end for all kinds and shops together: each
// chunk of time for each kind for each shop. The zero value is the start.
type PlanPosition struct {
	From int64 `json:"from,omitempty"` // start of the chunk of time in progress, unix seconds; 0: the range's
	Kind int   `json:"kind,omitempty"` // index into PlanWork.Kinds
	Shop int   `json:"shop,omitempty"` // index into PlanWork.Shops
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
