package schemas

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
