package lazada_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t, simulator.Options{Shops: 2, Days: 6, OrdersPerDay: 20})
	shop := b.shops[0]
	stamp := func(d time.Duration) string { return strconv.FormatInt(b.at.Add(d).UnixMilli(), 10) }
	mine := b.listOrders(shop, params{"created_after": iso(b.midnight(3))}, 100)[0].ID.String()
	theirs := b.listOrders(b.shops[1], params{"created_after": iso(b.midnight(3))}, 100)[0].ID.String()
	ids := func(n int) string { return "[" + strings.Repeat("1,", n-1) + "1]" }
	orders := params{"created_after": iso(b.midnight(3))}
	products := params{"filter": "all"}
	money := params{"start_time": "2026-03-01", "end_time": "2026-03-10"}
	reverse := params{"page_no": "1", "page_size": "10"}
	for _, c := range []struct {
		path   string
		good   params
		change params
		code   string
	}{
		{"/orders/get", orders, params{}, "0"},
		{"/orders/get", orders, params{"sign": strings.Repeat("0", 64)}, "IncompleteSignature"},
		{"/orders/get", orders, params{"sign": "-"}, "MissingParameter"},
		{"/orders/get", orders, params{"sign_method": "md5"}, "IncompleteSignature"},
		{"/orders/get", orders, params{"sign_method": "-"}, "MissingParameter"},
		{"/orders/get", orders, params{"app_key": "-"}, "MissingParameter"},
		{"/orders/get", orders, params{"app_key": "1"}, "IncompleteSignature"},
		{"/orders/get", orders, params{"timestamp": "-"}, "MissingParameter"},
		{"/orders/get", orders, params{"timestamp": strconv.FormatInt(b.at.Unix(), 10)}, "IncompleteSignature"},
		{"/orders/get", orders, params{"timestamp": stamp(-7201 * time.Second)}, "IncompleteSignature"},
		{"/orders/get", orders, params{"timestamp": stamp(7201 * time.Second)}, "IncompleteSignature"},
		{"/orders/get", orders, params{"timestamp": stamp(-7200 * time.Second)}, "0"},
		{"/orders/get", orders, params{"access_token": "-"}, "MissingParameter"},
		{"/orders/get", orders, params{"access_token": strings.Repeat("5a", 16)}, "IllegalAccessToken"},
		{"/orders/get", orders, params{"access_token": shop.RefreshToken}, "IllegalAccessToken"},
		{"/orders/get", nil, params{}, "MissingParameter"},
		{"/orders/get", nil, params{"created_before": iso(b.midnight(3))}, "MissingParameter"},
		{"/orders/get", nil, params{"update_after": iso(b.midnight(3))}, "0"},
		{"/orders/get", orders, params{"created_after": "2026-03-01"}, "17"},
		{"/orders/get", orders, params{"created_before": "yesterday"}, "17"},
		{"/orders/get", orders, params{"offset": "5000"}, "0"},
		{"/orders/get", orders, params{"offset": "5001"}, "14"},
		{"/orders/get", orders, params{"offset": "-1"}, "14"},
		{"/orders/get", orders, params{"limit": "100"}, "0"},
		{"/orders/get", orders, params{"limit": "101"}, "19"},
		{"/orders/get", orders, params{"limit": "0"}, "19"},
		{"/orders/get", orders, params{"status": "lost_in_space"}, "36"},
		{"/orders/get", orders, params{"sort_direction": "UP"}, "74"},
		{"/orders/get", orders, params{"sort_by": "price"}, "75"},
		{"/order/get", nil, params{}, "MissingParameter"},
		{"/order/get", nil, params{"order_id": "x"}, "16"},
		{"/order/get", nil, params{"order_id": theirs}, "16"},
		{"/order/items/get", nil, params{"order_id": theirs}, "16"},
		{"/orders/items/get", nil, params{}, "MissingParameter"},
		{"/orders/items/get", nil, params{"order_ids": mine}, "56"},
		{"/orders/items/get", nil, params{"order_ids": "[]"}, "56"},
		{"/orders/items/get", nil, params{"order_ids": `["x"]`}, "56"},
		{"/orders/items/get", nil, params{"order_ids": `["` + mine + `"]`}, "0"},
		{"/orders/items/get", nil, params{"order_ids": ids(51)}, "38"},
		{"/orders/items/get", nil, params{"order_ids": ids(50)}, "39"},
		{"/orders/items/get", nil, params{"order_ids": "[" + mine + "," + theirs + "]"}, "37"},
		{"/products/get", nil, params{}, "MissingParameter"},
		{"/products/get", products, params{"filter": "some"}, "36"},
		{"/products/get", products, params{"limit": "51"}, "19"},
		{"/products/get", products, params{"offset": "10000"}, "0"},
		{"/products/get", products, params{"offset": "10001"}, "14"},
		{"/products/get", products, params{"update_after": "x"}, "17"},
		{"/product/item/get", nil, params{}, "MissingParameter"},
		{"/product/item/get", nil, params{"item_id": "1"}, "208"},
		{"/product/item/get", nil, params{"seller_sku": "none such"}, "207"},
		{"/finance/transaction/details/get", money, params{"start_time": "-"}, "MissingParameter"},
		{"/finance/transaction/details/get", money, params{"end_time": "10 Mar 2026"}, "17"},
		{"/finance/transaction/details/get", money, params{"start_time": "2025-09-12"}, "0"},
		{"/finance/transaction/details/get", money, params{"start_time": "2025-09-11"}, "1000012"},
		{"/finance/transaction/details/get", money, params{"start_time": "2026-03-11"}, "1000012"},
		{"/finance/transaction/details/get", money, params{"limit": "501"}, "19"},
		{"/finance/transaction/details/get", money, params{"trans_type": "x"}, "1000014"},
		{"/finance/payout/status/get", nil, params{}, "MissingParameter"},
		{"/finance/payout/status/get", nil, params{"created_after": "2026"}, "17"},
		{"/reverse/getreverseordersforseller", reverse, params{"page_size": "-"}, "MissingParameter"},
		{"/reverse/getreverseordersforseller", reverse, params{"page_no": "0"}, "105"},
		{"/reverse/getreverseordersforseller", reverse, params{"page_size": "101"}, "105"},
		{"/reverse/getreverseordersforseller", reverse, params{"ReverseOrderLineTimeRangeStart": "x"}, "105"},
		{"/order/reverse/return/detail/list", nil, params{"reverse_order_id": "x"}, "105"},
		{"/order/reverse/return/detail/list", nil, params{"reverse_order_id": mine}, "106"},
		{"/logistic/order/trace", nil, params{"order_id": theirs}, "16"},
	} {
		p := c.good.with(c.change)
		for how, call := range map[string]func(string, world.Shop, params) reply{"GET": b.get, "POST": b.post} {
			got := call(c.path, shop, p)
			if got.Code != c.code || (got.Message == "") != (c.code == "0") || (got.Type == "") != (c.code == "0") {
				t.Errorf("%s %s %v: %q %q, want %q", how, c.path, c.change, got.Code, got.Message, c.code)
			}
		}
	}
	w := httptest.NewRecorder()
	b.srv.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPut, "/rest/orders/get", http.NoBody))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("PUT answered %d", w.Code)
	}
}

