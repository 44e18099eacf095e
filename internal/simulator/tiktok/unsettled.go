package tiktok

import (
	"iter"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// longestUnsettled is how far back orders are looked at that may not be settled: all but those whose return never ends are.
const longestUnsettled = 32 * market.Date

// unsettled yields the orders of a shop that were made in a span, have arrived, and are not settled yet, newest first.
func (w *World) unsettled(shop int, ordered span, now int64) iter.Seq[*market.Order] {
	return func(yield func(*market.Order) bool) {
		window := market.Window{Shop: shop, From: max(ordered.from, now-longestUnsettled), To: ordered.to}
		for o := range w.Orders(window, now, market.Newest) {
			if o.Life.Here == 0 || o.Reached(o.Life.Here) == 0 {
				continue
			}
			if at := w.SettledAt(o); (at == 0 || at > now) && !yield(o) {
				return
			}
		}
	}
}

// estimate is what an order brings if nothing comes back.
func (b *basket) estimate() sums {
	var s sums
	for i := range b.Lines {
		l := &b.Lines[i]
		s.revenue += l.Quantity * (l.Original - l.SellerOff)
		fees := l.Fees()
		s.fee -= l.Quantity * fees.Sum()
	}
	s.shipping = b.Shipping.Paid + b.Shipping.PlatformOff - b.Shipping.Actual
	return s
}

// unsettledRow is the truth about an estimate, which is as old as its order.
func (w *World) unsettledRow(o *market.Order) world.Row {
	b := w.basket(o)
	s := b.estimate()
	return world.Row{
		ShopID: w.shopText(o.Shop), ID: "unsettled:" + w.id(leadOrder, o.Ref), CreateTime: o.Create,
		Amount: s.settlement(), Places: w.RegionOf(o.Shop).Places,
	}
}

var unsettledList = listRule{least: 1, most: 100, usual: 20, sorts: []string{"order_create_time"}}

// listUnsettled answers the list of estimates, which have no ids of their own.
func (a *API) listUnsettled(c *call, w *wire.Writer) *refusal {
	ordered, refused := c.querySpan("search_time")
	if refused != nil {
		return refused
	}
	l, refused := a.listing(c, unsettledList)
	if refused != nil {
		return refused
	}
	p := l.cut(c, func(yield func(market.Position) bool) {
		for o := range a.world.unsettled(c.shop, ordered, c.now) {
			if !yield(o.Place(false)) {
				return
			}
		}
	})
	l.write(c, w, p, "transactions", true, func(at market.Position) {
		if o, ok := a.world.Find(at.Ref, c.now); ok {
			a.writeUnsettled(w, &o)
		}
	})
	return nil
}

func (a *API) writeUnsettled(w *wire.Writer, o *market.Order) {
	region, b := a.world.RegionOf(o.Shop), a.world.basket(o)
	s := b.estimate()
	reason := "ORDER_IN_SETTLEMENT_PERIOD"
	switch o.Status {
	case market.Delivered:
		reason = "ORDER_NOT_COMPLETED"
	case market.Returning:
		reason = "ORDER_IN_RETURN"
	default:
	}
	w.Open('{')
	w.Member("type", typeOrder)
	w.Member("order_id", a.world.id(leadOrder, o.Ref))
	w.Name("order_create_time").Int(o.Create)
	w.Member("currency", region.Currency)
	money(w, "est_settlement_amount", s.settlement(), region.Places)
	money(w, "est_revenue_amount", s.revenue, region.Places)
	money(w, "est_shipping_cost_amount", s.shipping, region.Places)
	money(w, "est_fee_tax_amount", s.fee, region.Places)
	w.Member("unsettled_reason", reason)
	w.Close('}')
}
