package fetcher

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/schemas"
)

// TestOutageOfTwoHours lets the whole platform be away: nothing moves, no attempt is spent, hardly a call is made, and all goes
// on by itself.
func TestOutageOfTwoHours(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	var up atomic.Bool
	r := newRig(t, serve(t, func(w http.ResponseWriter, req *http.Request) {
		calls.Add(1)
		if !up.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		details(w, req)
	}), nil)
	var batch []*kgo.Record
	for i := range 12 {
		batch = append(batch, r.record(r.detail(strconv.Itoa(i), "A"+strconv.Itoa(i))))
	}
	began, batches := r.clock.now(), 0
	for ; r.clock.now().Sub(began) < 2*time.Hour; batches++ {
		res := r.process(t.Context(), batch...)
		require.Empty(t, res.Publish, "a task moved")
		require.Empty(t, res.Rejected)
		require.Same(t, batch[0], res.Postponed[0].From)
		until := res.Postponed[0].Until
		require.True(t, until.After(r.clock.now()))
		require.LessOrEqual(t, until.Sub(r.clock.now()), 64*time.Second, "it does not come back soon")
		_ = r.clock.wait(t.Context(), until.Sub(r.clock.now()))
	}
	require.Less(t, int(calls.Load()), 3*len(batch)+1+batches, "calls are spent on a platform that serves nobody")
	require.Equal(t, 1, r.log.count("out of order"))
	up.Store(true)
	res := r.process(t.Context(), batch...)
	require.Empty(t, res.Postponed)
	require.Len(t, res.Publish, 2*len(batch), "a page and a fact each")
	require.Equal(t, 1, r.log.count("in order again"))
}

// TestOneEndpointAway does what the others allow: lists are read, and the details behind them wait unchanged, without calls.
func TestOneEndpointAway(t *testing.T) {
	t.Parallel()
	var lists, refused atomic.Int32
	var up atomic.Bool
	r := newRig(t, serve(t, func(w http.ResponseWriter, req *http.Request) {
		switch {
		case strings.HasSuffix(req.URL.Path, "get_order_list"):
			lists.Add(1)
			fmt.Fprint(w, emptyList)
		case up.Load():
			details(w, req)
		default:
			refused.Add(1)
			w.WriteHeader(http.StatusBadGateway)
		}
	}), nil)
	first := r.record(r.detail("0", "A"))
	res := r.process(t.Context(), first)
	require.Same(t, first, res.Postponed[0].From, "the circuit is open")
	before := refused.Load()
	batch := []*kgo.Record{first}
	for range 3 {
		batch = append(batch, r.record(r.task(r.shops.All()[0], 1)))
	}
	res = r.process(t.Context(), batch...)
	require.Equal(t, int32(3), lists.Load())
	require.Equal(t, before, refused.Load(), "an endpoint that serves nobody is called")
	require.Empty(t, res.Postponed)
	require.Empty(t, res.Rejected)
	require.Equal(t, "t.delay.1m", res.Publish[0].Topic, "what cannot stay before a task that is done waits elsewhere")
	require.Equal(t, first.Value, res.Publish[0].Value, "no attempt is spent")
	require.Equal(t, tasksTopic, header(res.Publish[0], schemas.HeaderReturnTo))

	_ = r.clock.wait(t.Context(), time.Minute)
	res = r.process(t.Context(), first)
	require.Equal(t, before+1, refused.Load(), "one probe, no more")
	require.Empty(t, res.Publish)
	up.Store(true)
	_ = r.clock.wait(t.Context(), res.Postponed[0].Until.Sub(r.clock.now()))
	res = r.process(t.Context(), first)
	require.Len(t, res.Publish, 2)
}

// TestRetryAfterIsWaitedFor lets a platform name the time itself, beside one that serves others and when it serves nobody.
func TestRetryAfterIsWaitedFor(t *testing.T) {
	t.Parallel()
	r := newRig(t, serve(t, func(w http.ResponseWriter, req *http.Request) {
		if asks(req, "good") {
			details(w, req)
			return
		}
		w.Header().Set("Retry-After", "300")
		w.WriteHeader(http.StatusServiceUnavailable)
	}), nil)
	bad := r.record(r.detail("0", "bad"))
	now := r.clock.now()
	res := r.process(t.Context(), bad, r.record(r.detail("1", "good")))
	require.Equal(t, "t.delay.10m", res.Publish[0].Topic, "five minutes do not fit the delay of one")
	due, err := strconv.ParseInt(header(res.Publish[0], schemas.HeaderDueAt), 10, 64)
	require.NoError(t, err)
	require.False(t, time.UnixMilli(due).Before(now.Add(299*time.Second)))

	now = r.clock.now()
	res = r.process(t.Context(), bad)
	require.Same(t, bad, res.Postponed[0].From)
	require.False(t, res.Postponed[0].Until.Before(now.Add(299*time.Second)), "the circuit closes too soon")
}
