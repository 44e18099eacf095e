package endtoend

import (
	"math/rand/v2"
	"testing"
	"time"
)

const (
	kills = 20
	// killedLongest is how soon work goes on after a restart, if the process has a name.
	killedLongest = 3 * time.Second
)

// One process does everything and is killed again and again at random moments of one backfill, each time to be started again
// within a second, under its name. Afterwards all pages and documents are processed once more: see replay. Not parallel: beside
// other tests the three seconds would measure the machine.
func TestBackfillSurvivesTwentyKills(t *testing.T) {
	b := setup(t, settings{shops: 2, days: 20, ordersPerDay: 50, lasts: 170 * time.Second})
	const instance = "SHOPSTREAM_INSTANCE=a"
	p := b.start(t, instance)
	b.plan(t)
	b.waitPages(t, 0.01)
	random := rand.New(rand.NewPCG(seed, kills))
	var pages []int
	var restarts []time.Time
	for range kills {
		time.Sleep(5*time.Second + time.Duration(random.Int64N(int64(2*time.Second)))) // a random moment, not a wait
		p.kill(t)
		pages = append(pages, b.watch.Pages())
		time.Sleep(time.Duration(random.Int64N(int64(900 * time.Millisecond))))
		restarts = append(restarts, time.Now())
		p = b.start(t, instance)
	}
	b.waitCompleted(t)
	b.checkInterrupted(t, pages...)
	still := standstills{}
	for n, at := range restarts {
		took := still.since(b.watch, at)
		for _, stage := range stages {
			if took[stage] > killedLongest {
				t.Errorf("kill %d: the %s stood still for %v, at most %v are promised", n+1, stage, took[stage], killedLongest)
			}
		}
	}
	t.Logf("standstill after a kill and a restart: %v", still)
	p.stop(t)
	b.check(t)
	b.replay(t, instance)
}
