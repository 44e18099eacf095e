package mongod

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/shopstream/shopstream/internal/child"
)

const (
	minCacheMB   = 256 // mongod takes no less
	startTimeout = 60 * time.Second
	stopTimeout  = 15 * time.Second
	portTries    = 3
)

// Options of a server.
type Options struct {
	// Dir holds data and log; it is made when missing, and kept at the end. A server that is started in the Dir of an
	// earlier one has its data. Needed.
	Dir string
	// CacheMB is the storage engine's cache in MiB; 256, the least there is, by default.
	CacheMB int
	// Port on 127.0.0.1; 0 takes a free one.
	Port int
	// Binary to run; empty means what [Find] finds.
	Binary string
	// Uninitiated leaves the server as operators find a new one: it waits to be made a member of its replica set.
	Uninitiated bool
}

// Process is a running mongod.
type Process struct {
	*child.Process
	uri  string
	host string // and port

	output, log string // files
	logStart    int64  // where this process's part of the log begins
}

// Start runs a mongod and returns when it takes writes, if it is to, or says why it does not: with what its log says at the
// end. ctx bounds the start alone; the server runs until [Process.Stop], and on Linux no longer than this process, even if that is
// killed.
func Start(ctx context.Context, o Options) (*Process, error) {
	if err := o.prepare(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for try := 1; ; try++ {
		p, err := start(ctx, o)
		// Between the choice of a free port and mongod's own bind somebody else may take it.
		if err == nil || o.Port != 0 || try == portTries || !strings.Contains(err.Error(), "already in use") {
			return p, err
		}
	}
}

// prepare finds the binary and makes the folder.
func (o *Options) prepare() error {
	if o.Dir == "" {
		return errors.New("start mongod: no folder for its data")
	}
	if o.Binary == "" {
		binary, err := Find()
		if err != nil {
			return err
		}
		o.Binary = binary
	}
	if err := os.MkdirAll(filepath.Join(o.Dir, "data"), 0o750); err != nil {
		return fmt.Errorf("start mongod: %w", err)
	}
	return nil
}

func start(ctx context.Context, o Options) (*Process, error) {
	p, err := launch(ctx, o)
	if err != nil {
		return nil, err
	}
	if o.Uninitiated {
		return p, nil
	}
	if err := p.becomePrimary(ctx, p.host); err != nil {
		return nil, p.failed(err)
	}
	return p, nil
}

// launch runs a mongod and does not wait for it.
func launch(ctx context.Context, o Options) (*Process, error) {
	port := o.Port
	if port == 0 {
		free, err := freePort(ctx)
		if err != nil {
			return nil, fmt.Errorf("start mongod: find free port: %w", err)
		}
		port = free
	}
	output, err := os.Create(filepath.Join(o.Dir, "mongod.out")) // what is said before there is a log, by the linker for one
	if err != nil {
		return nil, fmt.Errorf("start mongod: %w", err)
	}
	defer output.Close() //nolint:errcheck // the child has its own handle
	logPath := filepath.Join(o.Dir, "mongod.log")
	host := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	p := &Process{
		uri: "mongodb://" + host + "/?directConnection=true", host: host,
		output: output.Name(), log: logPath, logStart: size(logPath),
	}
	cmd := exec.Command(o.Binary, //nolint:gosec,noctx // a server the operator installed; Stop ends it, not a context
		"--dbpath", filepath.Join(o.Dir, "data"), "--logpath", logPath, "--logappend",
		"--port", strconv.Itoa(port), "--bind_ip", "127.0.0.1", "--nounixsocket", "--replSet", replicaSet,
		"--wiredTigerCacheSizeGB", strconv.FormatFloat(float64(max(o.CacheMB, minCacheMB))/1024, 'f', 3, 64),
		"--oplogSize", "512", "--setParameter", "diagnosticDataCollectionEnabled=false")
	cmd.Stdout, cmd.Stderr = output, output
	if p.Process, err = child.Start(cmd); err != nil {
		return nil, err
	}
	return p, nil
}

// failed ends a server that did not come up because of err, and says why.
func (p *Process) failed(err error) error {
	select {
	case <-p.Done(): // then the log knows more than the connection
		if err = p.Err(); err == nil {
			err = errors.New("exit status 0")
		}
		err = fmt.Errorf("it ended: %w", err)
	default:
		_ = p.Stop()
	}
	return fmt.Errorf("start mongod on %s: %w: %s (log: %s)", p.host, err, tail(p.output, 0, p.log, p.logStart), p.log)
}

// URI connects to the server.
func (p *Process) URI() string { return p.uri }

// Stop ends the server and waits until it is gone: in order, or after 15 s by force, which is an error but leaves nothing
// running. Stopping again does nothing.
func (p *Process) Stop() error {
	if err := p.Process.Stop(stopTimeout); err != nil {
		return fmt.Errorf("stop mongod: %w", err)
	}
	return nil
}

func freePort(ctx context.Context) (int, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	addr, _ := l.Addr().(*net.TCPAddr)
	return addr.Port, l.Close()
}
