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
	var pages []int
	for range 3 {
		for _, name := range services {
			pages = append(pages, b.watch.Pages())
			running[name].stop(t)
			running[name] = b.run(t, nil, name)
		}
	}
	b.waitCompleted(t)
	b.checkInterrupted(t, pages...)
	for _, name := range services {
		running[name].stop(t)
	}
	b.check(t)
}
