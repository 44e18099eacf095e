package badinput

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/internal/simulator/world"
	"github.com/shopstream/shopstream/schemas"
)

// historyDays is how far back the simulated shop's orders go.
const historyDays = 12

var zone = time.FixedZone("+07:00", 7*60*60)

// pipeline is an installation with one simulated shop and all its topics, of one partition each, so that what is produced
// to a topic is handled in that order.
type pipeline struct {
	*installation
	url  string
	shop world.Shop
}

func setupPipeline(t testing.TB) *pipeline {
	t.Helper()
	p := &pipeline{installation: setup(t)}
	sim, err := simulator.New(simulator.Options{
		Addr: "127.0.0.1:0", Seed: 7, Shops: 1, Days: historyDays, OrdersPerDay: 12,
		Platforms: []string{schemas.Shopee}, WriteShops: filepath.Join(p.dir, "shops.yaml"),
	})
	require.NoError(t, err)
	require.NoError(t, sim.Listen(t.Context()))
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	served := make(chan error)
	go func() { served <- sim.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		assert.NoError(t, <-served)
	})
	p.url, p.shop = sim.URL(), sim.Shops()[0]
	p.env = append(p.env, "SHOPSTREAM_TOPICS__PARTITIONS=1",
		"SHOPSTREAM_PLATFORMS__SHOPEE__RATE=60000", "SHOPSTREAM_PLATFORMS__SHOPEE__BURST=1000")
	got := finish(t, p.command(t.Context(), "topics", "apply"))
	require.Zero(t, got.code, got.stderr)
	return p
}

// process is the running program.
type process struct {
	t       testing.TB
	cmd     *exec.Cmd
	stderr  bytes.Buffer
	secrets []string // that it must not say
	ended   bool
}

// run starts all services. They are stopped with the test, if not before.
func (p *pipeline) run() *process {
	p.t.Helper()
	// Not the test's context: that ends before what is to be done at the test's end.
	r := &process{
		t: p.t, cmd: p.command(context.WithoutCancel(p.t.Context()), "run", "all"),
		secrets: []string{p.shop.AppSecret, p.shop.AccessToken, p.shop.RefreshToken},
	}
	r.cmd.Stderr = &r.stderr
	require.NoError(p.t, r.cmd.Start())
	p.t.Cleanup(func() {
		r.stop()
		if p.t.Failed() {
			p.t.Logf("the program said:\n%s", &r.stderr)
		}
	})
	return r
}

// stop ends the services in order.
func (r *process) stop() {
	r.t.Helper()
	if r.ended {
		return
	}
	r.ended = true
	_ = r.cmd.Process.Signal(syscall.SIGTERM) // fails when it has ended, which Wait tells
	patience := time.AfterFunc(kafkatest.Patience, func() { _ = r.cmd.Process.Kill() })
	defer patience.Stop()
	assert.NoError(r.t, r.cmd.Wait(), "services end well when they are told to")
	for _, secret := range r.secrets {
		assert.NotContains(r.t, r.stderr.String(), secret)
	}
}

// days returns the calendar days from back days ago to the n-th after that, as a plan names them.
func days(back, n int) (from, to string) {
	today := time.Now().In(zone)
	return today.AddDate(0, 0, -back).Format(time.DateOnly), today.AddDate(0, 0, n-1-back).Format(time.DateOnly)
}

// window returns the same days as a range of time.
func window(back, n int) schemas.Window {
	y, m, d := time.Now().In(zone).Date()
	from := time.Date(y, m, d-back, 0, 0, 0, 0, zone)
	return schemas.Window{From: from.Unix(), To: from.AddDate(0, 0, n).Unix()}
}

// minimal returns the smallest plan there is, as somebody types it.
func minimal(id string, back, n int) string {
	from, to := days(back, n)
	return fmt.Sprintf(`{"plan_id":%q,"platforms":[],"channels":[],"shops":[],"kinds":[],"from":%q,"to":%q}`, id, from, to)
}

// produce writes records as a stranger's bare client does and returns them with their offsets.
func (p *pipeline) produce(records ...*kgo.Record) []*kgo.Record {
	p.t.Helper()
	cl, err := kgo.NewClient(kgo.SeedBrokers(p.broker.Addrs()...))
	require.NoError(p.t, err)
	defer cl.Close()
	for _, r := range records {
		require.NoError(p.t, cl.ProduceSync(p.t.Context(), r).FirstErr())
	}
	return records
}

// await returns the run once it has the status.
func (p *pipeline) await(id, status string) schemas.Run {
	p.t.Helper()
	var run schemas.Run
	kafkatest.Eventually(p.t, "run "+id+" "+status, func() bool {
		err := p.db.Collection("sync_runs").FindOne(p.t.Context(), bson.D{{Key: "_id", Value: id}}).Decode(&run)
		return err == nil && run.Status == status
	})
	return run
}

// assertStored checks that the orders of a window are in the store, each once and valid, and no others but those of the
// second before and after: calls ask for that much more, since no platform says whether a window's ends belong to it.
func (p *pipeline) assertStored(back, n int) {
	p.t.Helper()
	w := window(back, n)
	truth := p.truth(w)
	require.NotEmpty(p.t, truth)
	cursor, err := p.db.Collection("orders").Find(p.t.Context(), bson.D{})
	require.NoError(p.t, err)
	var stored []struct {
		OrderID string `bson:"order_id"`
		IsValid bool   `bson:"is_valid"`
	}
	require.NoError(p.t, cursor.All(p.t.Context(), &stored))
	var ids []string
	for _, o := range stored {
		assert.True(p.t, o.IsValid, o.OrderID)
		assert.NotContains(p.t, ids, o.OrderID, "stored twice")
		ids = append(ids, o.OrderID)
	}
	assert.Subset(p.t, ids, truth, "missing")
	assert.Subset(p.t, p.truth(schemas.Window{From: w.From - 1, To: w.To + 1}), ids, "never asked for")
}

// truth returns the ids of the shop's orders in a window.
func (p *pipeline) truth(w schemas.Window) []string {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, fmt.Sprintf(
		"%s/_sim/truth?platform=shopee&shop_id=%s&kind=orders&from=%d&to=%d&rows=1", p.url, p.shop.ShopID, w.From, w.To), http.NoBody)
	require.NoError(p.t, err)
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	require.NoError(p.t, err)
	defer resp.Body.Close() //nolint:errcheck // only read
	var ids []string
	for d := json.NewDecoder(resp.Body); d.More(); {
		var row struct {
			ID string `json:"id"`
		}
		require.NoError(p.t, d.Decode(&row))
		ids = append(ids, row.ID)
	}
	return ids
}
