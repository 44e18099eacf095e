package ledger

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/shopstream/shopstream/schemas"
)

// The facts of several chunks, in random order and repeated, through the store by several trackers at once: every chunk and
// the run end as they must, and replays leave status and totals as they are.
func TestFactsInAnyOrderThroughTheStore(t *testing.T) {
	t.Parallel()
	const chunks, trackers, batch = 12, 3, 7
	b := setup(t)
	b.claim("plan", schemas.Shopee)
	facts := []schemas.Fact{planned("plan", schemas.Shopee, 5, false), planned("plan", schemas.Shopee, chunks, true)}
	histories := make(map[string]history)
	var want Totals
	for i := range chunks {
		id := fmt.Sprintf("plan|%d", i)
		h := newHistory(id, seeded(uint64(i)))
		histories[id] = h
		facts = append(facts, h.facts...)
		want.Documents += h.totals.Documents
		want.Listed += h.totals.Listed
		want.Inserted += h.totals.Inserted
	}
	repeated := slices.Concat(facts, facts)
	shuffle := rand.New(rand.NewPCG(1, 2))
	shuffle.Shuffle(len(repeated), func(i, j int) { repeated[i], repeated[j] = repeated[j], repeated[i] })
	var all sync.WaitGroup
	for tracker := range trackers {
		all.Go(func() {
			for i := tracker * batch; i < len(repeated); i += trackers * batch {
				if err := b.Fold(t.Context(), repeated[i:min(i+batch, len(repeated))]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for id, h := range histories {
		if c := b.chunk(id); c.Status != h.status || c.Totals != h.totals || len(c.Tasks) > 0 != (len(h.requeued) > 0) {
			t.Errorf("%s is %s with %+v and gaps %q, want %s with %+v", id, c.Status, c.Totals, c.Gaps, h.status, h.totals)
		}
	}
	r := b.run("plan")
	if r.Status != schemas.RunCompletedWithGaps || r.Chunks.Closed() != chunks || r.Chunks.Open != 0 {
		t.Errorf("run is %s with %+v", r.Status, r.Chunks)
	}
	if r.Totals.Documents != want.Documents || r.Totals.Listed != want.Listed || r.Totals.Inserted != want.Inserted {
		t.Errorf("run has %+v, want %+v", r.Totals, want)
	}
	b.fold(facts...)
	if again := b.run("plan"); !reflect.DeepEqual(r, again) {
		t.Errorf("a replay changed the run from\n%+v to\n%+v", r, again)
	}
	for id, h := range histories {
		if c := b.chunk(id); c.Status != h.status || c.Totals != h.totals || c.settled() && c.Replayed == 0 {
			t.Errorf("a replay changed %s: %+v", id, c)
		}
	}

	var requeued []schemas.Fact
	whole := schemas.RunCompleted
	for _, h := range histories {
		requeued = append(requeued, h.requeued...)
		if h.mended != ChunkComplete {
			whole = schemas.RunCompletedWithGaps
		}
	}
	shuffle.Shuffle(len(requeued), func(i, j int) { requeued[i], requeued[j] = requeued[j], requeued[i] })
	for part := range slices.Chunk(slices.Concat(requeued, facts), batch) {
		b.fold(part...)
	}
	for id, h := range histories {
		if c := b.chunk(id); c.Status != h.mended || c.Totals != h.mendedTotals || len(c.Tasks) > 0 {
			t.Errorf("requeued, %s is %s with %+v and gaps %q, want %s with %+v", id, c.Status, c.Totals, c.Gaps, h.mended, h.mendedTotals)
		}
	}
	if r := b.run("plan"); r.Status != whole || r.Totals.DeadLettered != 0 || r.FinishedAt == nil {
		t.Errorf("requeued, the run is %s with %+v, want %s", r.Status, r.Totals, whole)
	}
}

// A run follows its chunks: a requeue opens it again, and what is mended is completed.
func TestRunFollowsARequeue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.claim("p", schemas.Shopee, schemas.TikTok)
	zero := 0
	fact := func(stage string, f schemas.Fact) schemas.Fact {
		f.PlanID, f.ChunkID, f.Stage = "p", "p|1", stage
		if f.TaskID == "" {
			f.TaskID = "p|1#0"
		}
		return f
	}
	gaveUp := schemas.Fact{PlanID: "p", Stage: schemas.StageReject, RejectedBy: schemas.StagePlanner, Platform: schemas.TikTok, Reason: "panic"}
	for _, step := range []struct {
		fact schemas.Fact
		want string
	}{
		{planned("p", schemas.Shopee, 1, true), schemas.RunRunning},
		{fact(schemas.StageReject, schemas.Fact{RejectedBy: schemas.StageFetcher, Reason: "transient"}), schemas.RunRunning},
		{gaveUp, schemas.RunFailed},
		{planned("p", schemas.TikTok, 0, true), schemas.RunFailed}, // its only chunk is
		{gaveUp, schemas.RunFailed},
		{fact(schemas.StageFetcher, schemas.Fact{}), schemas.RunRunning},
		{fact(schemas.StageTransformer, schemas.Fact{Documents: &zero}), schemas.RunCompleted},
	} {
		b.fold(step.fact)
		r := b.run("p")
		if r.Status != step.want || (r.FinishedAt != nil) != (step.want != schemas.RunRunning) {
			t.Fatalf("after %+v the run is %s, want %s: %+v", step.fact, r.Status, step.want, r)
		}
	}
	if r := b.run("p"); r.GivenUp() != "" {
		t.Errorf("planning was given up: %s", r.GivenUp())
	}
}

func TestRunStatuses(t *testing.T) {
	t.Parallel()
	complete := func(id string) []schemas.Fact {
		zero := 0
		return []schemas.Fact{
			{PlanID: "p", ChunkID: id, TaskID: id + "#0", Stage: schemas.StageFetcher},
			{PlanID: "p", ChunkID: id, TaskID: id + "#0", Stage: schemas.StageTransformer, Documents: &zero},
		}
	}
	failed := func(id string) schemas.Fact {
		return schemas.Fact{PlanID: "p", ChunkID: id, TaskID: id + "#0", Stage: schemas.StageReject, RejectedBy: schemas.StageFetcher}
	}
	both := func(chunks int) []schemas.Fact {
		return []schemas.Fact{planned("p", schemas.Shopee, chunks, true), planned("p", schemas.TikTok, 0, true)}
	}
	for _, c := range []struct {
		name  string
		facts []schemas.Fact
		want  string
	}{
		{"one platform planned", []schemas.Fact{planned("p", schemas.Shopee, 0, true)}, schemas.RunRunning},
		{"no chunks at all", both(0), schemas.RunCompleted},
		{"a chunk to come", append(both(2), complete("p|1")...), schemas.RunRunning},
		{"an open chunk", append(both(1), complete("p|1")[0]), schemas.RunRunning},
		{"a closed and an open chunk", append(append(both(1), complete("p|1")...), complete("p|2")[0]), schemas.RunRunning},
		{"all complete", append(append(both(2), complete("p|1")...), complete("p|2")...), schemas.RunCompleted},
		{"one failed", append(append(both(2), complete("p|1")...), failed("p|2")), schemas.RunCompletedWithGaps},
		{"all failed", append(both(2), failed("p|1"), failed("p|2")), schemas.RunFailed},
		{
			"planning given up",
			[]schemas.Fact{{PlanID: "p", Stage: schemas.StageReject, RejectedBy: schemas.StagePlanner, Reason: "panic"}},
			schemas.RunFailed,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.claim("p", schemas.Shopee, schemas.TikTok)
			b.fold(c.facts...)
			b.fold(planned("p", schemas.Shopee, 0, false)) // an old slice, late
			if r := b.run("p"); r.Status != c.want {
				t.Errorf("run is %s, want %s: %+v", r.Status, c.want, r)
			}
		})
	}
}

// A chunk whose detail outgrows a document closes with a gap: it neither blocks its neighbours nor grows for ever.
func TestOversizedChunkClosesWithAGap(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := schemas.Fact{PlanID: "p", ChunkID: "p|1", TaskID: "p|1#0", Stage: schemas.StageFetcher}
	for i := range 20000 {
		f.Listed = append(f.Listed, fmt.Sprintf("%06d", i)+strings.Repeat("x", 900))
	}
	b.fold(f)
	if c := b.chunk("p|1"); c.Status != ChunkFailed || len(c.Tasks) > 0 || !strings.Contains(c.Gaps[0], "smaller chunks") {
		t.Errorf("chunk is %s with gaps %q", c.Status, c.Gaps)
	}
}
