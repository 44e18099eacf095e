package market

import "github.com/shopstream/shopstream/internal/simulator/world"

// Fees are what the platform keeps of one unit's price after the seller's discount.
type Fees struct{ Commission, Transaction, Service int64 }

// Sum is all fees.
func (f Fees) Sum() int64 { return f.Commission + f.Transaction + f.Service }

// Fees of one unit: 6, 2 and 4 percent, rounded down each.
func (l *Line) Fees() Fees {
	price := l.Original - l.SellerOff
	return Fees{Commission: price * 6 / 100, Transaction: price * 2 / 100, Service: price * 4 / 100}
}

// Settlement is what an order brought its seller. All amounts are positive but Amount and Adjustment, which may be either:
// Amount = Goods - Refunded - Fees.Sum() - Shipping.
type Settlement struct {
	At       int64   // when the money came
	Goods    int64   // the lines' prices after the seller's discount
	Refunded int64   // of that, taken back by returns before At
	Charged  []int64 // units of each line that fees were taken of: all but those refunded in full
	Fees     Fees
	Shipping int64 // what the carrier took, less what buyer and platform paid of it
	Amount   int64

	Adjusted   int64 // when the amount was corrected, 0: never or not yet
	Adjustment int64 // not in Amount; 0 if there is none
}

// SettledAt is when an order's money comes, be it still to come; 0 for never.
func (m *Market) SettledAt(o *Order) int64 { return m.settled(o) }

// settled is when an order's money comes, 0 for never: one to three days after it was completed, or its return was over.
func (m *Market) settled(o *Order) int64 {
	at := o.Life.Began(Completed)
	if at == 0 {
		if o.Life.Fate != Returned {
			return 0
		}
		first, open := m.firstReturn(o)
		if open {
			return 0
		}
		at = first.steps[first.n-1].Begin
	}
	r := world.NewRand(world.Hash(o.Key, streamSettlement))
	return at + r.Between(Date, 3*Date)
}

// Settlement is what an order brought; false if it did not come to that so far.
func (m *Market) Settlement(o *Order, b *Basket) (Settlement, bool) {
	at := m.settled(o)
	if at == 0 || at > o.Now {
		return Settlement{}, false
	}
	return m.settlement(o, b, at), true
}

func (m *Market) settlement(o *Order, b *Basket, at int64) Settlement {
	s := Settlement{At: at, Charged: make([]int64, len(b.Lines))}
	for i := range b.Lines {
		l := &b.Lines[i]
		s.Charged[i] = l.Quantity
		s.Goods += l.Quantity * (l.Original - l.SellerOff)
	}
	for _, ret := range m.returns(o, b) {
		if ret.Late || ret.refunded() == 0 {
			continue
		}
		s.Refunded += ret.cost()
		for _, l := range ret.Lines {
			if l.Whole {
				s.Charged[l.Line] -= l.Quantity
			}
		}
	}
	for i := range b.Lines {
		unit := b.Lines[i].Fees()
		s.Fees.Commission += s.Charged[i] * unit.Commission
		s.Fees.Transaction += s.Charged[i] * unit.Transaction
		s.Fees.Service += s.Charged[i] * unit.Service
	}
	s.Shipping = b.Shipping.Actual - b.Shipping.Paid - b.Shipping.PlatformOff
	s.Amount = s.Goods - s.Refunded - s.Fees.Sum() - s.Shipping
	if adjusted, upward := adjusted(o, at); adjusted != 0 && adjusted <= o.Now {
		s.Adjusted = adjusted
		s.Adjustment = -(b.Shipping.Actual/3 + 100)
		if upward {
			s.Adjustment = -s.Adjustment
		}
	}
	return s
}

// adjusted is when a settlement is corrected, 0 for never, and whether in the seller's favour.
func adjusted(o *Order, at int64) (when int64, upward bool) {
	r := world.NewRand(world.Hash(o.Key, streamSettlement, 1))
	when = at + r.Between(Date, 3*Date)
	if !r.Chance(4) {
		return 0, false
	}
	return when, r.Chance(30)
}
