package ledger

import (
	"slices"
	"strings"

	"github.com/shopstream/shopstream/schemas"
)

// Task is what is known about one task of an open chunk, and about the page that it fetched.
type Task struct {
	ID string `bson:"id"` // what follows the chunk's id, such as #0.3

	Fetched  bool     `bson:"fetched,omitempty"`
	Pageless bool     `bson:"pageless,omitempty"`
	Op       string   `bson:"op,omitempty"`
	Spawned  []string `bson:"spawned,omitempty"`
	Listed   []string `bson:"listed,omitempty"`
	Total    *int64   `bson:"total,omitempty"`
	Asked    []string `bson:"asked,omitempty"`
	Answered []string `bson:"answered,omitempty"`
	Gone     []string `bson:"gone,omitempty"`
	Skipped  []string `bson:"skipped,omitempty"`
	Calls    int      `bson:"calls,omitempty"`
	CallMS   int64    `bson:"call_ms,omitempty"`

	Documents *int `bson:"documents,omitempty"` // of the page; nil until it is transformed
	Invalid   int  `bson:"invalid,omitempty"`

	Inserted  bitmap `bson:"inserted,omitempty"`
	Updated   bitmap `bson:"updated,omitempty"`
	Unchanged bitmap `bson:"unchanged,omitempty"`
	Stale     bitmap `bson:"stale,omitempty"`
	Dead      bitmap `bson:"dead,omitempty"`

	Rejected     string `bson:"rejected,omitempty"`      // why the task was given up
	PageRejected string `bson:"page_rejected,omitempty"` // why its page was
}

func (t *Task) fetched(f *schemas.Fact) {
	t.Pageless = f.Pageless && (t.Pageless || !t.Fetched) // one that says otherwise is believed
	t.Fetched = true
	t.Op = max(t.Op, f.Op)
	t.Spawned = union(t.Spawned, f.Spawned)
	t.Listed = union(t.Listed, f.Listed)
	t.Asked = union(t.Asked, f.Asked)
	t.Answered = union(t.Answered, f.Answered)
	t.Gone = union(t.Gone, f.Gone)
	t.Skipped = union(t.Skipped, f.Skipped)
	t.Calls = max(t.Calls, f.Calls)
	t.CallMS = max(t.CallMS, f.CallMS)
	if f.Total != nil && (t.Total == nil || *f.Total > *t.Total) {
		total := *f.Total
		t.Total = &total
	}
}

func (t *Task) transformed(f *schemas.Fact) {
	n := 0
	if f.Documents != nil {
		n = *f.Documents
	}
	if t.Documents == nil || n > *t.Documents {
		t.Documents = &n
	}
	t.Invalid = max(t.Invalid, f.Invalid)
}

func (t *Task) stored(f *schemas.Fact) {
	t.Inserted = t.Inserted.with(f.Inserted)
	t.Updated = t.Updated.with(f.Updated)
	t.Unchanged = t.Unchanged.with(f.Unchanged)
	t.Stale = t.Stale.with(f.Stale)
}

func (t *Task) rejected(f *schemas.Fact) {
	reason := f.Reason
	if reason == "" {
		reason = "no reason given"
	}
	switch f.RejectedBy {
	case schemas.StageSink:
		if f.Index != nil {
			t.Dead = t.Dead.with([]int{*f.Index})
		}
	case schemas.StageTransformer:
		t.PageRejected = max(t.PageRejected, reason)
	default: // the fetcher, or whoever held the task for it
		t.Rejected = max(t.Rejected, reason)
	}
}

// list names the list that the task is a page of: pages of one list follow each other as continuations, which differ in the
// last part of their ids only.
func (t *Task) list() string {
	return t.ID[:strings.LastIndexAny(t.ID, "#.")+1] + t.Op
}

// final reports whether nothing more is expected about the task itself and its page. A task that was fetched after having
// been rejected, by an operator's second try, counts as fetched.
func (t *Task) final() bool {
	if !t.Fetched {
		return t.Rejected != ""
	}
	if t.Documents == nil {
		return t.PageRejected != "" || t.withoutPage()
	}
	return t.Inserted.or(t.Updated).or(t.Unchanged).or(t.Stale).or(t.Dead).covers(*t.Documents)
}

// mendable reports whether the task, its page or one of its documents is a dead letter, and would be none any more if it were
// requeued and done.
func (t *Task) mendable() bool {
	return !t.Fetched && t.Rejected != "" || t.Documents == nil && t.PageRejected != "" || t.dead() > 0
}

// dead counts the page's documents that are dead-lettered and not stored after all.
func (t *Task) dead() int {
	return t.Dead.without(t.Inserted.or(t.Updated).or(t.Unchanged).or(t.Stale)).count()
}

// withoutPage reports whether the task published nothing to transform. A call that asked for ids and got none of them has
// nothing to publish, whether or not its fact says so.
func (t *Task) withoutPage() bool {
	return t.Pageless || len(t.Asked) > 0 && len(t.Answered) == 0
}

// union returns both sets as one sorted set. It allocates nothing when b adds nothing.
func union(a, b []string) []string {
	if len(b) == 0 {
		return a
	}
	added := slices.Clone(a)
	for _, s := range b {
		if _, known := slices.BinarySearch(a, s); !known {
			added = append(added, s)
		}
	}
	if len(added) == len(a) {
		return a
	}
	slices.Sort(added)
	return slices.Compact(added)
}

// smallest returns the first n of the union, which is the same whatever was dropped earlier.
func smallest(a, b []string, n int) []string {
	all := union(a, b)
	return all[:min(n, len(all))]
}
