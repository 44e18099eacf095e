package tiktok

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

var orderList = listRule{least: 1, most: 100, sorts: []string{"create_time", "update_time"}, descending: true}

// searchOrders answers the list of orders, which have all their details.
func (a *API) searchOrders(c *call, w *wire.Writer) *refusal {
	f, refused := c.filter()
	if refused != nil {
		return refused
	}
	if refused := c.oneOf("order_status", f.OrderStatus, statusNames[:]...); refused != nil {
		return refused
	}
	if refused := c.oneOf("shipping_type", f.ShippingType, shippingByPlatform, "SELLER"); refused != nil {
		return refused
	}
	created, updated, refused := c.spans(f)
	if refused != nil {
		return refused
	}
	l, refused := a.listing(c, orderList)
	if refused != nil {
		return refused
	}
	p := a.orderPage(c, l, f, created, updated)
	l.write(c, w, p, "orders", true, func(at market.Position) {
		if o, ok := a.world.Find(at.Ref, c.now); ok {
			a.writeOrder(w, &o)
		}
	})
	return nil
}

// orderPage cuts a page of orders. One of all orders of a stretch of creation does not look at those before and behind it.
func (a *API) orderPage(c *call, l *listing, f *filter, created, updated span) page {
	plain := updated == always && f.OrderStatus == "" && f.ShippingType == "" && f.Buyer == "" && f.CancelAsked == nil && len(f.Warehouses) == 0
	if !plain || l.sort != "create_time" {
		return l.cut(c, a.selected(c, l.sort == "update_time", f, created, updated))
	}
	p := page{total: a.world.Count(c.shop, created.from, created.to, c.now)}
	orders, limit := a.neighbours(c, l, created), l.limit(c)
	for o := range orders {
		if len(p.rows) == limit {
			p.more = true
			break
		}
		p.rows = append(p.rows, o.Place(false))
	}
	return p
}

// neighbours are the orders of a stretch of creation from the page's begin on.
func (a *API) neighbours(c *call, l *listing, created span) iter.Seq[*market.Order] {
	after := market.Oldest
	if l.desc {
		after = market.Newest
	}
	if l.after != nil {
		after = l.after.Ref
	}
	if l.desc {
		return a.world.Orders(market.Window{Shop: c.shop, From: created.from, To: created.to}, c.now, after)
	}
	return a.world.OldestFirst(c.shop, created.from, created.to, c.now, after)
}

// selected are the places of the orders that a filter lets through.
func (a *API) selected(c *call, byUpdate bool, f *filter, created, updated span) iter.Seq[market.Position] {
	window := market.Window{Shop: c.shop, From: created.from, To: created.to}
	if created == always && updated != always {
		window = market.Window{Shop: c.shop, ByUpdate: true, From: updated.from, To: updated.to}
	}
	return func(yield func(market.Position) bool) {
		for o := range a.world.Orders(window, c.now, market.Newest) {
			if created.holds(o.Create) && updated.holds(o.Update) && a.lets(f, o) && !yield(o.Place(byUpdate)) {
				return
			}
		}
	}
}

// lets says whether an order is one that a filter asks for, but for its times.
func (a *API) lets(f *filter, o *market.Order) bool {
	switch {
	case f.OrderStatus != "" && f.OrderStatus != statusNames[o.Status],
		f.ShippingType != "" && f.ShippingType != shippingByPlatform,
		f.CancelAsked != nil && *f.CancelAsked != (o.Status == market.Cancelling),
		!among(f.Warehouses, a.world.warehouseID(o.Shop, 0)):
		return false
	case f.Buyer == "":
		return true
	}
	person := a.world.Person(o)
	return userID(&person) == f.Buyer
}

const maxDetails = 50

// orders answers the orders of some ids. Ids that the shop has no order of are left out.
func (a *API) orders(c *call, w *wire.Writer) *refusal {
	ids := strings.Split(c.query.Get("ids"), ",")
	if len(ids) > maxDetails {
		return badParam("ids")
	}
	for _, id := range ids {
		if _, err := strconv.ParseUint(id, 10, 64); err != nil {
			return badParam("ids")
		}
	}
	if c.fault == world.FaultMissing {
		ids = ids[:len(ids)-1]
	}
	open := false
	for i, id := range ids {
		o, ok := a.world.find(c.shop, id, c.now)
		if !ok || slices.Contains(ids[:i], id) {
			continue
		}
		if !open {
			open = true
			w.Name("orders").Open('[')
		}
		a.writeOrder(w, &o)
	}
	if open {
		w.Close(']')
	}
	return nil
}
