package simulator

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

func ids(rows []truthRow) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.ID
	}
	return out
}

func TestPagesAreTheTruth(t *testing.T) {
	t.Parallel()
	for _, ends := range []string{Inclusive, Exclusive} {
		b := setup(t, Options{Shops: 3, Days: 20, OrdersPerDay: 150, TimeTo: ends})
		last := int64(1) // what time_to lacks to the end of a half-open window
		if ends == Exclusive {
			last = 0
		}
		for _, shop := range b.shops {
			for _, field := range []string{"create_time", "update_time"} {
				for _, w := range [][2]int64{
					{b.midnight(20), b.midnight(6)},
					{b.midnight(14), b.midnight(0)},
					{b.midnight(3), b.midnight(2)},
					{b.midnight(3), b.midnight(3) + 1},
					{b.midnight(2) - 1, b.midnight(2)},
					{b.midnight(1) + 3600, b.midnight(1) + 7200},
					{b.midnight(0), b.midnight(-2)},
					{b.midnight(30), b.midnight(19)},
				} {
					got, want := b.list(shop, field, w[0], w[1]-last, 37), ids(b.truth(shop, field, w[0], w[1]))
					if !slices.Equal(got, want) {
						t.Errorf("%s %s %v: %d rows listed, %d true", ends, field, w, len(got), len(want))
					}
				}
			}
		}
	}
}

func TestWindowsOfADayMakeTheWorld(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 1, Days: 15, OrdersPerDay: 120})
	for _, field := range []string{"create_time", "update_time"} {
		seen := map[string]bool{}
		for ago := 15; ago >= 0; ago-- {
			for _, id := range b.list(b.shops[0], field, b.midnight(ago), b.midnight(ago-1)-1, 100) {
				if seen[id] {
					t.Errorf("%s is in two windows by %s", id, field)
				}
				seen[id] = true
			}
		}
		if all := b.truth(b.shops[0], field, 0, 1<<40); len(all) != len(seen) || len(seen) < 1000 {
			t.Errorf("by %s: %d listed, %d true", field, len(seen), len(all))
		}
	}
}

func TestDetailsAreTheTruth(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 2, Days: 12, OrdersPerDay: 60})
	for _, shop := range b.shops {
		places := map[string]int{"VN": 0, "SG": 2}[shop.Region]
		sum := int64(0)
		for chunk := range slices.Chunk(b.truth(shop, "create_time", 0, 1<<40), 50) {
			got := b.must(detailPath, shop, map[string]string{
				"order_sn_list": strings.Join(ids(chunk), ","), "response_optional_fields": "total_amount,item_list",
				"request_order_status_pending": "true",
			})
			if len(got.Response.Orders) != len(chunk) {
				t.Fatalf("asked for %d, got %d", len(chunk), len(got.Response.Orders))
			}
			for i, o := range got.Response.Orders {
				row := truthRow{ShopID: shop.ShopID, ID: o.SN, Status: o.Status, CreateTime: o.Create, UpdateTime: o.Update, Lines: len(o.Items), TotalAmount: o.Total.String()}
				for _, it := range o.Items {
					row.Quantity += it.Quantity
				}
				if row != chunk[i] {
					t.Errorf("details %+v, truth %+v", row, chunk[i])
				}
				sum += minor(t, o.Total.String(), places)
			}
		}
		want := world.Decimal(sum, places)
		text := b.control(http.MethodGet, "/_sim/truth?platform=shopee&kind=orders&shop_id="+shop.ShopID, "")
		if !strings.Contains(text, `"money":"`+want+`"`) {
			t.Errorf("details sum up to %s, the truth is %s", want, text)
		}
	}
}

