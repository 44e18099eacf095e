// Command broker runs a command with a real Apache Kafka for its tests: the one that SHOPSTREAM_TEST_KAFKA names, else one in
// a container, which needs Docker.
//
//	go run ./internal/kafkatest/broker -- go test ./...
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"

	"github.com/shopstream/shopstream/internal/kafkatest"
)

const image = "apache/kafka:4.1.0"

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "broker:", err)
	}
	os.Exit(code)
}

// run returns the command's exit code, and 1 with an error when it could not be run.
func run(args []string) (code int, err error) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return 1, errors.New("usage: broker -- COMMAND [ARG ...]")
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if os.Getenv(kafkatest.EnvBrokers) != "" {
		return command(ctx, args)
	}
	container, env, err := start(ctx)
	if container != nil {
		defer func() { err = errors.Join(err, container.Terminate(context.WithoutCancel(ctx))) }()
	}
	if err != nil {
		return 1, fmt.Errorf("no %s is set and no container could be started; set it to the address of an Apache Kafka, or start Docker: %w",
			kafkatest.EnvBrokers, err)
	}
	return command(ctx, args, env...)
}

// start runs Kafka on a port of the host that stays the same when the container is stopped and started again, as tests do.
func start(ctx context.Context) (*testcontainers.DockerContainer, []string, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, nil, err
	}
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	container, err := testcontainers.Run(ctx, image,
		testcontainers.WithExposedPorts(fmt.Sprintf("%d:9092/tcp", port)),
		testcontainers.WithEnv(map[string]string{
			"KAFKA_NODE_ID":                                  "1",
			"KAFKA_PROCESS_ROLES":                            "broker,controller",
			"KAFKA_LISTENERS":                                "PLAINTEXT://:9092,CONTROLLER://:9093",
			"KAFKA_ADVERTISED_LISTENERS":                     "PLAINTEXT://" + addr,
			"KAFKA_CONTROLLER_LISTENER_NAMES":                "CONTROLLER",
			"KAFKA_INTER_BROKER_LISTENER_NAME":               "PLAINTEXT",
			"KAFKA_LISTENER_SECURITY_PROTOCOL_MAP":           "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
			"KAFKA_CONTROLLER_QUORUM_VOTERS":                 "1@localhost:9093",
			"KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR":         "1",
			"KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
			"KAFKA_TRANSACTION_STATE_LOG_MIN_ISR":            "1",
			"KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS":         "0",
		}),
		testcontainers.WithWaitStrategy(wait.ForLog("Kafka Server started").WithStartupTimeout(2*time.Minute)))
	if err != nil {
		return container, nil, err
	}
	control, err := os.CreateTemp("", "shopstream-kafka-*")
	if err != nil {
		return container, nil, err
	}
	_, err = fmt.Fprintf(control, "#!/bin/sh\nexec docker \"$1\" %s\n", container.GetContainerID())
	if err = errors.Join(err, control.Chmod(0o700), control.Close()); err != nil { //nolint:gosec // a command must be executable
		return container, nil, err
	}
	return container, []string{kafkatest.EnvBrokers + "=" + addr, kafkatest.EnvControl + "=" + control.Name()}, nil
}

func freePort(ctx context.Context) (int, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err := errors.Join(err, l.Close()); err != nil {
		return 0, err
	}
	return strconv.Atoi(port)
}

// command runs the command with more environment; its output is ours.
func command(ctx context.Context, args []string, env ...string) (int, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // the user's own command
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return max(exit.ExitCode(), 1), nil
	case err != nil:
		return 1, fmt.Errorf("run %s: %w", strings.Join(args, " "), err)
	}
	return 0, nil
}
