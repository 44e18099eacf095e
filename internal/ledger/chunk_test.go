package ledger

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/shopstream/shopstream/schemas"
)

func drawn(t *rapid.T) chooser {
	return func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "choice") }
}

// statement is the chunk without what may depend on how its facts came.
func statement(c *Chunk) Chunk {
	s := *c
	s.Replayed, s.index = 0, nil
	return s
}

// fold applies facts, with a settlement after those whose turn says so.
func fold(id string, facts []schemas.Fact, settle func(i int) bool) *Chunk {
	c := NewChunk(id)
	for i := range facts {
		c.Apply(&facts[i])
		if settle(i) {
			c.Settle()
		}
	}
	c.Settle()
	return c
}

// Any order, repetition and interleaving of the facts gives the same ledger.
func TestFoldDoesNotDependOnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory("p|chunk", drawn(t))
		want := fold("p|chunk", h.facts, func(int) bool { return false })
		if want.Status != h.status || want.Totals != h.totals {
			t.Fatalf("closed as %s with %+v and gaps %q, want %s with %+v", want.Status, want.Totals, want.Gaps, h.status, h.totals)
		}
		repeated := append(slices.Clone(h.facts), rapid.SliceOf(rapid.SampledFrom(h.facts)).Draw(t, "repeated")...)
		mixed := rapid.Permutation(repeated).Draw(t, "order")
		got := fold("p|chunk", mixed, func(int) bool { return rapid.Bool().Draw(t, "settle") })
		if a, b := statement(want), statement(got); !reflect.DeepEqual(a, b) {
			t.Fatalf("another order gives\n%+v\nnot\n%+v", b, a)
		}
	})
}

// While any fact is missing the chunk stays open, whatever else is said and however often.
func TestNothingClosesEarly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory("p|chunk", drawn(t))
		i := rapid.IntRange(0, len(h.facts)-1).Draw(t, "missing")
		rest := slices.Concat(h.facts[:i], h.facts[i+1:])
		if len(rest) > 0 {
			rest = append(rest, rapid.SliceOf(rapid.SampledFrom(rest)).Draw(t, "repeated")...)
			rest = rapid.Permutation(rest).Draw(t, "order")
		}
		c := fold("p|chunk", rest, func(int) bool { return true })
		if c.Closed() {
			t.Fatalf("closed as %s without %+v", c.Status, h.facts[i])
		}
		c.Apply(&h.facts[i])
		c.Settle()
		if c.Status != h.status {
			t.Fatalf("ends as %s, want %s", c.Status, h.status)
		}
	})
}

// once is a history of which every dead letter is requeued.
func once(t *rapid.T) history {
	return rapid.Custom(func(t *rapid.T) history { return newHistory("p|chunk", drawn(t)) }).
		Filter(func(h history) bool { return len(h.requeued) > 0 }).Draw(t, "history")
}

// What is requeued and done mends the chunk, in whatever order its facts come and however often, and whatever was said before
// is said again in between.
func TestRequeuedFactsMendAClosedChunk(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := once(t)
		c := fold("p|chunk", h.facts, func(int) bool { return false })
		mixed := append(slices.Clone(h.requeued), rapid.SliceOf(rapid.SampledFrom(slices.Concat(h.facts, h.requeued))).Draw(t, "repeated")...)
		mixed = rapid.Permutation(mixed).Draw(t, "order")
		for i := range mixed {
			c.Apply(&mixed[i])
			c.Settle()
		}
		if c.Status != h.mended || c.Totals != h.mendedTotals || c.Tasks != nil {
			t.Fatalf("ends as %s with %+v and gaps %q, want %s with %+v", c.Status, c.Totals, c.Gaps, h.mended, h.mendedTotals)
		}
	})
}

