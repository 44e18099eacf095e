// Package kafkatest gives tests a Kafka broker: a fake one in this process by default, which speaks the real protocol, or the
// real one that SHOPSTREAM_TEST_KAFKA names. The same tests run on both.
package kafkatest

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/schemas"
)

const (
	// EnvBrokers names a real broker, host:port.
	EnvBrokers = "SHOPSTREAM_TEST_KAFKA"
	// EnvControl is a command that takes "stop" and "start" as its last argument and does that to the real broker. Tests
	// that need the broker to go away fail without it.
	EnvControl = "SHOPSTREAM_TEST_KAFKA_CONTROL"
	// EnvTools is a command that runs the real broker's own tools by their names: "consumer-groups" and the tool's arguments
	// are added to it. Tests that do what operators do with them use it where it is set.
	EnvTools = "SHOPSTREAM_TEST_KAFKA_TOOLS"
)

// Patience is how long tests wait for what must happen at all. It bounds hanging tests and asserts nothing about speed.
const Patience = 90 * time.Second

// Broker is a broker for tests.
type Broker struct {
	addrs    []string
	embedded *kafka.Embedded // nil for a real broker
	dir      string
}

// Start returns the real broker if there is one, else a fake one of the test's own that ends with the test.
func Start(t testing.TB) *Broker {
	t.Helper()
	if addrs := os.Getenv(EnvBrokers); addrs != "" {
		return &Broker{addrs: strings.Split(addrs, ",")}
	}
	b := &Broker{dir: t.TempDir()}
	b.startEmbedded(t, 0)
	t.Cleanup(func() { b.embedded.Close() })
	return b
}

// On returns the broker at addrs, which the test itself controls.
func On(addrs []string) *Broker { return &Broker{addrs: addrs} }

func (b *Broker) startEmbedded(t testing.TB, port int) {
	t.Helper()
	var err error
	if b.embedded, err = kafka.StartEmbedded(b.dir, port); err != nil {
		t.Fatal(err)
	}
	b.addrs = b.embedded.Addrs()
}

// Stop takes the broker away; connections break and new ones are refused. Start again with Resume.
func (b *Broker) Stop(t testing.TB) {
	t.Helper()
	if b.embedded != nil {
		b.embedded.Close()
		return
	}
	b.control(t, "stop")
}

// Resume brings the broker back at the same address, with all it had.
func (b *Broker) Resume(t testing.TB) {
	t.Helper()
	if b.embedded == nil {
		b.control(t, "start")
		return
	}
	_, port, err := net.SplitHostPort(b.addrs[0])
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	b.startEmbedded(t, n)
}

func (b *Broker) control(t testing.TB, what string) {
	t.Helper()
	command := os.Getenv(EnvControl)
	if command == "" {
		t.Fatalf("this test stops the broker: %s must be a command that takes stop and start", EnvControl)
	}
	out, err := exec.CommandContext(t.Context(), "sh", "-c", command+" "+what).CombinedOutput() //nolint:gosec // the tester's own command
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", command, what, err, out)
	}
}

// Fake reports whether the broker is the fake one.
func (b *Broker) Fake() bool { return b.embedded != nil }

// Addrs returns the broker's addresses.
func (b *Broker) Addrs() []string { return b.addrs }

// Options returns what a client needs to reach the broker.
func (b *Broker) Options() []kgo.Opt { return kafka.ClientOptions(b.addrs) }

// Topics returns names with a prefix that no other test has, so that tests can share a broker.
func Topics() schemas.Topics {
	return schemas.Topics{Prefix: "t" + strings.ToLower(rand.Text()[:10]) + "."}
}

// Client returns a client that is closed when the test ends.
func (b *Broker) Client(t testing.TB, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	cl, err := kgo.NewClient(append(b.Options(), opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cl.CloseAllowingRebalance)
	return cl
}

// Admin returns an admin client.
func (b *Broker) Admin(t testing.TB) *kadm.Client {
	t.Helper()
	return kadm.NewClient(b.Client(t))
}

// CreateAll creates all topics of an installation for Shopee orders.
func (b *Broker) CreateAll(t testing.TB, names schemas.Topics, partitions int32) {
	t.Helper()
	topics := kafka.Topics(names, map[string][]string{schemas.Shopee: {schemas.Orders}}, partitions)
	if _, err := kafka.Apply(t.Context(), b.Admin(t), topics, 1); err != nil {
		t.Fatal(err)
	}
}

// Produce writes records outside any transaction.
func (b *Broker) Produce(t testing.TB, records ...*kgo.Record) {
	t.Helper()
	cl := b.Client(t, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if hasNoPartition(records) {
		cl = b.Client(t)
	}
	if err := cl.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

func hasNoPartition(records []*kgo.Record) bool {
	for _, r := range records {
		if r.Key != nil {
			return true
		}
	}
	return false
}

// Read returns the committed records of the topics in the order of their partitions, once done says that it has seen enough.
// It fails the test when that takes longer than Patience.
func (b *Broker) Read(t testing.TB, done func([]*kgo.Record) bool, topics ...string) []*kgo.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	cl := b.Client(t, kgo.ConsumeTopics(topics...), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(100*time.Millisecond))
	var all []*kgo.Record
	for !done(all) {
		fetches := cl.PollFetches(ctx)
		if ctx.Err() != nil {
			t.Fatalf("waited %v for records of %v, got %d", Patience, topics, len(all))
		}
		all = append(all, fetches.Records()...)
	}
	return all
}

// AtLeast is a condition for Read.
func AtLeast(n int) func([]*kgo.Record) bool {
	return func(rs []*kgo.Record) bool { return len(rs) >= n }
}

// Committed returns the group's committed offset of each partition of the topic, -1 or nothing where there is none.
func (b *Broker) Committed(t testing.TB, group, topic string) map[int32]int64 {
	t.Helper()
	at := map[int32]int64{}
	offsets, err := b.Admin(t).FetchOffsetsForTopics(t.Context(), group, topic)
	if errors.Is(err, kerr.GroupIDNotFound) {
		return at
	}
	if err != nil {
		t.Fatal(err)
	}
	offsets.Each(func(o kadm.OffsetResponse) { at[o.Partition] = o.At })
	return at
}

// Eventually polls the condition until it holds, and fails the test after Patience.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(Patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("waited %v for: %s", Patience, what)
		case <-t.Context().Done():
			t.Fatalf("test ended before: %s", what)
		case <-tick.C:
		}
	}
}
