package badinput

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/internal/service"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
)

// TestRequeuedAfterTheCauseIsMended has a task, a page and documents of one run given up: by a wrong setting, by a release that
// cannot read a page, and by a rule of the store that the first, a middle and the last order of each day break. The operator finds
// them, mends the causes and requeues: the store is the truth, the run completed and nothing is left open.
func TestRequeuedAfterTheCauseIsMended(t *testing.T) {
	t.Parallel()
	p := setupPipeline(t)
	var refused []string
	for back := 10; back > 5; back-- {
		day := p.truth(window(back, 1))
		refused = append(refused, day[0], day[len(day)/2], day[len(day)-1])
	}
	p.refuseOrders(refused)
	p.fault(`{"fault":"error_body","path":"/api/v2/order/get_order_list","count":1}`)

	stop := p.runBadRelease("SHOPSTREAM_PLATFORMS__SHOPEE__ERRORS=error_system_busy=permanent")
	p.produce(&kgo.Record{Topic: p.topics.Plans(), Value: []byte(minimal("ill", 10, 5))})
	p.await("ill", schemas.RunCompletedWithGaps)
	stop()

	letters := p.letters("--plan", "ill")
	classes := map[string]int{}
	for _, l := range letters {
		classes[l.Stage+" "+l.Class]++
		shown := p.dlq("show", l.ID)
		for _, want := range []string{l.ID, l.Class, l.ChunkID, l.Source, "chunk is now"} {
			assert.Contains(t, shown, want)
		}
		assert.Regexp(t, `chunk is now +(gaps|failed)`, shown)
	}
	require.Equal(t, 1, classes["fetcher permanent"], classes)
	require.Equal(t, 1, classes["transformer conflict"], classes)
	require.GreaterOrEqual(t, classes["sink refused"], 9, "on two of the five days there was nothing to refuse")
	require.Len(t, classes, 3)
	groups := p.dlq("group", "--plan", "ill")
	t.Logf("the operator sees\n%s\n%s\n%.3000s", groups, p.dlq("list"), p.dlq("show", letters[0].ID))
	assert.Contains(t, groups, fmt.Sprintf("%d open dead letters", len(letters)))
	assert.Contains(t, p.dlq("requeue", "--plan", "ill", "--dry-run"), fmt.Sprintf("%d dead letters would be requeued", len(letters)))
	require.Len(t, p.letters(), len(letters), "a dry run changes nothing")
	status := finish(t, p.command(t.Context(), "status", "--run", "ill"))
	assert.Contains(t, status.stdout, "shopstream dlq group --plan ill")

	p.refuseOrders(nil)
	p.run()
	assert.Contains(t, p.dlq("requeue", "--plan", "ill"), fmt.Sprintf("%d dead letters requeued", len(letters)))
	p.await("ill", schemas.RunCompleted)
	p.assertStored(10, 5)
	assert.Contains(t, p.dlq("list"), "no open dead letters")

	ids := make([]string, len(letters))
	for i, l := range letters {
		ids[i] = l.ID
	}
	assert.Contains(t, p.dlq(append([]string{"requeue"}, ids...)...), "0 dead letters requeued")
	assert.Contains(t, p.dlq("requeue", "--all"), "0 dead letters requeued")
	pages := map[string]int{}
	for _, r := range p.everything(p.topics.Raw(schemas.Shopee, schemas.Orders)) {
		pages[schemas.Header(r, schemas.HeaderTaskID)+" "+schemas.Header(r, schemas.HeaderRequeued)]++
	}
	for page, n := range pages {
		assert.Equal(t, 1, n, "page %s was published more than once", page)
	}
}

// TestPoisonThatStaysPoison requeues what no mending helps: it dies again, alone, and is not requeued in circles.
func TestPoisonThatStaysPoison(t *testing.T) {
	t.Parallel()
	p := setupPipeline(t)
	p.run()
	bad := p.produce(garbage(p.topics.Clean(schemas.Orders))...)
	bad = append(bad, p.produce(garbage(p.topics.Raw(schemas.Shopee, schemas.Orders))...)...)
	bad = append(bad, p.produce(garbage(p.topics.Tasks(schemas.Backfill, schemas.Shopee))...)...)
	p.awaitOpen(len(bad))
	assert.Contains(t, p.dlq("requeue", "--reason", "undecodable"), fmt.Sprintf("%d dead letters requeued", len(bad)))
	p.awaitOpen(len(bad))
	for _, l := range p.letters() {
		assert.Equal(t, 1, l.Requeued, l.ID)
	}
	assert.Contains(t, p.dlq("requeue", "--all"), fmt.Sprintf("0 dead letters requeued\n%d stay", len(bad)))
	require.Len(t, p.letters(), len(bad))
	p.dlq("drop", "--stage", "sink,transformer,fetcher")
	assert.Contains(t, p.dlq("list"), "no open dead letters")
	p.produce(&kgo.Record{Topic: p.topics.Plans(), Value: []byte(minimal("well", 7, 1))})
	p.await("well", schemas.RunCompleted)
	assert.Empty(t, p.letters(), "the neighbours are well")
}