// The facts before and after a requeue, mixed in any way, say the same.
func TestRequeueDoesNotDependOnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := once(t)
		all := slices.Concat(h.facts, h.requeued)
		all = append(all, rapid.SliceOf(rapid.SampledFrom(all)).Draw(t, "repeated")...)
		mixed := rapid.Permutation(all).Draw(t, "order")
		c := fold("p|chunk", mixed, func(int) bool { return rapid.Bool().Draw(t, "settle") })
		if c.Status != h.mended || c.Totals != h.mendedTotals {
			t.Fatalf("ends as %s with %+v and gaps %q, want %s with %+v", c.Status, c.Totals, c.Gaps, h.mended, h.mendedTotals)
		}
	})
}

// While any fact of what was requeued is missing, the chunk is open or has its gap, and the fact mends it when it comes.
func TestNothingIsMendedEarly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := once(t)
		i := rapid.IntRange(0, len(h.requeued)-1).Draw(t, "missing")
		rest := slices.Concat(h.requeued[:i], h.requeued[i+1:])
		if len(rest) > 0 {
			rest = rapid.Permutation(rest).Draw(t, "order")
		}
		c := fold("p|chunk", slices.Concat(h.facts, rest), func(int) bool { return true })
		if c.Status == ChunkComplete || c.settled() {
			t.Fatalf("%s without %+v", c.Status, h.requeued[i])
		}
		c.Apply(&h.requeued[i])
		c.Settle()
		if c.Status != h.mended || c.Totals != h.mendedTotals {
			t.Fatalf("ends as %s with %+v, want %s with %+v", c.Status, c.Totals, h.mended, h.mendedTotals)
		}
	})
}

// A task that is done after a requeue and has spawned another opens the chunk again.
func TestRequeuedTaskOpensItsChunk(t *testing.T) {
	t.Parallel()
	const id = "p|c"
	fact := func(task, stage string, f schemas.Fact) schemas.Fact {
		f.TaskID, f.Stage = id+task, stage
		return f
	}
	zero := 0
	steps := []struct {
		fact schemas.Fact
		want string
	}{
		{fact("#0", schemas.StageReject, schemas.Fact{RejectedBy: schemas.StageFetcher, Reason: "transient"}), ChunkFailed},
		{fact("#0", schemas.StageFetcher, schemas.Fact{Pageless: true, Spawned: []string{id + "#0.0"}}), ChunkOpen},
		{fact("#0.0", schemas.StageReject, schemas.Fact{RejectedBy: schemas.StageFetcher, Reason: "transient"}), ChunkFailed},
		{fact("#0.0", schemas.StageFetcher, schemas.Fact{}), ChunkOpen},
		{fact("#0.0", schemas.StageTransformer, schemas.Fact{Documents: &zero}), ChunkComplete},
		{fact("#0.1", schemas.StageFetcher, schemas.Fact{}), ChunkComplete}, // complete is final
	}
	c := NewChunk(id)
	for i, step := range steps {
		c.Apply(&step.fact)
		c.Settle()
		if c.Status != step.want || (len(c.Gaps) > 0) != (step.want == ChunkFailed) {
			t.Fatalf("after fact %d: %s with gaps %q, want %s", i, c.Status, c.Gaps, step.want)
		}
	}
}

func TestClosedChunkOnlyCountsReplays(t *testing.T) {
	t.Parallel()
	statuses := map[string]bool{}
	for seed := range uint64(40) {
		h := newHistory("p|chunk", seeded(seed))
		c := fold("p|chunk", h.facts, func(int) bool { return false })
		if c.settled() != (len(h.requeued) == 0) {
			t.Errorf("seed %d: %s with %d tasks, and %d facts may come", seed, c.Status, len(c.Tasks), len(h.requeued))
		}
		statuses[c.Status] = true
		before, settled := statement(c), c.settled()
		for i := range h.facts {
			c.Apply(&h.facts[i])
			c.Settle()
		}
		want := int64(0)
		if settled {
			c.Apply(&schemas.Fact{PlanID: "plan", ChunkID: "p|chunk", TaskID: "p|chunk#99", Stage: schemas.StageFetcher})
			c.Settle()
			want = int64(len(h.facts) + 1)
		}
		if after := statement(c); !reflect.DeepEqual(before, after) || c.Replayed != want {
			t.Errorf("seed %d: after %d replays: %+v, before: %+v", seed, c.Replayed, after, before)
		}
	}
	if len(statuses) != 3 {
		t.Errorf("only chunks that are %v", statuses)
	}
}

