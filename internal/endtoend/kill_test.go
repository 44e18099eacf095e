package endtoend

import (
	"math/rand/v2"
	"testing"
	"time"
)

const kills = 20

// One process does everything and is killed again and again at random moments of one backfill, each time to be started again
// within a second, under its name. Afterwards all pages and documents are processed once more: see replay.
//
// The simulator has no limit here, since the program's own starts anew, with a burst, whenever it is killed.
func TestBackfillSurvivesTwentyKills(t *testing.T) {
	t.Parallel()
	b := setup(t, settings{shops: 3, days: 80, ordersPerDay: 110, rate: 540, unlimited: true})
	const instance = "SHOPSTREAM_INSTANCE=a"
	p := b.start(t, instance)
	b.plan(t)
	b.waitPages(t, 0.01)
	random := rand.New(rand.NewPCG(seed, kills)) //nolint:gosec // repeatable, not secret
	all, atWork := b.truth.total().tasks(), 0
	var moments []time.Time
	for range kills {
		time.Sleep(5*time.Second + time.Duration(random.Int64N(int64(2*time.Second)))) // a random moment, not a wait
		p.kill(t)
		moments = append(moments, time.Now())
		if b.watch.pages() < all {
			atWork++
		}
		time.Sleep(time.Duration(random.Int64N(int64(900 * time.Millisecond))))
		p = b.start(t, instance)
	}
	t.Logf("%d of %d kills fell while pages were to be fetched; %d of %d are there", atWork, kills, b.watch.pages(), all)
	if atWork < kills*9/10 {
		t.Errorf("only %d of %d kills interrupted any fetching", atWork, kills)
	}
	b.waitCompleted(t)
	still := standstills{}
	for _, at := range moments {
		still.since(b.watch, at)
	}
	t.Logf("standstill after a kill: %v", still)
	p.stop(t)
	b.check(t)
	b.replay(t, instance)
}
