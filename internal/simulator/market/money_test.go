package market

import (
	"slices"
	"testing"
)

func TestReturnsLiveTheirOwnLives(t *testing.T) {
	t.Parallel()
	m := testMarket(3, 60, 300)
	statuses, late, two, partial := map[ReturnStatus]int{}, 0, 0, 0
	for shop := range 3 {
		for _, o := range everything(m, shop, noon) {
			b := m.Basket(&o)
			returns := m.Returns(&o, &b)
			if len(returns) > 0 && o.Life.Fate != Returned {
				t.Fatal("an order that nobody returned has returns")
			}
			if len(returns) == 2 {
				two++
			}
			back := make([]int64, len(b.Lines))
			for _, r := range returns {
				statuses[r.Status]++
				if r.Late {
					late++
				}
				if r.Create < o.Life.Began(Returning) || r.Update < r.Create || r.Update > noon || len(r.Lines) == 0 {
					t.Fatalf("return %+v", r)
				}
				if end := r.Steps()[r.n-1].Begin; end-o.Create >= longestAfterlife || !r.Late && o.Life.Began(Completed) != 0 && end > o.Life.Began(Completed) {
					t.Fatalf("return of an order created %d ends %d", o.Create, end)
				}
				for _, l := range r.Lines {
					if back[l.Line] += l.Quantity; back[l.Line] > b.Lines[l.Line].Quantity || l.Refund <= 0 || l.Refund > l.Cost {
						t.Fatalf("line %+v of %+v", l, b.Lines[l.Line])
					}
					if !l.Whole {
						partial++
					}
				}
			}
		}
	}
	if len(statuses) != int(ReturnDisputed)+1 || late == 0 || two == 0 || partial == 0 {
		t.Errorf("statuses %v, %d late, %d second ones, %d partial", statuses, late, two, partial)
	}
}

func TestReturnsInAWindowAreAll(t *testing.T) {
	t.Parallel()
	m := testMarket(1, 60, 200)
	from, to := noon-20*Date, noon-15*Date
	want := map[bool]int{}
	for _, o := range everything(m, 0, noon) {
		b := m.Basket(&o)
		for _, r := range m.Returns(&o, &b) {
			if r.Create >= from && r.Create < to {
				want[false]++
			}
			if r.Update >= from && r.Update < to {
				want[true]++
			}
		}
	}
	for _, byUpdate := range []bool{false, true} {
		n := 0
		for range m.ReturnsIn(Window{ByUpdate: byUpdate, From: from, To: to}, noon) {
			n++
		}
		if n != want[byUpdate] || n == 0 {
			t.Errorf("by update %v: %d returns, want %d", byUpdate, n, want[byUpdate])
		}
	}
}

func TestSettlementsAddUp(t *testing.T) {
	t.Parallel()
	m := testMarket(3, 50, 150)
	refunded, adjusted, negative := 0, 0, 0
	for shop := range 3 {
		for _, o := range everything(m, shop, noon) {
			b := m.Basket(&o)
			s, ok := m.Settlement(&o, &b)
			if !ok {
				continue
			}
			if s.Amount != s.Goods-s.Refunded-s.Fees.Sum()-s.Shipping || s.Goods != b.Originals()-b.SellerDiscount() || s.At > noon || s.Refunded < 0 || s.Shipping < 0 {
				t.Fatalf("settlement %+v", s)
			}
			fees := int64(0)
			for i := range b.Lines {
				fees += s.Charged[i] * b.Lines[i].Fees().Sum()
				if s.Charged[i] < 0 || s.Charged[i] > b.Lines[i].Quantity {
					t.Fatalf("charged %v", s.Charged)
				}
			}
			if fees != s.Fees.Sum() {
				t.Fatalf("fees of the lines are %d, of the order %+v", fees, s.Fees)
			}
			if s.Refunded > 0 {
				refunded++
			}
			if s.Adjusted > 0 {
				adjusted++
			}
			if s.Amount < 0 {
				negative++
			}
		}
	}
	if refunded == 0 || adjusted == 0 || negative == 0 {
		t.Errorf("%d with refunds, %d adjusted, %d negative", refunded, adjusted, negative)
	}
}

