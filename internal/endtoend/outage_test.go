package endtoend

import (
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/mongod"
)

const (
	away = time.Minute
	// goesOn is how soon after an outage the sink must store documents again, by itself.
	goesOn = 15 * time.Second

	hangs       = 12 * time.Second // longer than clients wait for a server
	standsStill = 200 * time.Millisecond
)

// MongoDB crashes and stays away for a minute, and later is stopped in order for a while. The data waits in Kafka meanwhile.
func TestMongoAwayForAMinute(t *testing.T) {
	t.Parallel()
	mongoAway(t, away, 20)
}

// mongoAway takes the store away for the given time, and a sixth of it, while a backfill of so many days goes on that takes
// longer than both.
func mongoAway(t *testing.T, away time.Duration, days int) {
	b := setup(t, settings{shops: 2, days: days, ordersPerDay: 50, lasts: away*3/2 + 40*time.Second})
	p := b.start(t)
	b.plan(t)
	b.waitPages(t, 0.1)
	memory := p.peakMiB(t)
	b.outage(t, p, away, func() { b.store.Kill() })
	b.waitPages(t, 0.75)
	b.outage(t, p, away/6, func() {
		if err := b.store.Stop(); err != nil {
			t.Error(err)
		}
	})
	pages := b.watch.Pages()
	b.waitCompleted(t)
	b.checkInterrupted(t, pages)
	b.checkMemory(t, memory, p.peakMiB(t))
	p.stop(t)
	b.check(t)
	b.checkThrift(t, b.inHand())
}

// MongoDB hangs for longer than its clients wait, and is then slow for as long: it stands still most of the time.
func TestMongoHangsAndIsSlow(t *testing.T) {
	t.Parallel()
	b := setup(t, settings{shops: 2, days: 6, ordersPerDay: 30, lasts: 20 * time.Second})
	p := b.start(t)
	b.plan(t)
	b.waitPages(t, 0.2)
	memory := p.peakMiB(t)
	b.store.Signal(syscall.SIGSTOP)
	time.Sleep(hangs) // the outage itself
	b.store.Signal(syscall.SIGCONT)
	back := time.Now()
	for time.Since(back) < hangs {
		b.store.Signal(syscall.SIGSTOP)
		time.Sleep(standsStill) // that it is slow
		b.store.Signal(syscall.SIGCONT)
		time.Sleep(standsStill / 2)
	}
	b.waitCompleted(t)
	took, _ := b.watch.FirstAfter(stored, back)
	t.Logf("documents are stored %v after the store goes on; peak memory %d MiB before, %d MiB in the end", took.Round(time.Millisecond), memory, p.peakMiB(t))
	if took > goesOn {
		t.Errorf("the sink went on after %v, at most %v are promised", took, goesOn)
	}
	b.checkMemory(t, memory, p.peakMiB(t))
	p.stop(t)
	b.check(t)
	b.checkThrift(t, b.inHand())
}

// outage takes the store away, and starts it again on its port with its data.
func (b *bench) outage(t *testing.T, p *process, length time.Duration, stop func()) {
	t.Helper()
	o := mongod.Options{Dir: filepath.Join(b.dir, "mongod"), Port: portOf(t, b.store.URI())}
	t.Logf("memory before: %d MiB, %d pages", p.peakMiB(t), b.watch.Pages())
	stop()
	time.Sleep(length) // the outage itself
	t.Logf("memory after %v without store: %d MiB, %d pages", length, p.peakMiB(t), b.watch.Pages())
	var err error
	if b.store, err = mongod.Start(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	back := time.Now()
	var took time.Duration
	waitFor(t, patience, "the sink to go on", func() (ok bool) {
		took, ok = b.watch.FirstAfter(stored, back)
		return ok
	})
	t.Logf("documents are stored %v after the store is back", took.Round(time.Millisecond))
	if took > goesOn {
		t.Errorf("the sink went on after %v, at most %v are promised", took, goesOn)
	}
}

func portOf(t *testing.T, uri string) int {
	t.Helper()
	u, err := url.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(u.Host)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
