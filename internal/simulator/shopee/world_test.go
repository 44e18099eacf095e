package shopee

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"
)

// noon is midday in UTC+7.
var noon = time.Date(2026, 3, 18, 5, 0, 0, 0, time.UTC).Unix()

func everything(w *World, shop int, now int64) []order {
	var all []order
	for o := range w.orders(selection{shop: shop, to: 1 << 40}, now, newest) {
		all = append(all, *o)
	}
	return all
}

func TestNumbersAreOneToOne(t *testing.T) {
	t.Parallel()
	w := newWorld(7, 3, 20, 150, noon)
	for _, at := range [][2]int{{0, 0}, {1, 0}, {0, 1}, {2, 149}, {maxShops - 1, maxIndex}, {49_999, 23_000_000}} {
		sn := string(w.appendSN(nil, 20_000, at[0], at[1]))
		day, shop, index, ok := w.parseSN(sn)
		if !ok || day != 20_000 || shop != at[0] || index != at[1] {
			t.Errorf("%s is %d %d %d %v, want 20000 %v", sn, day, shop, index, ok, at)
		}
	}
	for _, sn := range []string{"", "260318", "260318abcdefgh", "269918ABCDEFGH", "260318ABCDEF-1", "260318ABCDEFGHI"} {
		if _, _, _, ok := w.parseSN(sn); ok {
			t.Errorf("%q was read", sn)
		}
	}
}

func TestCreationAscendsWithinADay(t *testing.T) {
	t.Parallel()
	for _, perDay := range []int{1, 2, 7, 150, 30_000} {
		w := newWorld(7, 2, 20, perDay, noon)
		for number := dayOf(noon) - int64(20*150/max(perDay, 150)); number <= dayOf(noon); number++ {
			d := w.day(1, number)
			for i := 1; i < d.orders; i++ {
				if d.create(i) < d.create(i-1) {
					t.Fatalf("%d a day: order %d of day %d is older than the one before", perDay, i, number)
				}
			}
			if d.orders < 2 {
				continue
			}
			if first, last := d.create(0), d.create(d.orders-1); first != dayBegin(number) || last != dayBegin(number+1)-1 {
				t.Errorf("%d a day: edges of day %d are %d and %d", perDay, number, first, last)
			}
		}
	}
}

func TestWorldIsNoToy(t *testing.T) {
	t.Parallel()
	w := newWorld(7, 3, 20, 150, noon)
	seen := map[string]int{}
	sns, lines, packages := map[string]bool{}, map[int64]bool{}, map[string]bool{}
	orders := 0
	for shop := range 3 {
		days, hours := map[int64]int{}, map[int64]int{}
		for _, o := range everything(w, shop, noon) {
			orders++
			days[dayOf(o.create)]++
			hours[o.create/3600]++
			sns[o.sn(w)] = true
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
func (w *World) census(t *testing.T, o *order, seen map[string]int, lines map[int64]bool, packages map[string]bool) {
	t.Helper()
	out := &writer{}
	out.writeOrder(w.view(o, true), parseFields("item_list,package_list,pay_time"))
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
	if err := json.Unmarshal(out.b, &d); err != nil {
		t.Fatalf("%v in %s", err, out.b)
	}
	facts := map[string]bool{d.Status: true, "many lines": len(d.Items) > 1, "two packages": len(d.Packages) == 2}
	facts["unpaid"] = d.Status == "UNPAID"
	facts["no pay_time"] = !bytes.Contains(out.b, []byte(`"pay_time":`))
	facts["null pay_time"] = bytes.Contains(out.b, []byte(`"pay_time":null`))
	if d.Status == "UNPAID" && d.Paid != nil || d.Paid != nil && (*d.Paid < d.Create || *d.Paid > noon) {
		t.Errorf("%s, created %d, paid %d", d.Status, d.Create, *d.Paid)
	}
	facts["booked"] = d.Booked != ""
	facts["first second"] = (d.Create+zoneOffset)%secondsOfDay == 0
	facts["last second"] = (d.Create+zoneOffset)%secondsOfDay == secondsOfDay-1
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
	if o.life.end-o.create >= longestLife {
		t.Errorf("an order lives %d s", o.life.end-o.create)
	}
}

func TestEveryFieldComesOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(7, 1, 5, 50, noon)
	all := everything(w, 0, noon)
	base := map[string]bool{}
	for _, key := range []string{
		"order_sn", "region", "currency", "cod", "order_status", "message_to_seller", "create_time", "update_time", "days_to_ship",
		"ship_by_date", "booking_sn", "advance_package", "pending_terms", "pending_description",
	} {
		base[key] = true
	}
	for i := range optionalFields {
		out := &writer{}
		out.writeOrder(w.view(&all[i%len(all)], true), parseFields(optionalFields[i].name+",nonsense"))
		var m map[string]json.RawMessage
		if err := json.Unmarshal(out.b, &m); err != nil {
			t.Fatalf("%v in %s", err, out.b)
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
	w := newWorld(7, 1, 5, 50, noon)
	for _, o := range everything(w, 0, noon) {
		was := o.update
		for now := noon; now < noon+30*date; now += 7 * hour {
			later, ok := w.find(0, o.sn(w), now)
			if !ok || later.update < was || later.create != o.create || w.row(&later).Amount != w.row(&o).Amount {
				t.Fatalf("order %s went from %+v to %+v", o.sn(w), o, later)
			}
			was = later.update
		}
	}
}

func TestTextIsJSON(t *testing.T) {
	t.Parallel()
	for _, s := range append(messages[:], append(itemNames[:], "\x00\x1f\u2028\"\\/")...) {
		w := &writer{}
		w.text(s)
		var back string
		if err := json.Unmarshal(w.b, &back); err != nil || back != s {
			t.Errorf("%q became %s, %v", s, w.b, err)
		}
	}
}
