package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/shopstream/shopstream/schemas"
)

// Settle does the accounting after facts were applied: it brings the totals up to date, and closes the chunk if nothing more
// is expected, or opens it again if something is. It may be called at any time and any number of times.
func (c *Chunk) Settle() {
	if c.settled() {
		return
	}
	slices.SortFunc(c.Tasks, func(a, b *Task) int { return cmp.Compare(a.ID, b.ID) })
	ids := c.collect()
	c.Totals = c.total(ids)
	if !c.final() {
		c.Status, c.Gaps = ChunkOpen, nil
		return
	}
	c.close(c.missing(ids))
	if c.Status == ChunkComplete || !slices.ContainsFunc(c.Tasks, (*Task).mendable) {
		c.Tasks, c.index = nil, nil
	}
}

// close makes gaps the chunk's statement.
func (c *Chunk) close(gaps []string) {
	stored := c.Totals.Inserted + c.Totals.Updated + c.Totals.Unchanged + c.Totals.Stale
	switch {
	case len(gaps) == 0:
		c.Status = ChunkComplete
	case stored == 0:
		c.Status = ChunkFailed
	default:
		c.Status = ChunkGaps
	}
	if more := len(gaps) - maxGaps; more > 0 {
		gaps = append(gaps[:maxGaps:maxGaps], fmt.Sprintf("and %d more", more))
	}
	c.Gaps = gaps
}

// CloseOversized closes a chunk whose detail no longer fits a document. It cannot be accounted for, so it has a gap.
func (c *Chunk) CloseOversized() {
	c.close([]string{fmt.Sprintf("too large to account for (%d tasks, %d ids): plan it again with smaller chunks, products with a shorter range",
		c.Totals.Tasks, c.Totals.Listed)})
	c.Tasks, c.index = nil, nil
}

// final reports whether the root and every task that was spawned are known and done. A task that is named by any fact is
// known, so one that a fact of another stage names before the fetcher's keeps the chunk open too.
func (c *Chunk) final() bool {
	if root := c.task(schemas.RootTaskID(c.ID)); !root.Fetched && root.Rejected == "" {
		return false
	}
	for _, t := range c.Tasks {
		if !t.final() {
			return false
		}
	}
	return true
}

type set map[string]struct{}

func (s set) add(ids []string) {
	for _, id := range ids {
		s[id] = struct{}{}
	}
}

// collected are the ids that a chunk's tasks name, and its lists.
type collected struct {
	listed, asked, answered, gone, skipped set
	lists                                  map[string]*list
}

// lost returns those of named that nobody accounts for.
func (c collected) lost(named set) []string {
	var lost []string
	for id := range named {
		_, answered := c.answered[id]
		_, gone := c.gone[id]
		_, skipped := c.skipped[id]
		if !answered && !gone && !skipped {
			lost = append(lost, id)
		}
	}
	return lost
}

type list struct {
	name  string // its first page
	ids   set
	total int64
}

func (c *Chunk) collect() collected {
	all := collected{set{}, set{}, set{}, set{}, set{}, map[string]*list{}}
	for _, t := range c.Tasks {
		all.listed.add(t.Listed)
		all.asked.add(t.Asked)
		all.answered.add(t.Answered)
		all.gone.add(t.Gone)
		all.skipped.add(t.Skipped)
		if len(t.Listed) == 0 && t.Total == nil {
			continue
		}
		l := all.lists[t.list()]
		if l == nil {
			l = &list{name: t.ID, ids: set{}}
			all.lists[t.list()] = l
		}
		l.ids.add(t.Listed)
		if t.Total != nil {
			l.total = max(l.total, *t.Total)
		}
	}
	return all
}

func (c *Chunk) total(ids collected) Totals {
	t := Totals{
		Tasks: len(c.Tasks), Listed: len(ids.listed), Answered: len(ids.answered), Gone: len(ids.gone), Skipped: len(ids.skipped),
	}
	for _, task := range c.Tasks {
		if task.Documents != nil {
			t.Documents += *task.Documents
		}
		t.Invalid += task.Invalid
		t.Calls += task.Calls
		t.CallMS += task.CallMS
		var counted bitmap
		for _, part := range []struct {
			documents bitmap
			into      *int
		}{
			{task.Inserted, &t.Inserted},
			{task.Updated, &t.Updated},
			{task.Unchanged, &t.Unchanged},
			{task.Stale, &t.Stale},
			{task.Dead, &t.DeadLettered},
		} {
			*part.into += part.documents.without(counted).count()
			counted = counted.or(part.documents)
		}
	}
	return t
}

// missing says what a chunk lacks of which nothing more is expected. It names ids, which are no secret, and no values.
func (c *Chunk) missing(ids collected) []string {
	var gaps []string
	for _, t := range c.Tasks {
		gaps = append(gaps, t.missing()...)
	}
	// What one call does not answer may be asked again by another, so only the chunk as a whole can lack an id.
	for how, named := range map[string]set{"listed": ids.listed, "asked": ids.asked} {
		if lost := ids.lost(named); len(lost) > 0 {
			gaps = append(gaps, fmt.Sprintf("%s %s but neither answered, gone nor skipped", some(lost), how))
		}
	}
	for _, l := range ids.lists {
		// More than the total is no loss: rows appear while a list is read.
		if int64(len(l.ids)) < l.total {
			gaps = append(gaps, fmt.Sprintf("list %s has %d rows, its total is %d", l.name, len(l.ids), l.total))
		}
	}
	slices.Sort(gaps)
	return gaps
}

func (t *Task) missing() []string {
	var gaps []string
	if !t.Fetched {
		return []string{fmt.Sprintf("task %s was given up: %s", t.ID, t.Rejected)}
	}
	if t.PageRejected != "" && t.Documents == nil {
		gaps = append(gaps, fmt.Sprintf("page of task %s was given up: %s", t.ID, t.PageRejected))
	}
	if n := t.dead(); n > 0 {
		gaps = append(gaps, fmt.Sprintf("%d documents of task %s are dead-lettered", n, t.ID))
	}
	return gaps
}

// some names the first few of ids.
func some(ids []string) string {
	slices.Sort(ids)
	const named = 5
	text := fmt.Sprintf("%d ids (%s", len(ids), strings.Join(ids[:min(named, len(ids))], ", "))
	if len(ids) > named {
		text += ", ..."
	}
	return text + ")"
}
