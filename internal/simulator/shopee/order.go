package shopee

import (
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// order is one order at one moment.
type order struct {
	shop   int
	day    int64
	index  int
	key    uint64
	create int64
	life   life

	now    int64
	status status
	update int64
}

func (o *order) place() place { return place{day: o.day, index: o.index} }

// sn is the order's number.
func (o *order) sn(w *World) string {
	return string(w.appendSN(make([]byte, 0, 14), o.day, o.shop, o.index))
}

// shown is the status as a caller sees it who did or did not ask for PENDING.
func (o *order) shown(withPending bool) status {
	if o.status == pending && !withPending {
		return readyToShip
	}
	return o.status
}

// reached is a moment of the order's life if it has come, else 0.
func (o *order) reached(at int64) int64 {
	if at > o.now {
		return 0
	}
	return at
}

// daysToShip is what the seller promised.
func (o *order) daysToShip() int64 { return 2 + int64(o.key>>8&1) }

// booking says whether the order began as a booking, which has a number of its own.
func (o *order) booking() bool { return o.key%53 == 0 }

// line is one line of an order.
type line struct {
	item     item
	model    int
	quantity int64
	price    int64 // paid for one unit; 0 in a bundle, whose price is the bundle's
	itemID   int64 // order_item_id: shared by the lines of a bundle
	group    int64 // of the bundle, 0 if none
	addOn    int64 // id of the add-on deal, 0 if none
	main     bool
	parcel   int // which package it is in
}

// basket is what was bought and what it costs, in the currency's smallest unit. It never changes during an order's life.
type basket struct {
	lines    []line
	parcels  int
	shipping int64 // paid by the buyer
	total    int64
}

// basket draws what was bought. About three orders of eight have two to ten lines, one of eighteen is sent in two packages.
func (w *World) basket(o *order) basket {
	r := world.NewRand(world.Hash(o.key, streamBasket))
	n := 1
	if r.Chance(38) {
		n = 2 + int(min(r.Below(9), r.Below(9)))
	}
	b := basket{lines: make([]line, n), parcels: 1}
	start, stride := r.Below(itemsPerShop), r.Between(1, itemsPerShop-1)
	places := marketOf(o.shop).places
	for i := range b.lines {
		it := w.item(o.shop, int((start+int64(i)*stride)%itemsPerShop))
		l := line{item: it, quantity: 1 + r.Below(1+r.Below(4)), price: it.discounted(places), itemID: it.id}
		if it.models > 0 {
			l.model = int(r.Below(int64(it.models)))
		}
		b.lines[i] = l
		b.total += l.quantity * l.price
	}
	b.deal(&r, o)
	if n > 1 && r.Chance(16) {
		b.parcels = 2
		for i := range b.lines {
			b.lines[i].parcel = i % 2
		}
	}
	b.shipping = r.Between(4, 40) * 1000
	if places > 0 {
		b.shipping = r.Between(0, 599)
	}
	b.total += b.shipping
	return b
}

// deal makes some orders a bundle, whose lines cost nothing by themselves and stay in the total, or an add-on deal.
func (b *basket) deal(r *world.Rand, o *order) {
	n := len(b.lines)
	if n < 2 {
		return
	}
	switch p := r.Below(100); {
	case p < 15:
		for i := n - 2; i < n; i++ {
			b.lines[i].price, b.lines[i].group = 0, 1
			b.lines[i].itemID = lineID(o, 15) // shared, and no line's own
		}
	case p < 25:
		deal := 30_000 + int64(o.key%5000)
		b.lines[0].addOn, b.lines[0].main = deal, true
		b.lines[1].addOn = deal
	}
}

func (b *basket) quantity() int64 {
	n := int64(0)
	for i := range b.lines {
		n += b.lines[i].quantity
	}
	return n
}

// grams is the weight of a package, of the whole order if parcel is negative.
func (b *basket) grams(parcel int) int64 {
	n := int64(0)
	for i := range b.lines {
		if l := &b.lines[i]; parcel < 0 || l.parcel == parcel {
			n += l.quantity * l.item.grams
		}
	}
	return n
}

// row is the truth about an order.
func (w *World) row(o *order) world.Row {
	b := w.basket(o)
	return world.Row{
		ShopID: strconv.FormatInt(w.shopID(o.shop), 10),
		ID:     o.sn(w), CreateTime: o.create, UpdateTime: o.update, Status: o.status.String(),
		Amount: b.total, Places: marketOf(o.shop).places, Lines: len(b.lines), Quantity: b.quantity(),
	}
}
