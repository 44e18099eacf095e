//go:build chaos

package endtoend

import (
	"syscall"
	"testing"
	"time"
)

// One of two processes is frozen for a minute and a half, in which the other does all that both had to, and then goes on with what
// it had in hand. Nothing of that counts any more.
func TestLongZombie(t *testing.T) {
	const frozen = 90 * time.Second
	b := setup(t, settings{shops: 2, days: 30, ordersPerDay: 50, lasts: 3 * time.Minute})
	stays, zombie := b.start(t), b.start(t)
	b.plan(t)
	b.waitPages(t, 0.1)
	waitFor(t, patience, "the process to work", func() bool {
		counts := zombie.consumed(t)
		return counts["fetcher.backfill.shopee"] > 0 && counts["transformer"] > 0 && counts["sink"] > 0
	})
	zombie.signal(t, syscall.SIGSTOP)
	began := time.Now()
	time.Sleep(frozen) // the freeze itself
	still := standstills{}
	still.since(b.watch, began.Add(frozen/2))
	if len(still[stored]) == 0 {
		t.Error("the other process did nothing meanwhile")
	}
	pages := b.watch.Pages()
	zombie.signal(t, syscall.SIGCONT)
	before := zombie.consumed(t)["sink"]
	waitFor(t, patience, "the process to work again", func() bool { return zombie.consumed(t)["sink"] > before })
	b.waitCompleted(t)
	b.checkInterrupted(t, pages)
	stays.stop(t)
	zombie.stop(t)
	b.check(t)
}

func (p *process) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// Processes come and go every three seconds for a minute and a half. Work goes on meanwhile.
func TestLongStormOfProcesses(t *testing.T) {
	const (
		changes = 30
		pace    = 3 * time.Second
	)
	b := setup(t, settings{shops: 2, days: 30, ordersPerDay: 50, lasts: 150 * time.Second})
	stays := b.start(t)
	b.plan(t)
	b.waitPages(t, 0.05)
	var guest *process
	var moments []time.Time
	for range changes {
		changed := time.Now()
		if guest == nil {
			guest = b.start(t)
		} else {
			guest.stop(t)
			guest = nil
		}
		moments = append(moments, changed)
		time.Sleep(time.Until(changed.Add(pace))) // the pace of the storm
	}
	pages := b.watch.Pages()
	b.waitCompleted(t)
	b.checkInterrupted(t, pages)
	stays.stop(t)
	still := standstills{}
	for n, at := range moments {
		for stage, took := range still.since(b.watch, at) {
			if took > goesOn {
				t.Errorf("change %d: the %s stood still for %v, at most %v are promised", n+1, stage, took, goesOn)
			}
		}
	}
	t.Logf("standstill after a change: %v", still)
	b.check(t)
}
