package chaos

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/shopstream/shopstream/internal/child"
)

// orderly is how soon a service must be gone that is told to stop: what is promised, and as much again for a machine that has
// other things to do.
const orderly = 20 * time.Second

// crewOf are the services, each its own process. The first of each has a name and the second has none, so that both ways to be
// a member of a group are met.
var crewOf = []string{"planner", "fetcher", "fetcher", "delay", "transformer", "transformer", "sink", "sink", "tracker"}

// member is a place in the crew: a service that is started again whenever its process ends, as a supervisor would.
type member struct {
	service, name string
	command       func() *exec.Cmd
	logPath       string

	mu     sync.Mutex
	proc   *child.Process  // nil while it is down
	told   bool            // to end, or killed
	down   time.Duration   // until it is started again
	peak   int64           // memory in bytes, of all its processes
	died   []string        // the last words of processes that ended by themselves
	orders []time.Duration // how long processes took to end that were told to

	waits sync.WaitGroup // for processes that were told to end
}

// restartAfter is how soon a process is started again that ended by itself.
const restartAfter = 500 * time.Millisecond

// newCrew prepares the services; nothing runs yet. names says whether the first process of each has a name: the embedded broker
// waits for ever for a named member that dies while its group is being rebalanced, and so is met by nameless ones alone.
func newCrew(binary, dir string, names bool, env []string) ([]*member, error) {
	if err := os.MkdirAll(filepath.Join(dir, "log"), 0o750); err != nil {
		return nil, fmt.Errorf("make a folder for logs: %w", err)
	}
	var crew []*member
	count := map[string]int{}
	for _, service := range crewOf {
		count[service]++
		m := &member{service: service, name: fmt.Sprintf("%s-%d", service, count[service])}
		m.logPath = filepath.Join(dir, "log", m.name+".log")
		mine := slices.Clone(env)
		if names && count[service] == 1 {
			mine = append(mine, "SHOPSTREAM_INSTANCE=a")
		}
		m.command = func() *exec.Cmd {
			cmd := exec.Command(binary, "run", service) //nolint:gosec,noctx // this program; signals end it
			cmd.Env, cmd.Dir = mine, dir
			return cmd
		}
		crew = append(crew, m)
	}
	return crew, nil
}

// run keeps the service running until ctx is done, and then stops it in order.
func (m *member) run(ctx context.Context) error {
	defer m.waits.Wait()
	for {
		p, err := m.start()
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			m.mu.Lock()
			m.told = true
			m.mu.Unlock()
			began := time.Now()
			err := p.Stop(orderly)
			m.mu.Lock()
			m.orders = append(m.orders, time.Since(began))
			m.mu.Unlock()
			if err != nil {
				return fmt.Errorf("stop %s: %w", m.name, err)
			}
			return nil
		case <-p.Done():
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(m.ended(p)):
		}
	}
}

func (m *member) start() (*child.Process, error) {
	log, err := os.OpenFile(m.logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log of %s: %w", m.name, err)
	}
	defer log.Close() //nolint:errcheck // the child has its own handle
	cmd := m.command()
	cmd.Stdout, cmd.Stderr = log, log
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.proc, err = child.Start(cmd); err != nil {
		return nil, err
	}
	m.told, m.down = false, restartAfter
	return m.proc, nil
}

// ended notes the end of a process and returns when to start the next.
func (m *member) ended(p *child.Process) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.proc = nil
	if !m.told {
		m.died = append(m.died, fmt.Sprintf("%v: %s", p.Err(), lastLine(m.logPath)))
	}
	return m.down
}

// signal ends the process, which is started again after the given time. It reports whether there was one to end.
func (m *member) signal(s syscall.Signal, down time.Duration) bool {
	m.mu.Lock()
	p := m.proc
	if p == nil || m.told {
		m.mu.Unlock()
		return false
	}
	m.told, m.down = true, down
	p.Signal(s)
	m.mu.Unlock()
	if s != syscall.SIGKILL {
		m.waits.Go(func() { m.await(p) })
	}
	return true
}

// await sees that a process ends that was told to.
func (m *member) await(p *child.Process) {
	began := time.Now()
	select {
	case <-p.Done():
	case <-time.After(orderly):
		p.Kill()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.orders = append(m.orders, time.Since(began))
}

// pause stops the process where it is and returns what lets it go on; nil when there is none.
func (m *member) pause() (resume func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.proc
	if p == nil || m.told {
		return nil
	}
	p.Signal(syscall.SIGSTOP)
	return func() { p.Signal(syscall.SIGCONT) }
}

// measure notes how much memory the process has had.
func (m *member) measure() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.proc != nil {
		m.peak = max(m.peak, m.proc.PeakMemory())
	}
}

// alarming are words of a log that no fault excuses: a stage that stopped for good, a bug.
var alarming = []string{"stage stopped for good", "panic", "fatal error:"}

// alarms returns the lines of the service's log that no fault excuses.
func (m *member) alarms() ([]string, error) {
	file, err := os.Open(m.logPath)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the log of %s: %w", m.name, err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	var found []string
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if slices.ContainsFunc(alarming, func(word string) bool { return strings.Contains(lines.Text(), word) }) {
			found = append(found, m.name+": "+lines.Text())
		}
	}
	return found, lines.Err()
}

func lastLine(path string) string {
	content, err := os.ReadFile(path) //nolint:gosec // our own file
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	return lines[len(lines)-1]
}
