package planner

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/producers/platform/shopee"
	"github.com/shopstream/shopstream/schemas"
)

func TestMain(m *testing.M) { mongodtest.Main(m) }

var (
	topics  = schemas.Topics{Prefix: "t."}
	bangkok = time.FixedZone("+07:00", 7*3600)
	madeAt  = time.Date(2024, 3, 10, 12, 0, 0, 0, time.UTC)
)

func testBook(n int) *shop.Book {
	shops := []shop.Shop{
		{Platform: schemas.TikTok, ChannelID: "tk", ShopID: "900", Enabled: true},
		{Platform: schemas.Shopee, ChannelID: "c", ShopID: "off"},
	}
	for i := range n {
		shops = append(shops, shop.Shop{Platform: schemas.Shopee, ChannelID: "c", ShopID: strconv.Itoa(i + 1), Enabled: true})
	}
	return shop.New(shops...)
}

// memory claims plans without a store.
type memory map[string]schemas.Run

func (m memory) Claim(_ context.Context, run schemas.Run) (schemas.Run, bool, error) {
	stored, taken := m[run.ID]
	if !taken {
		m[run.ID] = run
		return run, true, nil
	}
	return stored, stored.Origin == run.Origin, nil
}

// ordersOnly is an adapter of a platform of which no other kind can be fetched.
type ordersOnly struct{ platform.Adapter }

func (a ordersOnly) Root(kind string) (string, bool) {
	if kind != schemas.Orders {
		return "", false
	}
	return a.Adapter.Root(kind)
}

func newClaimer(t *testing.T, runs claims) *Claimer {
	t.Helper()
	c, err := NewClaimer(ClaimerOptions{
		Topics: topics, Book: testBook(3), Runs: runs, Adapters: []platform.Adapter{ordersOnly{shopee.New(platform.Settings{})}},
		Zone: bangkok, ChunkDays: 1, Logger: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(),
	})
	require.NoError(t, err)
	return c
}

func planRecord(offset int64, value string) *kgo.Record {
	return &kgo.Record{Topic: "t.plans", Offset: offset, Value: []byte(value), Timestamp: madeAt}
}

func process(t *testing.T, p stream.Processor, batch ...*kgo.Record) stream.Result {
	t.Helper()
	res, err := p.Process(t.Context(), batch)
	require.NoError(t, err)
	return res
}

const goodPlan = `{"plan_id":"p1","platforms":["shopee"],"from":"2024-01-01","to":"2024-01-31"}`

func TestClaim(t *testing.T) {
	t.Parallel()
	runs := NewRuns(mongodtest.Database(t).Collection("sync_runs"))
	c := newClaimer(t, runs)
	first := process(t, c, planRecord(5, goodPlan))
	require.Len(t, first.Publish, 1)
	require.Equal(t, "t.plans.work.backfill.shopee", first.Publish[0].Topic)
	require.Equal(t, "p1", string(first.Publish[0].Key))
	var w schemas.PlanWork
	require.NoError(t, json.Unmarshal(first.Publish[0].Value, &w))
	require.Equal(t, []string{schemas.Orders}, w.Kinds)
	require.Equal(t, schemas.Window{From: 1704042000, To: 1706720400}, w.Range)
	require.Equal(t, 1, w.Plan.ChunkDays)
	require.Equal(t, schemas.CreateTime, w.Plan.TimeField)

	require.Equal(t, first.Publish, process(t, c, planRecord(5, goodPlan)).Publish, "the same record goes on from its own claim")
	copied := process(t, c, planRecord(6, goodPlan))
	require.Empty(t, copied.Publish, "another copy of the plan is ignored")
	require.Empty(t, copied.Rejected)

	stored, mine, err := runs.Claim(t.Context(), schemas.Run{ID: "p1"})
	require.NoError(t, err)
	require.False(t, mine)
	require.Equal(t, schemas.RunPlanned, stored.Status)
	require.Equal(t, schemas.Origin{Topic: "t.plans", Offset: 5}, stored.Origin)
	require.Equal(t, []string{schemas.Shopee}, stored.Platforms)
	require.Equal(t, "2024-01-31", stored.Plan.To)
	require.True(t, madeAt.Equal(stored.CreatedAt))
}

