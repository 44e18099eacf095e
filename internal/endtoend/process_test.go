package endtoend

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/child"
)

// process is a running `shopstream run`.
type process struct {
	cmd *exec.Cmd
	log string // file with all it said
}

// start runs all services in one process, with more settings for this one.
func (b *bench) start(t *testing.T, env ...string) *process {
	t.Helper()
	return b.run(t, env, "all")
}

// run runs the service that the words name.
func (b *bench) run(t *testing.T, env []string, words ...string) *process {
	t.Helper()
	b.processes++
	log, err := os.Create(filepath.Join(b.dir, fmt.Sprintf("run%02d.log", b.processes)))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close() //nolint:errcheck // the child has its own handle
	p := &process{log: log.Name()}
	p.cmd = exec.Command(binary, append([]string{"run"}, words...)...)
	p.cmd.Env, p.cmd.Dir = slices.Concat(b.env, env), b.dir
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.cmd.ProcessState == nil {
			_ = p.cmd.Process.Kill()
			_ = p.cmd.Wait()
		}
		if t.Failed() {
			t.Logf("%s ended with:\n%s", filepath.Base(p.log), p.tail())
		}
	})
	return p
}

// kill ends the process as a crash would. That it has ended by itself before fails the test.
func (p *process) kill(t *testing.T) {
	t.Helper()
	_ = p.cmd.Process.Kill()
	err := p.cmd.Wait()
	if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		t.Errorf("the process ended by itself: %v\n%s", err, p.tail())
	}
}

// stop ends the process in order, as promised within 10 s.
func (p *process) stop(t *testing.T) {
	t.Helper()
	began := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatalf("stop: %v\n%s", err, p.tail())
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the process ended with %v\n%s", err, p.tail())
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("a clean stop took %v, at most 10 s are promised", took)
	}
}

func (p *process) said() []byte {
	content, _ := os.ReadFile(p.log)
	return content
}

func (p *process) tail() string {
	const shown = 4000
	said := p.said()
	return string(said[max(0, len(said)-shown):])
}

var listening = regexp.MustCompile(`msg=running .*http_addr=(\S+)`)

// consumed returns how many records each stage of the process has consumed, once it serves its metrics.
func (p *process) consumed(t *testing.T) map[string]int {
	t.Helper()
	var addr string
	waitFor(t, time.Minute, "the process to serve metrics", func() bool {
		found := listening.FindSubmatch(p.said())
		if found != nil {
			addr = string(found[1])
		}
		return found != nil
	})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+"/metrics", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	counts := map[string]int{}
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		rest, ok := strings.CutPrefix(lines.Text(), `shopstream_stream_consumed_records_total{stage="`)
		if stage, value, found := strings.Cut(rest, `"} `); ok && found {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatal(err)
			}
			counts[stage] = int(n)
		}
	}
	if lines.Err() != nil || len(counts) == 0 {
		t.Fatalf("read metrics: %d stages, %v", len(counts), lines.Err())
	}
	return counts
}

// peakMiB returns the most memory the process ever had resident, 0 where the system does not tell.
func (p *process) peakMiB(t *testing.T) int64 {
	t.Helper()
	return child.PeakMemory(strconv.Itoa(p.cmd.Process.Pid)) >> 20
}
