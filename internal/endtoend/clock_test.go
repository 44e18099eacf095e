package endtoend

import (
	"strings"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/schemas"
)

// Every service is a process of its own, and three of them are on machines whose clocks are an hour off, in both directions:
// nothing may be missed between windows, or fetched too early.
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

// TestPlanEndsAnHourFromNow has a plan up to now made on a machine whose clock is an hour ahead of the platforms', and fetched
// by one that is an hour behind, while orders come in. What is planned of the hour to come may not count before the platforms
// have got there; then nothing is missing up to its end, and the windows leave nothing out.
func TestPlanEndsAnHourFromNow(t *testing.T) {
	t.Parallel()
	const days = 4
	now := plannedDays(days).Edges()[days].Add(-4 * time.Hour) // in the last of them
	clock := &platformClock{}
	clock.at.Store(now.Unix())
	b := setup(t, settings{
		shops: 1, days: days, ordersPerDay: 200, lasts: 4 * time.Second, unlimited: true, tokenTTL: 1000 * time.Hour, now: clock.now,
	})
	const ahead, behind = time.Hour, -time.Hour
	b.do(t, "topics", "apply")
	all := []*process{b.run(t, nil, "planner", clock.flag(ahead)), b.run(t, nil, "delay", clock.flag(ahead)), b.run(t, nil, "tracker", clock.flag(behind))}
	for _, name := range []string{"transformer", "sink"} {
		all = append(all, b.run(t, nil, name))
	}
	fetcher := b.run(t, nil, "fetcher", clock.flag(behind))
	kinds := []string{schemas.Orders, schemas.Returns} // whose rows are of the moment that they are listed by
	plan := schemas.Plan{PlanID: planID, From: b.from, To: b.to, Kinds: kinds}
	record, err := plan.Record(b.topics.Plans())
	if err != nil {
		t.Fatal(err)
	}
	end := now.Add(ahead)
	record.Timestamp = end
	b.Produce(t, record)

	settled := len(b.shops) * len(kinds) * (b.days - 1)
	waitFor(t, patience, "all but the last day", func() bool {
		n := 0
		for _, c := range b.chunks(t) {
			if c.Status == "complete" {
				n++
			}
		}
		return n >= settled
	})
	var wrong mistakes
	for _, c := range b.chunks(t) {
		if c.Status == "complete" && c.Window.To > now.Unix() {
			wrong.add("chunk %s is complete, which ends in %v", c.ID, time.Unix(c.Window.To, 0).Sub(now))
		}
	}
	wrong.report(t, "before its end")

	fetcher.stop(t) // a platform takes no call that is hours away from its clock
	clock.move(time.Hour + 10*time.Minute)
	fetcher = b.run(t, nil, "fetcher", clock.flag(behind))
	b.waitCompleted(t)
	for _, p := range append(all, fetcher) {
		p.stop(t)
	}
	b.checkContiguous(t, b.edges[0], end, len(b.shops)*len(kinds))
	b.checkNothingMissing(t, end, kinds...)
	b.checkDeadLetters(t)
	b.checkVersions(t)
}

// checkContiguous requires that the chunks of each shop and kind cover the time from one moment to another exactly once.
func (b *bench) checkContiguous(t *testing.T, from, to time.Time, series int) {
	t.Helper()
	windows := map[string]map[int64]int64{} // ends by begin
	for _, c := range b.chunks(t) {
		of := strings.Join([]string{c.Platform, c.Kind, c.ShopID}, " ")
		if windows[of] == nil {
			windows[of] = map[int64]int64{}
		}
		windows[of][c.Window.From] = c.Window.To
	}
	if len(windows) != series {
		t.Errorf("chunks of %d shops and kinds, want %d", len(windows), series)
	}
	for of, ends := range windows {
		at, n := from.Unix(), 0
		for ends[at] > at {
			at = ends[at]
			n++
		}
		if at != to.Unix() || n != len(ends) {
			t.Errorf("%s: %d windows of %d follow one another, up to %v of %v", of, n, len(ends), time.Unix(at, 0), to)
		}
	}
}

// checkNothingMissing requires that all rows created until the moment are stored, once each. What changed since is no matter.
func (b *bench) checkNothingMissing(t *testing.T, until time.Time, kinds ...string) {
	t.Helper()
	var wrong mistakes
	last := 0 // of the last hour
	for i := range b.shops {
		s := &b.shops[i]
		for _, kind := range kinds {
			of := b.selection(s, kind)
			of.To = until
			c, err := oracle.Compare(t.Context(), oracle.World{URL: b.url, Client: client}, b.collection(mongodb.DocumentCollection(kind)), of)
			if err != nil {
				t.Fatal(err)
			}
			if c.Missing+c.Duplicated != 0 || c.There == 0 {
				wrong.add("%s %s: %d missing, %d duplicated of %d: %q", s.Platform, kind, c.Missing, c.Duplicated, c.There, c.Mistakes)
			}
			of.From = until.Add(-time.Hour)
			if err := (oracle.World{URL: b.url, Client: client}).Truth(t.Context(), of, func(oracle.Row) bool { last++; return true }); err != nil {
				t.Fatal(err)
			}
		}
	}
	wrong.report(t, "store")
	if last == 0 {
		t.Error("nothing was created in the last hour: the test proves nothing")
	}
	t.Logf("%d rows of the last hour", last)
}