func TestClaimWhatNoStoreLikes(t *testing.T) {
	t.Parallel()
	runs := NewRuns(mongodtest.Database(t).Collection("sync_runs"))
	c := newClaimer(t, runs)
	for i, value := range []string{
		"", "nonsense", `[]`, `"x"`, `null`, "{\"plan_id\":\"a\xff\u0000\",\"from\":\"\\u0000\"}",
		`{"plan_id":"p","labels":{"a.b":"x","$y":"","":"z","n\u0000l":"1"}}`, `{"plan_id":["x"],"from":3}`,
	} {
		res := process(t, c, planRecord(int64(i), value))
		require.Empty(t, res.Publish, value)
	}
}

func TestClaimFailsWithTheStore(t *testing.T) {
	t.Parallel()
	database := mongodtest.Database(t)
	c := newClaimer(t, NewRuns(database.Collection("sync_runs")))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Process(ctx, []*kgo.Record{planRecord(0, goodPlan)})
	require.ErrorIs(t, err, context.Canceled)
}

func TestRejectedPlans(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, value string
		id          string
		reasons     []string
		dead        bool
	}{
		{"no JSON", `{"plan_id":`, "rejected/t.plans/0/7", []string{"not a plan in JSON"}, true},
		{"no object", `[1]`, "rejected/t.plans/0/7", []string{"not a plan in JSON"}, true},
		{"no id", `{"from":"2024-01-01","to":"2024-01-01"}`, "rejected/t.plans/0/7", []string{"plan_id"}, false},
		{"odd id", `{"plan_id":"a b","from":"2024-01-01","to":"2024-01-01"}`, "rejected/t.plans/0/7", []string{"plan_id"}, false},
		{"wrong type", `{"plan_id":"p","from":7,"to":"2024-01-01"}`, "p", []string{"field from has the wrong type", "from"}, false},
		{
			"all at once",
			`{"plan_id":"p","platforms":["amazon"],"kinds":["cats"],"time_field":"x","lane":"fast","chunk_days":-1,
			  "channels":["zz"],"shops":["1","77","off"],"from":"2024-02-30","to":"tomorrow","platfroms":[],"labels":{"a b":"c"}}`,
			"p",
			[]string{
				"amazon", "cats", "time_field", "lane", "chunk_days", "zz", `"77" is unknown`, `"off" is `,
				"2024-02-30", "tomorrow", "platfroms", "a b",
			},
			false,
		},
		{"turned round", `{"plan_id":"p","platforms":["shopee"],"from":"2024-01-02","to":"2024-01-01"}`, "p", []string{"lies before from"}, false},
		{"future", `{"plan_id":"p","platforms":["shopee"],"from":"2024-03-12","to":"2024-03-12"}`, "p", []string{"future"}, false},
		{"kind not fetched", `{"plan_id":"p","platforms":["shopee"],"kinds":["returns"],"from":"2024-01-01","to":"2024-01-01"}`, "p", []string{"returns cannot be fetched from shopee"}, false},
		{"platform without an adapter", `{"plan_id":"p","platforms":["tiktok"],"from":"2024-01-01","to":"2024-01-01"}`, "p", []string{`platform "tiktok" is unknown: use shopee`}, false},
		{"platform without an adapter, meant by an empty filter", `{"plan_id":"p","from":"2024-01-01","to":"2024-01-01"}`, "p", []string{"nothing can be fetched from tiktok"}, false},
		{"platform without a shop", `{"plan_id":"p","platforms":["lazada"],"from":"2024-01-01","to":"2024-01-01"}`, "p", []string{"lazada"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			runs := memory{}
			res := process(t, newClaimer(t, runs), planRecord(7, c.value))
			require.Empty(t, res.Publish)
			require.Equal(t, c.dead, len(res.Rejected) == 1)
			require.Contains(t, runs, c.id)
			require.Equal(t, schemas.RunRejected, runs[c.id].Status)
			all := strings.Join(runs[c.id].Reasons, "\n")
			for _, want := range c.reasons {
				require.Contains(t, all, want)
			}
		})
	}
}

