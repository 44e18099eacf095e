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
	productSearch   = "/product/202502/products/search"
	packageSearch   = "/fulfillment/202309/packages/search"
	returnSearch    = "/return_refund/202309/returns/search"
	cancelSearch    = "/return_refund/202309/cancellations/search"
	statements      = "/finance/202309/statements"
	withdrawals     = "/finance/202309/withdrawals"
	unsettled       = "/finance/202507/orders/unsettled"
	everyWithdrawal = "WITHDRAW,SETTLE,TRANSFER,REVERSE"
)

// windows are pairs of a field and the two orders of a list.
func windows(t *testing.T, fields ...string) (all []params) {
	t.Helper()
	for _, field := range fields {
		for _, sort := range fields {
			for _, order := range []string{"ASC", "DESC"} {
				all = append(all, params{"by": field, "sort_field": sort, "sort_order": order})
			}
		}
	}
	return all
}

// search reads a search to its end.
func (c *client) search(path, rows string, shop int, w params, size int, from, to int64) []object {
	c.Helper()
	query := params{"page_size": strconv.Itoa(size), "sort_field": w["sort_field"], "sort_order": w["sort_order"]}
	body := fmt.Sprintf(`{"%s_ge":%d,"%s_lt":%d}`, w["by"], from, w["by"], to)
	return c.pages(http.MethodPost, path, rows, c.shops[shop], query, body)
}

func requestRow(o object, id, status, lines string) row {
	r := row{
		ID: text(o, id), Create: number(o, "create_time"), Update: number(o, "update_time"), Status: text(o, status), Amount: "0",
		Lines: len(rowsOf(o, lines)),
	}
	r.Quantity = int64(r.Lines)
	if refund, ok := o["refund_amount"].(object); ok {
		r.Amount = text(refund, "refund_total")
	}
	return r
}

func TestReturnsAndCancellationsAreTheTruth(t *testing.T) {
	t.Parallel()
	c := setup(t, simulator.Options{Shops: 2, Days: 40, OrdersPerDay: 120})
	from, to := c.midnight(12), c.midnight(2)
	statuses := map[string]int{}
	for shop := range c.shops {
		for _, w := range windows(t, "create_time", "update_time") {
			var got []row
			for _, o := range c.search(returnSearch, "return_orders", shop, w, 11, from, to) {
				r := requestRow(o, "return_id", "return_status", "return_line_items")
				sum := int64(0)
				for _, line := range rowsOf(o, "return_line_items") {
					if refund, ok := line["refund_amount"].(object); ok {
						sum += cents(t, text(refund, "refund_total"))
					}
				}
				if sum != cents(t, r.Amount) {
					t.Errorf("return %s: lines come to %d, the return to %s", r.ID, sum, r.Amount)
				}
				statuses[text(o, "return_type")]++
				statuses[r.Status]++
				got = append(got, r)
			}
			for _, o := range c.search(cancelSearch, "cancellations", shop, w, 9, from, to) {
				r := requestRow(o, "cancel_id", "cancel_status", "cancel_line_items")
				statuses[text(o, "cancel_type")]++
				statuses[r.Status]++
				got = append(got, r)
			}
			same(t, fmt.Sprint(w), got, c.truth(c.shops[shop], "returns", w["by"], from, to))
		}
	}
	for _, word := range []string{
		"REFUND", "RETURN_AND_REFUND", "REPLACEMENT", "AWAITING_BUYER_SHIP", "BUYER_SHIPPED_ITEM", "RETURN_OR_REFUND_REQUEST_COMPLETE",
		"REFUND_OR_RETURN_REQUEST_REJECT", "CANCEL", "BUYER_CANCEL", "CANCELLATION_REQUEST_COMPLETE", "CANCELLATION_REQUEST_SUCCESS",
	} {
		if statuses[word] == 0 {
			t.Errorf("no %s among %v", word, statuses)
		}
	}
}

// Packages are listed by their own times; the truth about an order's tracking is chosen by those, too.
func TestPackagesNameTheOrdersOfTheTruth(t *testing.T) {
	t.Parallel()
	c := setup(t, simulator.Options{Shops: 2, Days: 25, OrdersPerDay: 60})
	from, to := c.midnight(6), c.midnight(4)
	for shop := range c.shops {
		for _, w := range windows(t, "create_time", "update_time") {
			want := c.truth(c.shops[shop], "tracking", w["by"], from, to)
			statuses := map[string]string{}
			for _, p := range c.search(packageSearch, "packages", shop, w, 13, from, to) {
				if at := number(p, w["by"]); at < from || at >= to {
					t.Errorf("package %v is outside of the window", p["id"])
				}
				for _, order := range rowsOf(p, "orders") {
					statuses[text(order, "id")] = text(p, "status")
				}
			}
			if len(want) == 0 || len(statuses) != len(want) {
				t.Fatalf("%v: %d orders named, %d in truth", w, len(statuses), len(want))
			}
			var ids []string
			for _, r := range want {
				if statuses[r.ID] != r.Status {
					t.Errorf("%s: listed %q, the truth is %q", r.ID, statuses[r.ID], r.Status)
				}
				if ids = append(ids, r.ID); len(ids) == 50 {
					break
				}
			}
			var got []row
			for _, o := range rowsOf(c.get(http.MethodGet, ordersByID, c.shops[shop], params{"ids": strings.Join(ids, ",")}, ""), "orders") {
				r := orderRow(o)
				r.Lines, r.Quantity, r.Amount = len(rowsOf(o, "packages")), 0, "0"
				r.Status = text(rowsOf(o, "line_items")[0], "package_status")
				got = append(got, r)
			}
			same(t, fmt.Sprint("details ", w), got, want[:len(ids)])
		}
	}
}