// TestRequeuedPlanningGoesOn has the rest of a plan's planning given up, as by a release that could not go on with it: the run has
// failed. Once requeued it is planned, fetched and completed.
func TestRequeuedPlanningGoesOn(t *testing.T) {
	t.Parallel()
	p := setupPipeline(t)
	from, to := days(10, 2)
	work := schemas.PlanWork{
		Plan: schemas.Plan{
			PlanID: "stuck", From: from, To: to, ChunkDays: 1, TimeField: schemas.CreateTime, Lane: schemas.Backfill,
		},
		Platform: schemas.Shopee, Kinds: []string{schemas.Orders}, Range: window(10, 2),
		Shops: []schemas.PlanShop{{ChannelID: p.shop.ChannelID, ShopID: p.shop.ShopID}},
	}
	topic := p.topics.PlansWork(schemas.Backfill, schemas.Shopee)
	rest, err := work.Record(topic)
	require.NoError(t, err)
	_, err = p.db.Collection("sync_runs").InsertOne(t.Context(), schemas.Run{
		ID: "stuck", Status: schemas.RunPlanned, Plan: &work.Plan, Platforms: []string{schemas.Shopee}, CreatedAt: time.Now(),
	})
	require.NoError(t, err)
	fact, ok := schemas.RejectPlanFact(rest, "panic", time.Now().UnixMilli())
	require.True(t, ok)
	said, err := fact.Record(p.topics.Progress())
	require.NoError(t, err)
	letter := &kgo.Record{Topic: p.topics.DLQ("plans"), Key: rest.Key, Value: rest.Value, Headers: with(with(with(rest.Headers,
		schemas.HeaderErrorClass, "panic"), schemas.HeaderStage, schemas.StagePlanner), schemas.HeaderSource, topic+"/0/0")}
	p.produce(said, letter)
	p.run()
	p.await("stuck", schemas.RunFailed)
	status := finish(t, p.command(t.Context(), "status", "--run", "stuck"))
	assert.Contains(t, status.stdout, "planning was given up: panic")
	assert.Contains(t, p.dlq("requeue", "--plan", "stuck"), "1 dead letters requeued")
	p.await("stuck", schemas.RunCompleted)
	p.assertStored(10, 2)
	status = finish(t, p.command(t.Context(), "status", "--run", "stuck"))
	assert.NotContains(t, status.stdout, "given up")
}

// TestKilledRequeueGoesOn kills the operator's process (-9) again and again while it requeues: each letter goes back once.
func TestKilledRequeueGoesOn(t *testing.T) {
	t.Parallel()
	const letters, kills = 6000, 8
	p := setupPipeline(t)
	raw := p.topics.Raw(schemas.Shopee, schemas.Orders)
	all := make([]*kgo.Record, letters)
	for i := range all {
		all[i] = &kgo.Record{Topic: p.topics.DLQ("raw"), Key: fmt.Append(nil, i), Value: []byte("{"), Headers: []kgo.RecordHeader{
			schemas.NewHeader(schemas.HeaderErrorClass, "undecodable"), schemas.NewHeader(schemas.HeaderSource, raw+"/0/0"),
		}}
	}
	cl := p.broker.Client(t)
	require.NoError(t, cl.ProduceSync(t.Context(), all...).FirstErr())

	adm := p.broker.Admin(t)
	written := func() int64 {
		ends, err := adm.ListEndOffsets(t.Context(), raw)
		require.NoError(t, err)
		return ends[raw][0].Offset
	}
	killed := 0
	for i := range kills {
		until := written() + int64(100*i) // the first only takes over
		cmd := p.command(t.Context(), "dlq", "requeue", "--all")
		require.NoError(t, cmd.Start())
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		for written() <= until && len(ended) == 0 { // the broker's answers set the pace
		}
		_ = cmd.Process.Kill() // fails when it was faster
		if err := <-ended; err != nil {
			require.ErrorContains(t, err, "killed")
			killed++
		}
	}
	t.Logf("%d of %d were killed; %d letters are open", killed, kills, p.open())
	require.NotZero(t, killed)
	p.dlq("requeue", "--all")
	require.Zero(t, p.open())
	times := map[string]int{}
	for _, r := range p.everything(raw) {
		times[string(r.Key)]++
	}
	require.Len(t, times, letters)
	for key, n := range times {
		require.Equal(t, 1, n, "letter %s went back", key)
	}
}

