package lazada_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

type product struct {
	ID      json.Number `json:"item_id"`
	Created string      `json:"created_time"`
	Updated string      `json:"updated_time"`
	Status  string      `json:"status"`
	SKUs    []struct {
		ID        json.Number `json:"SkuId"`
		Name      string      `json:"SellerSku"`
		Available int64       `json:"Available"`
	} `json:"skus"`
}

func TestProductsAgreeWithTheTruth(t *testing.T) {
	t.Parallel()
	b := setup(t, simulator.Options{Shops: 2, Days: 5, OrdersPerDay: 10})
	skus := map[string]bool{}
	for _, shop := range b.shops {
		from, to := b.midnight(30), b.midnight(2)
		want := map[string]row{}
		for _, r := range b.truth("products", shop, "update_time", from, to) {
			want[r.ID] = r
		}
		var got []product
		for {
			page := read[struct {
				Total    int               `json:"total_products"`
				Products []json.RawMessage `json:"products"`
			}](t, b.must("/products/get", shop, params{
				"filter": "all", "update_after": iso(from), "update_before": iso(to - 1), "offset": strconv.Itoa(len(got)), "limit": "50", "options": "1",
			}).Data)
			for _, text := range page.Products {
				got = append(got, read[product](t, text))
				if alone := b.must("/product/item/get", shop, params{"item_id": got[len(got)-1].ID.String()}).Data; string(alone) != string(text) {
					t.Errorf("alone %s, in the list %s", alone, text)
				}
			}
			if page.Total != len(want) {
				t.Fatalf("total %d of %d", page.Total, len(want))
			}
			if len(got) >= page.Total {
				break
			}
		}
		if len(got) < 60 || len(got) != len(want) {
			t.Fatalf("%d products of %d", len(got), len(want))
		}
		for _, p := range got {
			r := want[p.ID.String()]
			stock := int64(0)
			for _, s := range p.SKUs {
				if skus[s.ID.String()] || s.Name == "" || s.ID == "0" {
					t.Errorf("variant %+v", s)
				}
				skus[s.ID.String()] = true
				stock += s.Available
			}
			if p.Created != fmt.Sprint(r.Create*1000) || p.Updated != fmt.Sprint(r.Update*1000) || p.Status != r.Status || len(p.SKUs) != r.Lines || stock != r.Quantity {
				t.Errorf("%+v of the truth %+v", p, r)
			}
		}
		for filter, status := range map[string]string{"inactive": "InActive", "deleted": "Deleted", "pending": "Pending"} {
			page := read[struct {
				Products []product `json:"products"`
			}](t, b.must("/products/get", shop, params{"filter": filter, "limit": "50"}).Data)
			if len(page.Products) == 0 || page.Products[0].Status != status {
				t.Errorf("%s: %d products", filter, len(page.Products))
			}
		}
	}
}

// transactions pages the account of some days to its end.
func (b *bench) transactions(shop world.Shop, first, last string, limit int) []map[string]string {
	b.t.Helper()
	var all []map[string]string
	for {
		page := read[[]map[string]string](b.t, b.must("/finance/transaction/details/get", shop, params{
			"start_time": first, "end_time": last, "trans_type": "-1", "offset": strconv.Itoa(len(all)), "limit": strconv.Itoa(limit),
		}).Data)
		if all = append(all, page...); len(page) < limit {
			return all
		}
	}
}