func TestTrackingIsNewestFirst(t *testing.T) {
	t.Parallel()
	c := setup(t, simulator.Options{Shops: 1, Days: 15, OrdersPerDay: 60})
	told := 0
	for _, r := range c.truth(c.shops[0], "orders", "create_time", c.midnight(9), c.midnight(8)) {
		events := rowsOf(c.get(http.MethodGet, "/fulfillment/202309/orders/"+r.ID+"/tracking", c.shops[0], nil, ""), "tracking")
		if !slices.IsSortedFunc(events, func(a, b object) int { return int(number(b, "update_time_millis") - number(a, "update_time_millis")) }) {
			t.Errorf("order %s: %v", r.ID, events)
		}
		if r.Status == "DELIVERED" || r.Status == "COMPLETED" {
			told++
			if len(events) < 4 || !strings.Contains(fmt.Sprint(events), "delivered") {
				t.Errorf("order %s: %v", r.ID, events)
			}
		}
	}
	if told == 0 {
		t.Error("nothing arrived")
	}
}

func TestProductsAreTheTruth(t *testing.T) {
	t.Parallel()
	c := setup(t, simulator.Options{Shops: 2, Days: 5, OrdersPerDay: 20})
	statuses := map[string]int{}
	for _, shop := range c.shops {
		for _, from := range []int64{0, c.midnight(20)} {
			var got []row
			body := fmt.Sprintf(`{"status":"ALL","update_time_ge":%d,"update_time_le":%d}`, from, c.midnight(0)-1)
			for _, p := range c.pages(http.MethodPost, productSearch, "products", shop, params{"page_size": "40"}, body) {
				detail := c.get(http.MethodGet, "/product/202309/products/"+text(p, "id"), shop, nil, "")
				r := row{
					ID: text(detail, "id"), Create: number(detail, "create_time"), Update: number(detail, "update_time"),
					Status: text(detail, "status"), Amount: "0", Lines: len(rowsOf(detail, "skus")),
				}
				for _, sku := range rowsOf(detail, "skus") {
					for _, stock := range rowsOf(sku, "inventory") {
						r.Quantity += number(stock, "quantity")
					}
				}
				for _, same := range []string{"id", "title", "status", "create_time", "update_time"} {
					if detail[same] != p[same] {
						t.Errorf("product %v: %s is %v in the list and %v in the details", p["id"], same, p[same], detail[same])
					}
				}
				statuses[r.Status]++
				got = append(got, r)
				if from > 0 && len(got) > 60 {
					break
				}
			}
			if from == 0 {
				same(t, "products", got, c.truth(shop, "products", "update_time", from, c.midnight(0)))
			}
		}
	}
	for _, status := range []string{"ACTIVATE", "SELLER_DEACTIVATED", "PENDING", "DELETED"} {
		if statuses[status] == 0 {
			t.Errorf("no product is %s: %v", status, statuses)
		}
	}
}

// moneyRow is a row of money with its sum.
func moneyRow(id string, create int64, status, amount string) row {
	return row{ID: id, Create: create, Status: status, Amount: amount}
}