func TestGaps(t *testing.T) {
	t.Parallel()
	const id = "p|c"
	number := func(n int) *int { return &n }
	root := func(f schemas.Fact) schemas.Fact {
		f.TaskID, f.Stage = id+"#0", schemas.StageFetcher
		return f
	}
	page := func(task string, n int) schemas.Fact {
		return schemas.Fact{TaskID: id + task, Stage: schemas.StageTransformer, Documents: &n}
	}
	five := int64(5)
	for _, c := range []struct {
		name   string
		facts  []schemas.Fact
		status string
		gap    string
	}{
		{"empty list", []schemas.Fact{root(schemas.Fact{}), page("#0", 0)}, ChunkComplete, ""},
		{"only the page", []schemas.Fact{page("#0", 0)}, ChunkOpen, ""},
		{"only what it spawned", []schemas.Fact{root(schemas.Fact{Spawned: []string{id + "#1"}}), page("#0", 0)}, ChunkOpen, ""},
		{
			"root given up",
			[]schemas.Fact{{TaskID: id + "#0", Stage: schemas.StageReject, RejectedBy: schemas.StageFetcher, Reason: "permanent"}},
			ChunkFailed, "task #0 was given up: permanent",
		},
		{"listed only", []schemas.Fact{root(schemas.Fact{Listed: []string{"b", "a"}}), page("#0", 0)}, ChunkFailed, "2 ids (a, b) listed"},
		{"total", []schemas.Fact{root(schemas.Fact{Total: &five}), page("#0", 0)}, ChunkFailed, "list #0 has 0 rows, its total is 5"},
		{
			"asked again by another", []schemas.Fact{
				root(schemas.Fact{Listed: []string{"a", "b"}, Spawned: []string{id + "#0.0"}}), page("#0", 0),
				{TaskID: id + "#0.0", Stage: schemas.StageFetcher, Asked: []string{"a", "b"}, Answered: []string{"a"}, Spawned: []string{id + "#0.0.0"}},
				page("#0.0", 1),
				{TaskID: id + "#0.0", Stage: schemas.StageSink, Inserted: []int{0}},
				{TaskID: id + "#0.0.0", Stage: schemas.StageFetcher, Asked: []string{"b"}, Gone: []string{"b"}},
			}, ChunkComplete, "",
		},
		{"no page, by its own word", []schemas.Fact{root(schemas.Fact{Pageless: true})}, ChunkComplete, ""},
		{
			"a document given up", []schemas.Fact{
				root(schemas.Fact{}), page("#0", 2),
				{TaskID: id + "#0", Stage: schemas.StageSink, Updated: []int{1}},
				{TaskID: id + "#0", Stage: schemas.StageReject, RejectedBy: schemas.StageSink, Index: number(0)},
			}, ChunkGaps, "1 documents of task #0 are dead-lettered",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := fold(id, c.facts, func(int) bool { return true })
			if text := strings.Join(got.Gaps, "; "); got.Status != c.status || !strings.Contains(text, c.gap) || (c.gap == "") != (text == "") {
				t.Errorf("%s with gaps %q, want %s with %q", got.Status, got.Gaps, c.status, c.gap)
			}
		})
	}
}

func TestGapsAreBounded(t *testing.T) {
	t.Parallel()
	f := schemas.Fact{TaskID: "c#0", Stage: schemas.StageFetcher, Pageless: true}
	facts := []schemas.Fact{}
	for i := range 100 {
		task := fmt.Sprintf("c#0.%d", i)
		f.Spawned = append(f.Spawned, task)
		facts = append(facts, schemas.Fact{TaskID: task, Stage: schemas.StageReject, RejectedBy: schemas.StageFetcher})
	}
	c := fold("c", append(facts, f), func(int) bool { return false })
	if len(c.Gaps) != maxGaps+1 || c.Gaps[maxGaps] != "and 80 more" {
		t.Errorf("gaps %q", c.Gaps)
	}
}
