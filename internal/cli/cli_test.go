package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
)

// hang makes this test binary a program with a verb that will not stop: see [TestSecondSignalEndsAtOnce].
const hang = "SHOPSTREAM_TEST_HANG"

func TestMain(m *testing.M) {
	if os.Getenv(hang) != "" {
		os.Exit(run(context.Background(), &app{stdout: os.Stdout, stderr: os.Stderr}, []string{"hang"}, testVerbs))
	}
	mongodtest.Main(m)
}

// testVerbs are the real ones and some that fail in all ways.
func testVerbs(a *app) []*cobra.Command {
	verb := func(name string, do func(ctx context.Context, args []string) error) *cobra.Command {
		return &cobra.Command{Use: name, Args: cobra.NoArgs, RunE: a.do(do)}
	}
	return append(verbs(a),
		verb("fail", func(context.Context, []string) error { return errors.Join(errors.New("one"), errors.New("two\nthree")) }),
		verb("wait", func(ctx context.Context, _ []string) error {
			<-ctx.Done()
			return fmt.Errorf("wait for nothing: %w", ctx.Err())
		}),
		verb("hang", func(ctx context.Context, _ []string) error {
			fmt.Println("running")
			<-ctx.Done()
			fmt.Println("stopping")
			select {}
		}),
		group("things", "", verb("apply", func(context.Context, []string) error { return nil })))
}

func TestRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "own.yaml")
	if err := os.WriteFile(file, []byte("sink: {batch: 7}\nchunk: {days: 7}\nmongo: {uri: 'mongodb://u:hunter2@h'}"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		args   []string
		code   int
		stdout string // in it
		stderr string // all of it
	}{
		{args: []string{"version"}, stdout: "shopstream "},
		{args: []string{"--help"}, stdout: "version"},
		{args: []string{"things", "apply"}},
		{args: []string{"config", "--config", file, "--set", "sink.batch=8"}, stdout: "sink.batch = 8\n"},
		{args: []string{"config", "--config", file}, stdout: "mongo.uri = <redacted>"},
		{args: []string{"config", "--config", file, "--set", "sink.batch=no", "--set", "x.y=1"}, code: 1, stderr: "shopstream: unknown key x.y (flag); sink.batch = \"no\" (flag): want a whole number, 1 to 100000\n"},
		{args: []string{"config", "--set", "hunter2"}, code: 2, stderr: "shopstream: --set number 1 is not of the form key=value (shopstream --help lists what there is)\n"},
		{args: []string{"fail"}, code: 1, stderr: "shopstream: one; two; three\n"},
		{args: []string{"wait"}, code: 1, stderr: "shopstream: interrupted\n"},
		{args: []string{"fly"}, code: 2, stderr: "shopstream: unknown command \"fly\" for \"shopstream\" (shopstream --help lists what there is)\n"},
		{args: []string{"version", "x"}, code: 2, stderr: "shopstream: unknown command \"x\" for \"shopstream version\" (shopstream --help lists what there is)\n"},
		{args: []string{"version", "--fast"}, code: 2, stderr: "shopstream: unknown flag: --fast (shopstream --help lists what there is)\n"},
		{args: []string{"dlq", "drop"}, code: 2, stderr: "shopstream: say which dead letters: either ids, or flags that choose some, or --all alone (shopstream --help lists what there is)\n"},
		{args: []string{"dlq", "requeue", "--all", "--stage", "sink"}, code: 2, stderr: "shopstream: say which dead letters: either ids, or flags that choose some, or --all alone (shopstream --help lists what there is)\n"},
		{args: []string{"dlq", "requeue", "--stage", "sync", "--kind", "order"}, code: 2, stderr: "shopstream: --stage sync: want one of planner, fetcher, delay, transformer, sink, tracker; --kind order: want one of orders, products, transactions, returns, tracking (shopstream --help lists what there is)\n"},
		{args: []string{"dlq", "list", "--limit", "0"}, code: 2, stderr: "shopstream: --limit is 0: want 1 or more (shopstream --help lists what there is)\n"},
		{args: []string{"dlq", "group", "--older-than", "-1h"}, code: 2, stderr: "shopstream: --older-than and --newer-than take a time such as 24h, not a negative one (shopstream --help lists what there is)\n"},
		{args: []string{"things"}, code: 2, stderr: "shopstream: \"shopstream things\" is not complete: want one of apply (shopstream --help lists what there is)\n"},
		{args: []string{"things", "drop"}, code: 2, stderr: "shopstream: unknown command \"drop\" for \"shopstream things\": want one of apply (shopstream --help lists what there is)\n"},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args[:min(2, len(tt.args))], " "), func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			if tt.args[0] == "wait" {
				stopped, stop := context.WithCancel(ctx)
				stop()
				ctx = stopped
			}
			var stdout, stderr bytes.Buffer
			code := run(ctx, &app{stdout: &stdout, stderr: &stderr, dir: dir}, tt.args, testVerbs)
			if code != tt.code || !strings.Contains(stdout.String(), tt.stdout) || stderr.String() != tt.stderr {
				t.Errorf("code %d, want %d\nstdout: %s\nstderr: %s", code, tt.code, &stdout, &stderr)
			}
		})
	}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // ends by SIGKILL what the signals do not
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), hang+"=1")
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(pipe)
	for _, want := range []string{"running", "stopping"} {
		if !lines.Scan() || lines.Text() != want {
			t.Errorf("got %q, want %q", lines.Text(), want)
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Fatal("want an end by the signal, got", err)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGTERM {
		t.Error("want an end by SIGTERM, got", exit)
	}
}
