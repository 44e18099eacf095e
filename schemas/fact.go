package schemas

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Fact is one statement about progress, keyed by ChunkID (the planner's: by PlanID). Saying it twice changes nothing: the
// ledger folds statements, it does not count them. Which fields are set depends on Stage.
type Fact struct {
	PlanID  string `json:"plan_id"`
	ChunkID string `json:"chunk_id,omitempty"`
	TaskID  string `json:"task_id,omitempty"`
	Stage   string `json:"stage"`
	At      int64  `json:"at"` // unix milliseconds, by the clock of whoever says it; for people, never for decisions

	// What the chunk is about; facts of the fetcher say it, since a chunk id is never parsed.
	Platform  string  `json:"platform,omitempty"`
	ChannelID string  `json:"channel_id,omitempty"`
	ShopID    string  `json:"shop_id,omitempty"`
	Kind      string  `json:"kind,omitempty"`
	Window    *Window `json:"window,omitempty"`

	// planner: how many chunks of Platform were planned so far, and whether these are all.
	Chunks   int  `json:"chunks,omitempty"`
	Finished bool `json:"finished,omitempty"`

	// fetcher: the task is done.
	Op       string   `json:"op,omitempty"`
	Spawned  []string `json:"spawned,omitempty"`  // ids of the tasks that this one published
	Listed   []string `json:"listed,omitempty"`   // ids that a list page named
	Total    *int64   `json:"total,omitempty"`    // rows in the whole list, by the platform's word
	Asked    []string `json:"asked,omitempty"`    // ids that a details call asked for
	Answered []string `json:"answered,omitempty"` // of these, the ones in the answer
	Gone     []string `json:"gone,omitempty"`     // of these, the ones that do not exist, by the platform's word
	Skipped  []string `json:"skipped,omitempty"`  // listed ids that need no details call
	Calls    int      `json:"calls,omitempty"`    // requests sent for this task, retries included
	CallMS   int64    `json:"call_ms,omitempty"`  // time spent in them
	Errors   []string `json:"errors,omitempty"`   // codes of answers that were errors and were tried again
	Pageless bool     `json:"pageless,omitempty"` // the task published no page: nothing to transform is to be expected

	// transformer: how many documents the task's page gave, and how many of them are marked invalid.
	Documents *int `json:"documents,omitempty"`
	Invalid   int  `json:"invalid,omitempty"`

	// sink: the indexes (header n) of the page's documents, by what became of them.
	Inserted  []int `json:"inserted,omitempty"`
	Updated   []int `json:"updated,omitempty"`
	Unchanged []int `json:"unchanged,omitempty"`
	Stale     []int `json:"stale,omitempty"`

	// reject: a stage gave a record up. Index is the document's index in its page when the stage was the sink.
	RejectedBy string `json:"rejected_by,omitempty"`
	Index      *int   `json:"index,omitempty"`
	Reason     string `json:"reason,omitempty"`
}

var (
	factPlan     = regexp.MustCompile(`^[A-Za-z0-9._:/-]{1,300}$`)
	factPlatform = regexp.MustCompile(`^[a-z0-9_-]{1,40}$`)
)

// maxID is far above what ids of chunks and tasks can have by their parts' own limits.
const maxID = 1000

// Check returns an error unless the fact is about something that the ledger keeps, in a form that can become a key of the
// store. Whoever makes a fact of data that is not its own asks first: the tracker can only dead-letter what fails here.
func (f *Fact) Check() error {
	switch {
	case !factPlan.MatchString(f.PlanID):
		return fmt.Errorf("fact has no usable plan_id: %.60q", f.PlanID)
	case f.ChunkID != "":
		return f.checkChunk()
	case f.Stage == StagePlanner && factPlatform.MatchString(f.Platform):
		return nil
	case f.Stage == StageReject && f.RejectedBy == StagePlanner && (f.Platform == "" || factPlatform.MatchString(f.Platform)):
		return nil
	}
	return fmt.Errorf("fact of stage %.40q is about no chunk", f.Stage)
}

func (f *Fact) checkChunk() error {
	switch f.Stage {
	case StageFetcher, StageTransformer, StageSink, StageReject:
	default:
		return fmt.Errorf("stage %.40q says nothing about chunks", f.Stage)
	}
	if !utf8.ValidString(f.ChunkID) || len(f.ChunkID) > maxID || !f.owns(f.TaskID) {
		return fmt.Errorf("task %.120q is not of chunk %.120q", f.TaskID, f.ChunkID)
	}
	for _, id := range f.Spawned {
		if !f.owns(id) {
			return fmt.Errorf("spawned task %.120q is not of chunk %.120q", id, f.ChunkID)
		}
	}
	return nil
}

// owns reports whether a task can be one of the fact's chunk.
func (f *Fact) owns(task string) bool {
	return len(task) <= maxID && utf8.ValidString(task) && strings.HasPrefix(task, f.ChunkID+"#")
}
