package shopee

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
)

// noon is midday in UTC+7.
var noon = time.Date(2026, 3, 18, 5, 0, 0, 0, time.UTC).Unix()

func everything(w *World, shop int, now int64) []market.Order {
	var all []market.Order
	for o := range w.Orders(market.Window{Shop: shop, To: 1 << 40}, now, market.Newest) {
		all = append(all, *o)
	}
	return all
}

func testWorld(shops, days, perDay int) *World {
	return newWorld(market.Setup{Seed: 7, Shops: shops, Days: days, OrdersPerDay: perDay, Start: time.Unix(noon, 0)})
}

func TestNumbersAreReadBack(t *testing.T) {
	t.Parallel()
	w := testWorld(3, 20, 150)
	for _, at := range []market.Ref{{Index: 0}, {Shop: 1}, {Index: 1}, {Shop: 2, Index: 149}, {Shop: 49_999, Index: 23_000_000}} {
		at.Day = 20_000
		if got, ok := w.parseSN(w.sn(at)); !ok || got != at {
			t.Errorf("%s is %+v %v, want %+v", w.sn(at), got, ok, at)
		}
	}
	for _, sn := range []string{"", "260318", "260318abcdefgh", "269918ABCDEFGH", "260318ABCDEF-1", "260318ABCDEFGHI"} {
		if _, ok := w.parseSN(sn); ok {
			t.Errorf("%q was read", sn)
		}
	}
}

func TestWorldIsNoToy(t *testing.T) {
	t.Parallel()
	w := testWorld(3, 20, 150)
	seen := map[string]int{}
	sns, lines, packages := map[string]bool{}, map[int64]bool{}, map[string]bool{}
	orders := 0
	for shop := range 3 {
		days, hours := map[int64]int{}, map[int64]int{}
		for _, o := range everything(w, shop, noon) {
			orders++
			days[market.DayOf(o.Create)]++
			hours[o.Create/3600]++
			sns[w.sn(o.Ref)] = true
			w.census(t, &o, seen, lines, packages)
		}
		if o := orders / (shop + 1) / 20; o < 100 || o > 200 {
			t.Errorf("%d orders a day after %d shops", o, shop+1)
		}
		if len(days) > 20 {
			t.Errorf("shop %d sold on all of %d days", shop, len(days))
		}
		most := 0
		for _, n := range hours {
			most = max(most, n)
		}
		if most <= 100 {
			t.Errorf("shop %d had at most %d orders an hour", shop, most)
		}
	}
	if len(sns) != orders {
		t.Errorf("%d numbers for %d orders", len(sns), orders)
	}
	for _, want := range []struct {
		what     string
		low, top int // in ten thousand orders
	}{
		{"many lines", 3000, 4500},
		{"two packages", 450, 800},
		{"unpaid", 20, 2000},
		{"no pay_time", 400, 2500},
		{"null pay_time", 150, 2000},
		{"id above 2^53", 2000, 9000},
		{"free line", 200, 1200},
		{"first second", 30, 200},
		{"last second", 30, 200},
		{"COMPLETED", 3000, 9000},
		{"CANCELLED", 800, 2500},
		{"TO_RETURN", 50, 800},
		{"SHIPPED", 300, 3000},
		{"PROCESSED", 100, 2000},
		{"READY_TO_SHIP", 100, 2000},
		{"TO_CONFIRM_RECEIVE", 200, 3000},
		{"IN_CANCEL", 1, 500},
		{"RETRY_SHIP", 1, 500},
		{"PENDING", 1, 500},
		{"location array", 3000, 7000},
		{"location text", 2000, 6000},
		{"no location", 500, 2000},
		{"grouped", 1000, 4000},
		{"booked", 50, 500},
		{"emoji", 1500, 10000},
	} {
		if n := seen[want.what] * 10_000 / orders; n < want.low || n > want.top {
			t.Errorf("%s: %d of 10000 orders, want %d to %d", want.what, n, want.low, want.top)
		}
	}
}

