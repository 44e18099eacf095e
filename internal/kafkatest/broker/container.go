package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/internal/kafkatest"
)

const (
	image       = "apache/kafka:4.1.0"
	controlVerb = "container"

	// startTimeout is from the start of the container until the broker answers; fetching the image comes before and takes what
	// it takes.
	startTimeout = 2 * time.Minute
	// stopTimeout is what Kafka has to close its logs. One that was killed checks them all at the next start.
	stopTimeout = time.Minute
)

var (
	loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	inside   = network.MustParsePort("9092/tcp")
)

// broker is a Kafka in a container.
type broker struct {
	container *testcontainers.DockerContainer
	addr      string
}

// start runs Kafka on a port of the host that stays the same when the container is stopped and started again, as tests do. What
// it returns along with an error has to be removed as well.
func start(ctx context.Context) (broker, error) {
	cli, err := docker(ctx)
	if err != nil {
		return broker{}, err
	}
	if err := cli.Close(); err != nil {
		return broker{}, err
	}
	port, err := freePort(ctx)
	if err != nil {
		return broker{}, err
	}
	b := broker{addr: net.JoinHostPort(loopback.String(), port)}
	b.container, err = testcontainers.Run(ctx, image,
		testcontainers.WithEnv(settings(b.addr)),
		testcontainers.WithExposedPorts(inside.String()),
		testcontainers.WithHostConfigModifier(func(c *container.HostConfig) {
			c.PortBindings = network.PortMap{inside: {{HostIP: loopback, HostPort: port}}}
		}),
		testcontainers.WithWaitStrategy(wait.ForLog("Kafka Server started").WithStartupTimeout(startTimeout)))
	if err != nil {
		return b, err
	}
	return b, answers(ctx, b.addr)
}

// settings are those of one node that is broker and controller; the image makes x.y of KAFKA_X_Y. Clients come back to the
// address that the listener they came by advertises. That one exists on the host alone, so the broker, which talks to itself
// within transactions, has a listener of its own.
func settings(addr string) map[string]string {
	return map[string]string{
		"KAFKA_PROCESS_ROLES":                            "broker,controller",
		"KAFKA_NODE_ID":                                  "1",
		"KAFKA_CONTROLLER_QUORUM_VOTERS":                 "1@localhost:9094",
		"KAFKA_LISTENERS":                                "HOST://:9092,BROKER://localhost:9093,CONTROLLER://localhost:9094",
		"KAFKA_ADVERTISED_LISTENERS":                     "HOST://" + addr + ",BROKER://localhost:9093",
		"KAFKA_LISTENER_SECURITY_PROTOCOL_MAP":           "HOST:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
		"KAFKA_INTER_BROKER_LISTENER_NAME":               "BROKER",
		"KAFKA_CONTROLLER_LISTENER_NAMES":                "CONTROLLER",
		"KAFKA_LOG_DIRS":                                 "/var/lib/kafka/data",
		"KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR":         "1",
		"KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
		"KAFKA_TRANSACTION_STATE_LOG_MIN_ISR":            "1",
		"KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS":         "0",
		"KAFKA_MESSAGE_MAX_BYTES":                        "16777216", // the largest page
	}
}

// env tells tests where the broker is and how to stop and start it: by this program, which for that needs no docker command.
func (b broker) env() ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	quoted := "'" + strings.ReplaceAll(self, "'", `'\''`) + "'" // a shell reads it
	return []string{
		kafkatest.EnvBrokers + "=" + b.addr,
		kafkatest.EnvControl + "=" + quoted + " " + controlVerb + " " + b.container.GetContainerID(),
	}, nil
}

// remove removes the container and its data, also when a signal has ended everything else.
func (b broker) remove() error {
	if b.container == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := b.container.Terminate(ctx, testcontainers.StopTimeout(0)); err != nil {
		return fmt.Errorf("remove container %.12s: %w", b.container.GetContainerID(), err)
	}
	return nil
}

// control stops or starts the container, and returns when that is done.
func control(ctx context.Context, id, what string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, stopTimeout+startTimeout)
	defer cancel()
	cli, err := docker(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cli.Close()) }()
	switch what {
	case "stop":
		seconds := int(stopTimeout.Seconds())
		_, err = cli.ContainerStop(ctx, id, client.ContainerStopOptions{Timeout: &seconds})
		return err
	case "start":
		if _, err = cli.ContainerStart(ctx, id, client.ContainerStartOptions{}); err != nil {
			return err
		}
		return answers(ctx, os.Getenv(kafkatest.EnvBrokers))
	default:
		return fmt.Errorf("%q is neither stop nor start", what)
	}
}

// docker connects to the Docker of this machine, or says that there is none.
func docker(ctx context.Context) (*testcontainers.DockerClient, error) {
	const advice = "no Docker answers: start it, or set %s to the address of an Apache Kafka (%w)"
	cli, err := testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		return nil, fmt.Errorf(advice, kafkatest.EnvBrokers, err)
	}
	if _, err := cli.Ping(ctx, client.PingOptions{}); err != nil {
		return nil, errors.Join(fmt.Errorf(advice, kafkatest.EnvBrokers, err), cli.Close())
	}
	return cli, nil
}

// answers returns once a client at addr gets an answer from the broker.
func answers(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	cl, err := kgo.NewClient(kafka.ClientOptions([]string{addr})...)
	if err != nil {
		return err
	}
	defer cl.Close()
	for {
		err := cl.Ping(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no answer at %s: %w", addr, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func freePort(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp4", net.JoinHostPort(loopback.String(), "0"))
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}