// open returns how many dead letters are open.
func (p *pipeline) open() int {
	p.t.Helper()
	var list struct{ Total int }
	require.NoError(p.t, json.Unmarshal([]byte(p.dlq("list", "--json", "--limit", "1")), &list))
	return list.Total
}

// openLetter is a line of `dlq list --json`.
type openLetter struct {
	ID       string `json:"id"`
	Stage    string `json:"stage"`
	Class    string `json:"error_class"`
	ChunkID  string `json:"chunk_id"`
	Source   string `json:"source"`
	Requeued int    `json:"requeued"`
}

// dlq runs `shopstream dlq` and returns what it prints.
func (p *pipeline) dlq(args ...string) string {
	p.t.Helper()
	got := finish(p.t, p.command(p.t.Context(), append([]string{"dlq"}, args...)...))
	require.Zero(p.t, got.code, "dlq %v: %s", args, got.stderr)
	for _, secret := range []string{p.shop.AppSecret, p.shop.AccessToken, p.shop.RefreshToken} {
		assert.NotContains(p.t, got.stdout+got.stderr, secret)
	}
	return got.stdout
}

func (p *pipeline) letters(args ...string) []openLetter {
	p.t.Helper()
	var list struct {
		Letters []openLetter
		Total   int
	}
	text := p.dlq(append([]string{"list", "--json", "--limit", "1000"}, args...)...)
	require.NoError(p.t, json.Unmarshal([]byte(text), &list))
	require.Len(p.t, list.Letters, list.Total)
	return list.Letters
}

func (p *pipeline) awaitOpen(n int) {
	p.t.Helper()
	kafkatest.Eventually(p.t, fmt.Sprintf("%d open dead letters", n), func() bool { return len(p.letters()) == n })
}

// refuseOrders makes the store refuse the orders of these ids, and no others.
func (p *pipeline) refuseOrders(ids []string) {
	p.t.Helper()
	rule := bson.D{{Key: "order_id", Value: bson.D{{Key: "$nin", Value: append([]string{}, ids...)}}}}
	names, err := p.db.ListCollectionNames(p.t.Context(), bson.D{{Key: "name", Value: "orders"}})
	require.NoError(p.t, err)
	if len(names) == 0 {
		require.NoError(p.t, p.db.CreateCollection(p.t.Context(), "orders", options.CreateCollection().SetValidator(rule)))
		return
	}
	require.NoError(p.t, p.db.RunCommand(p.t.Context(), bson.D{{Key: "collMod", Value: "orders"}, {Key: "validator", Value: rule}}).Err())
}

// fault asks the simulator to misbehave.
func (p *pipeline) fault(body string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.url+"/_sim/faults", strings.NewReader(body))
	require.NoError(p.t, err)
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	require.NoError(p.t, err)
	require.NoError(p.t, resp.Body.Close())
	require.Less(p.t, resp.StatusCode, 300)
}

// runBadRelease runs all services in this process with a mapper that gives up the first page of orders. It returns what stops
// them.
func (p *pipeline) runBadRelease(settings ...string) (stop func()) {
	p.t.Helper()
	platforms := slices.Clone(catalog.Platforms)
	for i := range platforms {
		if platforms[i].Name == schemas.Shopee {
			platforms[i].Mapper = &badMapper{Mapper: platforms[i].Mapper}
		}
	}
	c, err := config.Load(config.Source{Dir: p.dir, Environ: append(slices.Clone(p.env), settings...), Platforms: platforms.Rates()})
	require.NoError(p.t, err)
	c.Shops.File, c.Shops.KeyFile = p.dir+"/shops.yaml", p.dir+"/shopstream.key" // the program itself runs there
	ctx, cancel := context.WithCancel(context.WithoutCancel(p.t.Context()))
	var ended sync.WaitGroup
	ended.Go(func() {
		err := service.Run(ctx, service.Env{Config: c, Log: slog.New(slog.DiscardHandler), Platforms: platforms}, service.All)
		if err != nil && !errors.Is(err, context.Canceled) {
			p.t.Error("the bad release:", err)
		}
	})
	stop = sync.OnceFunc(func() {
		cancel()
		ended.Wait()
	})
	p.t.Cleanup(stop)
	return stop
}

// badMapper gives up one page of orders: always the same one.
type badMapper struct {
	transformers.Mapper
	mu   sync.Mutex
	task string // whose page it is
}

func (m *badMapper) Documents(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	documents, err := m.Mapper.Documents(from, page)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.task == "" && from.Kind == schemas.Orders && len(documents) > 0 {
		m.task = page.TaskID
	}
	if m.task == page.TaskID {
		return nil, fmt.Errorf("%w: this release reads it wrongly", transformers.ErrConflict)
	}
	return documents, err
}