func TestTransactionsAgreeWithTheTruth(t *testing.T) {
	t.Parallel()
	b := setup(t, simulator.Options{Shops: 2, Days: 60, OrdersPerDay: 25})
	for _, shop := range b.shops {
		zone := zoneOf(shop)
		begin := time.Date(2026, 2, 20, 0, 0, 0, 0, zone)
		end := begin.AddDate(0, 0, 14)
		want := map[string]row{}
		for _, r := range b.truth("transactions", shop, "create_time", begin.Unix(), end.Unix()) {
			want[r.ID] = r
		}
		rows := b.transactions(shop, begin.Format(time.DateOnly), end.AddDate(0, 0, -1).Format(time.DateOnly), 77)
		ordinals := map[string]int{}
		equal, claims := 0, 0
		for _, m := range rows {
			key := strings.Join([]string{m["statement"], m["transaction_number"], m["order_no"], m["orderItem_no"], m["fee_type"], m["reference"]}, ":")
			day, err := time.ParseInLocation("02 Jan 2006", m["transaction_date"], zone)
			key += ":" + day.Format(time.DateOnly)
			id := key + "." + strconv.Itoa(ordinals[key])
			if ordinals[key]++; ordinals[key] > 1 {
				equal++
			}
			if strings.Contains(m["amount"], ",") {
				claims++
			}
			r, known := want[id]
			delete(want, id)
			if err != nil || !known || day.Unix() != r.Create || r.Update != 0 || m["paid_status"] != r.Status || rat(t, m["amount"]).Cmp(rat(t, r.Amount)) != 0 {
				t.Errorf("%v of the truth %+v", m, r)
			}
		}
		payouts := 0
		for id := range want {
			if !strings.HasPrefix(id, "payout:") {
				t.Errorf("%s is not listed", id)
			}
			payouts++
		}
		if len(rows) < 500 || equal == 0 || claims == 0 && shop.Region == "VN" || payouts != 2 {
			t.Errorf("%d rows, %d with an equal key, %d with commas, %d payouts", len(rows), equal, claims, payouts)
		}
	}
}

// TestRowsHaveKeysOfTheirOwn: what moves on the same day of the site may be of two days of the market.
func TestRowsHaveKeysOfTheirOwn(t *testing.T) {
	t.Parallel()
	b := setup(t, simulator.Options{Shops: 6, Days: 400, OrdersPerDay: 1})
	for _, shop := range b.shops {
		seen := map[string]bool{}
		for _, r := range b.truth("transactions", shop, "create_time", 0, time.Now().Unix()) {
			if seen[r.ID] {
				t.Errorf("%s is there twice", r.ID)
			}
			seen[r.ID] = true
		}
		if len(seen) < 400 {
			t.Errorf("%d rows", len(seen))
		}
	}
}

func TestPayoutsAreTheSumsOfTheirWeeks(t *testing.T) {
	t.Parallel()
	b := setup(t, simulator.Options{Shops: 2, Days: 60, OrdersPerDay: 25})
	for _, shop := range b.shops {
		week := map[string]*big.Rat{}
		for _, m := range b.transactions(shop, "2026-01-05", "2026-03-17", 500) {
			begin, err := time.Parse("02 Jan 2006", m["statement"][:11])
			if err != nil {
				t.Fatal(err)
			}
			number := begin.Format("2006-0102")
			if week[number] == nil {
				week[number] = new(big.Rat)
			}
			week[number].Add(week[number], rat(t, m["amount"]))
		}
		truth := map[string]row{}
		for _, r := range b.truth("transactions", shop, "create_time", 0, b.midnight(-1)) {
			truth[r.ID] = r
		}
		rows := read[[]map[string]string](t, b.must("/finance/payout/status/get", shop, params{"created_after": "2026-01-01"}).Data)
		if len(rows) < 6 {
			t.Fatalf("%d payouts", len(rows))
		}
		paid := map[string]int{}
		for _, m := range rows {
			number := m["statement_number"]
			sum := week[number[len(number)-len("2006-0102"):]]
			amount, currency, _ := strings.Cut(m["payout"], " ")
			r := truth["payout:"+number]
			made, err := time.ParseInLocation(time.DateTime, m["created_at"], zoneOf(shop))
			if err != nil || sum == nil || rat(t, m["closing_balance"]).Cmp(sum) != 0 || sum.Sign() > 0 && rat(t, amount).Cmp(sum) != 0 || len(currency) != 3 {
				t.Errorf("%v, its rows make %v (%v)", m, sum, err)
			}
			if made.Unix() != r.Create || m["paid"] != r.Status || rat(t, amount).Cmp(rat(t, r.Amount)) != 0 || made.Weekday() != time.Monday {
				t.Errorf("%v of the truth %+v", m, r)
			}
			paid[m["paid"]]++
		}
		since := read[[]map[string]string](t, b.must("/finance/payout/status/get", shop, params{"created_after": rows[3]["created_at"][:10]}).Data)
		if len(since) != len(rows)-3 || since[0]["statement_number"] != rows[3]["statement_number"] {
			t.Errorf("%d of %d payouts from the fourth on", len(since), len(rows))
		}
	}
}

