package market

import (
	"cmp"
	"iter"
	"slices"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// EntryKind is why a shop's money moved.
type EntryKind uint8

// The kinds of entries.
const (
	Income     EntryKind = iota // an order's settlement
	LateRefund                  // a return after its order was settled
	Correction                  // of an order's settlement
	Charge                      // for advertising; no order's
	Grant                       // from the platform; no order's
	TopUp                       // brings the balance back to what the seller leaves in
	Withdrawal
)

// Entry is one movement of a shop's money.
type Entry struct {
	Kind    EntryKind
	At      int64
	Amount  int64 // signed, in the currency's smallest unit
	Balance int64 // after it
	Day     int64 // calendar day of At
	Serial  int   // within the day, from 0; it stays as the day goes on
	Order   Ref   // of Income, LateRefund and Correction
	Return  int   // of LateRefund: the return's Ordinal
}

// chunk is how many days of a ledger are in memory at a time.
const chunk = 16

// Ledger yields the movements of a shop's money in [from, to) and not after now, oldest first. Every night the seller
// withdraws what is above a fixed balance, or fills it up: so a day's balances depend on the day alone.
func (m *Market) Ledger(shop int, from, to, now int64) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		end := min(to, now+1)
		for begin := max(DayOf(from), m.first); DayBegin(begin) < end; begin += chunk {
			for _, e := range m.entries(shop, begin, min(begin+chunk, DayOf(end-1)+1), now) {
				if e.At >= from && e.At < end && !yield(e) {
					return
				}
			}
		}
	}
}

// entries are the movements of the days [begin, end), with those still to come on the last of them left out.
func (m *Market) entries(shop int, begin, end, now int64) []Entry {
	var rows []Entry
	add := func(e Entry) {
		if e.Day = DayOf(e.At); e.Day >= begin && e.Day < end && e.At <= now {
			rows = append(rows, e)
		}
	}
	from, to := DayBegin(begin), DayBegin(end)
	for o := range m.created(shop, from-longestAfterlife, to, now, Newest) {
		if at := m.settled(o); at != 0 && at < to && at <= now {
			m.post(o, at, from, add)
		}
	}
	for day := begin; day < end; day++ {
		m.charge(shop, day, add)
		add(Entry{Kind: Withdrawal, At: DayBegin(day+1) - 1})
	}
	slices.SortFunc(rows, func(a, b Entry) int {
		last := func(e Entry) int { return int(e.Kind) / int(Withdrawal) }
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(last(a), last(b)), cmp.Compare(a.Order.Day, b.Order.Day),
			cmp.Compare(a.Order.Index, b.Order.Index), cmp.Compare(a.Kind, b.Kind))
	})
	return m.balance(shop, rows)
}

// post adds what a settled order does to the ledger. What is before from may be missing.
func (m *Market) post(o *Order, at, from int64, add func(Entry)) {
	if corrected, _ := adjusted(o, at); max(at, corrected) < from && o.Life.Fate != Returned {
		return // most orders: their baskets cost time
	}
	b := m.Basket(o)
	s := m.settlement(o, &b, at)
	add(Entry{Kind: Income, At: at, Amount: s.Amount, Order: o.Ref})
	if s.Adjusted != 0 {
		add(Entry{Kind: Correction, At: s.Adjusted, Amount: s.Adjustment, Order: o.Ref})
	}
	for _, r := range m.returns(o, &b) {
		if back := r.refunded(); r.Late && back != 0 {
			add(Entry{Kind: LateRefund, At: back, Amount: -r.cost(), Order: o.Ref, Return: r.Ordinal})
		}
	}
}

// charge adds a day's movements that belong to no order.
func (m *Market) charge(shop int, day int64, add func(Entry)) {
	r := world.NewRand(world.Hash(m.key, streamCharge, uint64(shop), uint64(day))) //nolint:gosec // keys wrap
	unit := m.RegionOf(shop).step() * 10
	if r.Chance(40) {
		add(Entry{Kind: Charge, At: DayBegin(day) + r.Below(Date-1), Amount: -unit * r.Between(50, 400)})
	}
	if r.Chance(10) {
		add(Entry{Kind: Grant, At: DayBegin(day) + r.Below(Date-1), Amount: unit * r.Between(20, 300)})
	}
}

// balance runs through whole days. It decides what the nightly movement is, and drops it if there is nothing to move.
func (m *Market) balance(shop int, rows []Entry) []Entry {
	rest := 20_000 * m.RegionOf(shop).step()
	kept := rows[:0]
	balance, day, serial := rest, int64(0), 0
	for _, e := range rows {
		if e.Day != day {
			balance, day, serial = rest, e.Day, 0
		}
		if e.Kind == Withdrawal {
			e.Amount = rest - balance
			if e.Amount > 0 {
				e.Kind = TopUp
			}
			if e.Amount == 0 {
				continue
			}
		}
		balance += e.Amount
		e.Balance, e.Serial = balance, serial
		serial++
		kept = append(kept, e)
	}
	return kept
}
