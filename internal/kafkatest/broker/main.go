// Command broker runs a command with a real Apache Kafka for its tests: the one that SHOPSTREAM_TEST_KAFKA names, else one in
// a container, which needs Docker and is removed at the end.
//
//	go run ./internal/kafkatest/broker -- go test ./...
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"github.com/shopstream/shopstream/internal/kafkatest"
)

// What ends a terminal's programs. Without SIGHUP a closed window would leave the container behind.
var endings = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "broker:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// run returns the command's exit code. An error says that the command could not be run, or that something is left over.
func run(args []string) (code int, err error) {
	if len(args) == 3 && args[0] == controlVerb {
		return 0, control(context.Background(), args[1], args[2])
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return 2, errors.New("usage: broker -- COMMAND [ARG ...]")
	}
	// From here on, before there is a container, so that no signal finds one that nobody would remove.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, endings...)
	if os.Getenv(kafkatest.EnvBrokers) != "" {
		return command(signals, args)
	}
	ctx, release := signal.NotifyContext(context.Background(), endings...)
	defer release()
	b, err := start(ctx)
	defer func() { err = errors.Join(err, b.remove()) }()
	switch {
	case err != nil && ctx.Err() != nil:
		return 1, errors.New("interrupted")
	case err != nil:
		return 1, fmt.Errorf("start Apache Kafka in a container, since %s names none: %w", kafkatest.EnvBrokers, err)
	}
	env, err := b.env()
	if err != nil {
		return 1, err
	}
	return command(signals, args, env...)
}

// command runs the command with more environment and passes signals on to it; when to end is the command's business. A
// terminal sends its own to the command as well.
func command(signals <-chan os.Signal, args []string, env ...string) (int, error) {
	cmd := exec.Command(args[0], args[1:]...) //nolint:gosec,noctx // the user's own command; signals end it
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return 1, fmt.Errorf("run %s: %w", strings.Join(args, " "), err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			_ = cmd.Process.Signal(s) // fails when the command has just ended
		case err := <-ended:
			return exitCode(err)
		}
	}
}

// exitCode is as shells have it: 128 and the signal's number for a command that a signal ended.
func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0, err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}
