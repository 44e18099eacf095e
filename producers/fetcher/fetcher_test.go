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

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/producers/platform/shopee"
	"github.com/shopstream/shopstream/schemas"
)

// details answers a details call with every order asked for.
func details(w http.ResponseWriter, r *http.Request) {
	var rows []string
	for id := range strings.SplitSeq(r.FormValue("order_sn_list"), ",") {
		rows = append(rows, fmt.Sprintf(`{"order_sn":%q}`, id))
	}
	fmt.Fprintf(w, `{"error":"","response":{"order_list":[%s]}}`, strings.Join(rows, ","))
}

func asks(r *http.Request, id string) bool {
	return strings.Contains(","+r.FormValue("order_sn_list")+",", ","+id+",")
}

const emptyList = `{"error":"","response":{"more":false,"next_cursor":"","order_list":[]}}`

func header(r *kgo.Record, key string) string { return schemas.Header(r, key) }

func TestNewNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := New(Options{})
	for _, what := range []string{"lane", "adapter", "shops", "limiter", "logger", "registry"} {
		require.ErrorContains(t, err, what)
	}
}

func TestPageAndFact(t *testing.T) {
	t.Parallel()
	r := newRig(t, serve(t, details), nil)
	before := time.Now().Add(-2 * time.Second)
	r.run(r.detail("0", "A", "B"))
	page := r.pages[r.facts[0].TaskID]
	require.Equal(t, []string{"A", "B"}, page.IDs)
	require.Equal(t, "/api/v2/order/get_order_detail", page.Parts[0].Path)
	at := time.UnixMilli(page.Parts[0].FetchedAt)
	require.True(t, at.After(before) && !at.After(time.Now()), "fetched_at is %s", at)
	f := r.facts[0]
	require.Equal(t, []string{"A", "B"}, f.Answered)
	require.Equal(t, 1, f.Calls)
	require.Equal(t, schemas.StageFetcher, f.Stage)
	require.Equal(t, shopee.OrderDetail, f.Op)
	require.Empty(t, f.Spawned)
}

// TestGone asks for orders of which one does not exist: it ends alone and is gone by the platform's word.
func TestGone(t *testing.T) {
	t.Parallel()
	r := newRig(t, serve(t, func(w http.ResponseWriter, req *http.Request) {
		if asks(req, "X") {
			fmt.Fprint(w, `{"error":"error_not_found","message":"order not found"}`)
			return
		}
		details(w, req)
	}), nil)
	r.run(r.detail("0", "A", "B", "C", "X", "D"))
	var gone, answered []string
	for _, f := range r.facts {
		gone = append(gone, f.Gone...)
		answered = append(answered, f.Answered...)
	}
	require.Equal(t, []string{"X"}, gone)
	require.ElementsMatch(t, []string{"A", "B", "C", "D"}, answered)
	r.closed()
}

func TestBadRecords(t *testing.T) {
	t.Parallel()
	r := newRig(t, serve(t, details), nil)
	good := r.detail("1", "A")
	other := r.detail("2", "A")
	other.Platform = schemas.Lazada
	op := r.detail("3", "A")
	op.Op = "order_dance"
	lacks := r.detail("4", "A")
	lacks.ShopID = ""
	id := r.detail("x", "A")
	bad := &kgo.Record{Topic: tasksTopic, Value: []byte(`{"task_id":`)}
	res := r.process(t.Context(), bad, r.record(other), r.record(op), r.record(lacks), r.record(id), r.record(good))
	require.Len(t, res.Publish, 2, "only the good one's page and fact")
	classes := make([]string, 0, 5)
	for _, rej := range res.Rejected {
		classes = append(classes, rej.Class)
	}
	require.Equal(t, []string{"undecodable", "permanent", "permanent", "undecodable", "undecodable"}, classes)
}