func newSlicer(t *testing.T, backlog *int, slice int) *Slicer {
	t.Helper()
	s, err := NewSlicer(SlicerOptions{
		Topics: topics, Lane: schemas.Backfill, Adapter: ordersOnly{shopee.New(platform.Settings{})}, Zone: bangkok,
		Registry: prometheus.NewRegistry(), Rate: 100, Slice: slice,
		Backlog: func(context.Context) (int, error) {
			if *backlog < 0 {
				return 0, errors.New("broker is away")
			}
			return *backlog, nil
		},
	})
	require.NoError(t, err)
	return s
}

// TestSlicesPlanEverythingOnce plans slice by slice. No shop is ever more than a chunk ahead of another one.
func TestSlicesPlanEverythingOnce(t *testing.T) {
	t.Parallel()
	backlog := 0
	s := newSlicer(t, &backlog, 7)
	work := process(t, newClaimer(t, memory{}), planRecord(1, goodPlan)).Publish[0]
	ends := map[string]int64{}
	var last schemas.Fact
	seen, slices := map[string]bool{}, 0
	for work != nil {
		res := process(t, s, work)
		work = nil
		slices++
		for _, r := range res.Publish {
			switch r.Topic {
			case "t.plans.work.backfill.shopee":
				work = r
			case "t.progress":
				last = schemas.Fact{}
				require.NoError(t, json.Unmarshal(r.Value, &last))
				require.Equal(t, len(seen), last.Chunks)
			case "t.tasks.backfill.shopee":
				var task schemas.Task
				require.NoError(t, json.Unmarshal(r.Value, &task))
				require.False(t, seen[task.TaskID], "planned twice")
				seen[task.TaskID] = true
				require.Equal(t, shopee.OrderList, task.Op)
				if end := ends[task.ShopID]; end != 0 {
					require.Equal(t, end, task.Window.From)
				}
				ends[task.ShopID] = task.Window.To
			default:
				t.Fatalf("published to %s", r.Topic)
			}
		}
		require.Len(t, ends, 3)
		require.LessOrEqual(t, max(ends["1"], ends["2"], ends["3"])-min(ends["1"], ends["2"], ends["3"]), int64(86400))
	}
	require.Len(t, seen, 3*31)
	require.Equal(t, 14, slices)
	require.Equal(t, map[string]int64{"1": 1706720400, "2": 1706720400, "3": 1706720400}, ends)
	require.Equal(t, schemas.Fact{PlanID: "p1", Stage: schemas.StagePlanner, At: last.At, Platform: schemas.Shopee, Chunks: 93, Finished: true}, last)
}

func TestRootTasksSayThatOnlyWhatIsMissingIsWanted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		plan string
		want bool
	}{{goodPlan, false}, {strings.Replace(goodPlan, "{", `{"only_missing":true,`, 1), true}} {
		backlog := 0
		work := process(t, newClaimer(t, memory{}), planRecord(1, c.plan)).Publish[0]
		tasks := 0
		for _, r := range process(t, newSlicer(t, &backlog, 7), work).Publish {
			var task schemas.Task
			if r.Topic == "t.tasks.backfill.shopee" {
				require.NoError(t, json.Unmarshal(r.Value, &task))
				require.Equal(t, c.want, task.OnlyMissing)
				tasks++
			}
		}
		require.Equal(t, 7, tasks)
	}
}

func TestFullBacklogWaits(t *testing.T) {
	t.Parallel()
	work := process(t, newClaimer(t, memory{}), planRecord(1, goodPlan)).Publish[0]
	other := *work
	other.Offset = 1

	backlog := 100
	res := process(t, newSlicer(t, &backlog, 200), work, &other)
	require.Empty(t, res.Publish)
	require.Len(t, res.Postponed, 1)
	require.Same(t, work, res.Postponed[0].From)

	backlog = 60 // room for 40: the first takes it, the second waits
	res = process(t, newSlicer(t, &backlog, 200), work, &other)
	require.Len(t, res.Publish, 40+2)
	require.Same(t, &other, res.Postponed[0].From)

	backlog = -1
	_, err := newSlicer(t, &backlog, 200).Process(t.Context(), []*kgo.Record{work})
	require.ErrorContains(t, err, "broker is away")
}

const goodWork = `{"platform":"shopee","plan":{"plan_id":"p","chunk_days":1},"kinds":["orders"],
"shops":[{"channel_id":"c","shop_id":"1"}],"range":{"from":1704042000,"to":1704128400},"next":{},"chunks":0}`

