package shopee

import (
	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// statusNames are the platform's words for what may become of an order.
var statusNames = [...]string{
	market.Unpaid:     "UNPAID",
	market.Held:       "PENDING",
	market.ToShip:     "READY_TO_SHIP",
	market.Processed:  "PROCESSED",
	market.Retry:      "RETRY_SHIP",
	market.Shipped:    "SHIPPED",
	market.Delivered:  "TO_CONFIRM_RECEIVE",
	market.Cancelling: "IN_CANCEL",
	market.Cancelled:  "CANCELLED",
	market.Returning:  "TO_RETURN",
	market.Completed:  "COMPLETED",
}

// shown is an order's status as a caller sees it who did or did not ask for PENDING.
func shown(o *market.Order, withPending bool) string {
	if o.Status == market.Held && !withPending {
		return statusNames[market.ToShip]
	}
	return statusNames[o.Status]
}

// daysToShip is what the seller promised.
func daysToShip(o *market.Order) int64 { return 2 + int64(o.Key>>8&1) }

// booked says whether the order began as a booking, which has a number of its own.
func booked(o *market.Order) bool { return o.Key%53 == 0 }

// line is a line as the platform shows it.
type line struct {
	market.Line
	price  int64 // of one unit; 0 in a bundle, whose price is the bundle's
	itemID int64 // order_item_id: shared by the lines of a bundle
	group  int64 // of the bundle, 0 if none
	addOn  int64 // id of the add-on deal, 0 if none
	main   bool
}

// basket is a market's basket, some of whose lines the platform sells together.
type basket struct {
	market.Basket
	lines []line
}

// basket makes some orders a bundle, whose lines cost nothing by themselves and stay in the total, or an add-on deal.
func (w *World) basket(o *market.Order) basket {
	b := basket{Basket: w.Basket(o)}
	b.lines = make([]line, len(b.Lines))
	for i, l := range b.Lines {
		b.lines[i] = line{Line: l, price: l.Price, itemID: l.Product.ID}
	}
	n := len(b.lines)
	switch {
	case n < 2:
	case b.Deal < 15:
		for i := n - 2; i < n; i++ {
			b.lines[i].price, b.lines[i].group = 0, 1
			b.lines[i].itemID = lineID(o.Ref, 15) // shared, and no line's own
		}
	case b.Deal < 25:
		deal := 30_000 + int64(o.Key%5000)
		b.lines[0].addOn, b.lines[0].main = deal, true
		b.lines[1].addOn = deal
	}
	return b
}

// orderRow is the truth about an order.
func (w *World) orderRow(o *market.Order) world.Row {
	b := w.Basket(o)
	return world.Row{
		ShopID: w.shopText(o.Shop),
		ID:     w.sn(o.Ref), CreateTime: o.Create, UpdateTime: o.Update, Status: statusNames[o.Status],
		Amount: b.Total, Places: w.RegionOf(o.Shop).Places, Lines: len(b.Lines), Quantity: b.Quantity(),
	}
}
