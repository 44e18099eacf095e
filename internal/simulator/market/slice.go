package market

import "iter"

// Afterlife is more than lies between an order's creation and the last thing that follows from it, in seconds.
const Afterlife = longestAfterlife

// Slice yields the orders created in [from, to) and not after now in the order of their creation, without the first skip of
// them, which are not looked at. The order is reused: it is valid until the next one.
func (m *Market) Slice(shop int, from, to, now int64, descending bool, skip int) iter.Seq[*Order] {
	return func(yield func(*Order) bool) {
		from := max(from, DayBegin(m.first))
		end := min(to, now+1)
		if from >= end {
			return
		}
		number, step, days := DayOf(from), int64(1), DayOf(end-1)-DayOf(from)+1
		if descending {
			number, step = DayOf(end-1), -1
		}
		var o Order
		for ; days > 0; days, number = days-1, number+step {
			d := m.day(shop, number)
			first, orders := d.since(from), d.since(end)-d.since(from)
			for n := min(skip, orders); n < orders; n++ {
				index := first + n
				if descending {
					index = first + orders - 1 - n
				}
				o = d.order(index, now)
				if !yield(&o) {
					return
				}
			}
			skip = max(skip-orders, 0)
		}
	}
}
