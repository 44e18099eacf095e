package fetcher

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
	"github.com/shopstream/shopstream/internal/ratelimit"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/internal/wait"
	"github.com/shopstream/shopstream/producers/call"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/producers/platform/shopee"
	"github.com/shopstream/shopstream/schemas"
)

func TestMain(m *testing.M) { mongodtest.Main(m) }

var topics = schemas.Topics{Prefix: "t."}

const tasksTopic = "t.tasks.backfill.shopee"

// testClock stands still until something waits for it: so tests see every pause and spend no time in it.
type testClock struct {
	mu     sync.Mutex
	offset time.Duration
	waited []time.Duration
	real   bool // it is the wall clock, and waiting takes its time
}

func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *testClock) wait(ctx context.Context, d time.Duration) error {
	if c.real {
		return wait.For(ctx, d)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if d > 0 {
		c.offset += d
		c.waited = append(c.waited, d)
	}
	return ctx.Err()
}

// lines collects a log.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *lines) count(s string) int { return bytes.Count([]byte(l.String()), []byte(s)) }

// rig is a fetcher with everything around it replaced but HTTP.
type rig struct {
	t     *testing.T
	f     *Fetcher
	clock *testClock
	log   *lines
	shops *shop.Book

	registry *prometheus.Registry

	next     int64 // offset of the next record
	queue    []*kgo.Record
	later    []*kgo.Record // on a delay topic
	facts    []schemas.Fact
	pages    map[string]schemas.Page
	delayed  map[string]int // records sent to a delay topic
	rejected []stream.Rejection
	batches  int
	between  func() // called before each batch
}

func newRig(t *testing.T, shops *shop.Book, change func(*Options)) *rig {
	t.Helper()
	r := &rig{
		t: t, clock: &testClock{}, log: &lines{}, shops: shops, registry: prometheus.NewRegistry(),
		pages: map[string]schemas.Page{}, delayed: map[string]int{},
	}
	limiter, err := ratelimit.New(ratelimit.Options{
		Rules:  map[string]ratelimit.Rule{schemas.Shopee: {App: ratelimit.Limit{Rate: 600_000, Burst: 10_000}}},
		Logger: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(), Now: r.clock.now, Wait: r.clock.wait,
	})
	require.NoError(t, err)
	o := Options{
		Topics: topics, Lane: schemas.Backfill, Adapter: shopee.New(platform.Settings{}), Shops: r.shops, Limiter: limiter,
		Logger: slog.New(slog.NewTextHandler(r.log, nil)), Registry: r.registry,
		Now: r.clock.now, Wait: r.clock.wait, HTTP: call.NewClient(), Timeout: 5 * time.Second,
	}
	if change != nil {
		change(&o)
	}
	r.f, err = New(o)
	require.NoError(t, err)
	t.Cleanup(o.HTTP.CloseIdleConnections)
	return r
}

// serve returns a book with one shop whose platform is h.
func serve(t *testing.T, h http.HandlerFunc) *shop.Book {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return bookAt(server.URL)
}

func bookAt(url string) *shop.Book {
	return shop.New(shop.Shop{
		Platform: schemas.Shopee, ChannelID: "c", ShopID: "1", Enabled: true, BaseURL: url,
		AppID: "77", AppSecret: "app-secret-value", AccessToken: "access-token-value",
	})
}

// sim starts a simulator and returns its address and shops.
func sim(t *testing.T, o simulator.Options) (string, *shop.Book) {
	t.Helper()
	o.Platforms = []string{schemas.Shopee}
	s, err := simulator.New(o)
	require.NoError(t, err)
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	path := filepath.Join(t.TempDir(), "shops.yaml")
	require.NoError(t, s.WriteShopsFile(path, server.URL))
	book, err := shop.Load(path, []string{schemas.Shopee})
	require.NoError(t, err)
	return server.URL, book
}

// fault asks the simulator for misbehaviour.
func fault(t *testing.T, url, body string) {
	t.Helper()
	post(t, url+"/_sim/faults", body)
}

func post(t *testing.T, url, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader([]byte(body)))
	require.NoError(t, err)
	resp, err := http.DefaultTransport.(*http.Transport).Clone().RoundTrip(req)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Less(t, resp.StatusCode, 300, string(text))
	req.Close = true
}

// task makes a list task of the shop's last days up to an hour ago.
func (r *rig) task(s shop.Shop, days int) schemas.Task {
	to := time.Now().Add(-time.Hour).Unix()
	w := schemas.Window{From: to - int64(days)*86400, To: to}
	chunk := schemas.ChunkID("plan", s.Platform, s.ChannelID, s.ShopID, schemas.Orders, w)
	return schemas.Task{
		TaskID: schemas.RootTaskID(chunk), PlanID: "plan", ChunkID: chunk, Platform: s.Platform, ChannelID: s.ChannelID,
		ShopID: s.ShopID, Kind: schemas.Orders, Op: shopee.OrderList, Window: w,
	}
}