type reverseOrder struct {
	ID    json.Number `json:"reverse_order_id"`
	Order json.Number `json:"trade_order_id"`
	Kind  string      `json:"request_type"`
	Lines []struct {
		Unit     json.Number `json:"trade_order_line_id"`
		Status   string      `json:"reverse_status"`
		Refund   json.Number `json:"refund_amount"`
		Created  int64       `json:"return_order_line_gmt_create"`
		Modified int64       `json:"return_order_line_gmt_modified"`
	} `json:"reverse_order_lines"`
}

func TestReverseOrdersAgreeWithTheTruth(t *testing.T) {
	t.Parallel()
	for _, ends := range []string{simulator.Inclusive, simulator.Exclusive} {
		b := setup(t, simulator.Options{Shops: 2, Days: 40, OrdersPerDay: 60, TimeTo: ends})
		for _, shop := range b.shops {
			for name, by := range map[string]string{"ReverseOrderLineTimeRange": "create_time", "ReverseOrderLineModifiedTimeRange": "update_time"} {
				from, to := b.midnight(12), b.midnight(3)
				want := map[string]row{}
				for _, r := range b.truth("returns", shop, by, from, to) {
					want[r.ID] = r
				}
				start, end := from*1000, to*1000-1
				if ends == simulator.Exclusive {
					start, end = from*1000-1, to*1000
				}
				kinds := map[string]int{}
				count := 0
				for number := 1; ; number++ {
					page := read[struct {
						Total int            `json:"total"`
						Items []reverseOrder `json:"items"`
					}](t, b.must("/reverse/getreverseordersforseller", shop, params{
						"page_no": strconv.Itoa(number), "page_size": "7", name + "Start": strconv.FormatInt(start, 10), name + "End": strconv.FormatInt(end, 10),
					}).Result)
					if page.Total != len(want) {
						t.Fatalf("total %d of %d", page.Total, len(want))
					}
					for _, got := range page.Items {
						compareReverse(t, shop, got, want[got.ID.String()])
						kinds[got.Kind]++
					}
					if count += len(page.Items); count >= page.Total {
						break
					}
				}
				if count != len(want) || kinds["CANCEL"] == 0 || kinds["RETURN"] == 0 || kinds["ONLY_REFUND"] == 0 {
					t.Errorf("%d of %d: %v", count, len(want), kinds)
				}
			}
		}
	}
}

func compareReverse(t *testing.T, shop world.Shop, got reverseOrder, want row) {
	t.Helper()
	refund := new(big.Rat)
	for _, l := range got.Lines {
		if l.Status != want.Status || l.Created != want.Create*1000 || l.Modified != want.Update*1000 {
			t.Errorf("line %+v of the truth %+v", l, want)
		}
		refund.Add(refund, rat(t, l.Refund.String()))
	}
	if shop.Region == "SG" {
		refund.Quo(refund, big.NewRat(100, 1))
	}
	if len(got.Lines) != want.Lines || int64(len(got.Lines)) != want.Quantity || refund.Cmp(rat(t, want.Amount)) != 0 {
		t.Errorf("%s refunds %s in %d lines, the truth is %+v", got.ID, refund.FloatString(2), len(got.Lines), want)
	}
}

