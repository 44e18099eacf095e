package ratelimit

import (
	"sync"
	"time"
)

// local counts within one process: for tools and tests without a store, and for each process's share while it is away.
type local struct {
	mu    sync.Mutex
	cells map[string]*cell
}

// cell is the state of a scope, by the generic cell rate algorithm: one time says everything.
type cell struct {
	// full is when the bucket would be full again if nobody called: each call moves it on by one interval, and calls may
	// begin while it lies no more than [Limit.ahead] ahead.
	full time.Time
	// closed is until when nothing may begin, by the platform's word.
	closed time.Time

	row  int           // refusals in a row
	soon time.Duration // how long after it is open again a refusal is one more in the row
}

func newLocal() *local { return &local{cells: map[string]*cell{}} }

func (l *local) cell(key string, now time.Time, lim Limit, empty bool) *cell {
	c, ok := l.cells[key]
	if !ok {
		c = &cell{}
		if empty {
			c.full = now.Add(lim.ahead() + lim.interval())
		}
		l.cells[key] = c
	}
	return c
}

// reserve takes the scope's next moment for a call, if it lies no later than until: then ok is true, and the caller begins
// one call at that moment or later. Otherwise nothing is taken, and the moment is when asking again makes sense. It never
// waits. A moment that is taken and not used is lost. empty: a scope that was not asked for before has no burst to begin with.
func (l *local) reserve(key string, lim Limit, now, until time.Time, empty bool) (at time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.cell(key, now, lim, empty)
	at = latest(now, c.closed, c.full.Add(-lim.ahead()))
	if at.After(until) {
		return at, false
	}
	c.full = latest(c.full, at).Add(lim.interval())
	return at, true
}

// refuse lets no call of the scope begin for a while, since the platform said so: for wait, or, where that is 0, for base,
// doubled for each third refusal in a row, as [cells.refuse] counts them. Calls that began before the scope was open belong to the
// refusal that closed it. Moments that were handed out before stay valid. After it the scope starts without its burst: the
// platform's own count is not known to be empty.
func (l *local) refuse(key string, lim Limit, now, began time.Time, wait, base time.Duration) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.cell(key, now, lim, false)
	fresh, soon := !began.Before(c.closed), min(wait, forget)
	if fresh {
		if c.row++; began.After(c.closed.Add(c.soon)) {
			c.row = 1
		}
	}
	if wait == 0 {
		if !fresh {
			return latest(c.closed, now)
		}
		wait, soon = base<<min(c.row/confirmed, maxDoublings), base
	}
	if fresh {
		c.soon = soon + 3*lim.interval()
	}
	c.closed = latest(c.closed, now.Add(wait))
	c.full = latest(c.full, c.closed.Add(lim.ahead()))
	return c.closed
}
