package market

import (
	"time"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// Zone is the one of the calendar days.
var Zone = time.FixedZone("UTC+7", zoneOffset)

// Spans of time in seconds.
const (
	Minute = 60
	Hour   = 60 * Minute
	Date   = 24 * Hour

	zoneOffset    = 7 * Hour
	rhythm        = 11 // days from one flash sale, and from one day without orders, to the next
	flashSaleHour = 20
)

// DayOf is the number of the calendar day in UTC+7 that holds t, unix seconds; day 0 is 1970-01-01.
func DayOf(t int64) int64 {
	d := (t + zoneOffset) / Date
	if (t+zoneOffset)%Date < 0 {
		d--
	}
	return d
}

// DayBegin is the first second of a day.
func DayBegin(day int64) int64 { return day*Date - zoneOffset }

// DayStart is the first moment of a day.
func DayStart(day int64) time.Time { return time.Unix(DayBegin(day), 0).In(Zone) }

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

func (m *Market) day(shop int, number int64) day {
	d := day{shop: shop, number: number, key: world.Hash(m.key, streamDay, uint64(shop), uint64(number))} //nolint:gosec // keys wrap
	r := world.NewRand(d.key)
	period := int64(min(max(m.days, 1), rhythm))
	beat := (number + 3*int64(shop)) % period
	percent := r.Between(85, 115)
	if period == rhythm {
		percent += 10 // for the days without orders
	}
	d.orders = int(int64(m.perDay) * percent / 100)
	weights := hourWeights
	switch {
	case period == rhythm && beat == 5:
		d.orders = 0
	case beat == 0:
		if m.perDay >= 100 {
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
	begin := DayBegin(d.number)
	switch index {
	case 0:
		return begin
	case d.orders - 1:
		return begin + Date - 1
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
func (d *day) order(index int, now int64) Order {
	o := Order{Ref: Ref{Shop: d.shop, Day: d.number, Index: index}, Create: d.create(index), Now: now}
	o.Key = world.Hash(d.key, streamOrder, uint64(index)) //nolint:gosec // not negative
	o.Life = newLife(world.Hash(o.Key, streamLife), o.Create)
	o.Status, o.Update = o.Life.At(now)
	return o
}
