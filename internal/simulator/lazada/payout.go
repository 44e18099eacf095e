package lazada

import (
	"iter"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// statement is a week of a shop's account.
type statement struct {
	shop       int
	week       int64 // its Monday
	made, paid int64
	sums       [sums]int64
}

// statements yields the statements of a shop that were made in [from, to) and not after now, oldest first. A week in which
// nothing moved has none.
func (w *World) statements(shop int, from, to, now int64) iter.Seq[*statement] {
	days := calendarOf(w.RegionOf(shop))
	return func(yield func(*statement) bool) {
		var s *statement
		ripe := func() bool { return s != nil && s.made >= from && s.made < to && s.made <= now }
		for f := range w.fees(shop, monday(max(days.day(from)-7, 0)), days.day(min(to, now))+1, now) {
			if week := monday(f.day); s == nil || week != s.week {
				if ripe() && !yield(s) {
					return
				}
				s = &statement{shop: shop, week: week}
				s.made, s.paid = days.paidOut(week)
			}
			s.sums[f.sum] += f.amount
		}
		if ripe() {
			yield(s)
		}
	}
}

func (w *World) statementNumber(s *statement) string {
	return w.shortCode(s.shop) + "-" + date(s.week, "2006-0102")
}

// total is what the week brought; payout is what of it is paid out: a week that cost the seller is settled elsewhere.
func (s *statement) total() int64 {
	n := int64(0)
	for _, sum := range s.sums {
		n += sum
	}
	return n
}

func (s *statement) payout() int64 { return max(s.total(), 0) }

// state is whether the statement is paid, and when that began.
func (s *statement) state(now int64) (paid string, since int64) {
	if s.paid <= now {
		return "1", s.paid
	}
	return "0", s.made
}

// payouts answers finance/payout/status/get.
func (a *API) payouts(c *call, w *wire.Writer) *refusal {
	day, refused := c.day("created_after")
	if refused != nil {
		return refused
	}
	if a.endsOutside {
		day++
	}
	w.Name("data").Open('[')
	for s := range a.world.statements(c.shop, calendarOf(a.world.RegionOf(c.shop)).begin(day), forever, c.now) {
		a.world.writeStatement(w, s, c.now)
	}
	w.Close(']')
	return nil
}

// writeStatement writes times without an offset: they are the site's.
func (w *World) writeStatement(out *wire.Writer, s *statement, now int64) {
	region := w.RegionOf(s.shop)
	local := func(at int64) string { return time.Unix(at, 0).In(region.Zone).Format(time.DateTime) }
	amount := func(name string, units int64) { out.Member(name, fixed(units, region.Places)) }
	paid, since := s.state(now)
	first := s.sums[itemRevenue] + s.sums[shipmentFee] + s.sums[shipmentCredit] + s.sums[otherRevenue] + s.sums[feesTotal]
	out.Open('{')
	out.Member("statement_number", w.statementNumber(s))
	out.Member("created_at", local(s.made))
	out.Member("updated_at", local(since))
	amount("opening_balance", 0)
	amount("item_revenue", s.sums[itemRevenue])
	amount("shipment_fee", s.sums[shipmentFee])
	amount("shipment_fee_credit", s.sums[shipmentCredit])
	amount("other_revenue_total", s.sums[otherRevenue])
	amount("fees_total", s.sums[feesTotal])
	amount("subtotal1", first)
	amount("refunds", s.sums[refunds])
	amount("fees_on_refunds_total", s.sums[feesOnRefunds])
	amount("subtotal2", s.sums[refunds]+s.sums[feesOnRefunds])
	amount("guarantee_deposit", 0)
	amount("closing_balance", s.total())
	out.Member("payout", fixed(s.payout(), region.Places)+" "+region.Currency)
	out.Member("paid", paid)
	out.Close('}')
}

// payoutRow is the truth about a statement.
func (w *World) payoutRow(s *statement, now int64) world.Row {
	paid, since := s.state(now)
	return world.Row{
		ShopID: w.shopID(s.shop), ID: "payout:" + w.statementNumber(s), CreateTime: s.made, UpdateTime: since, Status: paid,
		Amount: s.payout(), Places: w.RegionOf(s.shop).Places,
	}
}
