package ledger

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shopstream/shopstream/schemas"
)

func TestStatus(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.claim("old", schemas.Shopee)
	b.claim("plan", schemas.Shopee)
	b.fold(planned("plan", schemas.Shopee, 6, false))
	var want Totals
	for i, seed := range []uint64{1, 2} {
		h := newHistory("plan|"+string(rune('0'+i)), seeded(seed))
		want.add(&h.totals)
		b.fold(h.facts...)
	}
	b.fold(
		schemas.Fact{PlanID: "plan", ChunkID: "plan|x", TaskID: "plan|x#0", Stage: schemas.StageReject, RejectedBy: schemas.StageFetcher, Reason: "permanent"},
		schemas.Fact{PlanID: "plan", ChunkID: "plan|y", TaskID: "plan|y#0", Stage: schemas.StageFetcher, Spawned: []string{"plan|y#1"}},
	)
	want.Tasks += 3
	runs, err := b.Recent(t.Context(), 5, time.Minute)
	if err != nil || len(runs) != 2 || runs[0].ID != "old" && runs[1].ID != "old" {
		t.Fatalf("%+v, %v", runs, err)
	}
	d, err := b.Show(t.Context(), "plan", -time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if d.Sums != want || d.Counts.Open != 1 || d.Counts.Closed() != 3 || d.Planned != 6 || d.Finished || d.Remaining != 3 || d.Stalled != 1 {
		t.Errorf("%+v", d.Summary)
	}
	if len(d.Silent) != 1 || d.Silent[0].ID != "plan|y" || len(d.Gaps) == 0 || len(d.Parts) != 2 {
		t.Errorf("%+v", d)
	}
	var text strings.Builder
	if err := errors.Join(WriteRuns(&text, runs), WriteRun(&text, &d, clock.Add(time.Hour))); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"3/6+", "3 remain, 2 of them not begun, 1 stalled", "task #0 was given up: permanent", "stalled: plan|y, silent for 1h0m0s", "shopee", "run plan is running"} {
		if !strings.Contains(text.String(), part) {
			t.Errorf("text lacks %q:\n%s", part, text.String())
		}
	}
	if _, err := b.Show(t.Context(), "none", 0); !errors.Is(err, ErrNoRun) {
		t.Errorf("a run that is not there: %v", err)
	}
}