func TestLedgerIsTheSameInAnyWindows(t *testing.T) {
	t.Parallel()
	m := testMarket(2, 60, 60)
	all := slices.Collect(m.Ledger(1, 0, 1<<40, noon))
	var pieces []Entry
	for from := noon - 61*Date; from <= noon; from += 5*Date + 12345 {
		pieces = append(pieces, slices.Collect(m.Ledger(1, from, from+5*Date+12345, noon))...)
	}
	if !slices.Equal(all, pieces) || len(all) < 2000 {
		t.Errorf("%d entries in all, %d in windows", len(all), len(pieces))
	}
	kinds := map[EntryKind]int{}
	settled := 0
	for i, e := range all {
		kinds[e.Kind]++
		if i > 0 && e.At < all[i-1].At {
			t.Fatalf("entry %+v comes after %+v", e, all[i-1])
		}
		if i > 0 && e.Day == all[i-1].Day && (e.Balance != all[i-1].Balance+e.Amount || e.Serial != all[i-1].Serial+1) {
			t.Fatalf("entry %+v follows %+v", e, all[i-1])
		}
	}
	for _, o := range everything(m, 1, noon) {
		b := m.Basket(&o)
		if s, ok := m.Settlement(&o, &b); ok {
			settled++
			mine := func(e Entry) bool {
				return e.Kind == Income && e.Order == o.Ref && e.Amount == s.Amount && e.At == s.At
			}
			if !slices.ContainsFunc(all, mine) {
				t.Fatalf("settlement %+v has no entry", s)
			}
		}
	}
	if kinds[Income] != settled || len(kinds) < int(Withdrawal) {
		t.Errorf("kinds %v, %d settled", kinds, settled)
	}
}

func TestTheDaysMoneyOnlyGrows(t *testing.T) {
	t.Parallel()
	m := testMarket(1, 40, 100)
	earlier := slices.Collect(m.Ledger(0, 0, 1<<40, noon))
	later := slices.Collect(m.Ledger(0, 0, 1<<40, noon+3*Date))
	if len(later) <= len(earlier) || !slices.Equal(earlier, later[:len(earlier)]) {
		t.Errorf("%d entries became %d, not the same", len(earlier), len(later))
	}
}

func TestShelvesChange(t *testing.T) {
	t.Parallel()
	m := testMarket(2, 30, 50)
	statuses, ids := map[ProductStatus]int{}, map[int64]bool{}
	variants := map[int64]bool{}
	big, fresh := 0, 0
	for shop := range 2 {
		days := map[int64]int{}
		for s := range m.Products(shop, noon) {
			statuses[s.Status]++
			if ids[s.ID] {
				t.Errorf("product %d comes twice", s.ID)
			}
			ids[s.ID] = true
			if s.ID > 1<<53 {
				big++
			}
			if s.Create > noon-30*Date {
				fresh++
			}
			days[DayOf(s.Update)]++
			if s.Update < s.Create || s.Update > noon {
				t.Fatalf("shelf %+v", s)
			}
			later, ok := m.FindProduct(shop, s.ID, noon+20*Date)
			if !ok || later.Update < s.Update || later.Update == s.Update && (later.Status != s.Status || later.TotalStock() != s.TotalStock()) {
				t.Fatalf("shelf %+v became %+v", s, later)
			}
			for v := range s.Variants {
				id, _, _ := s.Variant(v)
				if variants[id] {
					t.Errorf("variant %d comes twice", id)
				}
				variants[id] = true
			}
		}
		for day := DayOf(noon) - 10; day < DayOf(noon); day++ {
			if days[day] == 0 {
				t.Errorf("no product of shop %d changed on day %d", shop, day)
			}
		}
	}
	if len(statuses) != int(Deleted)+1 || big == 0 || fresh == 0 {
		t.Errorf("statuses %v, %d large ids, %d new", statuses, big, fresh)
	}
	for _, id := range []int64{0, -5, lowID + 1, highID + 1, 1 << 62} {
		if s, ok := m.FindProduct(0, id, noon); ok {
			t.Errorf("%d is %+v", id, s)
		}
	}
}