func TestPermanentErrorRejects(t *testing.T) {
	t.Parallel()
	r := newRig(t, serve(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"error":"error_param","message":"bad, token access-token-value"}`)
	}), nil)
	r.run(r.detail("0", "A"))
	require.Equal(t, stream.ClassPermanent, r.rejected[0].Class)
	require.ErrorContains(t, r.rejected[0].Err, "error_param")
	require.NotContains(t, r.rejected[0].Err.Error(), "access-token-value", "a platform may echo secrets")
}

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
	require.Contains(t, r.log.String(), "update access_token in shops.yaml")
	r.process(t.Context(), records...)
	require.Equal(t, 3, r.log.count("shop is parked"))
	require.Equal(t, int32(1), calls.Load())
}

// TestUnsettledList asks for a window that ends now: what came back may still grow, so nothing of it counts.
func TestUnsettledList(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	r := newRig(t, serve(t, func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		fmt.Fprint(w, emptyList)
	}), nil)
	task := r.task(r.shops.All()[0], 1)
	task.Window.To = r.clock.now().Unix()
	record := r.record(task)
	for range 2 {
		res := r.process(t.Context(), record)
		require.Len(t, res.Publish, 1, "no page, no fact")
		require.Equal(t, "t.delay.10m", res.Publish[0].Topic)
		require.Equal(t, record.Value, res.Publish[0].Value)
		due, err := strconv.ParseInt(header(res.Publish[0], schemas.HeaderDueAt), 10, 64)
		require.NoError(t, err)
		require.InDelta(t, task.Window.To+300, due/1000, 3)
	}
	require.Equal(t, int32(1), calls.Load(), "once its clock is known the platform is not asked too early")
	_ = r.clock.wait(t.Context(), 6*time.Minute)
	require.Len(t, r.process(t.Context(), record).Publish, 1, "its own clock still says no")
}

// TestOurClockIsOff lets the platform refuse signatures that are an hour old and judges windows by its Date.
func TestOurClockIsOff(t *testing.T) {
	t.Parallel()
	r := newRig(t, serve(t, func(w http.ResponseWriter, req *http.Request) {
		at, err := strconv.ParseInt(req.FormValue("timestamp"), 10, 64)
		if err != nil || time.Since(time.Unix(at, 0)).Abs() > 5*time.Minute {
			fmt.Fprint(w, `{"error":"error_param","message":"Timestamp is expired."}`)
			return
		}
		details(w, req)
	}), nil)
	_ = r.clock.wait(t.Context(), -time.Hour)
	r.clock.offset = -time.Hour
	r.run(r.detail("0", "A"))
	require.Equal(t, []string{"timestamp_expired"}, r.facts[0].Errors)
	require.Equal(t, 2, r.facts[0].Calls)
	fetched := time.UnixMilli(r.pages[r.facts[0].TaskID].Parts[0].FetchedAt)
	require.WithinDuration(t, time.Now(), fetched, 5*time.Second, "the platform's time, not ours")
}

func TestNoDateHeader(t *testing.T) {
	t.Parallel()
	noDate := func(w http.ResponseWriter, req *http.Request) {
		w.Header()["Date"] = nil
		details(w, req)
	}
	r := newRig(t, serve(t, noDate), nil)
	record := r.record(r.detail("0", "A"))
	require.Same(t, record, r.process(t.Context(), record).Postponed[0].From, "our own clock never counts")

	stored := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	fail := true
	r = newRig(t, serve(t, noDate), func(o *Options) {
		o.PlatformTime = func(context.Context) (time.Time, error) {
			if fail {
				return time.Time{}, errors.New("store is away")
			}
			return stored, nil
		}
	})
	require.Len(t, r.process(t.Context(), record).Postponed, 1)
	fail = false
	r.run(r.detail("0", "A"))
	require.WithinDuration(t, stored, time.UnixMilli(r.pages[r.facts[0].TaskID].Parts[0].FetchedAt), 5*time.Second)
}

func TestPageTooLarge(t *testing.T) {
	t.Parallel()
	r := newRig(t, serve(t, func(w http.ResponseWriter, req *http.Request) {
		rows := []string{}
		for id := range strings.SplitSeq(req.FormValue("order_sn_list"), ",") {
			n := 300
			if id == "huge" {
				n = 5000
			}
			rows = append(rows, fmt.Sprintf(`{"order_sn":%q,"note":%q}`, id, strings.Repeat("x", n)))
		}
		fmt.Fprintf(w, `{"error":"","response":{"order_list":[%s]}}`, strings.Join(rows, ","))
	}), func(o *Options) { o.MaxRecordBytes = 2000 })
	r.run(r.detail("0", "a", "b", "c", "d", "huge", "f", "g", "h"))
	require.Len(t, r.rejected, 1)
	require.Equal(t, ClassTooLarge, r.rejected[0].Class)
	answered := map[string]bool{}
	for _, f := range r.facts {
		for _, id := range f.Answered {
			answered[id] = true
		}
	}
	require.Len(t, answered, 7)
}

// TestAnswerWithoutEnd sends more than is ever read of an answer.
func TestAnswerWithoutEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t, serve(t, func(w http.ResponseWriter, req *http.Request) {
		if !asks(req, "huge") {
			details(w, req)
			return
		}
		block := []byte(strings.Repeat(" ", 1<<20))
		for range maxBody>>20 + 1 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}), nil)
	r.run(r.detail("0", "a", "huge", "b"))
	require.Len(t, r.rejected, 1)
	require.Equal(t, ClassTooLarge, r.rejected[0].Class)
	require.Equal(t, []string{"huge"}, r.rejectedIDs())
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
	}), func(o *Options) { o.Timeout = 100 * time.Millisecond })
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

func (brokenLimiter) Reserve(context.Context, string, time.Time) (time.Time, bool, error) {
	return time.Time{}, false, errors.New("limiter is away")
}
func (brokenLimiter) Penalize(context.Context, string, time.Time) error { return nil }

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
