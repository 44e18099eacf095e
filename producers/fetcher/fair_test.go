package fetcher

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/ratelimit"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/schemas"
)

// limitedRig has two shops that may make so many calls a minute each, three of them at once.
func limitedRig(t *testing.T, perShop int) *rig {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(details))
	t.Cleanup(server.Close)
	one := bookAt(server.URL).All()[0]
	two := one
	two.ShopID = "2"
	return newRig(t, shop.New(one, two), func(o *Options) {
		limiter, err := ratelimit.New(ratelimit.Options{
			Rules:  map[string]ratelimit.Rule{schemas.Shopee: {App: ratelimit.Limit{Rate: 600_000, Burst: 4}, Shop: perShop}},
			Logger: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(), Now: o.Now, Wait: o.Wait,
		})
		require.NoError(t, err)
		o.Limiter = limiter
	})
}

// of makes details tasks of a shop, from an offset on.
func (r *rig) of(shopID string, n int) (records []*kgo.Record) {
	for i := range n {
		task := r.detail(shopID+"."+strconv.Itoa(i), "ORDER")
		task.ShopID = shopID
		records = append(records, r.record(task))
	}
	return records
}

// TestShopsLimitHoldsBackNoOther: what one shop's limit holds back goes behind the others' tasks, as it is.
func TestShopsLimitHoldsBackNoOther(t *testing.T) {
	t.Parallel()
	r := limitedRig(t, 60)
	busy, other := r.of("1", 10), r.of("2", 3)
	res := r.process(t.Context(), append(busy, other...)...)
	require.Empty(t, res.Postponed)
	require.Empty(t, res.Rejected)
	back, pages := map[string]int{}, map[string]int{}
	for _, rec := range res.Publish {
		switch rec.Topic {
		case tasksTopic:
			require.Equal(t, busy[0].Key, rec.Key)
			back[string(rec.Value)]++
		case topics.Raw(schemas.Shopee, schemas.Orders):
			pages[header(rec, schemas.HeaderShop)]++
		}
	}
	require.Equal(t, 3, pages["2"], "all of the shop that may call")
	require.LessOrEqual(t, pages["1"], 3+2, "three at once, and what two seconds give")
	require.Len(t, back, 10-pages["1"])
	for _, rec := range busy {
		require.LessOrEqual(t, back[string(rec.Value)], 1, "unchanged, once")
	}
}

// TestNothingButAShopsLimit: when nothing else is there to do the tasks stay where they are until the shop may call again.
func TestNothingButAShopsLimit(t *testing.T) {
	t.Parallel()
	r := limitedRig(t, 10)
	r.process(t.Context(), r.of("1", 3)...)
	batch := r.of("1", 4)
	res := r.process(t.Context(), batch...)
	require.Empty(t, res.Publish)
	require.Len(t, res.Postponed, 1)
	require.Same(t, batch[0], res.Postponed[0].From)
	require.InDelta(t, 6, res.Postponed[0].Until.Sub(r.clock.now()).Seconds(), 3)
}

// TestLongHoldIsSpentElsewhere: tasks that wait long for their shop's limit wait on a delay topic and spend no attempt.
func TestLongHoldIsSpentElsewhere(t *testing.T) {
	t.Parallel()
	r := limitedRig(t, 1)
	r.process(t.Context(), r.of("1", 3)...)
	batch := r.of("1", 2)
	res := r.process(t.Context(), batch...)
	require.Empty(t, res.Postponed)
	require.Len(t, res.Publish, 2)
	for i, rec := range res.Publish {
		require.Equal(t, topics.Delay(schemas.Delay1m), rec.Topic)
		require.Equal(t, batch[i].Value, rec.Value)
		due, err := strconv.ParseInt(header(rec, schemas.HeaderDueAt), 10, 64)
		require.NoError(t, err)
		require.InDelta(t, 60, time.UnixMilli(due).Sub(r.clock.now()).Seconds(), 5)
	}
}