func TestOddWorkIsRejected(t *testing.T) {
	t.Parallel()
	backlog := 0
	for _, value := range []string{
		"", "{}", `{"platform":"lazada"}`, `{"platform":"shopee","plan":{"plan_id":"p"}}`,
		strings.Replace(goodWork, `"shops":[{"channel_id":"c","shop_id":"1"}]`, `"shops":[]`, 1),
		strings.Replace(goodWork, `"next":{}`, `"next":{"shop":"shopee:c:1"}`, 1), // of a release that planned shop by shop
		strings.Replace(goodWork, `"next":{}`, `"next":{"shop":-1}`, 1),
	} {
		res := process(t, newSlicer(t, &backlog, 5), &kgo.Record{Topic: "t.plans.work.backfill.shopee", Value: []byte(value)})
		require.Empty(t, res.Publish)
		require.Len(t, res.Rejected, 1, value)
		require.Equal(t, stream.ClassUndecodable, res.Rejected[0].Class)
	}
	res := process(t, newSlicer(t, &backlog, 5), &kgo.Record{Topic: "t.plans.work.backfill.shopee", Value: []byte(goodWork)})
	require.Empty(t, res.Rejected)
}

// TestShopsTakeTurns plans all shops' days together: what waits in the topic of tasks at any time
// is of all shops, and a catalogue is planned once a shop.
func TestShopsTakeTurns(t *testing.T) {
	t.Parallel()
	w := schemas.PlanWork{
		Plan: schemas.Plan{PlanID: "p", ChunkDays: 2}, Platform: schemas.Shopee,
		Kinds: []string{schemas.Orders, schemas.Products, schemas.Returns}, Range: schemas.Window{From: 1704042000, To: 1704042000 + 9*86400},
	}
	for i := range 5 {
		w.Shops = append(w.Shops, schemas.PlanShop{ChannelID: "c", ShopID: strconv.Itoa(i)})
	}
	ends := map[string]int64{} // of what is planned, by kind and shop
	for finished := false; !finished; {
		var tasks []schemas.Task
		tasks, w.Next, finished = chunks(&w, bangkok, 4)
		for i := range tasks {
			key, window := tasks[i].Kind+" "+tasks[i].ShopID, tasks[i].Window
			if end, begun := ends[key]; begun {
				require.Equal(t, end, window.From)
			} else {
				require.Equal(t, w.Range.From, window.From)
			}
			ends[key] = window.To
			for _, s := range w.Shops {
				other, begun := ends[tasks[i].Kind+" "+s.ShopID]
				require.True(t, begun || window.From == w.Range.From)
				require.True(t, !begun || window.To-other <= 2*86400, "%s is ahead of %s", key, s.ShopID)
			}
		}
	}
	require.Len(t, ends, 3*5)
	for key, end := range ends {
		require.Equal(t, w.Range.To, end, key)
	}
}

// lateBook knows its shops once it was brought up to date.
type lateBook struct{ *shop.Book }

func (b *lateBook) refresh(context.Context) error {
	b.Book = testBook(3)
	return nil
}

// TestPlanFollowsNewShopsAtOnce plans shops that were added a moment ago, of which the process has not heard yet.
func TestPlanFollowsNewShopsAtOnce(t *testing.T) {
	t.Parallel()
	c := newClaimer(t, NewRuns(mongodtest.Database(t).Collection("sync_runs")))
	book := &lateBook{shop.New()}
	c.Book, c.Refresh = book, book.refresh
	claimed := process(t, c, planRecord(5, goodPlan))
	require.Len(t, claimed.Publish, 1)

	backlog := 0
	planned := map[string]bool{}
	for _, r := range process(t, newSlicer(t, &backlog, 100), claimed.Publish[0]).Publish {
		var task schemas.Task
		if r.Topic == "t.tasks.backfill.shopee" {
			require.NoError(t, json.Unmarshal(r.Value, &task))
			planned[task.ShopID] = true
		}
	}
	require.Equal(t, map[string]bool{"1": true, "2": true, "3": true}, planned)

	c.Refresh = func(context.Context) error { return errors.New("the store is away") }
	_, err := c.Process(t.Context(), []*kgo.Record{planRecord(6, goodPlan)})
	require.ErrorContains(t, err, "away")
}
