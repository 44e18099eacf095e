package tiktok_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/internal/simulator"
)

const (
	orderSearch = "/order/202309/orders/search"
	ordersByID  = "/order/202309/orders"
)

// orderRow is what an order says of itself, its units folded by what they have in common.
func orderRow(o object) row {
	r := row{
		ID: text(o, "id"), Create: number(o, "create_time"), Update: number(o, "update_time"), Status: text(o, "status"),
		Amount: text(o["payment"].(object), "total_amount"),
	}
	lines := map[string]bool{}
	for _, unit := range rowsOf(o, "line_items") {
		r.Quantity++
		id := unit["id"]
		delete(unit, "id")
		lines[fmt.Sprint(unit)] = true
		unit["id"] = id
	}
	r.Lines = len(lines)
	return r
}

func TestOrdersListedAreTheTruth(t *testing.T) {
	t.Parallel()
	c := setup(t, simulator.Options{Shops: 2, Days: 20, OrdersPerDay: 60})
	from, to := c.midnight(9), c.midnight(6)
	for _, shop := range c.shops {
		for _, field := range []string{"create_time", "update_time"} {
			want := c.truth(shop, "orders", field, from, to)
			if len(want) < 50 {
				t.Fatalf("%d orders", len(want))
			}
			for _, sort := range []string{"create_time", "update_time"} {
				for _, order := range []string{"ASC", "DESC"} {
					query := params{"page_size": "7", "sort_field": sort, "sort_order": order}
					body := fmt.Sprintf(`{"%s_ge":%d,"%s_lt":%d}`, field, from, field, to)
					orders := c.pages(http.MethodPost, orderSearch, "orders", shop, query, body)
					var got []row
					times := make([]int64, len(orders))
					for i, o := range orders {
						got = append(got, orderRow(o))
						times[i] = number(o, sort)
					}
					if order == "DESC" {
						slices.Reverse(times)
					}
					if !slices.IsSorted(times) {
						t.Errorf("%s by %s %s: not sorted", field, sort, order)
					}
					same(t, field+" by "+sort+" "+order, got, want)
				}
			}
		}
	}
}

func TestOrdersAreFilteredByStatus(t *testing.T) {
	t.Parallel()
	c := setup(t, simulator.Options{Shops: 1, Days: 20, OrdersPerDay: 300})
	all := c.truth(c.shops[0], "orders", "create_time", 0, c.midnight(-1))
	counts := map[string]int{}
	for _, r := range all {
		counts[r.Status]++
	}
	for _, status := range []string{
		"UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED", "CANCELLED",
	} {
		body := fmt.Sprintf(`{"order_status":%q,"create_time_lt":%d}`, status, c.midnight(-1))
		rows := c.pages(http.MethodPost, orderSearch, "orders", c.shops[0], params{"page_size": "100"}, body)
		if len(rows) != counts[status] || len(rows) == 0 {
			t.Errorf("%s: %d orders, the truth has %d", status, len(rows), counts[status])
		}
		for _, o := range rows {
			_, addressed := o["recipient_address"]
			if text(o, "status") != status || addressed == (status == "UNPAID" || status == "ON_HOLD") {
				t.Errorf("order %v: status %v, address %v", o["id"], o["status"], addressed)
			}
		}
	}
}

func TestPaymentsAddUp(t *testing.T) {
	t.Parallel()
	c := setup(t, simulator.Options{Shops: 2, Days: 20, OrdersPerDay: 60})
	taxed, split := 0, 0
	for _, shop := range c.shops {
		for _, o := range c.pages(http.MethodPost, orderSearch, "orders", shop, params{"page_size": "100"}, "") {
			p := o["payment"].(object)
			v := func(name string) int64 { return cents(t, text(p, name)) }
			var original, seller, platform, sale, tax int64
			packages := map[string]bool{}
			for _, unit := range rowsOf(o, "line_items") {
				original += cents(t, text(unit, "original_price"))
				sale += cents(t, text(unit, "sale_price"))
				seller += cents(t, text(unit, "seller_discount"))
				platform += cents(t, text(unit, "platform_discount"))
				for _, of := range rowsOf(unit, "item_tax") {
					tax += cents(t, text(of, "tax_amount"))
				}
				if id := text(unit, "package_id"); id != "" {
					packages[id] = true
				}
			}
			if v("original_total_product_price") != original || v("seller_discount") != seller || v("platform_discount") != platform ||
				v("sub_total") != original-seller-platform || v("sub_total") != sale || v("tax") != tax ||
				v("shipping_fee") != v("original_shipping_fee")-v("shipping_fee_seller_discount")-v("shipping_fee_platform_discount") ||
				v("total_amount") != v("sub_total")+v("shipping_fee")+v("tax") {
				t.Errorf("order %v does not add up: %v", o["id"], p)
			}
			if places := len(text(p, "tax")) - strings.LastIndexByte(text(p, "tax"), '.') - 1; shop.Region == "SG" && places != 2 || shop.Region == "VN" && strings.Contains(text(p, "total_amount"), ".") {
				t.Errorf("order %v of %s: %v", o["id"], shop.Region, p)
			}
			if tax > 0 {
				taxed++
			}
			listed := rowsOf(o, "packages")
			if len(listed) != len(packages) {
				t.Errorf("order %v has %d packages, its units are in %d", o["id"], len(listed), len(packages))
			}
			if len(listed) > 1 {
				split++
			}
		}
	}
	if taxed == 0 || split == 0 {
		t.Errorf("%d orders with tax, %d in several packages", taxed, split)
	}
}

func TestDetailsAreWhatTheSearchSays(t *testing.T) {
	t.Parallel()
	c := setup(t, simulator.Options{Shops: 2, Days: 5, OrdersPerDay: 60})
	listed := rowsOf(c.get(http.MethodPost, orderSearch, c.shops[0], params{"page_size": "30"}, ""), "orders")
	var ids []string
	for _, o := range listed {
		ids = append(ids, text(o, "id"))
		if id, err := strconv.ParseInt(text(o, "id"), 10, 64); err != nil || id < 1<<53 {
			t.Errorf("id %v", o["id"])
		}
	}
	ask := append(slices.Clone(ids), "1", ids[0])
	for _, path := range []string{ordersByID, "/order/202507/orders"} {
		details := rowsOf(c.get(http.MethodGet, path, c.shops[0], params{"ids": strings.Join(ask, ",")}, ""), "orders")
		if fmt.Sprint(details) != fmt.Sprint(listed) {
			t.Errorf("%s: %d orders differ from the search", path, len(details))
		}
	}
	if data := c.get(http.MethodGet, ordersByID, c.shops[1], params{"ids": strings.Join(ids, ",")}, ""); len(data) != 0 {
		t.Errorf("another shop sees %v", data)
	}
}