func TestSignatureOfTheGuide(t *testing.T) {
	t.Parallel()
	q := map[string][]string{
		"access_token": {"test"}, "app_key": {"123456"}, "created_after": {"2018-02-10T16:00:00+08:00"}, "limit": {"100"}, "offset": {"0"},
		"sort_by": {"updated_at"}, "sort_direction": {"ASC"}, "sign_method": {"sha256"}, "timestamp": {"1517820392000"}, "empty": {""},
	}
	if got := sign("helloworld", "/orders/get", q); got != "474BFC9C369F9E8EA6170A98787E30E04523EE38628CFB6E9851C2C343B70EBD" {
		t.Errorf("the test's own client signs %s", got)
	}
}

func TestLimitAnswersWithABan(t *testing.T) {
	t.Parallel()
	b := setup(t, simulator.Options{Shops: 1, Days: 2, OrdersPerDay: 10, Rate: 60})
	for n := range 12 {
		got := b.get("/orders/get", b.shops[0], params{"created_after": iso(b.midnight(1))})
		if (n >= 10) != (got.Code == "ApiCallLimit") || n >= 10 && !strings.Contains(got.Message, "this ban will last 1 seconds") {
			t.Errorf("call %d: %s %s", n, got.Code, got.Message)
		}
	}
	if calls := b.control("GET", "/_sim/calls", ""); !strings.Contains(calls, `"/rest/orders/get":{"calls":12,"refused":2,`) {
		t.Errorf("calls %s", calls)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	b := setup(t, simulator.Options{Shops: 2, Days: 5, OrdersPerDay: 30})
	shop := b.shops[0]
	orders := params{"created_after": iso(b.midnight(3)), "limit": "10"}
	all := b.listOrders(shop, orders, 10)
	once := func(fault string) {
		b.control("POST", "/_sim/faults", fmt.Sprintf(`{"fault":%q,"count":1,"shop_id":%q}`, fault, shop.ShopID))
	}
	for fault, code := range map[string]string{"429": "ApiCallLimit", "error_body": "1000", "auth": "IllegalAccessToken"} {
		once(fault)
		if got := b.get("/orders/get", b.shops[1], orders); got.Code != "0" {
			t.Errorf("%s met another shop: %s", fault, got.Code)
		}
		if got := b.get("/orders/get", shop, orders); got.Code != code {
			t.Errorf("%s: %s", fault, got.Code)
		}
	}
	once("empty_more")
	page := read[orderPage](t, b.get("/orders/get", shop, orders).Data)
	if len(page.Orders) != 0 || page.Total <= len(all) {
		t.Errorf("an empty page of %d", page.Total)
	}
	once("missing_ids")
	if got := b.itemsOf(shop, all[:3]); len(got) != 2 {
		t.Errorf("%d of 3 with one left out", len(got))
	}
	once("same_cursor")
	if got := b.listOrders(shop, orders, 10); len(got) != len(all) {
		t.Errorf("%d orders of %d without cursors", len(got), len(all))
	}
}
