package ledger

import (
	"fmt"
	"math/rand/v2"

	"github.com/shopstream/shopstream/schemas"
)

// history is every fact that a chunk's processing says, none of them superfluous, and what must follow from them.
type history struct {
	facts  []schemas.Fact
	status string
	totals Totals

	// What is said once all dead letters have been requeued and done, none of it superfluous either, and what follows then.
	requeued     []schemas.Fact
	mended       string
	mendedTotals Totals
}

// chooser gives numbers below n; a property test and a seeded one choose alike.
type chooser func(n int) int

func seeded(seed uint64) chooser { return rand.New(rand.NewPCG(seed, 7)).IntN }

// newHistory makes up the processing of one chunk: a list of some pages, whose details calls answer ids, find them gone, or
// give them up, and documents that are stored or dead-lettered.
func newHistory(id string, choose chooser) history {
	h := &history{status: ChunkComplete}
	task := schemas.RootTaskID(id)
	pages := 1 + choose(3)
	total := int64(0)
	var lists []*schemas.Fact
	for page := range pages {
		f := h.say(schemas.Fact{
			TaskID: task, Stage: schemas.StageFetcher, Op: "list", Calls: 1, CallMS: int64(10 + choose(50)),
			Platform: schemas.Shopee, ChannelID: "c", ShopID: "s", Kind: schemas.Orders, Window: &schemas.Window{From: 1, To: 2},
		}, id)
		lists = append(lists, f)
		h.totals.CallMS += f.CallMS
		h.say(schemas.Fact{TaskID: task, Stage: schemas.StageTransformer, Documents: new(int)}, id)
		for child := range choose(3) {
			details := schemas.ChildTaskID(task, child)
			f.Spawned = append(f.Spawned, details)
			ids := h.details(id, details, choose)
			f.Listed = append(f.Listed, ids...)
			total += int64(len(ids))
		}
		if choose(4) == 0 {
			skipped := fmt.Sprintf("skipped-%d", page)
			f.Listed, f.Skipped = append(f.Listed, skipped), []string{skipped}
			h.totals.Skipped++
			total++
		}
		next, _ := schemas.NextTaskID(task)
		if page == pages-1 {
			break
		}
		f.Spawned = append(f.Spawned, next)
		task = next
	}
	short := int64(0)
	if choose(8) == 0 {
		short, h.status = 1, ChunkGaps // the platform speaks of a row that no page showed
	}
	h.totals.Listed = int(total)
	total += short
	for _, f := range lists {
		f.Total = &total
	}
	h.totals.Tasks += pages
	h.totals.Calls += pages
	h.mended = ChunkComplete
	if short > 0 {
		h.mended = ChunkGaps
	}
	h.mendedTotals.add(&h.totals)
	h.status = failedIfNothingStored(h.status, &h.totals)
	h.mended = failedIfNothingStored(h.mended, &h.mendedTotals)
	return *h
}

func failedIfNothingStored(status string, t *Totals) string {
	if status != ChunkComplete && t.Inserted+t.Updated+t.Unchanged+t.Stale == 0 {
		return ChunkFailed
	}
	return status
}

// later adds a fact that follows from a requeue.
func (h *history) later(f schemas.Fact, chunk string) {
	f.PlanID, f.ChunkID, f.At = "plan", chunk, int64(5000+len(h.requeued))
	h.requeued = append(h.requeued, f)
}

// laterPage makes up a page of n documents that is transformed and stored after a requeue.
func (h *history) laterPage(chunk, task string, n int) {
	h.later(schemas.Fact{TaskID: task, Stage: schemas.StageTransformer, Documents: &n}, chunk)
	h.mendedTotals.Documents += n
	for i := range n {
		h.later(schemas.Fact{TaskID: task, Stage: schemas.StageSink, Inserted: []int{i}}, chunk)
		h.mendedTotals.Inserted++
	}
}

