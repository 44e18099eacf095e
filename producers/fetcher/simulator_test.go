package fetcher

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/ratelimit"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/schemas"
)

// truth asks the simulator which rows of the kind a window holds.
func truth(t *testing.T, url string, s shop.Shop, kind string, w schemas.Window) []string {
	t.Helper()
	address := fmt.Sprintf("%s/_sim/truth?platform=shopee&shop_id=%s&kind=%s&from=%d&to=%d&rows=1", url, s.ShopID, kind, w.From, w.To)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	require.NoError(t, err)
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	var ids []string
	for d := json.NewDecoder(resp.Body); ; {
		var row struct {
			ID string `json:"id"`
		}
		err := d.Decode(&row)
		if err == io.EOF {
			return ids
		}
		require.NoError(t, err)
		ids = append(ids, row.ID)
	}
}

// TestEveryOrderDespiteFaults runs a chunk through every fault of the simulator; nothing may be missed, rejected or said
// twice.
func TestEveryOrderDespiteFaults(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]string{
		"none":              nil,
		"429":               {`{"fault":"429","probability":0.2}`},
		"429, Retry-After":  {`{"fault":"429","probability":0.2,"retry_after":3}`},
		"500":               {`{"fault":"500","probability":0.3}`},
		"503":               {`{"fault":"503","probability":0.3}`},
		"timeout":           {`{"fault":"timeout","seconds":5,"count":2}`},
		"cut":               {`{"fault":"cut","probability":0.3}`},
		"truncated":         {`{"fault":"truncated","probability":0.3}`},
		"html":              {`{"fault":"html","probability":0.3}`},
		"slow body":         {`{"fault":"slow_body","seconds":5,"count":2}`},
		"200 with an error": {`{"fault":"error_body","probability":0.3}`},
		"empty pages":       {`{"fault":"empty_more","probability":0.4}`},
		"same cursor":       {`{"fault":"same_cursor","probability":0.3}`},
		"duplicate rows":    {`{"fault":"duplicate_rows","probability":0.5}`},
		"missing ids":       {`{"fault":"missing_ids","count":3,"path":"/api/v2/order/get_order_detail"}`},
		"outage":            {`{"fault":"503","count":60}`},
		"token refused":     {`{"fault":"auth","count":2}`},
		"all at once": {
			`{"fault":"429","probability":0.1}`, `{"fault":"500","probability":0.1}`, `{"fault":"cut","probability":0.1}`,
			`{"fault":"truncated","probability":0.1}`, `{"fault":"duplicate_rows","probability":0.2}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, book := sim(t, simulator.Options{Seed: 7, Shops: 2, Days: 20, OrdersPerDay: 14})
			r := newRig(t, book, func(o *Options) { o.Timeout = 2 * time.Second })
			for _, f := range faults {
				fault(t, url, f)
			}
			var tasks []schemas.Task
			for _, s := range book.All() {
				tasks = append(tasks, r.task(s, 18)) // longer than a window may be
			}
			r.run(tasks...)
			require.Empty(t, r.rejected)
			answered := r.closed()
			for i, s := range book.All() {
				want := truth(t, url, s, schemas.Orders, tasks[i].Window)
				require.NotEmpty(t, want)
				for _, id := range want {
					require.True(t, answered[id], "order of shop %d is missing", i)
				}
			}
			if name == "outage" {
				require.Zero(t, r.delayed[topics.Delay(schemas.Delay10m)]+r.delayed[topics.Delay(schemas.Delay1h)], "an outage spends no attempt")
			}
			require.NotContains(t, r.log.String(), book.All()[0].AccessToken.Reveal())
		})
	}
}

// TestTheLimitIsKept makes calls as fast as the limiter lets it, by the real clock: the platform never has to refuse one.
func TestTheLimitIsKept(t *testing.T) {
	t.Parallel()
	const rate = 3000
	url, book := sim(t, simulator.Options{Seed: 3, Shops: 1, Days: 9, OrdersPerDay: 300, Rate: rate})
	r := newRig(t, book, func(o *Options) {
		limiter, err := ratelimit.New(ratelimit.Options{
			Rules:  map[string]ratelimit.Rule{schemas.Shopee: {App: ratelimit.Limit{Rate: rate, Burst: 10}}},
			Logger: o.Logger, Registry: o.Registry,
		})
		require.NoError(t, err)
		o.Limiter, o.Now, o.Wait = limiter, nil, nil
	})
	r.run(r.task(book.All()[0], 8))
	r.closed()
	total, refused := counted(t, url)
	require.Zero(t, refused)
	require.Greater(t, total, 60)
}
