package service_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
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
	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
	"github.com/shopstream/shopstream/internal/service"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/schemas"
)

func TestMain(m *testing.M) { mongodtest.Main(m) }

// withFakeshop is the list of platforms with one line more: all that it takes beside the platform's own packages.
var withFakeshop = append(slices.Clone(catalog.Platforms),
	catalog.Platform{Name: fakeshop, Rate: 6000, Adapter: newFakeAdapter, Mapper: fakeMapper{}})

// A platform more needs its packages and a line in the list: settings, shops, topics, plans and every stage follow.
func TestAPlatformIsOneLine(t *testing.T) {
	t.Parallel()
	const days, perDay, pageSize = 3, 50, 7
	begin := time.Date(2024, 1, 1, 0, 0, 0, 0, time.FixedZone("", 7*3600))
	world := &fakePlatform{token: "fake-token"}
	for i := range days * perDay {
		created := begin.Unix() + int64(i)*days*86400/(days*perDay)
		world.rows = append(world.rows, fakeRow{
			ID: strconv.Itoa(9007199254740993000 + i), State: []string{"new", "done"}[i%2], Total: fmt.Sprintf("%d.10", i),
			Created: created, Updated: created + 60, Gift: i%3 == 0,
		})
	}
	server := httptest.NewServer(world)
	t.Cleanup(server.Close)
	db := mongodtest.Database(t)
	c := fakeshopConfig(t, kafkatest.Start(t), db, server.URL, world.token, pageSize)

	runFakeshopPlan(t, c, db, schemas.Plan{PlanID: "p", From: "2024-01-01", To: "2024-01-03"})

	world.mu.Lock()
	defer world.mu.Unlock()
	require.Empty(t, world.odd)
	require.Equal(t, days*((perDay+pageSize-1)/pageSize), world.calls, "each page is asked for once, of the configured size")
	var stored []schemas.Order
	cur, err := db.Collection("orders").Find(t.Context(), bson.D{})
	require.NoError(t, err)
	require.NoError(t, cur.All(t.Context(), &stored))
	require.Len(t, stored, len(world.rows))
	byID := map[string]schemas.Order{}
	for _, o := range stored {
		byID[o.ID] = o
	}
	for _, row := range world.rows {
		o := byID["fakeshop:main:1:"+row.ID]
		require.Equal(t, row.ID, o.OrderID)
		require.Equal(t, schemas.Money(row.Total), o.TotalAmount)
		require.Equal(t, row.State, o.Status)
		require.Equal(t, schemas.FormatTime(row.Created, begin.Location()), o.CreateTime)
		require.Equal(t, schemas.FormatTime(row.Updated, begin.Location()), o.UpdateTime)
		require.True(t, o.IsValid, o.ValidationErrors)
		require.JSONEq(t, fmt.Sprintf(`{"gift":%t}`, row.Gift), string(o.PlatformFields))
	}
}

// fakeshopConfig loads settings that name the platform, and writes a shop of it.
func fakeshopConfig(t *testing.T, broker *kafkatest.Broker, db *mongo.Database, url, token string, pageSize int) config.Config {
	t.Helper()
	shops := filepath.Join(t.TempDir(), "shops.yaml")
	require.NoError(t, os.WriteFile(shops, []byte(fmt.Sprintf(
		"shops:\n  - {platform: fakeshop, shop_id: 1, channel_id: main, base_url: %q, access_token: %q}\n", url, token)), 0o600))
	c, err := config.Load(config.Source{Dir: t.TempDir(), Platforms: withFakeshop.Rates(), Overrides: map[string]any{
		"kafka.brokers": broker.Addrs(), "kafka.topic_prefix": kafkatest.Topics().Prefix, "kafka.replication": 1,
		"mongo.uri": mongodtest.URI(t), "mongo.database": db.Name(), "shops.file": shops, "shops.key_file": shops + ".key", "http.addr": "", "topics.partitions": 2,
		"platforms.fakeshop.page_sizes.order_page": pageSize,
	}})
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
