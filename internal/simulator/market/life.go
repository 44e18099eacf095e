package market

import "github.com/shopstream/shopstream/internal/simulator/world"

// Status is where an order stands.
type Status uint8

// The statuses of orders.
const (
	Unpaid Status = iota
	Held          // paid, and looked at by the platform before the seller may do anything
	ToShip
	Processed // the seller asked for a carrier
	Retry     // the carrier did not come and will come again
	Shipped
	Delivered
	Cancelling // the buyer asked for it
	Cancelled
	Returning
	Completed
)

// Fate is how an order ends if it is given the time.
type Fate uint8

// The fates of orders.
const (
	Kept Fate = iota
	NeverPaid
	BuyerCancels
	SellerCancels
	Undelivered
	Returned
)

// longestLife is more than lies between an order's creation and its last change.
const longestLife = 20 * Date

// Step is a status and the second it begins.
type Step struct {
	Begin  int64
	Status Status
}

// Life is what happens to an order and when. Moments are 0 if they never come.
type Life struct {
	steps [9]Step
	n     int
	Fate  Fate
	COD   bool
	Ready int64 // when the seller may ship
	Paid  int64
	Sent  int64 // given to the carrier
	Here  int64 // at the buyer's door
	End   int64 // the last step
}

// Steps are all statuses the order ever has, in their order. The caller must not change them.
func (l *Life) Steps() []Step { return l.steps[:l.n] }

// Began is when a status begins, 0 if it never does.
func (l *Life) Began(s Status) int64 {
	for _, step := range l.Steps() {
		if step.Status == s {
			return step.Begin
		}
	}
	return 0
}

// newLife decides an order's whole life at its creation. Cash on delivery skips Unpaid and is paid at the door.
func newLife(key uint64, create int64) Life {
	r := world.NewRand(key)
	l := Life{COD: r.Chance(25), Fate: drawFate(&r)}
	at := create
	if l.COD && l.Fate == NeverPaid {
		l.Fate = Kept
	}
	if !l.COD {
		l.step(Unpaid, at)
		if l.Fate == NeverPaid {
			l.step(Cancelled, at+r.Between(Hour, 26*Hour))
			return l
		}
		if r.Chance(8) {
			at += r.Between(2*Hour, 24*Hour)
		} else {
			at += r.Between(15, 2*Hour)
		}
		l.Paid = at
	}
	if r.Chance(12) {
		l.step(Held, at)
		at += r.Between(10*Minute, 6*Hour)
	}
	l.Ready = at
	l.step(ToShip, at)
	l.ship(&r, at)
	return l
}

func (l *Life) ship(r *world.Rand, at int64) {
	if l.Fate == BuyerCancels {
		at += r.Between(10*Minute, 20*Hour)
		l.step(Cancelling, at)
		l.step(Cancelled, at+r.Between(5*Minute, Date))
		return
	}
	if l.Fate == SellerCancels {
		l.step(Cancelled, at+r.Between(Hour, 2*Date))
		return
	}
	at += r.Between(Hour, 30*Hour)
	l.step(Processed, at)
	if r.Chance(4) {
		at += r.Between(4*Hour, 20*Hour)
		l.step(Retry, at)
	}
	at += r.Between(Hour, Date)
	l.Sent = at
	l.step(Shipped, at)
	if l.Fate == Undelivered {
		l.step(Cancelled, at+r.Between(2*Date, 7*Date))
		return
	}
	at += r.Between(Date, 6*Date)
	l.Here = at
	if l.COD {
		l.Paid = at
	}
	l.step(Delivered, at)
	if l.Fate != Returned {
		l.step(Completed, at+r.Between(6*Hour, 7*Date))
		return
	}
	at += r.Between(Hour, 3*Date)
	l.step(Returning, at)
	if r.Chance(50) {
		l.step(Completed, at+r.Between(2*Date, 6*Date))
	}
}

func drawFate(r *world.Rand) Fate {
	switch p := r.Below(100); {
	case p < 8:
		return NeverPaid
	case p < 12:
		return BuyerCancels
	case p < 14:
		return SellerCancels
	case p < 16:
		return Undelivered
	case p < 21:
		return Returned
	}
	return Kept
}

func (l *Life) step(s Status, at int64) {
	l.steps[l.n] = Step{at, s}
	l.n++
	l.End = at
}

// At is the status at a moment and when it began.
func (l *Life) At(now int64) (Status, int64) {
	i := l.n - 1
	for i > 0 && l.steps[i].Begin > now {
		i--
	}
	return l.steps[i].Status, l.steps[i].Begin
}
