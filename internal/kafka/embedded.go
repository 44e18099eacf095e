package kafka

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kfake"
)

// Embedded is a Kafka broker inside this process, for trying things out, for small installations and for tests.
type Embedded struct{ cluster *kfake.Cluster }

// StartEmbedded starts a broker on a port of the loopback interface, 0 for any. Its data lives in dir and outlasts a crash of
// the process, though not of the machine; with dir "" it lives in memory.
func StartEmbedded(dir string, port int) (*Embedded, error) {
	opts := []kfake.Opt{
		kfake.NumBrokers(1),
		kfake.Ports(port),
		kfake.BrokerConfigs(map[string]string{"group.initial.rebalance.delay.ms": "0"}),
	}
	if dir != "" {
		opts = append(opts, kfake.DataDir(dir))
	}
	cluster, err := kfake.NewCluster(opts...)
	if err != nil {
		return nil, fmt.Errorf("start embedded Kafka (data in %q, port %d): %w", dir, port, err)
	}
	return &Embedded{cluster}, nil
}

// Addrs returns the broker's addresses.
func (e *Embedded) Addrs() []string { return e.cluster.ListenAddrs() }

// Close stops the broker; what it holds in memory is gone then.
func (e *Embedded) Close() { e.cluster.Close() }
