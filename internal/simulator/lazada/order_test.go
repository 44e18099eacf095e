package lazada_test

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

type order struct {
	ID       json.Number     `json:"order_id"`
	Number   json.Number     `json:"order_number"`
	Created  string          `json:"created_at"`
	Updated  string          `json:"updated_at"`
	Statuses []string        `json:"statuses"`
	Price    string          `json:"price"`
	Voucher  json.RawMessage `json:"voucher"`
	Shipping json.RawMessage `json:"shipping_fee"`
	Count    int             `json:"items_count"`
}

type orderPage struct {
	Count  int     `json:"count"`
	Total  int     `json:"countTotal"`
	Orders []order `json:"orders"`
}

func rat(t testing.TB, text string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(strings.ReplaceAll(strings.Trim(text, `"`), ",", ""))
	if !ok {
		t.Fatalf("%q is no amount", text)
	}
	return r
}

func seconds(t testing.TB, text string) int64 {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04:05 -0700", text)
	if err != nil {
		t.Fatal(err)
	}
	return at.Unix()
}

// listOrders pages a window to its end.
func (b *bench) listOrders(shop world.Shop, p params, limit int) []order {
	b.t.Helper()
	var all []order
	for {
		page := read[orderPage](b.t, b.must("/orders/get", shop, p.with(params{
			"offset": strconv.Itoa(len(all)), "limit": strconv.Itoa(limit),
		})).Data)
		if page.Count != len(page.Orders) || len(page.Orders) > limit {
			b.t.Fatalf("a page of %d says it has %d of at most %d orders", len(page.Orders), page.Count, limit)
		}
		all = append(all, page.Orders...)
		if len(all) >= page.Total {
			if len(all) > page.Total {
				b.t.Fatalf("%d orders of %d", len(all), page.Total)
			}
			return all
		}
		if len(page.Orders) == 0 {
			b.t.Fatalf("an empty page after %d of %d orders", len(all), page.Total)
		}
	}
}

func TestOrderListsAgreeWithTheTruth(t *testing.T) {
	t.Parallel()
	for _, ends := range []string{simulator.Inclusive, simulator.Exclusive} {
		b := setup(t, simulator.Options{Shops: 2, Days: 24, OrdersPerDay: 40, TimeTo: ends})
		for _, shop := range b.shops {
			for field, by := range map[string]string{"created": "create_time", "update": "update_time"} {
				from, to := b.midnight(5), b.midnight(2)
				want := b.truth("orders", shop, by, from, to)
				after, before := from, to-1
				if ends == simulator.Exclusive {
					after, before = from-1, to
				}
				for _, direction := range []string{"ASC", "DESC"} {
					for _, sortBy := range []string{"created_at", "updated_at"} {
						got := b.listOrders(shop, params{
							field + "_after": iso(after), field + "_before": iso(before), "sort_by": sortBy, "sort_direction": direction,
						}, 17)
						compareOrders(t, got, want)
						times := make([]int64, len(got))
						for i, o := range got {
							times[i] = seconds(t, o.Created)
							if sortBy == "updated_at" {
								times[i] = seconds(t, o.Updated)
							}
						}
						if direction == "DESC" {
							slices.Reverse(times)
						}
						if !slices.IsSorted(times) {
							t.Errorf("%s %s by %s is not sorted", ends, direction, sortBy)
						}
					}
				}
			}
		}
	}
}

// compareOrders holds the rows of a list against the truth.
func compareOrders(t *testing.T, got []order, want []row) {
	t.Helper()
	rows := map[string]row{}
	for _, r := range want {
		rows[r.ID] = r
	}
	if len(got) != len(want) || len(rows) != len(want) || len(want) < 50 {
		t.Fatalf("%d orders of %d (%d ids)", len(got), len(want), len(rows))
	}
	for _, o := range got {
		r, known := rows[o.ID.String()]
		delete(rows, o.ID.String())
		total := rat(t, o.Price)
		total.Sub(total, rat(t, string(o.Voucher)))
		total.Add(total, rat(t, string(o.Shipping)))
		if !known || o.ID != o.Number || seconds(t, o.Created) != r.Create || seconds(t, o.Updated) != r.Update || strings.Join(o.Statuses, ",") != r.Status ||
			int64(o.Count) != r.Quantity || total.Cmp(rat(t, r.Amount)) != 0 {
			t.Errorf("%+v of the truth %+v", o, r)
		}
	}
}

func TestOrdersAreListedByStatus(t *testing.T) {
	t.Parallel()
	b := setup(t, simulator.Options{Shops: 1, Days: 24, OrdersPerDay: 60})
	shop := b.shops[0]
	window := params{"created_after": iso(b.midnight(20))}
	all := b.listOrders(shop, window, 100)
	for _, status := range []string{
		"unpaid", "pending", "packed", "ready_to_ship", "shipped", "delivered", "returned", "canceled", "failed_delivery",
		"shipped_back_success", "lost_by_3pl",
	} {
		want := 0
		for _, o := range all {
			if slices.Contains(o.Statuses, status) {
				want++
			}
		}
		if got := len(b.listOrders(shop, window.with(params{"status": status}), 100)); got != want || want == 0 {
			t.Errorf("%d orders are %s, %d have a unit that is", got, status, want)
		}
	}
	if got := len(b.listOrders(shop, window.with(params{"status": "all"}), 100)); got != len(all) {
		t.Errorf("%d orders in all of %d", got, len(all))
	}
}