func TestMoneyIsTheTruthAndAddsUp(t *testing.T) {
	t.Parallel()
	c := setup(t, simulator.Options{Shops: 2, Days: 40, OrdersPerDay: 60})
	kinds := map[string]int{}
	for _, shop := range c.shops {
		for _, w := range [][2]int64{{c.midnight(10), c.midnight(3)}, {c.midnight(1), c.midnight(0)}, {c.midnight(3), c.midnight(-1)}} {
			from, to := w[0], w[1]
			var got []row
			query := params{
				"page_size": "4", "sort_field": "statement_time", "sort_order": "DESC",
				"statement_time_ge": strconv.FormatInt(from, 10), "statement_time_lt": strconv.FormatInt(to, 10),
			}
			for _, s := range c.pages(http.MethodGet, statements, "statements", shop, query, "") {
				at := number(s, "statement_time")
				if at%86400 != 0 || at < from || at >= to {
					t.Errorf("a statement of %d", at)
				}
				got = append(got, moneyRow("statement:"+text(s, "id"), at, text(s, "payment_status"), text(s, "settlement_amount")))
				got = append(got, c.settled(s, shop.ShopID, kinds)...)
			}
			query = params{
				"page_size": "3", "types": everyWithdrawal,
				"create_time_ge": strconv.FormatInt(from, 10), "create_time_lt": strconv.FormatInt(to, 10),
			}
			for _, x := range c.pages(http.MethodGet, withdrawals, "withdrawals", shop, query, "") {
				kinds[text(x, "type")]++
				got = append(got, moneyRow("withdrawal:"+text(x, "id"), number(x, "create_time"), text(x, "status"), text(x, "amount")))
			}
			query = params{"page_size": "17", "sort_field": "order_create_time", "search_time_lt": strconv.FormatInt(to, 10)}
			for _, u := range c.pages(http.MethodGet, unsettled, "transactions", shop, query, "") {
				kinds["unsettled"]++
				got = append(got, moneyRow("unsettled:"+text(u, "order_id"), number(u, "order_create_time"), "", text(u, "est_settlement_amount")))
			}
			same(t, "transactions", got, c.truth(shop, "transactions", "create_time", from, to))
		}
	}
	for _, kind := range []string{
		"ORDER", "GMV_PAYMENT_FOR_TIKTOK_ADS", "PLATFORM_REIMBURSEMENT", "LOGISTICS_REIMBURSEMENT", "DEDUCTIONS_INCURRED_BY_SELLER", "SETTLE",
		"WITHDRAW", "unsettled",
	} {
		if kinds[kind] == 0 {
			t.Errorf("no %s among %v", kind, kinds)
		}
	}
}

// settled reads a statement's transactions and holds their sums against it.
func (c *client) settled(s object, shopID string, kinds map[string]int) (rows []row) {
	c.Helper()
	shop := c.shops[slices.IndexFunc(c.shops, func(s shopOf) bool { return s.ShopID == shopID })]
	path := "/finance/202501/statements/" + text(s, "id") + "/statement_transactions"
	head := c.get(http.MethodGet, path, shop, params{"sort_field": "order_create_time"}, "")
	if head["create_time"] != s["statement_time"] || head["total_settlement_amount"] != s["settlement_amount"] {
		c.Errorf("statement %v: its head is %v", s, head["create_time"])
	}
	sums := map[string]int64{}
	for _, t := range c.pages(http.MethodGet, path, "transactions", shop, params{"sort_field": "order_create_time", "page_size": "20"}, "") {
		settlement := cents(c, text(t, "settlement_amount"))
		parts := cents(c, text(t, "adjustment_amount"))
		kinds[text(t, "type")]++
		for sum, name := range map[string]string{"revenue_amount": "revenue_amount", "shipping_cost_amount": "shipping_cost_amount", "fee_amount": "fee_tax_amount"} {
			if text(t, name) != "" {
				sums[sum] += cents(c, text(t, name))
				parts += cents(c, text(t, name))
			}
		}
		sums["settlement_amount"] += settlement
		sums["adjustment_amount"] += cents(c, text(t, "adjustment_amount"))
		if parts != settlement {
			c.Errorf("transaction %v does not add up: %v", t["id"], t)
		}
		rows = append(rows, moneyRow(text(t, "id"), number(s, "statement_time"), text(head, "status"), text(t, "settlement_amount")))
	}
	for name, sum := range sums {
		if sum != cents(c, text(s, name)) {
			c.Errorf("statement %v: %s is %v, its transactions come to %d", s["id"], name, s[name], sum)
		}
	}
	return rows
}

// An estimate is what the order brings when nothing comes back.
func TestEstimatesComeTrue(t *testing.T) {
	t.Parallel()
	c := setup(t, simulator.Options{Shops: 1, Days: 30, OrdersPerDay: 60, Clock: simulator.ClockReal})
	estimates := map[string]string{}
	for _, u := range c.pages(http.MethodGet, unsettled, "transactions", c.shops[0], params{"page_size": "100"}, "") {
		estimates[text(u, "order_id")] = text(u, "est_settlement_amount")
	}
	returned := map[string]bool{}
	c.clock.pass(9 * 24 * 3600e9)
	c.shops[0].AccessToken = text(c.refreshed(c.shops[0]), "access_token")
	for _, r := range c.pages(http.MethodPost, returnSearch, "return_orders", c.shops[0], params{"page_size": "50"}, "") {
		returned[text(r, "order_id")] = true
	}
	compared := 0
	for _, s := range c.pages(http.MethodGet, statements, "statements", c.shops[0], params{"page_size": "100", "sort_field": "statement_time"}, "") {
		path := "/finance/202501/statements/" + text(s, "id") + "/statement_transactions"
		for _, row := range c.pages(http.MethodGet, path, "transactions", c.shops[0], params{"sort_field": "order_create_time", "page_size": "100"}, "") {
			estimate, known := estimates[text(row, "order_id")]
			if !known || returned[text(row, "order_id")] || text(row, "type") != "ORDER" {
				continue
			}
			compared++
			if estimate != text(row, "settlement_amount") {
				t.Errorf("order %v: estimated %s, settled %v", row["order_id"], estimate, row["settlement_amount"])
			}
		}
	}
	if compared < 50 {
		t.Errorf("%d estimates compared", compared)
	}
}
