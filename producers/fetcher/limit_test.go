package fetcher

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
	"github.com/shopstream/shopstream/internal/ratelimit"
	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// counted returns how many calls the simulator got, and how many of them it refused for their rate.
func counted(t *testing.T, url string) (all, refused int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/_sim/calls", http.NoBody)
	require.NoError(t, err)
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	var calls map[string]struct {
		Calls   int `json:"calls"`
		Refused int `json:"refused"`
	}
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&calls))
	for _, c := range calls {
		all, refused = all+c.Calls, refused+c.Refused
	}
	return all, refused
}

// TestLimitIsCut lets the platform take a two hundredth of what it took before, in the middle of the work: the work waits, learns
// from the answers what is allowed, and nothing fails or spends an attempt. The backoff is long enough for a call to be made soon
// after it on a busy machine, too: refusals that come later are not in a row.
func TestLimitIsCut(t *testing.T) {
	t.Parallel()
	const rate = 6000
	url, book := sim(t, simulator.Options{Seed: 3, Shops: 2, Days: 9, OrdersPerDay: 150, Rate: rate})
	registry := prometheus.NewRegistry()
	r := newRig(t, book, func(o *Options) {
		limiter, err := ratelimit.New(ratelimit.Options{
			Rules: map[string]ratelimit.Rule{schemas.Shopee: {App: ratelimit.Limit{Rate: rate, Burst: 10}}},
			Cells: mongodtest.Database(t).Collection("rate_limits"), Backoff: 500 * time.Millisecond,
			Logger: o.Logger, Registry: registry,
		})
		require.NoError(t, err)
		o.Limiter, o.Now, o.Wait = limiter, nil, nil
	})
	r.clock.real = true
	tasks := []schemas.Task{r.task(book.All()[0], 8), r.task(book.All()[1], 8)}
	r.between = func() {
		if all, _ := counted(t, url); all > 50 && r.between != nil {
			r.between = nil
			post(t, url+"/_sim/limits", `{"rate":30}`)
		}
	}
	r.run(tasks...)
	require.Nil(t, r.between, "the limit was never cut")
	require.Empty(t, r.rejected)
	require.Empty(t, r.delayed)
	answered := r.closed()
	for i, s := range book.All() {
		for _, id := range truth(t, url, s, schemas.Orders, tasks[i].Window) {
			require.True(t, answered[id])
		}
	}
	families, err := registry.Gather()
	require.NoError(t, err)
	ceiling := 0.0
	for _, f := range families {
		if f.GetName() == "shopstream_ratelimit_ceiling_calls_per_minute" {
			ceiling = f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	all, refused := counted(t, url)
	t.Logf("%d calls, %d refused; %.0f a minute in the end", all, refused, ceiling)
	require.LessOrEqual(t, ceiling, rate/4.0)
	require.Positive(t, refused)
	require.Less(t, refused, all/3)
}

// TestDailyQuotaIsUsedUp: the tasks wait until the platform counts anew, which is looked after once an hour, and nothing is given up
// meanwhile.
func TestDailyQuotaIsUsedUp(t *testing.T) {
	t.Parallel()
	url, book := sim(t, simulator.Options{Seed: 7, Shops: 2, Days: 9, OrdersPerDay: 14})
	r := newRig(t, book, nil)
	fault(t, url, `{"fault":"quota","count":5}`)
	began := r.clock.now()
	r.run(r.task(book.All()[0], 8), r.task(book.All()[1], 8))
	require.Empty(t, r.rejected)
	require.Empty(t, r.delayed)
	r.closed()
	var longest time.Duration
	for _, d := range r.clock.waited {
		longest = max(longest, d)
	}
	local := began.In(time.FixedZone("", 8*3600))
	midnight := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, local.Location())
	require.InDelta(t, min(midnight.Sub(began), platform.MaxWait).Seconds(), longest.Seconds(), 60)
	require.Positive(t, strings.Count(r.log.String(), "quota of the platform is used up"))
}
