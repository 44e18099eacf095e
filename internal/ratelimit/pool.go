package ratelimit

import (
	"sync"
	"sync/atomic"
	"time"
)

// slot is a moment at which one call may begin, by our clock.
type slot struct {
	at, late time.Time // not before, not after
}

// pool is what a process knows and holds of one scope. Its lock is held while it asks the store, so that callers who wait
// for the same scope ask once after another.
type pool struct {
	mu    sync.Mutex
	slots []slot // leased and not yet used, by moment
	lost  int    // slots that were too late, not yet counted

	closed atomic.Int64 // as last heard, since the epoch of this process; 0: never. Read without the lock
	rate   float64      // in effect, calls a minute; 0: never heard
	local  time.Time    // when our share was used last, while the store was away

	window      time.Time // of counting, for how many to lease
	count, last int
}

// window is how long calls are counted for the size of a lease; a lease is for a tenth of it.
const window = 250 * time.Millisecond

// want returns how many moments to lease: one for the caller, and as many as are used in the next 25 ms at the present pace,
// so that fast callers need not ask for each call, and slow ones hold nothing that they may not come to use.
func (p *pool) want(now time.Time) int {
	switch since := now.Sub(p.window); {
	case since > 2*window:
		p.window, p.count, p.last = now, 0, 0
	case since > window:
		p.window, p.count, p.last = now, 0, p.count
	}
	p.count++
	return 1 + max(p.last, p.count)/10
}

// pop takes the first slot that is not too late.
func (p *pool) pop(now time.Time) (slot, bool) {
	for len(p.slots) > 0 {
		first := p.slots[0]
		p.slots = p.slots[1:]
		if p.good(first, now) {
			return first, true
		}
		p.lost++
	}
	return slot{}, false
}

// giveBack returns a slot that was not used.
func (p *pool) giveBack(s slot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := 0
	for i < len(p.slots) && !p.slots[i].at.After(s.at) {
		i++
	}
	p.slots = append(p.slots[:i:i], append([]slot{s}, p.slots[i:]...)...)
}

// good reports whether a call may begin with the slot, or will when its moment has come: it is not too late, and the scope was
// not closed in between. A moment right at the opening may lie a little before it, since our idea of the server's clock moves.
func (p *pool) good(s slot, now time.Time) bool {
	return !now.After(s.late) && !s.at.Add(minLate).Before(p.closedUntil())
}

func (p *pool) closedUntil() time.Time {
	if d := p.closed.Load(); d != 0 {
		return epoch.Add(time.Duration(d))
	}
	return time.Time{}
}

func (p *pool) close(until time.Time) { p.closed.Store(int64(sinceEpoch(until))) }