// laterDetails makes up a details call that is done after a requeue. It answers all but the last id, which a task that it
// spawns asks for again.
func (h *history) laterDetails(chunk, task string, ids []string) {
	h.mendedTotals.Answered += len(ids)
	last := len(ids) - 1
	again := schemas.ChildTaskID(task, 0)
	h.later(schemas.Fact{
		TaskID: task, Stage: schemas.StageFetcher, Op: "details", Calls: 1, Asked: ids, Answered: ids[:last], Spawned: []string{again},
	}, chunk)
	if last > 0 {
		h.laterPage(chunk, task, last)
	}
	h.later(schemas.Fact{TaskID: again, Stage: schemas.StageFetcher, Op: "details", Calls: 1, Asked: ids[last:], Answered: ids[last:]}, chunk)
	h.laterPage(chunk, again, 1)
	h.mendedTotals.Calls += 2
	h.mendedTotals.Tasks++
}

// say adds a fact. The pointer stays good: there is room for all facts of a history.
func (h *history) say(f schemas.Fact, chunk string) *schemas.Fact {
	if h.facts == nil {
		h.facts = make([]schemas.Fact, 0, 500)
	}
	f.PlanID, f.ChunkID, f.At = "plan", chunk, int64(1000+len(h.facts))
	h.facts = append(h.facts, f)
	return &h.facts[len(h.facts)-1]
}

// details makes up a details call and returns the ids that it asked for.
func (h *history) details(chunk, task string, choose chooser) []string {
	n := 1 + choose(5)
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("%s-%d", task[len(chunk):], i)
	}
	h.totals.Tasks++
	if choose(8) == 0 {
		h.status = ChunkGaps
		h.say(schemas.Fact{TaskID: task, Stage: schemas.StageReject, RejectedBy: schemas.StageFetcher, Reason: "permanent"}, chunk)
		h.laterDetails(chunk, task, ids)
		return ids
	}
	gone := choose(n + 1)
	f := h.say(schemas.Fact{TaskID: task, Stage: schemas.StageFetcher, Op: "details", Calls: 1, Asked: ids}, chunk)
	f.Gone, f.Answered = ids[:gone], ids[gone:]
	h.totals.Calls++
	h.totals.Gone += gone
	h.totals.Answered += n - gone
	if gone == n {
		return ids
	}
	if choose(8) == 0 {
		h.status = ChunkGaps
		h.say(schemas.Fact{TaskID: task, Stage: schemas.StageReject, RejectedBy: schemas.StageTransformer, Reason: "undecodable"}, chunk)
		h.laterPage(chunk, task, n-gone)
		return ids
	}
	h.page(chunk, task, n-gone, choose)
	return ids
}

// page makes up what becomes of a page of n documents.
func (h *history) page(chunk, task string, n int, choose chooser) {
	h.say(schemas.Fact{TaskID: task, Stage: schemas.StageTransformer, Documents: &n, Invalid: choose(2)}, chunk)
	h.totals.Invalid += h.facts[len(h.facts)-1].Invalid
	h.totals.Documents += n
	for i := range n {
		f := schemas.Fact{TaskID: task, Stage: schemas.StageSink}
		switch choose(9) {
		case 0:
			f.Stage, f.RejectedBy, f.Reason, f.Index = schemas.StageReject, schemas.StageSink, "refused", &i
			h.status = ChunkGaps
			h.totals.DeadLettered++
			h.later(schemas.Fact{TaskID: task, Stage: schemas.StageSink, Updated: []int{i}}, chunk)
			h.mendedTotals.DeadLettered--
			h.mendedTotals.Updated++
		case 1, 2:
			f.Updated = []int{i}
			h.totals.Updated++
		case 3, 4:
			f.Unchanged = []int{i}
			h.totals.Unchanged++
		case 5:
			f.Stale = []int{i}
			h.totals.Stale++
		default:
			f.Inserted = []int{i}
			h.totals.Inserted++
		}
		h.say(f, chunk)
	}
}
