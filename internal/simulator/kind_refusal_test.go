package simulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

func TestRefusalsOfOtherKinds(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 2, Days: 25, OrdersPerDay: 60})
	shop := b.shops[0]
	const day = 86400
	from, to := b.midnight(3), b.midnight(2)
	at := func(t int64) string { return strconv.FormatInt(t, 10) }
	fifty := strings.Repeat("1,", 49) + "1"
	income, _, _ := strings.Cut(b.truthOf(world.Transactions, b.shops[1], "", 0, 1<<40)[0].ID, ":")
	orders := b.truthOf(world.Tracking, shop, "create_time", 0, 1<<40)
	with := func(lines int) string {
		return orders[slices.IndexFunc(orders, func(r truthRow) bool { return r.Lines == lines })].ID
	}
	all := b.truthOf(world.Orders, shop, "create_time", 0, 1<<40)
	unpacked := all[slices.IndexFunc(all, func(o truthRow) bool {
		return !slices.ContainsFunc(orders, func(r truthRow) bool { return r.ID == o.ID })
	})].ID
	numbers := func(size, page string) map[string]string {
		return map[string]string{"page_size": size, "page_no": page}
	}
	for _, c := range []struct {
		what, path string
		params     map[string]string
		extra      string
		body, code string
	}{
		{"no offset", itemsPath, map[string]string{"page_size": "10"}, everyStatus, "", "error_param"},
		{"no page_size", itemsPath, map[string]string{"offset": "0"}, everyStatus, "", "error_param"},
		{"page_size 101", itemsPath, map[string]string{"offset": "0", "page_size": "101"}, everyStatus, "", "error_param"},
		{"no status", itemsPath, map[string]string{"offset": "0", "page_size": "10"}, "", "", "error_param"},
		{"joined statuses", itemsPath, map[string]string{"offset": "0", "page_size": "10"}, "&item_status=NORMAL,UNLIST", "", "error_param"},
		{"half a window", itemsPath, map[string]string{"offset": "0", "page_size": "10", "update_time_from": "1"}, everyStatus, "", "error_param"},
		{"swapped", itemsPath, map[string]string{"offset": "0", "page_size": "10", "update_time_from": "2", "update_time_to": "1"}, everyStatus, "", "error_param"},
		{"any window", itemsPath, map[string]string{"offset": "0", "page_size": "100", "update_time_from": "0", "update_time_to": at(to)}, everyStatus, "", ""},
		{"beyond the end", itemsPath, map[string]string{"offset": "99999", "page_size": "100"}, everyStatus, "", ""},
		{"no ids", itemPath, nil, "", "", "error_param"},
		{"51 ids", itemPath, map[string]string{"item_id_list": fifty + ",1"}, "", "", "error_param"},
		{"text as id", itemPath, map[string]string{"item_id_list": "[1]"}, "", "", "error_param"},
		{"unknown ids", itemPath, map[string]string{"item_id_list": fifty}, "", "", "error_not_found"},
		{"no id", modelsPath, nil, "", "", "error_param"},
		{"unknown id", modelsPath, map[string]string{"item_id": "77"}, "", "", "error_not_found"},
		{"no release time", escrowsPath, numbers("10", "1"), "", "", "error_param"},
		{"page 0", escrowsPath, numbers("10", "0"), release(from, to), "", "error_param"},
		{"page_size 101", escrowsPath, numbers("101", "1"), release(from, to), "", "error_param"},
		{"page_size 100", escrowsPath, numbers("100", "1"), release(from, to), "", ""},
		{"no page at all", escrowsPath, nil, release(from, to), "", ""},
		{"15 days", escrowsPath, nil, release(to-15*day, to), "", ""},
		{"over 15 days", escrowsPath, nil, release(to-15*day-1, to), "", "time_period_too_large"},
		{"swapped", escrowsPath, nil, release(to, from), "", "time_invalid"},
		{"no order", escrowPath, nil, "", "", "error_param"},
		{"unknown order", escrowPath, map[string]string{"order_sn": "260318AAAAAAAA"}, "", "", "error_not_found"},
		{"another shop's order", escrowPath, map[string]string{"order_sn": income}, "", "", "error_not_found"},
		{"order that is not settled", escrowPath, map[string]string{"order_sn": orders[0].ID}, "", "", "error_not_found"},
		{"no body", escrowsBatchPath, nil, "", "x", "error_param"},
		{"no numbers", escrowsBatchPath, nil, "", `{"order_sn_list":[]}`, "error_param"},
		{"51 numbers", escrowsBatchPath, nil, "", `{"order_sn_list":[` + strings.Repeat(`"a",`, 50) + `"a"]}`, "error_param"},
		{"unknown numbers", escrowsBatchPath, nil, "", `{"order_sn_list":["a","b"]}`, "error_not_found"},
		{"no time", walletPath, numbers("10", "0"), "", "", ""},
		{"page_size 101", walletPath, numbers("101", "0"), "", "", "error_param"},
		{"negative page", walletPath, numbers("10", "-1"), "", "", "error_param"},
		{"over 15 days", walletPath, between("create_time", to-15*day-1, to), "", "", "time_period_too_large"},
		{"swapped", walletPath, between("create_time", to, from), "", "", "time_invalid"},
		{"no page", returnsPath, map[string]string{"page_size": "10"}, "", "", "error_param"},
		{"no size", returnsPath, map[string]string{"page_no": "0"}, "", "", "error_param"},
		{"page_size 101", returnsPath, numbers("101", "0"), "", "", "error_param"},
		{"no time", returnsPath, numbers("100", "0"), "", "", ""},
		{"over 15 days", returnsPath, numbers("100", "0"), "&create_time_from=1&create_time_to=1296002", "", "error_param"},
		{"update before create", returnsPath, numbers("100", "0"), "&create_time_from=9&create_time_to=10&update_time_from=8&update_time_to=10", "", "error_param"},
		{"no return", returnPath, nil, "", "", "returns.missing_return_sn"},
		{"unknown return", returnPath, map[string]string{"return_sn": "260301AAAAAAAA5"}, "", "", "returns.return_not_found"},
		{"another shop's return", returnPath, map[string]string{"return_sn": b.truthOf(world.Returns, b.shops[1], "", 0, 1<<40)[0].ID}, "", "", "returns.return_not_found"},
		{"no packages", packagePath, nil, "", "", "error_param"},
		{"51 packages", packagePath, map[string]string{"package_number_list": fifty + ",1"}, "", "", "error_param"},
		{"unknown packages", packagePath, map[string]string{"package_number_list": fifty}, "", "", "logistics.package_not_exist"},
		{"no order", trackingPath, nil, "", "", "logistics.error_param"},
		{"empty package", trackingPath, map[string]string{"order_sn": with(1), "package_number": ""}, "", "", "logistics.error_param"},
		{"unknown order", trackingPath, map[string]string{"order_sn": "260318AAAAAAAA"}, "", "", "logistics.invalid_error"},
		{"nothing to send", trackingPath, map[string]string{"order_sn": unpacked}, "", "", "logistics.error_status_limit"},
		{"one package", trackingPath, map[string]string{"order_sn": with(1)}, "", "", ""},
		{"one of two", trackingPath, map[string]string{"order_sn": with(2)}, "", "", "logistics.package_number_not_exist"},
		{"unknown package", trackingPath, map[string]string{"order_sn": with(2), "package_number": "OFG1"}, "", "", "logistics.package_not_exist"},
		{"by GET", escrowsBatchPath, map[string]string{"order_sn_list": "a"}, "", "", "error_param"},
		{"by POST", escrowPath, map[string]string{"order_sn": income}, "", "{}", "error_param"},
	} {
		status, got := b.sent(c.path, shop, c.params, c.extra, c.body)
		if got.Error != c.code || (got.Message == "") != (c.code == "") || c.code != "" && len(got.Response) > 0 {
			t.Errorf("%s %s: %d %q %q, want %q", c.path, c.what, status, got.Error, got.Message, c.code)
		}
	}
	for _, path := range []string{itemsPath, itemPath, modelsPath, escrowsPath, escrowPath, walletPath, returnsPath, returnPath, packagePath, trackingPath} {
		if status, got := b.sent(path, shop, map[string]string{"access_token": b.shops[1].AccessToken}, "", ""); status != http.StatusForbidden || got.Error != "error_auth" {
			t.Errorf("%s with another shop's token: %d %s", path, status, got.Error)
		}
	}
}

