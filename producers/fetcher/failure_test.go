package fetcher

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/ratelimit"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
)

// TestAttempts lets one order fail for ever while its neighbours are served: tries in place, then each delay, then the end.
func TestAttempts(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	r := newRig(t, serve(t, func(w http.ResponseWriter, req *http.Request) {
		if asks(req, "bad") {
			calls.Add(1)
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		details(w, req)
	}), nil)
	bad, good := r.record(r.detail("0", "bad")), r.record(r.detail("1", "good"))
	for attempt, want := range []struct {
		delay string
		wait  time.Duration
	}{{"t.delay.1m", time.Minute}, {"t.delay.10m", 10 * time.Minute}, {"t.delay.1h", time.Hour}} {
		now := r.clock.now()
		res := r.process(t.Context(), bad, good)
		require.Empty(t, res.Rejected)
		require.Equal(t, want.delay, res.Publish[0].Topic)
		require.Equal(t, tasksTopic, header(res.Publish[0], schemas.HeaderReturnTo))
		due, err := strconv.ParseInt(header(res.Publish[0], schemas.HeaderDueAt), 10, 64)
		require.NoError(t, err)
		require.InDelta(t, now.Add(want.wait).UnixMilli(), due, 60_000)
		var task schemas.Task
		require.NoError(t, json.Unmarshal(res.Publish[0].Value, &task))
		require.Equal(t, attempt+1, task.Attempt)
		require.Equal(t, int32(3*(attempt+1)), calls.Load(), "three tries in place")
		require.Contains(t, r.log.String(), fmt.Sprintf("attempt=%d calls=3", attempt+1))
		bad = res.Publish[0]
		bad.Topic = tasksTopic
	}
	res := r.process(t.Context(), bad, good)
	require.Equal(t, stream.ClassTransient, res.Rejected[0].Class)
	require.Equal(t, 4, res.Rejected[0].Attempts)
	require.ErrorContains(t, res.Rejected[0].Err, "http_500")
}

// TestLoneFailure has no neighbours in its batch; a probe tells it from an outage.
func TestLoneFailure(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	down.Store(true)
	r := newRig(t, serve(t, func(w http.ResponseWriter, req *http.Request) {
		if down.Load() || asks(req, "bad") {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		fmt.Fprint(w, `{"error":"error_not_found"}`)
	}), nil)
	bad := r.record(r.detail("0", "bad"))
	for range 10 { // an outage of any length spends nothing
		res := r.process(t.Context(), bad)
		require.Empty(t, res.Publish)
		require.Empty(t, res.Rejected)
		require.Same(t, bad, res.Postponed[0].From)
		require.True(t, res.Postponed[0].Until.After(r.clock.now().Add(-time.Minute)))
		_ = r.clock.wait(t.Context(), res.Postponed[0].Until.Sub(r.clock.now()))
	}
	down.Store(false)
	res := r.process(t.Context(), bad)
	require.Empty(t, res.Postponed)
	require.Equal(t, "t.delay.1m", res.Publish[0].Topic, "now it is the task")
}

func TestOutagePostponesAllPartitions(t *testing.T) {
	t.Parallel()
	r := newRig(t, bookAt("http://127.0.0.1:1"), nil)
	a, b := r.record(r.detail("0", "A")), r.record(r.detail("1", "B"))
	b.Partition = 1
	res := r.process(t.Context(), a, b)
	require.Empty(t, res.Publish)
	require.Empty(t, res.Rejected)
	require.Len(t, res.Postponed, 2)
	require.NotContains(t, r.log.String(), "sign=")
	require.NotContains(t, r.log.String(), "access-token-value")
	require.Contains(t, r.log.String(), "refused")
}

// TestBrownout lets most calls fail: that some get through does not make the others poison.
func TestBrownout(t *testing.T) {
	t.Parallel()
	r := newRig(t, serve(t, func(w http.ResponseWriter, req *http.Request) {
		if asks(req, "lucky") {
			details(w, req)
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}), nil)
	var batch []*kgo.Record
	for i, id := range []string{"A", "B", "lucky", "C", "D"} {
		batch = append(batch, r.record(r.detail(strconv.Itoa(i), id)))
	}
	res := r.process(t.Context(), batch...)
	require.Empty(t, res.Rejected)
	require.Same(t, batch[3], res.Postponed[0].From)
	require.Len(t, res.Publish, 4)
	for i, rec := range res.Publish[:2] { // they cannot stay before the lucky one
		require.Equal(t, "t.delay.1m", rec.Topic)
		require.Equal(t, batch[i].Value, rec.Value, "no attempt is spent")
	}
}

func TestRateLimitSpendsNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		retryAfter string
		atLeast    time.Duration
	}{"told": {"30", 30 * time.Second}, "not told": {"", 2 * time.Second}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			r := newRig(t, serve(t, func(w http.ResponseWriter, req *http.Request) {
				if calls.Add(1) == 2 {
					if c.retryAfter != "" {
						w.Header().Set("Retry-After", c.retryAfter)
					}
					w.WriteHeader(http.StatusTooManyRequests)
					return
				}
				details(w, req)
			}), func(o *Options) { o.Parallel = 1 })
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			records := []*kgo.Record{r.record(r.detail("0", "A")), r.record(r.detail("1", "B")), r.record(r.detail("2", "C"))}
			start := r.clock.now()
			res := r.process(ctx, records...)
			if c.retryAfter != "" {
				require.Equal(t, int32(2), calls.Load(), "nobody calls a platform that said no")
				require.Len(t, res.Publish, 2, "the first is done")
				require.Same(t, records[1], res.Postponed[0].From)
				require.False(t, res.Postponed[0].Until.Before(start.Add(c.atLeast)))
				return
			}
			// The pause fits the batch, so the third is done; the second cannot stay before it and is given back.
			require.Empty(t, res.Postponed)
			require.Len(t, res.Publish, 5)
			require.Equal(t, tasksTopic, res.Publish[2].Topic)
			require.Equal(t, records[1].Value, res.Publish[2].Value)
		})
	}
}

