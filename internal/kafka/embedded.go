package kafka

import (
	"fmt"
	"math"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
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
	e := &Embedded{cluster}
	cluster.ControlKey(int16(kmsg.Fetch), boundByPartition)
	cluster.ControlKey(int16(kmsg.DeleteRecords), e.keepLast)
	return e, nil
}

// fetchPartitionBytes bounds what one fetch returns of a partition, beside its first batch.
const fetchPartitionBytes = 512 << 10

// boundByPartition bounds a fetch by what it returns of each partition, never by the whole: kfake, when it has filled the whole
// with a partition's first batches, does not say which of these were aborted, and a client takes them for committed.
func boundByPartition(req kmsg.Request) (kmsg.Response, error, bool) { //nolint:revive // kfake's order
	if fetch, ok := req.(*kmsg.FetchRequest); ok {
		fetch.MaxBytes = math.MaxInt32
		for _, topic := range fetch.Topics {
			for p := range topic.Partitions {
				topic.Partitions[p].PartitionMaxBytes = min(topic.Partitions[p].PartitionMaxBytes, fetchPartitionBytes)
			}
		}
	}
	return nil, nil, false
}

// keepLast leaves the last record of a partition, whatever is to be deleted: a log without any begins anew, at offset 0, when kfake is
// started again.
func (e *Embedded) keepLast(req kmsg.Request) (kmsg.Response, error, bool) { //nolint:revive // kfake's order
	if records, ok := req.(*kmsg.DeleteRecordsRequest); ok {
		for _, topic := range records.Topics {
			for i := range topic.Partitions {
				p := &topic.Partitions[i]
				info := e.cluster.PartitionInfo(topic.Topic, p.Partition)
				if info == nil {
					continue
				}
				if last := info.HighWatermark - 1; p.Offset > last && p.Offset <= info.HighWatermark || p.Offset == -1 {
					p.Offset = max(last, info.LogStartOffset)
				}
			}
		}
	}
	return nil, nil, false
}

// Addrs returns the broker's addresses.
func (e *Embedded) Addrs() []string { return e.cluster.ListenAddrs() }

// Close stops the broker; what it holds in memory is gone then.
func (e *Embedded) Close() { e.cluster.Close() }
