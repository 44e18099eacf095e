package shopee

import (
	"time"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// The zone of the calendar days.
var zone = time.FixedZone("UTC+7", zoneOffset)

const (
	zoneOffset    = 7 * 3600
	secondsOfDay  = 24 * 3600
	rhythm        = 11 // days from one flash sale, and from one day without orders, to the next
	flashSaleHour = 20
)

// dayOf is the number of the calendar day in UTC+7 that holds t, unix seconds; day 0 is 1970-01-01.
func dayOf(t int64) int64 {
	d := (t + zoneOffset) / secondsOfDay
	if (t+zoneOffset)%secondsOfDay < 0 {
		d--
	}
	return d
}

// dayBegin is the first second of a day.
func dayBegin(day int64) int64 { return day*secondsOfDay - zoneOffset }

func dayStart(day int64) time.Time { return time.Unix(dayBegin(day), 0).In(zone) }

// hourWeights are the shares of a day's orders by hour.
var hourWeights = [24]int64{2, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 7, 7, 6, 5, 5, 5, 6, 7, 9, 11, 10, 7, 4}

// day is one shop's day: how many orders it has and how they are spread. Making one costs nothing worth caching.
type day struct {
	shop   int
	number int64
	key    uint64
	orders int
	before [25]int64 // orders before each hour
}

func (w *World) day(shop int, number int64) day {
	d := day{shop: shop, number: number, key: world.Hash(w.seed, streamDay, uint64(shop), uint64(number))} //nolint:gosec // keys wrap
	r := world.NewRand(d.key)
	period := int64(min(max(w.days, 1), rhythm))
	beat := (number + 3*int64(shop)) % period
	percent := r.Between(85, 115)
	if period == rhythm {
		percent += 10 // for the days without orders
	}
	d.orders = int(int64(w.perDay) * percent / 100)
	weights := hourWeights
	switch {
	case period == rhythm && beat == 5:
		d.orders = 0
	case beat == 0:
		if w.perDay >= 100 {
			d.orders = max(d.orders, 140)
		}
		weights[flashSaleHour] += 3 * 120 // a plain day weighs 121 in all
	}
	d.spread(weights)
	return d
}

func (d *day) spread(weights [24]int64) {
	total, sum := int64(0), int64(0)
	for _, w := range weights {
		total += w
	}
	for h, w := range weights {
		d.before[h] = int64(d.orders) * sum / total
		sum += w
	}
	d.before[24] = int64(d.orders)
}

// create is when the order of an index was created. It never descends with the index, so that windows can be searched.
// About every sixteenth order shares the second of the order before it.
func (d *day) create(index int) int64 {
	if index > 0 && index < d.orders-1 && d.draw(index)>>60 == 0 {
		return d.slot(index - 1)
	}
	return d.slot(index)
}

func (d *day) draw(index int) uint64 { return world.Hash(d.key, streamSlot, uint64(index)) } //nolint:gosec // not negative

// slot gives every index its own share of its hour and a place in it; the first and last hold the day's edges.
func (d *day) slot(index int) int64 {
	begin := dayBegin(d.number)
	switch index {
	case 0:
		return begin
	case d.orders - 1:
		return begin + secondsOfDay - 1
	}
	i, h := int64(index), 0
	for d.before[h+1] <= i {
		h++
	}
	within, orders := i-d.before[h], d.before[h+1]-d.before[h]
	jitter := int64(d.draw(index) & 0xffffffff % 3600)
	return begin + int64(h)*3600 + (within*3600+jitter)/orders
}

// since is the first index created at t or later, the number of orders if there is none.
func (d *day) since(t int64) int {
	lo, hi := 0, d.orders
	for lo < hi {
		mid := (lo + hi) / 2
		if d.create(mid) >= t {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// order is the order of an index as it is at now, which is not before its creation.
func (d *day) order(index int, now int64) order {
	o := order{shop: d.shop, day: d.number, index: index, create: d.create(index), now: now}
	o.key = world.Hash(d.key, streamOrder, uint64(index)) //nolint:gosec // not negative
	o.life = newLife(world.Hash(o.key, streamLife), o.create)
	o.status, o.update = o.life.at(now)
	return o
}
