package endtoend

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/mongod"
	"github.com/shopstream/shopstream/internal/oracle"
)

// The broker goes away in the middle of a backfill and comes back. Other tests need it, too, so this one runs alone.
func TestBrokerAway(t *testing.T) { brokerAway(t, 20*time.Second) }

// brokerAway takes the broker away for the given time.
func brokerAway(t *testing.T, length time.Duration) {
	b := setup(t, settings{shops: 2, days: 6, ordersPerDay: 30, lasts: 20 * time.Second})
	p := b.start(t)
	b.plan(t)
	b.waitPages(t, 0.2)
	before, memory := b.calls(t), p.peakMiB(t)
	b.Stop(t)
	time.Sleep(length) // the outage itself
	during := b.calls(t) - before
	b.Resume(t)
	waitFor(t, patience, "the broker to serve groups", func() bool { // it listens before it can
		_, err := b.Admin(t).FetchOffsets(t.Context(), b.topics.Group("sink"))
		return err == nil
	})
	back := time.Now()
	pages := b.watch.Pages()
	for _, stage := range []string{fetched, stored} {
		var took time.Duration
		waitFor(t, patience, "the "+stage+" to go on", func() (ok bool) {
			took, ok = b.watch.FirstAfter(stage, back)
			return ok
		})
		t.Logf("the %s goes on %v after the broker is back", stage, took.Round(time.Millisecond))
		if took > goesOn {
			t.Errorf("the %s went on after %v, at most %v are promised", stage, took, goesOn)
		}
	}
	b.waitCompleted(t)
	b.checkInterrupted(t, pages)
	t.Logf("away for %v: %d calls meanwhile; peak memory %d MiB before, %d MiB in the end", length, during, memory, p.peakMiB(t))
	b.checkMemory(t, memory, p.peakMiB(t))
	p.stop(t)
	b.check(t)
	b.checkThrift(t, b.inHand())
	if during > b.inHand() {
		t.Errorf("%d calls were made while their answers could be stored nowhere, at most the %d tasks in hand are due", during, b.inHand())
	}
}

// Everything dies in the middle of a backfill, the store included and the broker, where it is a real one, and is started again:
// that goes on where it was, and does not begin anew. It takes the broker away and so runs alone.
func TestColdStartGoesOn(t *testing.T) {
	b := setup(t, settings{shops: 2, days: 6, ordersPerDay: 30, lasts: 20 * time.Second})
	p := b.start(t)
	b.plan(t)
	b.waitPages(t, 0.5)
	p.kill(t)
	b.store.Kill()
	if !b.Fake() { // the fake one forgets the epochs of a log that was trimmed to its end, and so would claim a loss
		b.Stop(t)
	}
	before, pages := b.calls(t), b.watch.Pages()
	var err error
	o := mongod.Options{Dir: filepath.Join(b.dir, "mongod"), Port: portOf(t, b.store.URI())}
	if b.store, err = mongod.Start(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if !b.Fake() {
		b.Resume(t)
	}
	p = b.start(t)
	b.waitCompleted(t)
	b.checkInterrupted(t, pages)
	p.stop(t)
	b.check(t)
	again := b.calls(t) - before
	t.Logf("%d calls for %d pages before the end of everything, %d after it, %d are needed in all", before, pages, again, b.truth.calls())
	b.checkThrift(t, b.inHand())
}

// calls returns how many calls the platforms have counted so far.
func (b *bench) calls(t *testing.T) (sum int) {
	t.Helper()
	paths, err := oracle.World{URL: b.url, Client: client}.Calls(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		sum += p.Calls
	}
	return sum
}

// inHand returns how many tasks the fetchers of a process hold at most, over all platforms: what is lost when it dies, or when
// their answers can be stored nowhere.
func (b *bench) inHand() (sum int) {
	const parallel = 5 // the default of fetch.parallel
	for _, rate := range b.rates {
		sum += max(parallel, min(10*parallel, rate/60))
	}
	return sum
}

// checkThrift fails when the copy took more calls than it needs, a few, and those that an interruption may cost.
func (b *bench) checkThrift(t *testing.T, lost int) {
	t.Helper()
	calls, least := b.calls(t), b.truth.calls()
	if most := least + least/20 + lost; calls > most {
		t.Errorf("%d calls were made, %d are needed, and at most %d may be lost", calls, least, most-least)
	}
}

// checkMemory fails when an outage has let a process grow.
func (b *bench) checkMemory(t *testing.T, before, after int64) {
	t.Helper()
	const growth = 64 // MiB: a batch of each stage, and what the collector leaves
	if after > before+before/2+growth {
		t.Errorf("the process had %d MiB before the outage and %d MiB after it", before, after)
	}
}
