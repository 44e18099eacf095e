package endtoend

import (
	"testing"
	"time"

	"github.com/shopstream/shopstream/schemas"
)

// An operator stops everything in the middle of a backfill and resets, with Kafka's own tool, just the groups that must not be
// reset, to behind all their work. Then partitions are added to every topic while all is running. No work is skipped, and the
// ledger closes.
func TestWrongGroupsAreResetAndPartitionsAdded(t *testing.T) {
	t.Parallel()
	b := setup(t, settings{shops: 1, days: 8, ordersPerDay: 40, lasts: 40 * time.Second, unlimited: true})
	p := b.start(t)
	b.plan(t)
	b.waitPages(t, 0.3)
	p.stop(t)
	if n, all := b.watch.Pages(), b.truth.calls(); n > all*3/4 {
		t.Errorf("%d of %d pages were there before the reset: it came too late", n, all)
	}
	b.reset(t, latest, b.topics.Group("planner"), b.topics.Plans())
	b.reset(t, latest, b.topics.Group("tracker"), b.topics.Progress())
	for _, platform := range b.platforms() {
		b.reset(t, latest, b.topics.Group("planner", schemas.Backfill, platform), b.topics.PlansWork(schemas.Backfill, platform))
		b.reset(t, latest, b.topics.Group("fetcher", schemas.Backfill, platform), b.topics.Tasks(schemas.Backfill, platform))
	}
	p = b.start(t)
	b.waitPages(t, 0.5)
	b.addPartitions(t)
	b.waitCompleted(t)
	p.stop(t)
	b.checkOutcome(t)
}

// addPartitions gives two more to every topic of the installation that has several.
func (b *bench) addPartitions(t *testing.T) {
	t.Helper()
	adm := b.Admin(t)
	topics := append(b.rawTopics(), b.cleanTopics()...)
	topics = append(topics, b.topics.Progress())
	for _, platform := range b.platforms() {
		topics = append(topics, b.topics.Tasks(schemas.Backfill, platform), b.topics.PlansWork(schemas.Backfill, platform))
	}
	res, err := adm.UpdatePartitions(t.Context(), partitions+2, topics...)
	if err == nil {
		err = res.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
}
