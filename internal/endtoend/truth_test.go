package endtoend

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// client talks to the simulator and to processes; it leaves no connection behind.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// row is what the simulator says about an order.
type row struct {
	ID          string `json:"id"`
	CreateTime  int64  `json:"create_time"`
	UpdateTime  int64  `json:"update_time"`
	Status      string `json:"status"`
	TotalAmount string `json:"total_amount"`
	Lines       int    `json:"lines"`
	Quantity    int64  `json:"quantity"`
}

// window is one shop's calendar day.
type window struct {
	shop     string
	from, to int64
}

// extent is what fetching a window takes, by the platform's rules.
type extent struct{ lists, details, orders int }

// tasks is the number of calls that are needed, each of which gives a page.
func (e extent) tasks() int { return e.lists + e.details }

// truth is what a complete copy of the planned days has.
type truth struct {
	orders  map[string]map[string]row // by shop and order id
	windows map[window]extent
}

// readTruth asks the simulator. A chunk lists its day with a second more at either end, so the days' neighbours count, too.
func readTruth(t *testing.T, base string, shops []world.Shop, begin time.Time, days int) *truth {
	t.Helper()
	tr := &truth{orders: map[string]map[string]row{}, windows: map[window]extent{}}
	const before, after = 1, 1
	for _, s := range shops {
		from, to := begin.Unix(), begin.AddDate(0, 0, days).Unix()
		rows := readRows(t, base, s.ShopID, from-before, to+after)
		byID := map[string]row{}
		for _, r := range rows {
			byID[r.ID] = r
		}
		if len(rows) == 0 || len(byID) != len(rows) {
			t.Fatalf("the simulator has %d orders of shop %s with %d ids", len(rows), s.ShopID, len(byID))
		}
		tr.orders[s.ShopID] = byID
		for d := range days {
			w := window{s.ShopID, begin.AddDate(0, 0, d).Unix(), begin.AddDate(0, 0, d+1).Unix()}
			tr.windows[w] = extentOf(rows, w.from-before, w.to+after)
		}
	}
	return tr
}

// extentOf counts calls: lists name up to 100 orders each, details give up to 50.
func extentOf(rows []row, from, to int64) extent {
	const listed, detailed = 100, 50
	var e extent
	for _, r := range rows {
		if r.CreateTime >= from && r.CreateTime < to {
			e.orders++
		}
	}
	e.lists = max(1, (e.orders+listed-1)/listed)
	for rest := e.orders; rest > 0; rest -= listed {
		e.details += (min(rest, listed) + detailed - 1) / detailed
	}
	return e
}

// total is the extent of all windows.
func (tr *truth) total() extent {
	var sum extent
	for _, e := range tr.windows {
		sum.lists, sum.details, sum.orders = sum.lists+e.lists, sum.details+e.details, sum.orders+e.orders
	}
	return sum
}

func readRows(t *testing.T, base, shop string, from, to int64) []row {
	t.Helper()
	var rows []row
	decoder := json.NewDecoder(get(t, base+"/_sim/truth?"+url.Values{
		"platform": {"shopee"}, "shop_id": {shop}, "kind": {"orders"}, "rows": {"1"},
		"from": {strconv.FormatInt(from, 10)}, "to": {strconv.FormatInt(to, 10)},
	}.Encode()))
	for {
		var r row
		err := decoder.Decode(&r)
		if err == io.EOF { //nolint:errorlint // as the decoder documents
			return rows
		}
		if err != nil {
			t.Fatalf("read truth: %v", err)
		}
		rows = append(rows, r)
	}
}

func get(t *testing.T, address string) io.Reader {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", address, response.Status)
	}
	return response.Body
}

// checkCalls fails when the platform refused a call, and says how many there were.
func (b *bench) checkCalls(t *testing.T) {
	t.Helper()
	var paths map[string]struct {
		Calls    int `json:"calls"`
		Refused  int `json:"refused"`
		MostIn1s int `json:"most_in_1s"`
	}
	if err := json.NewDecoder(get(t, b.url+"/_sim/calls")).Decode(&paths); err != nil {
		t.Fatal(err)
	}
	calls := 0
	var most []string
	for path, p := range paths {
		calls += p.Calls
		if p.Calls > 0 {
			most = append(most, fmt.Sprintf("%s %d", path, p.MostIn1s))
		}
		if p.Refused > 0 {
			t.Errorf("%d of %d calls of %s were above the allowed rate", p.Refused, p.Calls, path)
		}
	}
	slices.Sort(most)
	e := b.truth.total()
	t.Logf("%d calls for %d tasks; most in a second: %v", calls, e.tasks(), most)
}