func release(from, to int64) string {
	return "&release_time_from=" + strconv.FormatInt(from, 10) + "&release_time_to=" + strconv.FormatInt(to, 10)
}

func TestFaultsOfOtherKinds(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 1, Days: 20, OrdersPerDay: 40})
	shop := b.shops[0]
	want := ids(b.truthOf(world.Products, shop, "", 0, 1<<40))
	params := map[string]string{"offset": "0", "page_size": "20"}
	page := func(fault string) itemPage {
		t.Helper()
		b.control(http.MethodDelete, "/_sim/faults", "")
		if fault != "" {
			b.control(http.MethodPost, "/_sim/faults", `{"fault":"`+fault+`","count":1}`)
		}
		var got itemPage
		b.into(&got, itemsPath, shop, params, everyStatus, "")
		return got
	}
	if got := page("empty_more"); len(got.Items) != 0 || !got.More || got.Next != 0 {
		t.Errorf("empty_more answered %+v", got)
	}
	params["offset"] = "20"
	if got := page("same_cursor"); !got.More || got.Next != 20 || got.Items[0].ID.String() != want[20] {
		t.Errorf("same_cursor answered %+v", got)
	}
	if got := page("duplicate_rows"); len(got.Items) != 20 || got.Items[0].ID.String() != want[19] || got.Next != 39 {
		t.Errorf("duplicate_rows answered %+v", got)
	}
	b.control(http.MethodDelete, "/_sim/faults", "")
	b.control(http.MethodPost, "/_sim/faults", `{"fault":"missing_ids"}`)
	var items struct {
		Items []item `json:"item_list"`
	}
	b.into(&items, itemPath, shop, map[string]string{"item_id_list": strings.Join(want[:5], ",")}, "", "")
	if len(items.Items) != 4 {
		t.Errorf("missing_ids answered %d of 5", len(items.Items))
	}
	incomes := b.truthOf(world.Transactions, shop, "", 0, 1<<40)
	sn, _, _ := strings.Cut(incomes[slices.IndexFunc(incomes, func(r truthRow) bool { return !strings.HasPrefix(r.ID, "wallet") })].ID, ":")
	var escrows []json.RawMessage
	b.into(&escrows, escrowsBatchPath, shop, nil, "", `{"order_sn_list":["`+sn+`"]}`)
	if len(escrows) != 0 {
		t.Errorf("missing_ids answered the only one")
	}
	b.control(http.MethodPost, "/_sim/faults", `{"fault":"empty_more"}`)
	b.control(http.MethodPost, "/_sim/faults", `{"fault":"same_cursor"}`)
	if rows := b.numbered(walletPath, "transaction_list", "create_time", shop, b.midnight(10), b.midnight(0), 0); len(rows) < 30 {
		t.Errorf("a numbered list was tampered with: %d rows", len(rows))
	}
	b.control(http.MethodPost, "/_sim/faults", `{"fault":"auth","count":1}`)
	if status, got := b.sent(returnsPath, shop, map[string]string{"page_no": "0", "page_size": "10"}, "", ""); status != http.StatusForbidden {
		t.Errorf("auth answered %d %s", status, got.Error)
	}
}
