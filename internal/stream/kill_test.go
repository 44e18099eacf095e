package stream_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/schemas"
)

const (
	kills          = 20
	killPartitions = 6
	killChains     = 60
	killSeed       = 7
)

// Built worker processes are killed at random moments and started again. Each chain of tasks must go on without a gap, a
// repetition or a fork, and each partition must have work done again soon after a kill. Not parallel: it holds bounds of time.
func TestWorkersKilledAtRandomMoments(t *testing.T) {
	binary := buildWorker(t)
	for _, mode := range []struct {
		name      string
		instances []string
		within    time.Duration
	}{
		{"dynamic", []string{"", ""}, 15 * time.Second},
		{"instance", []string{"a", "b"}, 3 * time.Second},
	} {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, killPartitions)
			for i := range killChains {
				b.Produce(t, &kgo.Record{Topic: b.tasks, Key: fmt.Appendf(nil, "chain%d", i), Value: fmt.Appendf(nil, "chain%d/0", i)})
			}
			pages := watch(t, b)
			var rebalanceTimeout time.Duration
			if b.Fake() {
				// The fake broker gives a member no session timer if it dies while its join waits, and then waits for it for
				// the rebalance time-out, which the loop sets to a minute. Kafka has no such gap.
				rebalanceTimeout = 5 * time.Second
			}
			var workers []*workerProcess
			for _, instance := range mode.instances {
				w := &workerProcess{args: []string{
					"-brokers", strings.Join(b.Addrs(), ","), "-prefix", b.topics.Prefix, "-instance", instance,
					"-rebalance-timeout", rebalanceTimeout.String(),
				}, binary: binary}
				w.start(t)
				workers = append(workers, w)
				t.Cleanup(func() {
					if t.Failed() {
						t.Logf("a worker's last words:\n%s", w.lastWords(t))
					}
				})
			}
			pages.waitAll(t, time.Now())
			random := rand.New(rand.NewPCG(killSeed, uint64(len(mode.name))))
			var longest time.Duration
			for range kills {
				time.Sleep(time.Duration(random.IntN(1500)) * time.Millisecond) // a random moment, not a wait
				victim := workers[random.IntN(len(workers))]
				victim.kill(t)
				killed := time.Now()
				victim.start(t)
				took := pages.waitAll(t, killed)
				t.Logf("kill of %v: %v", victim.args[5], took)
				longest = max(longest, took)
				if took > mode.within {
					t.Errorf("a partition stood still for %v after a kill, at most %v is promised", took, mode.within)
				}
			}
			for _, w := range workers {
				w.terminate(t)
			}
			n := checkChains(t, b, pages)
			t.Logf("%s: %d kills, %d pages, each once; longest standstill %v", mode.name, kills, n, longest.Round(time.Millisecond))
		})
	}
}

// checkChains fails unless the pages of each chain are 0, 1, 2, ... without gap or repetition, and exactly one task is left of
// each: the one after the last page. It returns the number of pages.
func checkChains(t *testing.T, b *bench, pages *watcher) int {
	t.Helper()
	left := map[string][]int{}
	committed := b.Committed(t, b.group, b.tasks)
	b.Read(t, func(rs []*kgo.Record) bool {
		left = map[string][]int{}
		for _, r := range rs {
			if r.Offset >= committed[r.Partition] {
				chain, n := parse(t, r)
				left[chain] = append(left[chain], n)
			}
		}
		return len(left) == killChains
	}, b.tasks)
	total := 0
	for chain, tasks := range left {
		if len(tasks) != 1 {
			t.Errorf("%s: tasks %v are left, want exactly one", chain, tasks)
			continue
		}
		kafkatest.Eventually(t, "all pages of "+chain+" read", func() bool { return pages.count(chain) >= tasks[0] })
		seen := pages.of(chain)
		for n := range tasks[0] {
			if seen[n] != 1 {
				t.Errorf("%s: page %d was published %d times", chain, n, seen[n])
			}
		}
		if len(seen) != tasks[0] {
			t.Errorf("%s: %d pages, but the task left is %d", chain, len(seen), tasks[0])
		}
		total += len(seen)
	}
	return total
}

func parse(t *testing.T, r *kgo.Record) (string, int) {
	t.Helper()
	chain, count, _ := strings.Cut(string(r.Value), "/")
	n, err := strconv.Atoi(count)
	if err != nil {
		t.Fatalf("record %q: %v", r.Value, err)
	}
	return chain, n
}

// watcher reads committed pages all the time and notes when each partition of tasks last had one.
type watcher struct {
	mu     sync.Mutex
	latest map[string]time.Time // by the partition that the task came from
	seen   map[string]map[int]int
}

func watch(t *testing.T, b *bench) *watcher {
	t.Helper()
	w := &watcher{latest: map[string]time.Time{}, seen: map[string]map[int]int{}}
	cl := b.Client(t, kgo.ConsumeTopics(b.pages), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(50*time.Millisecond))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			cl.PollFetches(ctx).EachRecord(func(r *kgo.Record) { w.note(t, r) })
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	return w
}

func (w *watcher) note(t *testing.T, r *kgo.Record) {
	chain, n := parse(t, r)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen[chain] == nil {
		w.seen[chain] = map[int]int{}
	}
	w.seen[chain][n]++
	w.latest[schemas.Header(r, "from")] = time.Now()
}

// waitAll waits until every partition that ever had a page has had one after the given time, and returns how long that was.
func (w *watcher) waitAll(t *testing.T, after time.Time) time.Duration {
	t.Helper()
	kafkatest.Eventually(t, "every partition at work", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, at := range w.latest {
			if !at.After(after) {
				return false
			}
		}
		return len(w.latest) == killPartitions
	})
	return time.Since(after)
}

func (w *watcher) count(chain string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.seen[chain])
}

func (w *watcher) of(chain string) map[int]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := map[int]int{}
	for n, times := range w.seen[chain] {
		seen[n] = times
	}
	return seen
}

func buildWorker(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "killworker")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./killworker").CombinedOutput(); err != nil {
		t.Fatalf("build worker: %v\n%s", err, out)
	}
	return binary
}

// workerProcess is a worker that can be killed and started again.
type workerProcess struct {
	binary string
	args   []string
	cmd    *exec.Cmd
	log    bytes.Buffer
}

func (w *workerProcess) start(t *testing.T) {
	t.Helper()
	w.log.Reset()
	w.cmd = exec.Command(w.binary, w.args...)
	w.cmd.Stderr = &w.log
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	cmd := w.cmd
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
}

// lastWords ends the worker in a way that makes it say what each of its goroutines is at, and returns the end of its log.
func (w *workerProcess) lastWords(t *testing.T) string {
	t.Helper()
	if w.cmd.ProcessState == nil {
		_ = w.cmd.Process.Signal(syscall.SIGQUIT)
		_ = w.cmd.Wait()
	}
	log := w.log.String()
	return log[max(0, len(log)-50_000):]
}

func (w *workerProcess) kill(t *testing.T) {
	t.Helper()
	if err := w.cmd.Process.Kill(); err != nil {
		t.Fatalf("kill: %v; the worker said:\n%s", err, w.log.String())
	}
	_ = w.cmd.Wait()
}

func (w *workerProcess) terminate(t *testing.T) {
	t.Helper()
	began := time.Now()
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := w.cmd.Wait(); err != nil {
		t.Errorf("worker ended with %v:\n%s", err, w.log.String())
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("a clean stop took %v", took)
	}
}
