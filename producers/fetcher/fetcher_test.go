package fetcher

import (
	"context"
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

	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/producers/call"
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
		for range call.MaxBody>>20 + 1 {
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
