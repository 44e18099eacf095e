package tiktok

import (
	"iter"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// statement is what a shop's money did on one day in UTC. It is made when the day is over; a day without movements has none.
type statement struct {
	shop int
	day  int64 // number of the UTC day
	sums
}

// time is when the statement is made: the second that ends its day.
func (s *statement) time() int64 { return (s.day + 1) * market.Date }

func (w *World) statementID(s *statement) string {
	return w.id(leadStatement, market.Ref{Shop: s.shop, Day: s.day})
}

// sums are what transactions come to. Costs are negative, and all parts make the settlement.
type sums struct{ revenue, shipping, fee, adjustment int64 }

func (s *sums) settlement() int64 { return s.revenue + s.shipping + s.fee + s.adjustment }

func (s *sums) add(o sums) {
	s.revenue += o.revenue
	s.shipping += o.shipping
	s.fee += o.fee
	s.adjustment += o.adjustment
}

// settledDays are the UTC days whose statements are made in a span and not after now, as a half-open range.
func settledDays(made span, now int64) (first, end int64) {
	before := func(at int64) int64 { return (at+market.Date-1)/market.Date - 1 } // days that end before at
	return before(max(made.from, market.Date)), min(before(made.to), before(now+1))
}

// entries are the movements of a shop's money on UTC days, oldest first, but for what moves between the seller's own pockets.
func (w *World) entries(shop int, first, end, now int64) iter.Seq[market.Entry] {
	return func(yield func(market.Entry) bool) {
		for e := range w.Ledger(shop, first*market.Date, end*market.Date, now) {
			if e.Kind != market.TopUp && e.Kind != market.Withdrawal && !yield(e) {
				return
			}
		}
	}
}

// statements yields the statements of a shop that were made in a span and not after now, oldest first.
func (w *World) statements(shop int, made span, now int64) iter.Seq[*statement] {
	return func(yield func(*statement) bool) {
		first, end := settledDays(made, now)
		var s *statement
		for e := range w.entries(shop, first, end, now) {
			day := e.At / market.Date
			if s != nil && s.day != day && !yield(s) {
				return
			}
			if s == nil || s.day != day {
				s = &statement{shop: shop, day: day}
			}
			t := w.transaction(shop, e, now)
			s.add(t.sums)
		}
		if s != nil {
			yield(s)
		}
	}
}

// statementRow is the truth about a statement.
func (w *World) statementRow(s *statement, now int64) world.Row {
	return world.Row{
		ShopID: w.shopText(s.shop), ID: "statement:" + w.statementID(s), CreateTime: s.time(), Status: w.paymentStatus(s, now),
		Amount: s.settlement(), Places: w.RegionOf(s.shop).Places,
	}
}

// paymentStatus says whether a statement's money reached the seller's balance.
func (w *World) paymentStatus(s *statement, now int64) string {
	if w.paidAt(s) <= now {
		return "PAID"
	}
	return "PROCESSING"
}

// paidAt is when a statement's money reaches the seller's balance: within the day after the one it is made on.
func (w *World) paidAt(s *statement) int64 {
	r := w.payout(s)
	return s.time() + market.Date + r.Below(market.Date/4)
}

func (w *World) payout(s *statement) world.Rand {
	return world.NewRand(world.Hash(w.Key(), streamPayout, uint64(s.shop), uint64(s.day))) //nolint:gosec // keys wrap
}
