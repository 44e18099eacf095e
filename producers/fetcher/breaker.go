package fetcher

import (
	"sync"
	"time"
)

// breaker keeps calls from endpoints that serve nobody: while an op's circuit is open, its tasks wait without a call and without
// spending an attempt, however long that takes. When its time is over one probe decides whether it closes or stays open for
// twice as long, so an outage of hours costs about a call a minute.
type breaker struct {
	now  func() time.Time
	base time.Duration // of the first opening; doubled for each further one in a row, five times at most

	mu   sync.Mutex
	open map[string]*circuit // by op
}

// circuit is the state of one open endpoint.
type circuit struct {
	since time.Time // when it opened
	until time.Time // when a probe may be made
	row   int       // openings in a row
}

func newBreaker(now func() time.Time, base time.Duration) *breaker {
	return &breaker{now: now, base: base, open: map[string]*circuit{}}
}

// trip opens the op's circuit, or opens it again after a probe that failed, for no less than the platform asks for. It returns when
// to probe, and whether the circuit was closed before.
func (b *breaker) trip(op string, atLeast time.Duration) (until time.Time, first bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	c := b.open[op]
	if c == nil {
		c = &circuit{since: now}
		b.open[op] = c
	} else if now.Before(c.until) {
		return c.until, false // calls that were under way when it opened say nothing new
	}
	c.until = now.Add(max(b.base<<min(c.row, 5), atLeast))
	c.row++
	return c.until, c.row == 1
}

// state reports whether the op's circuit is open, until when, and whether it is time for a probe.
func (b *breaker) state(op string) (until time.Time, open, due bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.open[op]
	if c == nil {
		return time.Time{}, false, false
	}
	return c.until, true, !b.now().Before(c.until)
}

// reset closes the op's circuit and returns how long it was open.
func (b *breaker) reset(op string) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.open[op]
	if c == nil {
		return 0
	}
	delete(b.open, op)
	return b.now().Sub(c.since)
}

// count returns how many circuits are open.
func (b *breaker) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.open)
}
