package tiktok

import (
	"iter"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// cancelStatus is the platform's word: a request is a success when it is granted, and complete when the money is back.
func cancelStatus(c *market.Cancellation) string {
	switch {
	case c.Done == 0:
		return "CANCELLATION_REQUEST_PENDING"
	case c.Paid:
		return "CANCELLATION_REQUEST_COMPLETE"
	}
	return "CANCELLATION_REQUEST_SUCCESS"
}

func cancelType(c *market.Cancellation) string {
	if c.By == market.Buyer {
		return "BUYER_CANCEL"
	}
	return "CANCEL"
}

// cancelUpdate is when a cancellation last changed.
func cancelUpdate(c *market.Cancellation) int64 { return max(c.Asked, c.Done) }

// terse says whether a cancellation comes without its lines and its refund, as some of the sellers' do.
func terse(o *market.Order, c *market.Cancellation) bool {
	return c.By == market.Seller && o.Key>>40&1 == 0
}

// cancellationsIn are a shop's cancellations that were asked for and last changed in two spans.
func (w *World) cancellationsIn(shop int, created, updated span, now int64) iter.Seq2[*market.Order, market.Cancellation] {
	window := market.Window{Shop: shop, From: created.from - longestLife, To: created.to}
	if created == always {
		window.From, window.To = updated.from-longestLife, updated.to
	}
	return func(yield func(*market.Order, market.Cancellation) bool) {
		for o := range w.Orders(window, now, market.Newest) {
			c, ok := o.Cancellation()
			if ok && created.holds(c.Asked) && updated.holds(cancelUpdate(&c)) && !yield(o, c) {
				return
			}
		}
	}
}

// cancellationRow is the truth about a cancellation, whose lines are single units.
func (w *World) cancellationRow(o *market.Order, c *market.Cancellation) world.Row {
	row := world.Row{
		ShopID: w.shopText(o.Shop), ID: w.id(leadCancellation, o.Ref), CreateTime: c.Asked, UpdateTime: cancelUpdate(c),
		Status: cancelStatus(c), Places: w.RegionOf(o.Shop).Places,
	}
	if terse(o, c) {
		return row
	}
	b := w.basket(o)
	row.Lines, row.Quantity = int(b.Quantity()), b.Quantity()
	if c.Paid {
		row.Amount = b.Total
	}
	return row
}

var cancellationList = listRule{least: 1, most: 50, usual: 10, sorts: []string{"create_time", "update_time"}}

// searchCancellations answers the list of cancellations.
func (a *API) searchCancellations(c *call, w *wire.Writer) *refusal {
	f, refused := c.filter()
	if refused != nil {
		return refused
	}
	created, updated, refused := c.spans(f)
	if refused != nil {
		return refused
	}
	l, refused := a.listing(c, cancellationList)
	if refused != nil {
		return refused
	}
	p := l.cut(c, func(yield func(market.Position) bool) {
		for o, of := range a.world.cancellationsIn(c.shop, created, updated, c.now) {
			if !a.letsCancellation(f, o, &of) {
				continue
			}
			at := market.Position{At: of.Asked, Ref: o.Ref}
			if l.sort == "update_time" {
				at.At = cancelUpdate(&of)
			}
			if !yield(at) {
				return
			}
		}
	})
	l.write(c, w, p, "cancellations", true, func(at market.Position) {
		if o, ok := a.world.Find(at.Ref, c.now); ok {
			a.world.view(&o).writeCancellation(w)
		}
	})
	return nil
}

// letsCancellation says whether a cancellation is one that a filter asks for, but for its times.
func (a *API) letsCancellation(f *filter, o *market.Order, c *market.Cancellation) bool {
	return among(f.Cancels, a.world.id(leadCancellation, o.Ref)) && among(f.Orders, a.world.id(leadOrder, o.Ref)) &&
		among(f.CancelTypes, cancelType(c)) && among(f.CancelStatuses, cancelStatus(c)) && a.bought(f, o)
}

func (v *view) writeCancellation(w *wire.Writer) {
	c := v.cancelled
	why := cancelReasons[c.By]
	w.Open('{')
	w.Member("cancel_id", v.world.id(leadCancellation, v.Ref))
	w.Member("order_id", v.world.id(leadOrder, v.Ref))
	w.Member("cancel_type", cancelType(c))
	w.Member("cancel_status", cancelStatus(c))
	w.Member("role", partyNames[c.By])
	if !terse(v.Order, c) {
		w.Member("cancel_reason", why.key)
	}
	w.Member("cancel_reason_text", why.text)
	w.Name("create_time").Int(c.Asked)
	w.Name("update_time").Int(cancelUpdate(c))
	if terse(v.Order, c) {
		w.Close('}')
		return
	}
	action := ""
	if c.Done == 0 {
		action = "SELLER_RESPOND_CANCEL"
	}
	writeNext(w, action, c.Asked+2*market.Date)
	b, paid := &v.basket, int64(0)
	if c.Paid {
		paid = 1
	}
	w.Name("refund_amount")
	writeRefund(w, v.region, refund{goods: paid * b.Subtotal(), shipping: paid * b.Shipping.Paid, tax: paid * b.Tax})
	w.Name("cancel_line_items").Open('[')
	unit := 0
	for i := range b.Lines {
		for range b.Lines[i].Quantity {
			w.Open('{')
			w.Name("cancel_line_item_id").IntText(unitShift + market.UnitID(v.Ref, unit))
			v.writeUnitOf(w, i, unit)
			w.Name("refund_amount")
			writeRefund(w, v.region, refund{goods: paid * b.Lines[i].Price, tax: paid * b.unitTax[i]})
			w.Close('}')
			unit++
		}
	}
	w.Close(']')
	w.Close('}')
}
