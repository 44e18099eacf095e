package shopee

import (
	"iter"
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// The streams of randomness: each aspect of the world draws from its own, so that one can change without the others.
const (
	streamApp uint64 = iota + 1
	streamShop
	streamToken
	streamCode
	streamNumber
	streamDay
	streamSlot
	streamOrder
	streamLife
	streamBasket
	streamPerson
	streamPackage
	streamItem
	streamCursor
)

// World is a number of sellers and all their orders. It holds no order and is safe for concurrent use.
type World struct {
	seed         uint64
	shops        int
	days, perDay int
	first        int64 // the first day with orders
}

// newWorld has orders from the days-th calendar day before the one that holds start, and on without end: what is not yet
// created at some moment is left out by who asks.
func newWorld(seed int64, shops, days, perDay int, start int64) *World {
	return &World{seed: world.Hash(uint64(seed)), shops: shops, days: days, perDay: perDay, first: dayOf(start) - int64(days)} //nolint:gosec // keys wrap
}

// market is what a shop's region decides.
type market struct {
	region, currency string
	places           int // digits of the currency's smallest unit
	channel          string
}

var markets = [...]market{
	{"VN", "VND", 0, "shopee-vn"},
	{"SG", "SGD", 2, "shopee-sg"},
}

func marketOf(shop int) *market { return &markets[shop%len(markets)] }

// shopID is the platform's id of a shop.
func (w *World) shopID(shop int) int64 {
	base := int64(world.Hash(w.seed, streamShop) % 400_000_000)
	return 100_000_000 + base + int64(shop)*7919
}

// shopOf is the inverse of shopID.
func (w *World) shopOf(id int64) (shop int, ok bool) {
	n := id - w.shopID(0)
	if n < 0 || n%7919 != 0 || n/7919 >= int64(w.shops) {
		return 0, false
	}
	return int(n / 7919), true
}

func (w *World) partnerID() string {
	return strconv.FormatUint(2_000_000+world.Hash(w.seed, streamApp)%900_000, 10)
}

// partnerKey looks like hexadecimal and is used as the text it is.
func (w *World) partnerKey() string {
	r := world.NewRand(world.Hash(w.seed, streamApp, 1))
	return r.Hex(64)
}

// selection is a window of one shop's orders, unix seconds, half-open.
type selection struct {
	shop     int
	byUpdate bool
	from, to int64
}

// place is where an order stands in its shop. Places descend in lists.
type place struct {
	day   int64
	index int
}

// newest stands before every order.
var newest = place{day: 1 << 40}

// orders yields the selected orders as they are at now, newest creation first, from the first one that stands after a place.
// The order is reused: it is valid until the next one.
func (w *World) orders(sel selection, now int64, after place) iter.Seq[*order] {
	return func(yield func(*order) bool) {
		created := sel.from
		if sel.byUpdate {
			created -= longestLife
		}
		created = max(created, dayBegin(w.first))
		end := min(sel.to, now+1)
		if created >= end {
			return
		}
		var o order
		for number := min(dayOf(end-1), after.day); number >= dayOf(created); number-- {
			d := w.day(sel.shop, number)
			index := d.since(end)
			if number == after.day {
				index = min(index, after.index)
			}
			for index--; index >= 0 && d.create(index) >= created; index-- {
				o = d.order(index, now)
				if sel.byUpdate && (o.update < sel.from || o.update >= sel.to) {
					continue
				}
				if !yield(&o) {
					return
				}
			}
		}
	}
}

// find is the order of a number as it is at now, if this shop has created it.
func (w *World) find(shop int, sn string, now int64) (order, bool) {
	number, owner, index, ok := w.parseSN(sn)
	if !ok || owner != shop || number < w.first || number > dayOf(now) {
		return order{}, false
	}
	d := w.day(shop, number)
	if index >= d.orders || d.create(index) > now {
		return order{}, false
	}
	return d.order(index, now), true
}
