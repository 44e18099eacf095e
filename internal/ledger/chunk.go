// Package ledger keeps account of plans: which chunks they were split into, what is known about each, and when a chunk or a
// run may be called complete.
//
// A chunk is a fold of facts. Facts are statements, so their order, repetition and interleaving do not matter: sets are
// united and the larger of two numbers counts. A chunk closes when every task that any task has spawned is known and done,
// and every document of every page is stored or dead-lettered; what is missing then will not come by itself, and is a gap.
//
// A dead letter may be requeued, so a chunk that has any keeps its detail when it closes, and the facts that follow from the
// requeue are folded like all others: a task that is done after all, and has spawned others, opens the chunk again, and what is
// mended in the end is complete. Closing in any other way keeps totals and drops the detail; later facts are counted as replayed
// and change nothing else.
package ledger

import (
	"strings"

	"github.com/shopstream/shopstream/schemas"
)

// Statuses of a chunk.
const (
	ChunkOpen     = "open"
	ChunkComplete = "complete"
	ChunkGaps     = "gaps"   // closed; something is missing, and Gaps says what; open again while a requeue mends it
	ChunkFailed   = "failed" // the same, and nothing is stored although something should be
)

const (
	maxGaps   = 20 // gaps that a closed chunk names
	maxErrors = 20 // different error codes that a chunk names
)

// Chunk is one document of sync_chunks: a part of a plan that is one shop, kind and window.
type Chunk struct {
	ID        string          `bson:"_id"`
	PlanID    string          `bson:"plan_id"`
	Platform  string          `bson:"platform,omitempty"`
	ChannelID string          `bson:"channel_id,omitempty"`
	ShopID    string          `bson:"shop_id,omitempty"`
	Kind      string          `bson:"kind,omitempty"`
	Window    *schemas.Window `bson:"window,omitempty"`

	Status   string   `bson:"status"`
	Revision int64    `bson:"revision"` // of the stored chunk: its write is guarded by the one that was read
	Gaps     []string `bson:"gaps,omitempty"`
	Errors   []string `bson:"errors,omitempty"` // codes of answers that were tried again, the first in alphabetical order
	Totals   Totals   `bson:"totals"`           // while open: so far
	Replayed int64    `bson:"replayed,omitempty"`

	FirstFactAt int64 `bson:"first_fact_at"` // unix ms, by the clocks of those who say the facts
	LastFactAt  int64 `bson:"last_fact_at"`
	UpdatedAt   int64 `bson:"updated_at"` // unix ms, by the tracker's clock: when the last fact came

	Tasks []*Task `bson:"tasks,omitempty"` // by ID, while open or while a requeued dead letter could mend it

	index map[string]*Task
}

// Totals are a chunk's, or a run's, figures. Each document counts once: as what it was at its best, in the order inserted,
// updated, unchanged, stale, dead-lettered.
type Totals struct {
	Tasks        int   `bson:"tasks"`
	Documents    int   `bson:"documents"`
	Inserted     int   `bson:"inserted"`
	Updated      int   `bson:"updated"`
	Unchanged    int   `bson:"unchanged"`
	Stale        int   `bson:"stale"`
	Invalid      int   `bson:"invalid"`
	DeadLettered int   `bson:"dead_lettered"`
	Listed       int   `bson:"listed"` // different ids, as the next three
	Answered     int   `bson:"answered"`
	Gone         int   `bson:"gone"`
	Skipped      int   `bson:"skipped"`
	Calls        int   `bson:"calls"`
	CallMS       int64 `bson:"call_ms"`
}

// NewChunk returns an open chunk about which nothing is known yet.
func NewChunk(id string) *Chunk { return &Chunk{ID: id, Status: ChunkOpen} }

// Closed reports whether nothing more is expected, unless dead letters are requeued.
func (c *Chunk) Closed() bool { return c.Status != ChunkOpen }

// settled reports whether the chunk's statement is final: without detail no fact can change it.
func (c *Chunk) settled() bool { return c.Closed() && len(c.Tasks) == 0 }

// Apply folds one fact about this chunk. It does no accounting: see [Chunk.Settle].
func (c *Chunk) Apply(f *schemas.Fact) {
	if c.settled() {
		c.Replayed++
		return
	}
	c.describe(f)
	switch t := c.task(f.TaskID); f.Stage {
	case schemas.StageFetcher:
		t.fetched(f)
		c.Errors = smallest(c.Errors, f.Errors, maxErrors)
		for _, id := range f.Spawned {
			c.task(id)
		}
	case schemas.StageTransformer:
		t.transformed(f)
	case schemas.StageSink:
		t.stored(f)
	case schemas.StageReject:
		t.rejected(f)
	}
}

// describe takes over what the chunk is about. Facts agree on it; should they not, the choice must not depend on order.
func (c *Chunk) describe(f *schemas.Fact) {
	c.PlanID = max(c.PlanID, f.PlanID)
	c.Platform = max(c.Platform, f.Platform)
	c.ChannelID = max(c.ChannelID, f.ChannelID)
	c.ShopID = max(c.ShopID, f.ShopID)
	c.Kind = max(c.Kind, f.Kind)
	if w := f.Window; w != nil && (c.Window == nil || w.From > c.Window.From || w.From == c.Window.From && w.To > c.Window.To) {
		copied := *w
		c.Window = &copied
	}
	if c.FirstFactAt == 0 || f.At < c.FirstFactAt {
		c.FirstFactAt = f.At
	}
	c.LastFactAt = max(c.LastFactAt, f.At)
}

// task returns the task of that id, which is made known by being named.
func (c *Chunk) task(id string) *Task {
	if c.index == nil {
		c.index = make(map[string]*Task, len(c.Tasks))
		for _, t := range c.Tasks {
			c.index[t.ID] = t
		}
	}
	// The chunk's own id is left out of the stored ids: it is a hundred bytes that every task would repeat.
	path := strings.TrimPrefix(id, c.ID)
	t := c.index[path]
	if t == nil {
		t = &Task{ID: path}
		c.index[path] = t
		c.Tasks = append(c.Tasks, t)
	}
	return t
}
