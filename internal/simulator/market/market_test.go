package market

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// noon is midday in UTC+7.
var noon = time.Date(2026, 3, 18, 5, 0, 0, 0, time.UTC).Unix()

func testMarket(shops, days, perDay int) *Market {
	setup := Setup{Seed: 7, Shops: shops, Days: days, OrdersPerDay: perDay, Start: time.Unix(noon, 0)}
	return New(PlatformKey(7, "test"), setup, Rules{Regions: []Region{VN, SG, TH}, Vouchers: true, Tax: 7})
}

// everything is all orders of a shop, newest first.
func everything(m *Market, shop int, now int64) []Order {
	var all []Order
	for o := range m.Orders(Window{Shop: shop, To: 1 << 40}, now, Newest) {
		all = append(all, *o)
	}
	return all
}

func TestIDsAreReadBack(t *testing.T) {
	t.Parallel()
	m := testMarket(3, 20, 150)
	seen := map[int64]bool{}
	for _, at := range []Ref{{0, 20_000, 0}, {1, 20_000, 0}, {0, 20_000, 1}, {maxShops - 1, 23_999, maxIndex}, {49_999, 14_000, 23_000_000}} {
		if got := m.Locate(at.Day, m.Number(at)); got != at {
			t.Errorf("number of %+v is read as %+v", at, got)
		}
		id := m.DecimalID(57, at)
		if got, ok := m.LocateDecimal(57, id); !ok || got != at || id < 1e18 {
			t.Errorf("%d of %+v is read as %+v, %v", id, at, got, ok)
		}
		if _, ok := m.LocateDecimal(58, id); ok {
			t.Errorf("%d has another lead", id)
		}
		unit := UnitID(at, 63)
		if got, n := UnitOf(unit); got != at || n != 63 || seen[unit] {
			t.Errorf("unit id %d of %+v is read as %+v, %d", unit, at, got, n)
		}
		seen[unit] = true
	}
	for _, id := range []int64{0, -1, math.MaxInt64, math.MinInt64, 57} {
		if at, ok := m.LocateDecimal(57, id); ok {
			t.Errorf("%d was read as %+v", id, at)
		}
	}
}

func TestLivesEnd(t *testing.T) {
	t.Parallel()
	m := testMarket(3, 40, 200)
	fates := map[Fate]int{}
	for shop := range 3 {
		for _, o := range everything(m, shop, noon) {
			fates[o.Life.Fate]++
			if o.Life.End-o.Create >= longestLife {
				t.Errorf("an order lives %d s", o.Life.End-o.Create)
			}
			steps := o.Life.Steps()
			if !slices.IsSortedFunc(steps, func(a, b Step) int { return int(a.Begin - b.Begin) }) {
				t.Errorf("steps %v", steps)
			}
		}
	}
	if len(fates) != 6 {
		t.Errorf("fates %v", fates)
	}
}

func TestCountIsOrders(t *testing.T) {
	t.Parallel()
	m := testMarket(3, 20, 150)
	for _, w := range [][2]int64{{0, 1 << 40}, {noon - 3*Date, noon - 2*Date}, {noon - Hour, noon + Hour}, {noon, noon - 1}, {noon - 60*Date, noon - 15*Date}} {
		n := 0
		for range m.Orders(Window{Shop: 1, From: w[0], To: w[1]}, noon, Newest) {
			n++
		}
		if got := m.Count(1, w[0], w[1], noon); got != n {
			t.Errorf("%v: counted %d of %d", w, got, n)
		}
	}
}

