package tiktok

import (
	"iter"
	"slices"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// withdrawal is a movement of the seller's balance.
type withdrawal struct {
	statement
	ordinal int // 0: what a statement brings; 1: what the seller does about that
	kind    string
	at      int64
	amount  int64
}

// handled is how long a withdrawal takes.
const handled = 12 * market.Hour

// status is the platform's word for how far a withdrawal is.
func (x *withdrawal) status(now int64) string {
	if x.kind == "WITHDRAW" && now < x.at+handled {
		return "PROCESSING"
	}
	return "SUCCESS"
}

func (w *World) withdrawalID(x *withdrawal) string {
	return w.id(leadSettle+int64(x.ordinal), market.Ref{Shop: x.shop, Day: x.day})
}

// longestPayout is more than lies between a statement and the last movement that follows from it.
const longestPayout = 3 * market.Date

// withdrawals yields the movements of a shop's balance in a span and not after now. A statement's money comes in, and a day
// later the seller takes it out, or fills up what is missing.
func (w *World) withdrawals(shop int, in span, now int64) iter.Seq[withdrawal] {
	return func(yield func(withdrawal) bool) {
		for s := range w.statements(shop, span{in.from - longestPayout, in.to}, now) {
			x := withdrawal{statement: *s, kind: "SETTLE", at: w.paidAt(s), amount: s.settlement()}
			if x.amount == 0 {
				continue
			}
			if in.holds(x.at) && x.at <= now && !yield(x) {
				return
			}
			r := w.payout(s)
			x.ordinal, x.kind, x.at, x.amount = 1, "WITHDRAW", x.at+market.Date+r.Below(market.Hour), -x.amount
			if x.amount > 0 {
				x.kind = "TRANSFER"
			}
			if in.holds(x.at) && x.at <= now && !yield(x) {
				return
			}
		}
	}
}

// withdrawalRow is the truth about a movement of the balance.
func (w *World) withdrawalRow(x *withdrawal, now int64) world.Row {
	return world.Row{
		ShopID: w.shopText(x.shop), ID: "withdrawal:" + w.withdrawalID(x), CreateTime: x.at, Status: x.status(now),
		Amount: x.amount, Places: w.RegionOf(x.shop).Places,
	}
}

// withdrawalList has an order of its own: the newest come first.
var withdrawalList = listRule{least: 1, most: 100, usual: 20, descending: true}

// listWithdrawals answers the list of movements of the balance.
func (a *API) listWithdrawals(c *call, w *wire.Writer) *refusal {
	in, refused := c.querySpan("create_time")
	if refused != nil {
		return refused
	}
	types, refused := c.words("types", "WITHDRAW", "SETTLE", "TRANSFER", "REVERSE")
	if refused != nil {
		return refused
	}
	l, refused := a.listing(c, withdrawalList)
	if refused != nil {
		return refused
	}
	found := map[market.Position]withdrawal{}
	p := l.cut(c, func(yield func(market.Position) bool) {
		for x := range a.world.withdrawals(c.shop, in, c.now) {
			if !slices.Contains(types, x.kind) {
				continue
			}
			at := market.Position{At: x.at, Ref: market.Ref{Shop: c.shop, Day: x.day}, Ordinal: x.ordinal}
			found[at] = x
			if !yield(at) {
				return
			}
		}
	})
	region := a.world.RegionOf(c.shop)
	l.write(c, w, p, "withdrawals", true, func(at market.Position) {
		if x, ok := found[at]; ok {
			w.Open('{')
			w.Member("id", a.world.withdrawalID(&x))
			w.Member("type", x.kind)
			money(w, "amount", x.amount, region.Places)
			w.Member("currency", region.Currency)
			w.Member("status", x.status(c.now))
			w.Name("create_time").Int(x.at)
			w.Close('}')
		}
	})
	return nil
}
