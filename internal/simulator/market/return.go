package market

import (
	"iter"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// ReturnStatus is where a return stands.
type ReturnStatus uint8

// The statuses of returns.
const (
	ReturnRequested ReturnStatus = iota
	ReturnAccepted
	ReturnSent // the goods are on their way to the seller
	ReturnRefunded
	ReturnRejected
	ReturnWithdrawn // by the buyer
	ReturnDisputed  // the platform is judging
)

// Reason is why a buyer gives something back.
type Reason uint8

// The reasons.
const (
	Damaged Reason = iota
	WrongItem
	NotReceived
	NotAsDescribed
	Missing
	ChangedMind
	reasons = iota
)

// ReturnedLine is a part of a line that comes back.
type ReturnedLine struct {
	Line     int // in the order's basket
	Quantity int64
	Refund   int64 // to the buyer
	Cost     int64 // of that to the seller: the platform takes its voucher's part back
	Whole    bool  // the refund is the full price
}

// Return is one return of an order at one moment. Its lines and amounts never change.
type Return struct {
	Order   Ref
	Ordinal int // 0, or 1 for an order's second return
	Key     uint64
	Goods   bool // the goods go back; else money alone does
	Late    bool // requested after the order was settled
	Reason  Reason
	Lines   []ReturnedLine
	Create  int64

	Status ReturnStatus
	Update int64

	steps [4]ReturnStep
	n     int
}

// ReturnStep is a status of a return and the second it begins.
type ReturnStep struct {
	Begin  int64
	Status ReturnStatus
}

// longestAfterlife is more than lies between an order's creation and the last thing that follows from it.
const longestAfterlife = 32 * Date

// Steps are all statuses the return ever has, in their order, those to come too. The caller must not change them.
func (r *Return) Steps() []ReturnStep { return r.steps[:r.n] }

// Refund is the sum of what the buyer asks for.
func (r *Return) Refund() int64 {
	n := int64(0)
	for _, l := range r.Lines {
		n += l.Refund
	}
	return n
}

// Quantity counts units.
func (r *Return) Quantity() int64 {
	n := int64(0)
	for _, l := range r.Lines {
		n += l.Quantity
	}
	return n
}

// cost is what the seller loses if it is refunded.
func (r *Return) cost() int64 {
	n := int64(0)
	for _, l := range r.Lines {
		n += l.Cost
	}
	return n
}

// refunded is when the buyer gets the money, 0 for never.
func (r *Return) refunded() int64 {
	if last := r.steps[r.n-1]; last.Status == ReturnRefunded {
		return last.Begin
	}
	return 0
}

// at sets what the return is at a moment, which is not before its creation.
func (r *Return) at(now int64) {
	for _, step := range r.Steps() {
		if step.Begin <= now {
			r.Status, r.Update = step.Status, step.Begin
		}
	}
}

func (r *Return) step(s ReturnStatus, at int64) {
	r.steps[r.n] = ReturnStep{at, s}
	r.n++
}

// Returns are an order's returns as they are at the order's moment: at most two.
func (m *Market) Returns(o *Order, b *Basket) []Return {
	var asked []Return
	for _, r := range m.returns(o, b) {
		if r.Create <= o.Now {
			r.at(o.Now)
			asked = append(asked, r)
		}
	}
	return asked
}

// ReturnsIn yields the returns of a shop that were created or changed in a window, those of the newest orders first. The
// order is reused: it is valid until the next return of another one.
func (m *Market) ReturnsIn(w Window, now int64) iter.Seq2[*Order, Return] {
	return func(yield func(*Order, Return) bool) {
		for o := range m.created(w.Shop, w.From-longestAfterlife, w.To, now, Newest) {
			if o.Life.Fate != Returned || o.Life.Began(Returning) > now {
				continue
			}
			b := m.Basket(o)
			for _, r := range m.Returns(o, &b) {
				at := r.Create
				if w.ByUpdate {
					at = r.Update
				}
				if w.holds(at) && !yield(o, r) {
					return
				}
			}
		}
	}
}

// returns are all returns that an order ever has.
func (m *Market) returns(o *Order, b *Basket) []Return {
	if o.Life.Fate != Returned {
		return nil
	}
	first, open := m.firstReturn(o)
	r := world.NewRand(world.Hash(first.Key, 1))
	chosen := make([]int, 0, len(b.Lines))
	for i := range b.Lines {
		if r.Chance(60) {
			chosen = append(chosen, i)
		}
	}
	if len(chosen) == 0 {
		chosen = append(chosen, int(r.Below(int64(len(b.Lines)))))
	}
	again := !open && len(b.Lines) > 1 && r.Chance(30)
	if again && len(chosen) == len(b.Lines) {
		chosen = chosen[:len(chosen)-1]
	}
	step := m.RegionOf(o.Shop).step()
	first.take(&r, b, chosen, step)
	if !again {
		return []Return{first}
	}
	second := m.secondReturn(o, &first)
	for i := range b.Lines {
		if len(chosen) <= i || chosen[i] != i { // the first line that did not come back
			second.take(&r, b, []int{i}, step)
			break
		}
	}
	return []Return{first, second}
}

// take decides how much of the chosen lines comes back and for how much money.
func (r *Return) take(rand *world.Rand, b *Basket, chosen []int, step int64) {
	for _, i := range chosen {
		l := &b.Lines[i]
		back := ReturnedLine{Line: i, Quantity: rand.Between(1, l.Quantity), Whole: true}
		back.Refund = back.Quantity * l.Price
		back.Cost = back.Quantity * (l.Original - l.SellerOff)
		if rand.Chance(20) {
			back.Refund = back.Refund * rand.Between(30, 80) / 100
			back.Refund -= back.Refund % step
			back.Cost, back.Whole = back.Refund, false
		}
		r.Lines = append(r.Lines, back)
	}
}

// firstReturn is the one that begins with the order's status Returning, without its lines. It is over before the order is
// completed. open says that it never ends; then the order is never settled.
func (m *Market) firstReturn(o *Order) (ret Return, open bool) {
	key := world.Hash(o.Key, streamReturn)
	r := world.NewRand(key)
	ret = Return{Order: o.Ref, Key: key, Goods: r.Chance(70), Create: o.Life.Began(Returning)}
	ret.Reason = Reason(r.Below(reasons)) //nolint:gosec // one of them
	ret.Goods = ret.Goods && ret.Reason != NotReceived
	span := r.Between(3*Date, 8*Date)
	outcome := r.Below(100)
	if done := o.Life.Began(Completed); done != 0 {
		span = done - ret.Create
		ret.decide(&r, span, outcome*7/10) // it is over
		return ret, false
	}
	ret.decide(&r, span, outcome)
	last := ret.steps[ret.n-1].Status
	return ret, last != ReturnRefunded && last != ReturnRejected && last != ReturnWithdrawn
}

// secondReturn is asked for after the order was settled.
func (m *Market) secondReturn(o *Order, first *Return) Return {
	key := world.Hash(o.Key, streamReturn, 2)
	r := world.NewRand(key)
	ret := Return{Order: o.Ref, Ordinal: 1, Key: key, Late: true, Reason: first.Reason}
	ret.Create = m.settled(o) + r.Between(Date, 3*Date)
	ret.decide(&r, r.Between(Date, 4*Date), r.Below(100))
	return ret
}

// decide draws a return's life within a span. Outcomes from 0 to 69 end, those up to 99 stay open.
func (r *Return) decide(rand *world.Rand, span, outcome int64) {
	part := func(lo, hi int64) int64 { return r.Create + span*rand.Between(lo, hi)/100 }
	r.step(ReturnRequested, r.Create)
	switch {
	case outcome < 48:
		r.step(ReturnAccepted, part(20, 35))
		if r.Goods {
			r.step(ReturnSent, part(45, 60))
		}
		r.step(ReturnRefunded, part(80, 99))
	case outcome < 60:
		r.step(ReturnDisputed, part(20, 35))
		r.step(ReturnRejected, part(60, 99))
	case outcome < 70:
		r.step(ReturnWithdrawn, part(30, 90))
	case outcome < 80:
		r.step(ReturnAccepted, part(20, 35))
	case outcome < 90:
		r.step(ReturnDisputed, part(20, 35))
	}
}