func TestPagesMakeTheSortedList(t *testing.T) {
	t.Parallel()
	m := testMarket(1, 10, 60)
	w := Window{ByUpdate: true, From: noon - 4*Date, To: noon}
	rows := func(yield func(Position) bool) {
		for o := range m.Orders(w, noon, Newest) {
			if !yield(o.Place(true)) {
				return
			}
		}
	}
	want := slices.SortedFunc(rows, Position.compare)
	if len(want) < 100 {
		t.Fatalf("%d rows", len(want))
	}
	for _, descending := range []bool{false, true} {
		if descending {
			slices.Reverse(want)
		}
		var byCursor, byOffset []Position
		cut := Cut{Descending: descending, Limit: 17}
		for more := true; more; {
			var page []Position
			var total int
			page, total, more = Page(rows, cut)
			if total != len(want) {
				t.Fatalf("%d rows counted, want %d", total, len(want))
			}
			byCursor = append(byCursor, page...)
			cut.After = &page[len(page)-1]
		}
		for skip := 0; skip < len(want); skip += 17 {
			page, _, _ := Page(rows, Cut{Descending: descending, Skip: skip, Limit: 17})
			byOffset = append(byOffset, page...)
		}
		if !slices.Equal(byCursor, want) || !slices.Equal(byOffset, want) {
			t.Errorf("descending %v: %d rows by cursor, %d by offset, want %d", descending, len(byCursor), len(byOffset), len(want))
		}
	}
}

func TestBasketsAddUp(t *testing.T) {
	t.Parallel()
	m := testMarket(3, 5, 200)
	var vouchers, tax, spared int
	for shop := range 3 {
		for _, o := range everything(m, shop, noon) {
			b := m.Basket(&o)
			s := &b.Shipping
			if b.Subtotal() != b.Originals()-b.SellerDiscount()-b.PlatformDiscount() || b.Total != b.Subtotal()+s.Paid+b.Tax {
				t.Fatalf("basket %+v", b)
			}
			if s.Paid != s.Original-s.SellerOff-s.PlatformOff || s.Original > s.Actual || min(s.Paid, s.SellerOff, s.PlatformOff) < 0 {
				t.Fatalf("shipping %+v", s)
			}
			if b.PlatformDiscount() > 0 {
				vouchers++
			}
			if b.Tax > 0 {
				tax++
			}
			if s.SellerOff+s.PlatformOff > 0 {
				spared++
			}
			for i, l := range b.Lines {
				p, ok := m.FindProduct(shop, l.Product.ID, noon)
				if !ok || p.Product != l.Product || l.Price <= 0 || l.Quantity < 1 || l.Variant >= max(p.Variants, 1) {
					t.Fatalf("line %d is %+v, product %+v", i, l, p)
				}
			}
		}
	}
	if vouchers == 0 || tax == 0 || spared == 0 {
		t.Errorf("%d with vouchers, %d with tax, %d with cheaper shipping", vouchers, tax, spared)
	}
}

func TestParcelsFollowTheOrder(t *testing.T) {
	t.Parallel()
	m := testMarket(1, 25, 200)
	kinds := map[EventKind]int{}
	for _, o := range everything(m, 0, noon) {
		b := m.Basket(&o)
		for _, p := range m.Parcels(&o, &b) {
			if !slices.IsSortedFunc(p.Events, func(a, b Event) int { return int(a.At - b.At) }) || p.Update > noon {
				t.Fatalf("events %v at %d", p.Events, noon)
			}
			for _, e := range p.Events {
				kinds[e.Kind]++
			}
			if last := p.Events[len(p.Events)-1].Kind; (p.Status == ParcelDelivered) != (last == EventDelivered) || (p.Status == ParcelFailed) != (last == EventFailed) {
				t.Fatalf("status %d after event %d", p.Status, last)
			}
		}
	}
	if len(kinds) != int(EventVoided)+1 {
		t.Errorf("events %v", kinds)
	}
}

func TestEveryPlatformHasItsOwnWorld(t *testing.T) {
	t.Parallel()
	if PlatformKey(7, "tiktok") == PlatformKey(7, "lazada") || PlatformKey(7, "tiktok") == world.Hash(7) {
		t.Error("two platforms share a world")
	}
}
