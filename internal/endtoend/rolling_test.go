package endtoend

import (
	"testing"
	"time"
)

// A new release is rolled out in the middle of a backfill: each service, a process of its own, is told to stop under load and
// started again, one after the other, three times over. Each is gone within ten seconds, and nothing is published twice.
func TestRollingRestart(t *testing.T) {
	t.Parallel()
	b := setup(t, settings{shops: 1, days: 12, ordersPerDay: 50, lasts: 75 * time.Second})
	b.do(t, "topics", "apply")
	services := []string{"planner", "fetcher", "delay", "transformer", "sink", "tracker"}
	running := map[string]*process{}
	for _, name := range services {
		running[name] = b.run(t, nil, name)
	}
	b.plan(t)
	b.waitPages(t, 0.02)
	underLoad := 0
	for range 3 {
		for _, name := range services {
			if b.watch.Pages() < b.truth.calls() {
				underLoad++
			}
			running[name].stop(t)
			running[name] = b.run(t, nil, name)
		}
	}
	if all := 3 * len(services); underLoad < all*9/10 {
		t.Errorf("only %d of %d stops interrupted any fetching", underLoad, all)
	}
	b.waitCompleted(t)
	for _, name := range services {
		running[name].stop(t)
	}
	b.check(t)
}
