package service_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/internal/kafkatest"
	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/internal/service"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/internal/service/fakeshop/adapter"
	fakesim "github.com/shopstream/shopstream/internal/service/fakeshop/simulator"
	"github.com/shopstream/shopstream/internal/service/fakeshop/transformer"
	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

func TestMain(m *testing.M) { mongodtest.Main(m) }

const fakeshop = "fakeshop"

// The lists of platforms with one line more: all that it takes beside the platform's own packages.
var (
	withFakeshop = append(slices.Clone(catalog.Platforms), catalog.Platform{
		Name: fakeshop, Rate: 6000, Adapter: func(s platform.Settings) platform.Adapter { return adapter.New(s) }, Mapper: transformer.Mapper{},
	})
	fakeshopToo = append(slices.Clone(simulator.Simulated),
		simulator.Simulation{Name: fakeshop, Open: func(s market.Setup) simulator.Platform { return fakesim.New(s) }})
)

// A platform more needs its packages and a line in each list: settings, shops, topics, plans, every stage, the simulator and the
// oracle follow. All platforms are copied side by side.
func TestAPlatformIsOneLine(t *testing.T) {
	t.Parallel()
	const shops, orders, pageSize, largest = 2, 50, 7, 20
	window := oracle.FullDays(time.Now(), 3)
	sim := simulateWithFakeshop(t, simulator.Options{Shops: shops, Days: window.N + 1, OrdersPerDay: orders})
	db := mongodtest.Database(t)
	c := fakeshopConfig(t, kafkatest.Start(t), db, sim, pageSize)

	runFakeshopPlan(t, c, db, schemas.Plan{PlanID: "p", From: window.First(), To: window.Last()})

	world := oracle.World{URL: sim.URL()}
	calls := 0 // of fakeshop
	for _, s := range sim.Shops() {
		of := oracle.Selection{Platform: s.Platform, ChannelID: s.ChannelID, ShopID: s.ShopID, By: schemas.CreateTime}
		of.From, _ = window.Bounds(0)
		_, of.To = window.Bounds(window.N - 1)
		for _, of.Kind = range schemas.Kinds {
			compared, err := oracle.Compare(t.Context(), world, db.Collection(mongodb.DocumentCollection(of.Kind)), of)
			require.NoError(t, err)
			require.True(t, compared.OK(), "%s %s: %+v", s.Platform, of.Kind, compared)
			if of.Kind == schemas.Orders {
				require.Greater(t, compared.There, window.N*orders/2, s.Platform)
			}
		}
		if s.Platform == fakeshop {
			calls += pagesOf(t, world, of, window, pageSize)
			least, err := oracle.LeastCalls(t.Context(), world, of, window.Edges(), false)
			require.NoError(t, err)
			require.Equal(t, pagesOf(t, world, of, window, largest), least[schemas.Orders])
		}
	}
	counted, err := world.Calls(t.Context())
	require.NoError(t, err)
	require.Equal(t, calls, counted["/fake/orders"].Calls, "each page is asked for once, of the configured size")
	require.Zero(t, counted["/fake/orders"].Refused)
	checkFakeOrders(t, db, shops)
}

// checkFakeOrders checks of the documents what the oracle does not compare.
func checkFakeOrders(t *testing.T, db *mongo.Database, shops int) {
	t.Helper()
	var stored []schemas.Order
	cur, err := db.Collection("orders").Find(t.Context(), bson.D{{Key: "platform", Value: fakeshop}})
	require.NoError(t, err)
	require.NoError(t, cur.All(t.Context(), &stored))
	of := map[string]int{}
	for _, o := range stored {
		of[o.ShopID]++
		require.Equal(t, "fakeshop:main:"+o.ShopID+":"+o.OrderID, o.ID)
		require.Contains(t, o.CreateTime, "+07:00")
		require.Contains(t, o.UpdateTime, "+07:00")
		require.Equal(t, map[string]string{"new": "pending", "done": "completed"}[o.Status], o.UnifiedStatus)
		id, err := strconv.ParseInt(o.OrderID, 10, 64)
		require.NoError(t, err)
		require.Greater(t, id, int64(1)<<53)
		require.JSONEq(t, fmt.Sprintf(`{"gift":%t}`, id%2 == 1), string(o.PlatformFields))
	}
	require.Len(t, of, shops)
}

