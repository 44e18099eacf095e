// Package ratelimit hands out the moments at which calls of a platform may begin. [Local] counts within one process; a
// limiter shared by all processes takes its place by offering the same methods.
//
// It promises that in every interval of t, however the calls fall, no more than rate·t + burst of the moments it handed
// out lie. It does not wait and sends nothing.
package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Limit is what one scope allows.
type Limit struct {
	Rate  int // calls a minute, at least 1
	Burst int // calls at once after a pause, at least 1
}

// interval is the time between two calls at the steady rate, rounded up.
func (l Limit) interval() time.Duration {
	rate := time.Duration(l.Rate)
	return (time.Minute + rate - 1) / rate
}

// ahead is how far a call may be ahead of the steady rate. One call of the burst is kept back where there are several:
// calls reach the platform a little later or earlier than they begin, and must be within the limit there, too.
func (l Limit) ahead() time.Duration {
	burst := l.Burst
	if burst > 1 {
		burst--
	}
	return time.Duration(burst-1) * l.interval()
}

// Local is a limiter for one process. Its methods may be called from several goroutines.
type Local struct {
	now func() time.Time

	mu    sync.Mutex
	cells map[string]*cell
}

// cell is the state of a scope, by the generic cell rate algorithm: one time says everything.
type cell struct {
	Limit
	// full is when the bucket would be full again if nobody called: each call moves it on by one interval, and calls may
	// begin while it lies no more than [Limit.ahead] ahead.
	full time.Time
	// closed is until when nothing may begin, by the platform's word.
	closed time.Time
}

// NewLocal returns a limiter for the scopes, typically platforms. now is time.Now unless a test has its own clock.
func NewLocal(limits map[string]Limit, now func() time.Time) (*Local, error) {
	if now == nil {
		now = time.Now
	}
	cells := make(map[string]*cell, len(limits))
	var errs []error
	for scope, l := range limits {
		if l.Rate < 1 || l.Burst < 1 {
			errs = append(errs, fmt.Errorf("limit of %s is %d calls a minute with a burst of %d: both must be at least 1",
				scope, l.Rate, l.Burst))
		}
		cells[scope] = &cell{Limit: l}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &Local{now: now, cells: cells}, nil
}

// Reserve takes the scope's next moment for a call, if it lies no later than until: then ok is true, and the caller begins
// one call at that moment or later. Otherwise nothing is taken, and the moment is when asking again makes sense. It never
// waits. A moment that is taken and not used is lost.
func (l *Local) Reserve(_ context.Context, scope string, until time.Time) (at time.Time, ok bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, ok := l.cells[scope]
	if !ok {
		return time.Time{}, false, fmt.Errorf("no rate limit is set for %q", scope)
	}
	at = latest(l.now(), c.closed, c.full.Add(-c.ahead()))
	if at.After(until) {
		return at, false, nil
	}
	c.full = latest(c.full, at).Add(c.interval())
	return at, true, nil
}

// Penalize lets no call of the scope begin before until, since the platform said so. Moments that were handed out before
// stay valid. After it the scope starts without its burst: the platform's own count is not known to be empty.
func (l *Local) Penalize(_ context.Context, scope string, until time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, ok := l.cells[scope]
	if !ok {
		return fmt.Errorf("no rate limit is set for %q", scope)
	}
	c.closed = latest(c.closed, until)
	c.full = latest(c.full, until.Add(c.ahead()))
	return nil
}

func latest(first time.Time, more ...time.Time) time.Time {
	for _, t := range more {
		if t.After(first) {
			first = t
		}
	}
	return first
}
