package endtoend

import (
	"testing"
	"time"
)

// Two processes share the work; one is killed for good, and the other must do what both had to.
func TestTwoProcessesShareTheWork(t *testing.T) {
	t.Parallel()
	b := setup(t, settings{shops: 2, days: 12, ordersPerDay: 50, lasts: time.Minute})
	one, two := b.start(t), b.start(t)
	b.plan(t)
	b.waitPages(t, 0.3)
	for _, p := range []*process{one, two} {
		waitFor(t, patience, "each process to work", func() bool {
			counts := p.consumed(t)
			return counts["fetcher.backfill.shopee"] > 0 && counts["transformer"] > 0 && counts["sink"] > 0
		})
	}
	t.Logf("consumed by the first: %v", one.consumed(t))
	t.Logf("consumed by the second: %v", two.consumed(t))
	pages := b.watch.Pages()
	two.kill(t)
	killed := time.Now()
	b.waitCompleted(t)
	b.checkInterrupted(t, pages)
	still := standstills{}
	for stage, took := range still.since(b.watch, killed) {
		if took > goesOn {
			t.Errorf("the %s stood still for %v after the kill, at most %v are promised", stage, took, goesOn)
		}
	}
	t.Logf("after the kill: %v; all done after %v", still, time.Since(killed).Round(time.Millisecond))
	t.Logf("consumed by the first in the end: %v", one.consumed(t))
	one.stop(t)
	b.check(t)
}
