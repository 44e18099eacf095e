package market

import "iter"

// Ref is where an order stands in its market.
type Ref struct {
	Shop  int
	Day   int64 // number of the calendar day it was created on
	Index int   // within the day
}

// Newest stands before every order of a list whose newest creation comes first.
var Newest = Ref{Day: 1 << 40}

// Order is one order at one moment.
type Order struct {
	Ref
	Key    uint64 // random; what only a platform knows about the order is drawn from it
	Create int64  // unix seconds, as all moments
	Life   Life

	Now    int64
	Status Status
	Update int64 // when the status began
}

// Reached is a moment of the order's life if it has come, else 0.
func (o *Order) Reached(at int64) int64 {
	if at > o.Now {
		return 0
	}
	return at
}

// Window selects orders of one shop by a time in [From, To).
type Window struct {
	Shop     int
	ByUpdate bool // select by Update, else by Create
	From, To int64
}

// holds says whether a moment is in the window.
func (w *Window) holds(at int64) bool { return at >= w.From && at < w.To }

// Orders yields the selected orders as they are at now, newest creation first, from the first one that stands after a Ref.
// The order is reused: it is valid until the next one.
func (m *Market) Orders(w Window, now int64, after Ref) iter.Seq[*Order] {
	return func(yield func(*Order) bool) {
		created := w.From
		if w.ByUpdate {
			created -= longestLife
		}
		for o := range m.created(w.Shop, created, w.To, now, after) {
			if w.ByUpdate && !w.holds(o.Update) {
				continue
			}
			if !yield(o) {
				return
			}
		}
	}
}

// created yields the orders created in [from, to) and not after now, newest first, from the first one after a Ref.
func (m *Market) created(shop int, from, to, now int64, after Ref) iter.Seq[*Order] {
	return func(yield func(*Order) bool) {
		from = max(from, DayBegin(m.first))
		end := min(to, now+1)
		if from >= end {
			return
		}
		var o Order
		for number := min(DayOf(end-1), after.Day); number >= DayOf(from); number-- {
			d := m.day(shop, number)
			index := d.since(end)
			if number == after.Day {
				index = min(index, after.Index)
			}
			for index--; index >= 0 && d.create(index) >= from; index-- {
				o = d.order(index, now)
				if !yield(&o) {
					return
				}
			}
		}
	}
}

// Oldest stands before every order of a list whose oldest creation comes first.
var Oldest = Ref{Day: -1 << 40}

// OldestFirst yields the orders of a shop that were created in [from, to) and not after now, oldest creation first, from the
// first one that stands after a Ref. The order is reused: it is valid until the next one.
func (m *Market) OldestFirst(shop int, from, to, now int64, after Ref) iter.Seq[*Order] {
	return func(yield func(*Order) bool) {
		from = max(from, DayBegin(m.first))
		end := min(to, now+1)
		var o Order
		for number := max(DayOf(from), after.Day); from < end && number <= DayOf(end-1); number++ {
			d := m.day(shop, number)
			index := d.since(from)
			if number == after.Day {
				index = max(index, after.Index+1)
			}
			for ; index < d.orders && d.create(index) < end; index++ {
				o = d.order(index, now)
				if !yield(&o) {
					return
				}
			}
		}
	}
}

// Count is how many orders of a shop were created in [from, to) and not after now. It looks at days, not at orders.
func (m *Market) Count(shop int, from, to, now int64) int {
	from = max(from, DayBegin(m.first))
	end := min(to, now+1)
	count := 0
	for number := DayOf(from); from < end && number <= DayOf(end-1); number++ {
		d := m.day(shop, number)
		count += d.since(end) - d.since(from)
	}
	return count
}

// Find is the order of a Ref as it is at now, if it exists and is created. The Ref may be anything.
func (m *Market) Find(r Ref, now int64) (Order, bool) {
	if r.Shop < 0 || r.Shop >= m.shops || r.Day < m.first || r.Day > DayOf(now) || r.Index < 0 {
		return Order{}, false
	}
	d := m.day(r.Shop, r.Day)
	if r.Index >= d.orders || d.create(r.Index) > now {
		return Order{}, false
	}
	return d.order(r.Index, now), true
}
