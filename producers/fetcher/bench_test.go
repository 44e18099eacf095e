package fetcher

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/bench"
	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/internal/ratelimit"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/producers/call"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/producers/platform/shopee"
	"github.com/shopstream/shopstream/schemas"
)

const (
	benchCall  = 100 * time.Millisecond // what a call takes at least
	benchShops = 6
	benchDays  = 5
)

// BenchmarkLane measures one lane with the default number of calls in flight and no limit but the platform's slowness: list
// and details tasks of a simulated world, each call of which takes 100 ms, through the real loop on a broker in this
// process. Time counts from the first call until all facts are committed, so it has the start, when there are few tasks, and
// the end in it. What 5 calls in flight allow at most is 50 tasks a second.
func BenchmarkLane(b *testing.B) {
	var first atomic.Int64
	book := slowPlatform(b, &first)
	broker := kafkatest.Start(b)
	names := kafkatest.Topics()
	broker.CreateAll(b, names, 6)
	limiter, err := ratelimit.New(ratelimit.Options{
		Rules:  map[string]ratelimit.Rule{schemas.Shopee: {App: ratelimit.Limit{Rate: 10_000_000, Burst: 10_000}}},
		Logger: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(),
	})
	require.NoError(b, err)
	client := call.NewClient()
	b.Cleanup(client.CloseIdleConnections)
	f, err := New(Options{
		Topics: names, Lane: schemas.Backfill, Adapter: shopee.New(platform.Settings{}), Shops: book, Limiter: limiter,
		Logger: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(), HTTP: client,
	})
	require.NoError(b, err)
	stage, err := stream.New(stream.Options{
		Stage: schemas.StageFetcher, Group: names.Group("fetcher", schemas.Backfill, schemas.Shopee),
		Consume: []string{names.Tasks(schemas.Backfill, schemas.Shopee)}, Topics: names, Client: broker.Options(),
		UntilDone: true, MaxRecords: 4 * f.Parallel, // as the service has it
		Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(),
	}, f)
	require.NoError(b, err)
	roots := rootTasks(b, book, names)
	broker.Produce(b, roots...)

	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- stage.Run(ctx) }()
	var tasks int
	broker.Read(b, func(records []*kgo.Record) bool {
		var closed bool
		tasks, closed = told(b, records, len(roots))
		return closed
	}, names.Progress())
	took := time.Since(time.Unix(0, first.Load()))
	stop()
	require.NoError(b, <-done)
	b.Logf("%d tasks in %.1f s", tasks, took.Seconds())
	bench.Report(b, "fetcher_tasks_per_s", float64(tasks)/took.Seconds())
	bench.Report(b, "fetcher_allowed_tasks_per_s", float64(f.Parallel)/benchCall.Seconds())
}

// slowPlatform starts a simulated platform whose calls take their time, and notes in first when the first one began.
func slowPlatform(b *testing.B, first *atomic.Int64) *shop.Book {
	b.Helper()
	s, err := simulator.New(simulator.Options{
		Seed: 7, Shops: benchShops, Days: benchDays + 2, OrdersPerDay: 600, Platforms: []string{schemas.Shopee},
	})
	require.NoError(b, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		first.CompareAndSwap(0, began.UnixNano())
		recorder := httptest.NewRecorder()
		s.Handler().ServeHTTP(recorder, r)
		time.Sleep(benchCall - time.Since(began)) // 100 ms with what the answer costs to make
		for key, values := range recorder.Header() {
			w.Header()[key] = values
		}
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes())
	}))
	b.Cleanup(server.Close)
	path := filepath.Join(b.TempDir(), "shops.yaml")
	require.NoError(b, s.WriteShopsFile(path, server.URL))
	book, err := shop.Load(path, []string{schemas.Shopee})
	require.NoError(b, err)
	return book
}

// rootTasks returns a list task for each shop and day.
func rootTasks(b *testing.B, book *shop.Book, names schemas.Topics) []*kgo.Record {
	b.Helper()
	end := time.Now().Add(-time.Hour).Unix()
	var roots []*kgo.Record
	for _, s := range book.All() {
		for day := range int64(benchDays) {
			w := schemas.Window{From: end - (day+1)*86400, To: end - day*86400}
			chunk := schemas.ChunkID("plan", s.Platform, s.ChannelID, s.ShopID, schemas.Orders, w)
			task := schemas.Task{
				TaskID: schemas.RootTaskID(chunk), PlanID: "plan", ChunkID: chunk, Platform: s.Platform, ChannelID: s.ChannelID,
				ShopID: s.ShopID, Kind: schemas.Orders, Op: shopee.OrderList, Window: w,
			}
			record, err := task.Record(names.Tasks(schemas.Backfill, schemas.Shopee))
			require.NoError(b, err)
			roots = append(roots, record)
		}
	}
	return roots
}

// told counts the tasks that have a fact, and reports whether all that were spawned have one.
func told(b *testing.B, facts []*kgo.Record, roots int) (tasks int, closed bool) {
	b.Helper()
	spawned := roots
	for _, r := range facts {
		var f schemas.Fact
		require.NoError(b, json.Unmarshal(r.Value, &f))
		require.Equal(b, schemas.StageFetcher, f.Stage)
		spawned += len(f.Spawned)
	}
	return len(facts), len(facts) == spawned
}
