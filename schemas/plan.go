package schemas

import (
	"encoding/json"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Plan says what to sync. Empty filters mean all. Anyone may produce one to the plans topic, keyed by PlanID.
type Plan struct {
	PlanID      string            `json:"plan_id" bson:"plan_id"` // [A-Za-z0-9._:-]{1,100}; a plan runs once, again is a new plan_id
	Platforms   []string          `json:"platforms,omitempty" bson:"platforms,omitempty"`
	Channels    []string          `json:"channels,omitempty" bson:"channels,omitempty"`
	Shops       []string          `json:"shops,omitempty" bson:"shops,omitempty"`
	Kinds       []string          `json:"kinds,omitempty" bson:"kinds,omitempty"`
	From        string            `json:"from" bson:"from"` // first calendar day, 2024-01-31, in time.zone
	To          string            `json:"to" bson:"to"`     // last calendar day, included; a range reaching past now ends at now
	ChunkDays   int               `json:"chunk_days,omitempty" bson:"chunk_days,omitempty"`
	TimeField   string            `json:"time_field,omitempty" bson:"time_field,omitempty"` // create_time (default) or update_time
	Lane        string            `json:"lane,omitempty" bson:"lane,omitempty"`             // backfill (default) or live
	OnlyMissing bool              `json:"only_missing,omitempty" bson:"only_missing,omitempty"`
	Labels      map[string]string `json:"labels,omitempty" bson:"labels,omitempty"`
}

// Record returns the plan as a record for topic, keyed by its id.
func (p *Plan) Record(topic string) (*kgo.Record, error) {
	value, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode plan %s: %w", p.PlanID, err)
	}
	return &kgo.Record{Topic: topic, Key: []byte(p.PlanID), Value: value, Headers: []kgo.RecordHeader{
		NewHeader(HeaderPlanID, p.PlanID), NewHeader(HeaderSchema, PlanSchema),
	}}, nil
}