// minor reads a decimal as a count of its smallest unit, without floats.
func minor(t *testing.T, text string, places int) int64 {
	t.Helper()
	whole, rest, _ := strings.Cut(text, ".")
	if len(rest) > places {
		t.Fatalf("%s has more than %d places", text, places)
	}
	v, err := strconv.ParseInt(whole+rest+strings.Repeat("0", places-len(rest)), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestStatusFilterAndPending(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 1, Days: 14, OrdersPerDay: 900})
	rows := b.truth(b.shops[0], "create_time", b.midnight(14), b.midnight(-1))
	count := func(statuses ...string) int {
		n := 0
		for _, r := range rows {
			if slices.Contains(statuses, r.Status) {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		status, pending string
		want            int
	}{
		{"COMPLETED", "", count("COMPLETED")},
		{"UNPAID", "", count("UNPAID")},
		{"READY_TO_SHIP", "", count("READY_TO_SHIP", "PENDING")},
		{"READY_TO_SHIP", "true", count("READY_TO_SHIP")},
		{"PENDING", "True", count("PENDING")},
		{"PENDING", "", 0},
	} {
		got := 0
		params := window("create_time", b.midnight(14), b.midnight(-1)-1, 100)
		params["order_status"], params["request_order_status_pending"] = c.status, c.pending
		params["response_optional_fields"] = "order_status"
		for more := true; more; {
			page := b.must(listPath, b.shops[0], params).Response
			for _, o := range page.Orders {
				if o.Status != c.status {
					t.Fatalf("asked for %s, got %s", c.status, o.Status)
				}
				got++
			}
			more, params["cursor"] = page.More, page.Next
		}
		if got != c.want || c.want == 0 && c.pending != "" {
			t.Errorf("%s (pending %q): %d, want %d", c.status, c.pending, got, c.want)
		}
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	opts := Options{Shops: 2, Days: 5, OrdersPerDay: 50}
	one, two := setup(t, opts), setup(t, opts)
	opts.Seed = 8
	other := setup(t, opts)
	two.clock.pass(4 * time.Minute) // the world is frozen, the wall clock is not
	sns := ids(one.truth(one.shops[0], "create_time", 0, 1<<40))[:50]
	for path, params := range map[string]map[string]string{
		listPath: window("update_time", one.midnight(5), one.midnight(0), 50),
		detailPath: {
			"order_sn_list":            strings.Join(sns, ","),
			"response_optional_fields": "item_list,package_list,recipient_address,total_amount,pay_time,edt,note,cancel_by",
		},
	} {
		a, b := one.body(one.request(path, one.shops[0], params)), two.body(two.request(path, two.shops[0], params))
		if cutID(a) != cutID(b) || len(a) < 500 {
			t.Errorf("%s: %d and %d bytes, not the same", path, len(a), len(b))
		}
		if again := two.body(one.request(path, one.shops[0], params)); again != a {
			t.Errorf("%s: the same request has another answer", path)
		}
	}
	if one.shops[0] != two.shops[0] || one.shops[0] == other.shops[0] {
		t.Errorf("credentials do not depend on the seed alone")
	}
}

func (b *bench) body(r *http.Request) string {
	w := httptest.NewRecorder()
	b.srv.Handler().ServeHTTP(w, r)
	return w.Body.String()
}

// cutID leaves out the request's id, which depends on its timestamp.
func cutID(body string) string { return body[max(strings.Index(body, `"error"`), 0):] }

func TestClocks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		clock string
		grows bool
		hours int64 // of the world in one of the wall clock
	}{{ClockFrozen, false, 0}, {ClockReal, true, 1}, {ClockFast, true, 60}} {
		b := setup(t, Options{Shops: 1, Days: 2, OrdersPerDay: 500, Clock: c.clock})
		before := len(b.truth(b.shops[0], "create_time", 0, 1<<40))
		start := b.clock.now().Unix()
		b.clock.pass(time.Hour)
		rows := b.truth(b.shops[0], "create_time", 0, 1<<40)
		if (len(rows) > before) != c.grows {
			t.Errorf("%s: %d orders became %d", c.clock, before, len(rows))
		}
		if newest := rows[0].CreateTime; newest > start+c.hours*3600 || newest < start+(c.hours-12)*3600 {
			t.Errorf("%s: the newest order is %d s after the start", c.clock, newest-start)
		}
	}
}
