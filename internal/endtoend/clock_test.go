package endtoend

import (
	"testing"
	"time"
)

// Every service is a process of its own, and three of them are on machines whose clocks are an hour off, in both directions:
// nothing may be missed between windows, fetched too early or held back.
func TestClocksAnHourOff(t *testing.T) {
	t.Parallel()
	b := setup(t, settings{shops: 1, days: 5, ordersPerDay: 40, lasts: 20 * time.Second})
	b.do(t, "topics", "apply")
	var all []*process
	for _, words := range [][]string{
		{"planner", "--clock-offset", "1h"},
		{"fetcher", "--clock-offset", "-1h"},
		{"delay", "--clock-offset", "1h"},
		{"transformer"},
		{"sink"},
		{"tracker", "--clock-offset", "-1h"},
	} {
		all = append(all, b.run(t, nil, words...))
	}
	b.plan(t)
	b.waitCompleted(t)
	for _, p := range all {
		p.stop(t)
	}
	b.check(t)
}
