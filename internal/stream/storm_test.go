package stream_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafkatest"
)

const (
	stormPace = 3 * time.Second
	// A partition may stand still for a rebalance and the batches in hand, on a busy machine.
	standstill = 15 * time.Second
)

// A member comes or goes every three seconds. Every partition is worked on after each of these, each page is published
// once, and each chain goes on.
func TestWorkGoesOnWhileMembersComeAndGo(t *testing.T) {
	t.Parallel()
	storm(t, 7)
}

func storm(t *testing.T, changes int) {
	t.Helper()
	b, pages, worker := chains(t)
	worker("100ms").start(t)
	pages.waitAll(t, time.Now())
	guest, here := worker("100ms"), false
	pace := time.NewTicker(stormPace)
	defer pace.Stop()
	var longest time.Duration
	for range changes {
		<-pace.C
		changed := time.Now()
		if here {
			guest.terminate(t)
		} else {
			guest.start(t)
		}
		here = !here
		longest = max(longest, pages.waitAll(t, changed))
	}
	if longest > standstill {
		t.Errorf("a partition stood still for %v, at most %v is promised", longest, standstill)
	}
	stopAll(t, b, pages)
	t.Logf("longest standstill %v", longest.Round(time.Millisecond))
}

// A process is frozen in the middle of its batches until others have its partitions and work on them. When it goes on, it
// publishes nothing of what it had, and works again.
func TestProcessFrozenUntilOthersHaveItsPartitions(t *testing.T) {
	t.Parallel()
	b, pages, worker := chains(t)
	zombie := worker("1s") // nearly all of its time it holds a batch
	zombie.start(t)
	pages.waitAll(t, time.Now())
	worker("100ms").start(t)
	kafkatest.Eventually(t, "both at work", func() bool { return b.membersWithPartitions(t) == 4 && b.groupState(t) == "Stable" })
	pages.waitAll(t, time.Now())
	frozen := time.Now()
	if err := zombie.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	kafkatest.Eventually(t, "its members are out", func() bool { return b.membersWithPartitions(t) == 2 && b.groupState(t) == "Stable" })
	pages.waitAll(t, time.Now())
	t.Logf("others had its partitions after %v", time.Since(frozen).Round(time.Millisecond))
	if err := zombie.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	kafkatest.Eventually(t, "it is back", func() bool { return b.membersWithPartitions(t) == 4 && b.groupState(t) == "Stable" })
	pages.waitAll(t, time.Now())
	stopAll(t, b, pages)
}

// chains gives a topic of tasks that go on without end, a reader of their pages, and workers for them, each of which takes the
// given time for a batch.
func chains(t *testing.T) (b *bench, pages *watcher, worker func(work string) *workerProcess) {
	t.Helper()
	binary := buildWorker(t)
	b = setup(t, killPartitions)
	for i := range killChains {
		b.Produce(t, &kgo.Record{Topic: b.tasks, Key: fmt.Appendf(nil, "chain%d", i), Value: fmt.Appendf(nil, "chain%d/0", i)})
	}
	pages = watch(t, b)
	rebalanceTimeout := "0s"
	if b.Fake() {
		rebalanceTimeout = "5s" // for what the fake lacks, see TestWorkersKilledAtRandomMoments
	}
	return b, pages, func(work string) *workerProcess {
		w := &workerProcess{binary: binary, args: []string{
			"-brokers", strings.Join(b.Addrs(), ","), "-prefix", b.topics.Prefix, "-work", work, "-rebalance-timeout", rebalanceTimeout,
		}}
		b.workers = append(b.workers, w)
		return w
	}
}

// stopAll ends the workers that run and checks what they did.
func stopAll(t *testing.T, b *bench, pages *watcher) {
	t.Helper()
	for _, w := range b.workers {
		if w.cmd != nil && w.cmd.ProcessState == nil {
			w.terminate(t)
		}
	}
	t.Logf("%d pages, each once", checkChains(t, b, pages))
}