func TestQuotaWaits(t *testing.T) {
	t.Parallel()
	r := newRig(t, serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"error":"error_limit"}`) }), nil)
	record := r.record(r.detail("0", "A"))
	res := r.process(t.Context(), record)
	require.Same(t, record, res.Postponed[0].From)
	require.Empty(t, res.Publish)
	require.Contains(t, r.log.String(), "quota")
}

func TestParkedShops(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	book := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		fmt.Fprint(w, `{"error":"invalid_acceess_token","message":"Invalid access_token."}`)
	})
	off := book.All()[0]
	off.ShopID, off.Enabled = "2", false
	r := newRig(t, shop.New(book.All()[0], off), func(o *Options) { o.Parallel = 1 })
	unknown, disabled := r.detail("5", "A"), r.detail("6", "A")
	unknown.ShopID, disabled.ShopID = "nobody", "2"
	records := []*kgo.Record{r.record(r.detail("0", "A")), r.record(r.detail("1", "B")), r.record(unknown), r.record(disabled)}
	res := r.process(t.Context(), records...)
	require.Len(t, res.Publish, 4)
	require.Empty(t, res.Rejected)
	for i, rec := range res.Publish {
		require.Equal(t, "t.delay.1h", rec.Topic)
		require.Equal(t, tasksTopic, header(rec, schemas.HeaderReturnTo))
		require.Equal(t, records[i].Value, rec.Value, "unchanged")
	}
	require.Equal(t, int32(1), calls.Load(), "a shop that cannot be served is not called again")
	require.Equal(t, 3, r.log.count("shop is parked"), "one line for each shop")
	require.Contains(t, r.log.String(), "shopstream shops authorize shopee:c:1")
	r.process(t.Context(), records...)
	require.Equal(t, 3, r.log.count("shop is parked"))
	require.Equal(t, int32(1), calls.Load())
}

// TestStopInTheMiddle ends a batch while calls hang: every task is still there, once.
func TestStopInTheMiddle(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var calls atomic.Int32
	r := newRig(t, serve(t, func(w http.ResponseWriter, req *http.Request) {
		if asks(req, "slow") {
			if calls.Add(1) == 1 {
				cancel()
			}
			<-req.Context().Done()
			return
		}
		details(w, req)
	}), func(o *Options) { o.Parallel = 2 })
	records := []*kgo.Record{
		r.record(r.detail("0", "quick")), r.record(r.detail("1", "slow")), r.record(r.detail("2", "slow")), r.record(r.detail("3", "late")),
	}
	parkedShop := r.detail("4", "A")
	parkedShop.ShopID = "nobody"
	records = append(records, r.record(parkedShop))
	res := r.process(ctx, records...)
	require.Empty(t, res.Rejected)
	seen := map[string]int{}
	for _, rec := range res.Publish {
		if rec.Topic == topics.Progress() || rec.Topic == tasksTopic || strings.HasPrefix(rec.Topic, "t.delay.") {
			require.NotEqual(t, "1", string(rec.Value))
			var id struct {
				TaskID  string `json:"task_id"`
				Attempt int    `json:"attempt"`
			}
			require.NoError(t, json.Unmarshal(rec.Value, &id))
			require.Zero(t, id.Attempt)
			seen[id.TaskID]++
		}
	}
	for _, p := range res.Postponed {
		for _, rec := range records[p.From.Offset:] {
			seen[header(rec, schemas.HeaderTaskID)]++
		}
	}
	require.Len(t, seen, len(records))
	for id, n := range seen {
		require.Equal(t, 1, n, id)
	}
}

// TestHangingCallEnds lets the only call of a batch run into the deadline every time: it must not come back for ever.
func TestHangingCallEnds(t *testing.T) {
	t.Parallel()
	r := newRig(t, serve(t, func(w http.ResponseWriter, req *http.Request) {
		if asks(req, "slow") {
			<-req.Context().Done()
			return
		}
		fmt.Fprint(w, `{"error":"error_not_found"}`)
	}), func(o *Options) { o.Timeout = time.Second })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	res := r.process(ctx, r.record(r.detail("0", "slow")))
	require.Equal(t, "t.delay.1m", res.Publish[0].Topic)
}

func TestPanicReachesTheLoop(t *testing.T) {
	t.Parallel()
	r := newRig(t, serve(t, details), func(o *Options) { o.Shops = panicking{looks: &atomic.Int32{}} })
	require.PanicsWithValue(t, "poison", func() { _, _ = r.f.Process(t.Context(), []*kgo.Record{r.record(r.detail("0", "A"))}) })
}

// panicking fails on the second look, which a worker takes.
type panicking struct{ looks *atomic.Int32 }

func (p panicking) Find(string, string, string) (shop.Shop, bool) {
	if p.looks.Add(1) == 2 {
		panic("poison")
	}
	return shop.Shop{Enabled: true}, true
}

type brokenLimiter struct{}

func (brokenLimiter) Admit(context.Context, ratelimit.Call, time.Time) (*ratelimit.Denial, error) {
	return nil, errors.New("limiter is away")
}

func (brokenLimiter) Refused(context.Context, ratelimit.Call, ratelimit.Refusal) time.Time {
	return time.Time{}
}

func TestLimiterAwayIsInfrastructure(t *testing.T) {
	t.Parallel()
	r := newRig(t, serve(t, details), func(o *Options) { o.Limiter = brokenLimiter{} })
	_, err := r.f.Process(t.Context(), []*kgo.Record{r.record(r.detail("0", "A"))})
	require.ErrorContains(t, err, "limiter is away")
}

func TestRedirectsStayOnTheHost(t *testing.T) {
	t.Parallel()
	var leaked atomic.Bool
	other := serve(t, func(http.ResponseWriter, *http.Request) { leaked.Store(true) }).All()[0].BaseURL
	r := newRig(t, serve(t, func(w http.ResponseWriter, req *http.Request) {
		http.Redirect(w, req, other+"/?"+req.URL.RawQuery, http.StatusFound)
	}), nil)
	res := r.process(t.Context(), r.record(r.detail("0", "A")))
	require.Len(t, res.Postponed, 1)
	require.False(t, leaked.Load())
}