func TestReverseOrdersAreFoundAndFiltered(t *testing.T) {
	t.Parallel()
	b := setup(t, simulator.Options{Shops: 1, Days: 30, OrdersPerDay: 60})
	list := func(p params) []reverseOrder {
		return read[struct {
			Items []reverseOrder `json:"items"`
		}](t, b.must("/reverse/getreverseordersforseller", b.shops[0], p.with(params{"page_no": "1", "page_size": "100"})).Result).Items
	}
	for _, kind := range []string{"CANCEL", "RETURN", "ONLY_REFUND"} {
		rows := list(params{"request_type_list": `["` + kind + `"]`})
		if len(rows) == 0 || slices.ContainsFunc(rows, func(r reverseOrder) bool { return r.Kind != kind }) {
			t.Fatalf("%d rows of %s", len(rows), kind)
		}
		for _, r := range rows {
			detail := read[struct {
				ID    json.Number       `json:"reverse_order_id"`
				Lines []json.RawMessage `json:"reverseOrderLineDTOList"`
			}](t, b.must("/order/reverse/return/detail/list", b.shops[0], params{"reverse_order_id": r.ID.String()}).Data)
			if detail.ID != r.ID || len(detail.Lines) != len(r.Lines) {
				t.Errorf("%s has %d lines in the list, %d alone", r.ID, len(r.Lines), len(detail.Lines))
			}
		}
		if of := list(params{"trade_order_id": rows[0].Order.String()}); len(of) == 0 || of[0].Order != rows[0].Order {
			t.Errorf("%d reverse orders of %s", len(of), rows[0].Order)
		}
	}
}

func TestTracesAgreeWithTheItems(t *testing.T) {
	t.Parallel()
	b := setup(t, simulator.Options{Shops: 2, Days: 12, OrdersPerDay: 40})
	for _, shop := range b.shops {
		from, to := b.midnight(9), b.midnight(-1)
		truth := map[string]row{}
		for _, r := range b.truth("tracking", shop, "create_time", from, to) {
			truth[r.ID] = r
		}
		orders := b.listOrders(shop, params{"created_after": iso(from)}, 100)
		items := b.itemsOf(shop, orders)
		traced, tracked := 0, 0
		for _, o := range orders {
			packages := map[string]bool{}
			ready := false
			for _, text := range items[o.ID.String()] {
				i := read[item](t, text)
				if i.PackageID != "" {
					packages[i.PackageID] = true
				}
				ready = i.PackageID != "" && i.Status != "packed" && i.Status != "ready_to_ship_pending"
			}
			r, known := truth[o.ID.String()]
			if known != (len(packages) > 0) || r.Lines != len(packages) {
				t.Errorf("%s has %v, the truth %+v", o.ID, packages, r)
			}
			if known {
				tracked++
			}
			result := read[struct {
				Success bool `json:"success"`
				Module  []struct {
					Packages []struct {
						ID     string            `json:"ofc_package_id"`
						Events []json.RawMessage `json:"logistic_detail_info_list"`
					} `json:"package_detail_info_list"`
				} `json:"module"`
			}](t, b.must("/logistic/order/trace", shop, params{"order_id": o.ID.String()}).Result)
			if !result.Success || (len(result.Module) == 1) != ready {
				t.Fatalf("%s %v has the trace %+v", o.ID, o.Statuses, result)
			}
			for _, m := range result.Module {
				traced++
				if len(m.Packages) != len(packages) {
					t.Errorf("%s has %d packages, %d traced", o.ID, len(packages), len(m.Packages))
				}
				for _, p := range m.Packages {
					if !packages[p.ID] || len(p.Events) == 0 {
						t.Errorf("%s has the package %s with %d events", o.ID, p.ID, len(p.Events))
					}
				}
			}
		}
		if traced == 0 || traced == tracked || tracked != len(truth) {
			t.Errorf("%d traces, %d orders with packages, %d in the truth", traced, tracked, len(truth))
		}
	}
}
