package simulator

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 3, Days: 20, OrdersPerDay: 30})
	shop := b.shops[0]
	from, to := b.midnight(3), b.midnight(2)
	other := b.must(listPath, shop, window("create_time", from-1, to, 1)).Response.Next
	theirs := b.must(listPath, b.shops[1], window("create_time", from, to, 1)).Response.Next
	ago := func(d time.Duration) string { return strconv.FormatInt(b.clock.now().Add(-d).Unix(), 10) }
	for _, c := range []struct {
		what   string
		path   string
		change map[string]string // of a good call
		status int
		code   string
	}{
		{"wrong sign", listPath, map[string]string{"sign": strings.Repeat("0", 64)}, 403, "error_sign"},
		{"no sign", listPath, map[string]string{"sign": "-"}, 200, "error_param"},
		{"no timestamp", listPath, map[string]string{"timestamp": "-"}, 200, "error_param"},
		{"old timestamp", listPath, map[string]string{"timestamp": ago(301 * time.Second)}, 200, "error_param"},
		{"early timestamp", listPath, map[string]string{"timestamp": ago(-301 * time.Second)}, 200, "error_param"},
		{"no partner", listPath, map[string]string{"partner_id": "-"}, 200, "error_param"},
		{"foreign partner", listPath, map[string]string{"partner_id": "1"}, 200, "invalid_partner_id"},
		{"no token", listPath, map[string]string{"access_token": "-"}, 200, "error_param"},
		{"invented token", listPath, map[string]string{"access_token": strings.Repeat("5a", 16)}, 403, "error_auth"},
		{"another shop's token", listPath, map[string]string{"access_token": b.shops[1].AccessToken}, 403, "error_auth"},
		{"a refresh token as access token", listPath, map[string]string{"access_token": shop.RefreshToken}, 403, "error_auth"},
		{"no shop", listPath, map[string]string{"shop_id": "-"}, 200, "error_param"},
		{"unknown shop", listPath, map[string]string{"shop_id": "42"}, 200, "partner_shop_no_link"},
		{"no time field", listPath, map[string]string{"time_range_field": "-"}, 200, "error_param"},
		{"unknown time field", listPath, map[string]string{"time_range_field": "pay_time"}, 200, "error_param"},
		{"no time_from", listPath, map[string]string{"time_from": "-"}, 200, "error_param"},
		{"no time_to", listPath, map[string]string{"time_to": "-"}, 200, "error_param"},
		{"ends swapped", listPath, map[string]string{"time_to": strconv.FormatInt(from-1, 10)}, 200, "error_param"},
		{"more than 15 days", listPath, map[string]string{"time_from": strconv.FormatInt(to-15*86400-1, 10)}, 200, "order.order_list_invalid_time"},
		{"exactly 15 days", listPath, map[string]string{"time_from": strconv.FormatInt(to-15*86400, 10)}, 200, ""},
		{"page_size 0", listPath, map[string]string{"page_size": "0"}, 200, "error_param"},
		{"page_size 101", listPath, map[string]string{"page_size": "101"}, 200, "error_param"},
		{"page_size 100", listPath, map[string]string{"page_size": "100"}, 200, ""},
		{"no page_size", listPath, map[string]string{"page_size": "-"}, 200, "error_param"},
		{"unknown status", listPath, map[string]string{"order_status": "LOST"}, 200, "error_param"},
		{"no cursor", listPath, map[string]string{"cursor": "-"}, 200, ""},
		{"invented cursor", listPath, map[string]string{"cursor": "20"}, 200, "error_param"},
		{"another window's cursor", listPath, map[string]string{"cursor": other}, 200, "error_param"},
		{"another shop's cursor", listPath, map[string]string{"cursor": theirs}, 200, "error_param"},
		{"no numbers", detailPath, map[string]string{"order_sn_list": "-"}, 200, "error_param"},
		{"51 numbers", detailPath, map[string]string{"order_sn_list": strings.Repeat("X,", 50) + "X"}, 200, "error_param"},
		{"50 unknown numbers", detailPath, map[string]string{"order_sn_list": strings.Repeat("X,", 49) + "X"}, 200, "error_not_found"},
	} {
		params := window("create_time", from, to, 10)
		maps.Copy(params, c.change)
		status, got := b.do(b.request(c.path, shop, params))
		if status != c.status || got.Error != c.code || (got.Message == "") != (c.code == "") {
			t.Errorf("%s: %d %q %q, want %d %q", c.what, status, got.Error, got.Message, c.status, c.code)
		}
	}
	for path, method := range map[string]string{listPath: "POST", detailPath: "PUT", tokenPath: "GET", refreshPath: "GET"} {
		r := b.request(path, shop, nil)
		r.Method = method
		if status, got := b.do(r); status != http.StatusMethodNotAllowed || got.Error != "error_param" {
			t.Errorf("%s %s: %d %s", method, path, status, got.Error)
		}
	}
}

func TestAnotherShopsOrderIsUnknown(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 2, Days: 3, OrdersPerDay: 30})
	mine := b.list(b.shops[0], "create_time", b.midnight(3), b.midnight(2), 100)
	theirs := b.list(b.shops[1], "create_time", b.midnight(3), b.midnight(2), 100)
	got := b.must(detailPath, b.shops[0], map[string]string{"order_sn_list": theirs[0] + "," + mine[0] + "," + mine[0]})
	if len(got.Response.Orders) != 1 || got.Response.Orders[0].SN != mine[0] {
		t.Errorf("asked for one own and one foreign order, got %+v", got.Response.Orders)
	}
	if _, got := b.do(b.request(detailPath, b.shops[0], map[string]string{"order_sn_list": theirs[0]})); got.Error != "error_not_found" {
		t.Errorf("a foreign order alone: %q", got.Error)
	}
}