type item struct {
	ID        json.Number     `json:"order_item_id"`
	OrderID   json.Number     `json:"order_id"`
	Status    string          `json:"status"`
	Price     json.RawMessage `json:"item_price"`
	Paid      json.RawMessage `json:"paid_price"`
	Shipping  json.RawMessage `json:"shipping_amount"`
	PackageID string          `json:"package_id"`
	Tracking  string          `json:"tracking_code"`
	Currency  string          `json:"currency"`
	ProductID string          `json:"product_id"`
	SKUID     string          `json:"sku_id"`
	Back      string          `json:"return_status"`
	Paytime   int64           `json:"payment_time"`
}

type orderItems struct {
	OrderID json.Number       `json:"order_id"`
	Items   []json.RawMessage `json:"order_items"`
}

// itemsOf are the items of orders, fifty a call.
func (b *bench) itemsOf(shop world.Shop, orders []order) map[string][]json.RawMessage {
	b.t.Helper()
	items := map[string][]json.RawMessage{}
	for batch := range slices.Chunk(orders, 50) {
		ids := make([]string, len(batch))
		for i, o := range batch {
			ids[i] = o.ID.String()
		}
		for _, of := range read[[]orderItems](b.t, b.must("/orders/items/get", shop, params{"order_ids": "[" + strings.Join(ids, ",") + "]"}).Data) {
			items[of.OrderID.String()] = of.Items
		}
	}
	return items
}

// fold counts the items that differ in more than their ids.
func fold(t *testing.T, items []json.RawMessage) int {
	t.Helper()
	lines := map[string]bool{}
	for _, text := range items {
		m := read[map[string]any](t, text)
		delete(m, "order_item_id")
		line, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		lines[string(line)] = true
	}
	return len(lines)
}

func TestItemsAgreeWithTheirOrder(t *testing.T) {
	t.Parallel()
	b := setup(t, simulator.Options{Shops: 2, Days: 24, OrdersPerDay: 60})
	for _, shop := range b.shops {
		window := params{"created_after": iso(b.midnight(20))}
		orders := b.listOrders(shop, window, 100)
		truth := map[string]row{}
		for _, r := range b.truth("orders", shop, "create_time", b.midnight(20), b.midnight(-1)) {
			truth[r.ID] = r
		}
		items := b.itemsOf(shop, orders)
		folded, split, parcels := 0, 0, 0
		seen := map[string]bool{}
		for _, o := range orders {
			id := o.ID.String()
			r := truth[id]
			paid := new(big.Rat)
			var statuses []string
			packages := map[string]bool{}
			for _, text := range items[id] {
				i := read[item](t, text)
				if seen[i.ID.String()] || i.OrderID != o.ID || (i.PackageID == "") != (i.Tracking == "") || i.Currency == "" || i.SKUID == "0" {
					t.Fatalf("item %s", text)
				}
				seen[i.ID.String()] = true
				paid.Add(paid, rat(t, string(i.Paid)))
				paid.Add(paid, rat(t, string(i.Shipping)))
				if !slices.Contains(statuses, i.Status) {
					statuses = append(statuses, i.Status)
				}
				packages[i.PackageID] = true
			}
			lines := fold(t, items[id])
			if paid.Cmp(rat(t, r.Amount)) != 0 || lines != r.Lines || int64(len(items[id])) != r.Quantity || strings.Join(statuses, ",") != r.Status {
				t.Errorf("order %s: items pay %s in %d lines of %d, %v; the truth is %+v", id, paid.FloatString(2), lines, len(items[id]), statuses, r)
			}
			if lines < len(items[id]) {
				folded++
			}
			if len(statuses) > 1 {
				split++
			}
			if len(packages) > 1 {
				parcels++
			}
		}
		if folded == 0 || split == 0 || parcels == 0 {
			t.Errorf("%d orders have equal units, %d units of several statuses, %d more than one package", folded, split, parcels)
		}
	}
}

func TestSingleCallsSayTheSame(t *testing.T) {
	t.Parallel()
	b := setup(t, simulator.Options{Shops: 1, Days: 5, OrdersPerDay: 30})
	shop := b.shops[0]
	page := read[struct {
		Orders []json.RawMessage `json:"orders"`
	}](t, b.must("/orders/get", shop, params{"created_after": iso(b.midnight(3)), "limit": "5"}).Data)
	for _, text := range page.Orders {
		o := read[order](t, text)
		if got := b.must("/order/get", shop, params{"order_id": o.ID.String()}).Data; string(got) != string(text) {
			t.Errorf("alone %s, in the list %s", got, text)
		}
		many := b.itemsOf(shop, []order{o})[o.ID.String()]
		alone := read[[]json.RawMessage](t, b.must("/order/items/get", shop, params{"order_id": o.ID.String()}).Data)
		if len(alone) != len(many) || string(alone[0]) != string(many[0]) {
			t.Errorf("items of %s differ", o.ID)
		}
	}
}
