// Package child runs other programs as children of this process: servers of the demo and of tests, and services that are to be
// killed. On Linux no child outlives its parent, even if that is killed.
package child

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Process is a running child.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it is gone
	err  error         // how it went; to be read after done
}

// Start starts the command.
//
// The kernel takes the end of the thread that started a child for the end of the parent, so that thread waits for the child.
func Start(cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd, done: make(chan struct{})}
	cmd.SysProcAttr = attributes()
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := cmd.Start(); err != nil {
			started <- fmt.Errorf("start %s: %w", cmd.Path, err)
			return
		}
		started <- nil
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// PID returns the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the process is gone, for whatever reason.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err says how the process ended, nil for exit code 0. It may be asked after Done alone.
func (p *Process) Err() error { return p.err }

// Signal sends a signal, unless the process is gone.
func (p *Process) Signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// Kill ends the process at once, as a crash would, and waits until it is gone.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // fails only when it is gone already
	<-p.done
}

// ErrKilled says that a process did not end by itself when it was told to.
var ErrKilled = errors.New("it had to be killed")

// Stop ends the process in order and waits until it is gone, or kills it after the given time and returns ErrKilled. How the
// process took it is told by Err.
func (p *Process) Stop(within time.Duration) error {
	p.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
		return nil
	case <-time.After(within):
	}
	p.Kill()
	return fmt.Errorf("still there after %v: %w", within, ErrKilled)
}

// PeakMemory returns the most memory in bytes that the process ever had resident, 0 when it is gone or the system does not tell.
func (p *Process) PeakMemory() int64 { return PeakMemory(strconv.Itoa(p.PID())) }

// PeakMemory returns the most memory in bytes that a process ever had resident, by its id or "self", from the kernel; 0 where
// that does not tell.
func PeakMemory(pid string) int64 {
	status, err := os.ReadFile("/proc/" + pid + "/status") //nolint:gosec // the kernel's own
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			if kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64); err == nil {
				return kb << 10
			}
		}
	}
	return 0
}
