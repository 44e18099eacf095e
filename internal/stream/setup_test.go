package stream_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// bench is what a test of the loop works with: a broker, topics of its own, and the tasks topic as input.
type bench struct {
	*kafkatest.Broker
	topics schemas.Topics
	tasks  string
	pages  string
	group  string

	workers []*workerProcess // of chains
}

func setup(t *testing.T, partitions int32) *bench {
	t.Helper()
	return benchOn(t, kafkatest.Start(t), partitions)
}

// setupFake is setup on a fake broker wherever the test runs: only that one can be told to fail.
func setupFake(t *testing.T, partitions int32) (*kfake.Cluster, *bench) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster, benchOn(t, kafkatest.On(cluster.ListenAddrs()), partitions)
}

// setupDeleting is setup on a broker that deletes all records of a partition if it is told to, as the embedded one does not.
func setupDeleting(t *testing.T, partitions int32) *bench {
	t.Helper()
	b := setup(t, partitions)
	if b.Fake() {
		_, b = setupFake(t, partitions)
	}
	return b
}

func benchOn(t *testing.T, broker *kafkatest.Broker, partitions int32) *bench {
	t.Helper()
	b := &bench{Broker: broker, topics: kafkatest.Topics()}
	b.tasks = b.topics.Tasks(schemas.Backfill, schemas.Shopee)
	b.pages = b.topics.Raw(schemas.Shopee, schemas.Orders)
	b.group = b.topics.Group("fetcher", schemas.Backfill, schemas.Shopee)
	b.CreateAll(t, b.topics, partitions)
	return b
}

func (b *bench) options() stream.Options {
	log := slog.DiscardHandler
	if testing.Verbose() {
		log = slog.NewTextHandler(os.Stderr, nil)
	}
	return stream.Options{
		Stage: schemas.StageFetcher, Group: b.group, Consume: []string{b.tasks}, Topics: b.topics, Client: b.Options(),
		UntilDone: true, Logger: slog.New(log), Registerer: prometheus.NewRegistry(),
		Revision: "test",
	}
}

// task returns a record of the tasks topic, with the headers that real ones have.
func (b *bench) task(partition int32, id string) *kgo.Record {
	return &kgo.Record{
		Topic: b.tasks, Partition: partition, Value: []byte(id),
		Headers: []kgo.RecordHeader{
			schemas.NewHeader(schemas.HeaderPlanID, "p"),
			schemas.NewHeader(schemas.HeaderChunkID, "chunk-"+id),
			schemas.NewHeader(schemas.HeaderTaskID, "chunk-"+id+"#0"),
		},
	}
}

// tasksOn produces n tasks to one partition, named <partition>/0 and so on.
func (b *bench) tasksOn(t *testing.T, partition int32, n int) {
	t.Helper()
	var rs []*kgo.Record
	for i := range n {
		rs = append(rs, b.task(partition, fmt.Sprintf("%d/%d", partition, i)))
	}
	b.Produce(t, rs...)
}

// page is what the tests' processors publish for a task.
func (b *bench) page(r *kgo.Record) *kgo.Record {
	return &kgo.Record{Topic: b.pages, Key: r.Value, Value: r.Value}
}

func (b *bench) pageEach(batch []*kgo.Record) stream.Result {
	var res stream.Result
	for _, r := range batch {
		res.Publish = append(res.Publish, b.page(r))
	}
	return res
}

type processFunc func(ctx context.Context, batch []*kgo.Record) (stream.Result, error)

func (f processFunc) Process(ctx context.Context, batch []*kgo.Record) (stream.Result, error) {
	return f(ctx, batch)
}

// running is a stage that runs until the test ends or stop is called.
type running struct {
	*stream.Stage
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

func start(t *testing.T, o stream.Options, p processFunc) *running {
	t.Helper()
	s, err := stream.New(o, p)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{Stage: s, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.err = s.Run(ctx)
	}()
	t.Cleanup(func() { r.stop(t) })
	return r
}

// stop asks the stage to stop and returns how long that took. A stop may take 10 s and must give no error.
func (r *running) stop(t *testing.T) {
	t.Helper()
	r.cancel()
	select {
	case <-r.done:
	case <-time.After(15 * time.Second):
		t.Error("stage did not stop")
	}
}

// wait waits for the stage to end by itself.
func (r *running) wait(t *testing.T) error {
	t.Helper()
	select {
	case <-r.done:
		return r.err
	case <-time.After(kafkatest.Patience):
		return errors.New("stage did not end by itself")
	}
}

// exactlyOnce fails the test unless the pages are those of the given tasks, each once.
func exactlyOnce(t *testing.T, pages []*kgo.Record, want int) {
	t.Helper()
	seen := map[string]int{}
	for _, p := range pages {
		seen[string(p.Value)]++
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("page of task %s was published %d times", id, n)
		}
	}
	if len(seen) != want {
		t.Errorf("pages of %d tasks, want %d", len(seen), want)
	}
}

// recorder collects what a processor saw.
type recorder struct {
	mu  sync.Mutex
	ids []string
}

func (r *recorder) add(batch []*kgo.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rec := range batch {
		r.ids = append(r.ids, string(rec.Value))
	}
}

func (r *recorder) len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.ids)
}