// census notes what one order shows, and fails for what none may show.
func (w *World) census(t *testing.T, o *market.Order, seen map[string]int, lines map[int64]bool, packages map[string]bool) {
	t.Helper()
	out := &wire.Writer{}
	writeOrder(out, w.view(o, true), parseFields("item_list,package_list,pay_time"))
	var d struct {
		Status string `json:"order_status"`
		Create int64  `json:"create_time"`
		Update int64  `json:"update_time"`
		Paid   *int64 `json:"pay_time"`
		Booked string `json:"booking_sn"`
		Items  []struct {
			Name     string          `json:"item_name"`
			ItemID   int64           `json:"item_id"`
			Line     int64           `json:"line_item_id"`
			Price    json.Number     `json:"model_discounted_price"`
			Location json.RawMessage `json:"product_location_id"`
		} `json:"item_list"`
		Packages []struct {
			Number string `json:"package_number"`
			Group  *int64 `json:"group_shipment_id"`
		} `json:"package_list"`
	}
	if err := json.Unmarshal(out.Bytes(), &d); err != nil {
		t.Fatalf("%v in %s", err, out.Bytes())
	}
	facts := map[string]bool{d.Status: true, "many lines": len(d.Items) > 1, "two packages": len(d.Packages) == 2}
	facts["unpaid"] = d.Status == "UNPAID"
	facts["no pay_time"] = !bytes.Contains(out.Bytes(), []byte(`"pay_time":`))
	facts["null pay_time"] = bytes.Contains(out.Bytes(), []byte(`"pay_time":null`))
	if d.Status == "UNPAID" && d.Paid != nil || d.Paid != nil && (*d.Paid < d.Create || *d.Paid > noon) {
		t.Errorf("%s, created %d, paid %d", d.Status, d.Create, *d.Paid)
	}
	facts["booked"] = d.Booked != ""
	facts["first second"] = d.Create == market.DayBegin(market.DayOf(d.Create))
	facts["last second"] = d.Create+1 == market.DayBegin(market.DayOf(d.Create)+1)
	for _, it := range d.Items {
		facts["id above 2^53"] = facts["id above 2^53"] || it.ItemID > 1<<53
		facts["free line"] = facts["free line"] || it.Price == "0"
		for _, c := range it.Name {
			facts["emoji"] = facts["emoji"] || c > 0x1f000
		}
		switch {
		case it.Location == nil:
			facts["no location"] = true
		case it.Location[0] == '[':
			facts["location array"] = true
		default:
			facts["location text"] = true
		}
		if lines[it.Line] {
			t.Errorf("line_item_id %d comes twice", it.Line)
		}
		lines[it.Line] = true
	}
	for _, p := range d.Packages {
		facts["grouped"] = facts["grouped"] || p.Group != nil
		if packages[p.Number] {
			t.Errorf("package %s comes twice", p.Number)
		}
		packages[p.Number] = true
	}
	for what, is := range facts {
		if is {
			seen[what]++
		}
	}
	if d.Create > d.Update || d.Update > noon {
		t.Errorf("created %d, updated %d, now %d", d.Create, d.Update, noon)
	}
}

func TestEveryFieldComesOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	w := testWorld(1, 5, 50)
	all := everything(w, 0, noon)
	base := map[string]bool{}
	for _, key := range []string{
		"order_sn", "region", "currency", "cod", "order_status", "message_to_seller", "create_time", "update_time", "days_to_ship",
		"ship_by_date", "booking_sn", "advance_package", "pending_terms", "pending_description",
	} {
		base[key] = true
	}
	for i := range optionalFields {
		out := &wire.Writer{}
		writeOrder(out, w.view(&all[i%len(all)], true), parseFields(optionalFields[i].name+",nonsense"))
		var m map[string]json.RawMessage
		if err := json.Unmarshal(out.Bytes(), &m); err != nil {
			t.Fatalf("%v in %s", err, out.Bytes())
		}
		for key := range m {
			own := key == optionalFields[i].name || optionalFields[i].name == "edt" && (key == "edt_from" || key == "edt_to")
			if !base[key] && !own {
				t.Errorf("asked for %s, got %s", optionalFields[i].name, key)
			}
		}
	}
}

func TestOrdersEvolve(t *testing.T) {
	t.Parallel()
	w := testWorld(1, 5, 50)
	for _, o := range everything(w, 0, noon) {
		was := o.Update
		for now := noon; now < noon+30*market.Date; now += 7 * market.Hour {
			later, ok := w.find(0, w.sn(o.Ref), now)
			if !ok || later.Update < was || later.Create != o.Create || w.orderRow(&later).Amount != w.orderRow(&o).Amount {
				t.Fatalf("order %s went from %+v to %+v", w.sn(o.Ref), o, later)
			}
			was = later.Update
		}
	}
}
