package shopee

import "github.com/shopstream/shopstream/internal/simulator/world"

type status uint8

const (
	unpaid status = iota
	pending
	readyToShip
	processed
	retryShip
	shipped
	toConfirm
	inCancel
	cancelled
	toReturn
	completed
)

var statusNames = [...]string{
	"UNPAID", "PENDING", "READY_TO_SHIP", "PROCESSED", "RETRY_SHIP", "SHIPPED", "TO_CONFIRM_RECEIVE", "IN_CANCEL", "CANCELLED",
	"TO_RETURN", "COMPLETED",
}

func (s status) String() string { return statusNames[s] }

// fate is how an order ends if it is given the time.
type fate uint8

const (
	delivered fate = iota
	neverPaid
	buyerCancels
	sellerCancels
	undelivered
	returned
)

const (
	minute = 60
	hour   = 3600
	date   = 24 * hour

	// longestLife is more than lies between an order's creation and its last change.
	longestLife = 20 * date
)

// life is what happens to an order and when: every status with the second it begins.
type life struct {
	steps [9]struct {
		begin  int64
		status status
	}
	n     int
	fate  fate
	cod   bool
	ready int64 // when the seller may ship; 0 for never, as below
	paid  int64
	sent  int64
	here  int64
	end   int64 // the last step
}

// newLife decides an order's whole life at its creation. Cash on delivery skips UNPAID and is paid at the door.
func newLife(key uint64, create int64) life {
	r := world.NewRand(key)
	l := life{cod: r.Chance(25), fate: drawFate(&r)}
	at := create
	if l.cod && l.fate == neverPaid {
		l.fate = delivered
	}
	if !l.cod {
		l.step(unpaid, at)
		if l.fate == neverPaid {
			l.step(cancelled, at+r.Between(hour, 26*hour))
			return l
		}
		if r.Chance(8) {
			at += r.Between(2*hour, 24*hour)
		} else {
			at += r.Between(15, 2*hour)
		}
		l.paid = at
	}
	if r.Chance(12) {
		l.step(pending, at)
		at += r.Between(10*minute, 6*hour)
	}
	l.ready = at
	l.step(readyToShip, at)
	l.ship(&r, at)
	return l
}

func (l *life) ship(r *world.Rand, at int64) {
	if l.fate == buyerCancels {
		at += r.Between(10*minute, 20*hour)
		l.step(inCancel, at)
		l.step(cancelled, at+r.Between(5*minute, date))
		return
	}
	if l.fate == sellerCancels {
		l.step(cancelled, at+r.Between(hour, 2*date))
		return
	}
	at += r.Between(hour, 30*hour)
	l.step(processed, at)
	if r.Chance(4) {
		at += r.Between(4*hour, 20*hour)
		l.step(retryShip, at)
	}
	at += r.Between(hour, date)
	l.sent = at
	l.step(shipped, at)
	if l.fate == undelivered {
		l.step(cancelled, at+r.Between(2*date, 7*date))
		return
	}
	at += r.Between(date, 6*date)
	l.here = at
	if l.cod {
		l.paid = at
	}
	l.step(toConfirm, at)
	if l.fate != returned {
		l.step(completed, at+r.Between(6*hour, 7*date))
		return
	}
	at += r.Between(hour, 3*date)
	l.step(toReturn, at)
	if r.Chance(50) {
		l.step(completed, at+r.Between(2*date, 6*date))
	}
}

func drawFate(r *world.Rand) fate {
	switch p := r.Below(100); {
	case p < 8:
		return neverPaid
	case p < 12:
		return buyerCancels
	case p < 14:
		return sellerCancels
	case p < 16:
		return undelivered
	case p < 21:
		return returned
	}
	return delivered
}

func (l *life) step(s status, at int64) {
	l.steps[l.n].begin, l.steps[l.n].status = at, s
	l.n++
	l.end = at
}

// at is the status at a moment and when it began.
func (l *life) at(now int64) (status, int64) {
	i := l.n - 1
	for i > 0 && l.steps[i].begin > now {
		i--
	}
	return l.steps[i].status, l.steps[i].begin
}
