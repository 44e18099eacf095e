package schemas

import "time"

// The states of a run. Planned and rejected are the planner's word, the others the tracker's.
const (
	RunPlanned           = "planned"
	RunRunning           = "running"
	RunCompleted         = "completed"
	RunCompletedWithGaps = "completed_with_gaps"
	RunFailed            = "failed"
	RunRejected          = "rejected"
	RunCancelled         = "cancelled"
)

// Run is a plan as the store knows it, in sync_runs. The planner inserts it; who follows it adds fields of its own.
type Run struct {
	ID        string    `bson:"_id"` // the plan_id; a plan without a readable one is rejected/<topic>/<partition>/<offset>
	Status    string    `bson:"status"`
	Origin    Origin    `bson:"origin"` // the record that claimed the id: any other copy of the plan is ignored
	Plan      *Plan     `bson:"plan,omitempty"`
	Platforms []string  `bson:"platforms,omitempty"` // the ones that are planned for, each by itself
	Reasons   []string  `bson:"reasons,omitempty"`   // why it was rejected, all of them
	CreatedAt time.Time `bson:"created_at"`          // the record's time, which is the plan's "now"
}

// Origin is a record's place.
type Origin struct {
	Topic     string `bson:"topic"`
	Partition int32  `bson:"partition"`
	Offset    int64  `bson:"offset"`
}