// pagesOf returns how many pages of a size the days' orders of a shop have.
func pagesOf(t *testing.T, w oracle.World, of oracle.Selection, days oracle.Days, size int) (pages int) {
	t.Helper()
	of.Kind = schemas.Orders
	for day := range days.N {
		of.From, of.To = days.Bounds(day)
		n := 0
		require.NoError(t, w.Truth(t.Context(), of, func(oracle.Row) bool { n++; return true }))
		pages += (n + size - 1) / size
	}
	return pages
}

// simulateWithFakeshop serves all platforms, fakeshop too, until the test ends.
func simulateWithFakeshop(t *testing.T, o simulator.Options) *simulator.Server {
	t.Helper()
	o.Addr, o.Seed, o.Simulated = "127.0.0.1:0", 7, fakeshopToo
	sim, err := simulator.New(o)
	require.NoError(t, err)
	require.NoError(t, sim.Listen(t.Context()))
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- sim.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-served)
	})
	return sim
}

// fakeshopConfig loads settings that name the platform, and writes the shops of all platforms.
func fakeshopConfig(t *testing.T, broker *kafkatest.Broker, db *mongo.Database, sim *simulator.Server, pageSize int) config.Config {
	t.Helper()
	shops := filepath.Join(t.TempDir(), "shops.yaml")
	require.NoError(t, sim.WriteShopsFile(shops, sim.URL()))
	settings := map[string]any{
		"kafka.brokers": broker.Addrs(), "kafka.topic_prefix": kafkatest.Topics().Prefix, "kafka.replication": 1,
		"mongo.uri": mongodtest.URI(t), "mongo.database": db.Name(), "shops.file": shops, "shops.key_file": shops + ".key", "http.addr": "", "topics.partitions": 2,
		"platforms.fakeshop.page_sizes.order_page": pageSize,
	}
	for _, name := range catalog.Platforms.Names() {
		settings["platforms."+name+".rate"] = 60_000 // the simulator has no limit
	}
	c, err := config.Load(config.Source{Dir: t.TempDir(), Platforms: withFakeshop.Rates(), Overrides: settings})
	require.NoError(t, err)
	require.Equal(t, 6000, c.Platforms[fakeshop].Rate)
	return c
}

// runFakeshopPlan runs all services until the plan's run has completed.
func runFakeshopPlan(t *testing.T, c config.Config, db *mongo.Database, p schemas.Plan) {
	t.Helper()
	_, err := service.ApplyTopics(t.Context(), c, withFakeshop)
	require.NoError(t, err)
	cl, err := service.ConnectKafka(t.Context(), c)
	require.NoError(t, err)
	defer cl.Close()
	record, err := p.Record(service.Topics(c).Plans())
	require.NoError(t, err)
	require.NoError(t, cl.ProduceSync(t.Context(), record).FirstErr())

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- service.Run(ctx, service.Env{Config: c, Log: slog.New(slog.DiscardHandler), Platforms: withFakeshop}, service.All)
	}()
	defer func() {
		cancel()
		require.NoError(t, <-ended)
	}()
	var run struct{ Status string }
	kafkatest.Eventually(t, "the run to end", func() bool {
		err := db.Collection("sync_runs").FindOne(t.Context(), bson.D{{Key: "_id", Value: p.PlanID}}).Decode(&run)
		return err == nil && run.Status != schemas.RunPlanned && run.Status != schemas.RunRunning
	})
	require.Equal(t, schemas.RunCompleted, run.Status)
}