// detail makes a details task of the first shop.
func (r *rig) detail(id string, ids ...string) schemas.Task {
	t := r.task(r.shops.All()[0], 1)
	t.TaskID += "." + id
	t.Op, t.IDs = shopee.OrderDetail, ids
	return t
}

// record puts tasks on a partition, as the loop would hand them over.
func (r *rig) record(t schemas.Task) *kgo.Record {
	rec, err := t.Record(tasksTopic)
	require.NoError(r.t, err)
	rec.Offset = r.next
	r.next++
	return rec
}

func (r *rig) process(ctx context.Context, batch ...*kgo.Record) stream.Result {
	r.t.Helper()
	res, err := r.f.Process(ctx, batch)
	require.NoError(r.t, err)
	return res
}

// run does tasks and all that follow from them, as Kafka, the loop and the delay mover would, until nothing is left.
func (r *rig) run(tasks ...schemas.Task) {
	r.t.Helper()
	for _, t := range tasks {
		r.queue = append(r.queue, r.record(t))
	}
	for ; len(r.queue)+len(r.later) > 0; r.batches++ {
		require.Less(r.t, r.batches, 1000, "the work does not end")
		if r.between != nil {
			r.between()
		}
		if len(r.queue) == 0 {
			r.comeBack()
		}
		n := min(len(r.queue), 20)
		batch := r.queue[:n]
		ctx, cancel := context.WithTimeout(r.t.Context(), 20*time.Second)
		res := r.process(ctx, batch...)
		cancel()
		for _, p := range res.Postponed {
			for i, rec := range batch {
				if rec == p.From {
					n = i
				}
			}
			_ = r.clock.wait(r.t.Context(), p.Until.Sub(r.clock.now()))
		}
		r.queue = append([]*kgo.Record(nil), r.queue[n:]...)
		r.rejected = append(r.rejected, res.Rejected...)
		for _, rec := range res.Publish {
			r.take(rec)
		}
	}
}

func (r *rig) take(rec *kgo.Record) {
	r.t.Helper()
	switch {
	case rec.Topic == topics.Progress():
		var f schemas.Fact
		require.NoError(r.t, json.Unmarshal(rec.Value, &f))
		r.facts = append(r.facts, f)
	case strings.HasPrefix(rec.Topic, topics.Prefix+"raw."):
		var p schemas.Page
		require.NoError(r.t, json.Unmarshal(rec.Value, &p))
		require.NotContains(r.t, r.pages, p.TaskID, "page published twice")
		r.pages[p.TaskID] = p
	default:
		if to := schemas.Header(rec, schemas.HeaderReturnTo); to != "" {
			r.delayed[rec.Topic]++
			rec.Topic = to
			r.later = append(r.later, rec)
			return
		}
		require.Equal(r.t, tasksTopic, rec.Topic)
		rec.Offset = r.next
		r.next++
		r.queue = append(r.queue, rec)
	}
}

// comeBack lets the time pass until all delayed records are due.
func (r *rig) comeBack() {
	r.t.Helper()
	for _, rec := range r.later {
		due, err := strconv.ParseInt(schemas.Header(rec, schemas.HeaderDueAt), 10, 64)
		require.NoError(r.t, err)
		require.Equal(r.t, tasksTopic, rec.Topic)
		_ = r.clock.wait(r.t.Context(), time.UnixMilli(due).Sub(r.clock.now()))
		rec.Offset = r.next
		r.next++
	}
	r.queue, r.later = r.later, nil
}

// rejectedIDs returns what the rejected tasks asked for.
func (r *rig) rejectedIDs() (ids []string) {
	for _, rej := range r.rejected {
		var t schemas.Task
		require.NoError(r.t, json.Unmarshal(rej.Record.Value, &t))
		ids = append(ids, t.IDs...)
	}
	return ids
}

// closed folds the facts like a ledger: every spawned task has one fact, and what was listed was answered or is gone. It
// returns what was answered.
func (r *rig) closed() map[string]bool {
	r.t.Helper()
	listed, answered, gone := map[string]bool{}, map[string]bool{}, map[string]bool{}
	spawned, said := map[string]int{}, map[string]int{}
	add := func(set map[string]bool, ids []string) {
		for _, id := range ids {
			set[id] = true
		}
	}
	for _, f := range r.facts {
		said[f.TaskID]++
		add(listed, f.Listed)
		add(answered, f.Answered)
		add(gone, f.Gone)
		for _, id := range f.Spawned {
			spawned[id]++
		}
	}
	for id, n := range spawned {
		require.Equal(r.t, 1, n, "task %s was spawned %d times", id, n)
		require.Equal(r.t, 1, said[id], "facts of task %s", id)
	}
	for id, n := range said {
		require.Equal(r.t, 1, n, "facts of task %s", id)
	}
	for id := range listed {
		require.True(r.t, answered[id] || gone[id], "order is missing")
	}
	return answered
}
