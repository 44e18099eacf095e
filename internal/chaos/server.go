package chaos

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/child"
	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/internal/mongod"
)

// server is something outside of the pipeline that goes away and comes back.
type server interface {
	away(ctx context.Context) error
	back(ctx context.Context) error
	stop() error
}

// store is a mongod of the run's own.
type store struct {
	options mongod.Options
	process *mongod.Process
}

func startStore(ctx context.Context, dir string) (*store, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	s := &store{options: mongod.Options{Dir: dir, Port: port}}
	err = s.back(ctx)
	return s, err
}

func (s *store) away(context.Context) error { s.process.Kill(); return nil }

func (s *store) back(ctx context.Context) (err error) {
	s.process, err = mongod.Start(ctx, s.options)
	return err
}

func (s *store) stop() error {
	if s.process == nil { // it did not come up
		return nil
	}
	return s.process.Stop()
}

// embedded is the embedded broker in a process of its own, since one in ours could not be stopped. It is not killed: when it starts
// again, it has forgotten the epochs of logs that were trimmed to their ends, and tells members who ask that they lost records.
type embedded struct {
	command func() *exec.Cmd
	addr    string
	log     string
	process *child.Process
}

func startEmbedded(ctx context.Context, binary, dir string) (*embedded, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	e := &embedded{addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), log: filepath.Join(dir, "kafka.log")}
	e.command = func() *exec.Cmd {
		return exec.Command(binary, "chaos", "broker", "--dir", filepath.Join(dir, "kafka"), "--port", strconv.Itoa(port)) //nolint:gosec,noctx // this program; signals end it
	}
	err = e.start(ctx)
	return e, err
}

func (e *embedded) away(context.Context) error { e.process.Signal(syscall.SIGSTOP); return nil }

func (e *embedded) back(context.Context) error { e.process.Signal(syscall.SIGCONT); return nil }

func (e *embedded) start(ctx context.Context) error {
	log, err := os.OpenFile(e.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the broker's log: %w", err)
	}
	defer log.Close() //nolint:errcheck // the child has its own handle
	cmd := e.command()
	cmd.Stdout, cmd.Stderr = log, log
	if e.process, err = child.Start(cmd); err != nil {
		return err
	}
	return answers(ctx, []string{e.addr}, e.process.Done(), e.log)
}

func (e *embedded) stop() error {
	if e.process == nil { // it did not come up
		return nil
	}
	return e.process.Stop(brokerStop)
}

const (
	brokerStart = 3 * time.Minute
	brokerStop  = 15 * time.Second
)

// answers waits until the broker answers, or is gone.
func answers(ctx context.Context, addrs []string, gone <-chan struct{}, log string) error {
	ctx, cancel := context.WithTimeout(ctx, brokerStart)
	defer cancel()
	cl, err := kgo.NewClient(kafka.ClientOptions(addrs)...)
	if err != nil {
		return fmt.Errorf("connect to the broker: %w", err)
	}
	defer cl.Close()
	for {
		if err = cl.Ping(ctx); err == nil {
			return nil
		}
		select {
		case <-gone:
			return fmt.Errorf("the embedded broker ended: %s", lastLine(log))
		case <-ctx.Done():
			return fmt.Errorf("the broker at %v does not answer: %w", addrs, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// external is a broker that somebody else runs, and a command that stops and starts it; without one it stays.
type external struct {
	addrs   []string
	control string
}

func (e *external) away(ctx context.Context) error { return e.do(ctx, "stop") }

// back does not take the command's word for a failure: on a busy machine it may give up on a broker that only takes its time.
func (e *external) back(ctx context.Context) error {
	failed := e.do(ctx, "start")
	if err := answers(ctx, e.addrs, nil, ""); err != nil {
		return errors.Join(failed, err)
	}
	return nil
}

func (e *external) stop() error { return nil }

func (e *external) do(ctx context.Context, what string) error {
	out, err := exec.CommandContext(ctx, "sh", "-c", e.control+" "+what).CombinedOutput() //nolint:gosec // the operator's own command
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", e.control, what, err, out)
	}
	return nil
}

func freePort(ctx context.Context) (int, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0, errors.Join(errors.New("find a free port: no TCP address"), l.Close())
	}
	return addr.Port, l.Close()
}
