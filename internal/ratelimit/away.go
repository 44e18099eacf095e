package ratelimit

import "time"

// source returns where to count: nil is the store, which is given timeout to answer.
func (l *Limiter) source(now time.Time) (own *local, timeout time.Duration) {
	if l.cells == nil {
		return l.local, 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case !l.away:
		return nil, askTimeout
	case now.Before(l.probe):
		return l.local, 0
	}
	l.probe = now.Add(probeEvery) // the others need not ask as well
	return nil, probeTimeout
}

// lose notes that the store does not answer.
func (l *Limiter) lose(err error) *local {
	now := l.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.probe = now.Add(probeEvery)
	if !l.away {
		l.away, l.local = true, newLocal()
		l.metrics.away.Set(1)
		l.Logger.Warn("store of rate limits is away: calls go on at this process's share of the rate", "error", err)
	}
	return l.local
}

// find notes that the store answers.
func (l *Limiter) find() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away {
		l.away = false
		l.metrics.away.Set(0)
		l.Logger.Info("store of rate limits is back")
	}
}

// shared is the limit that holds in this process alone: all of it without a store, and a share without a burst while the
// store is away. Its rate is 0 where the share is too small for anything.
func (l *Limiter) shared(s scope, p *pool) Limit {
	if l.cells == nil {
		return s.Limit
	}
	rate := float64(s.Rate)
	if p.rate > 0 {
		rate = min(rate, p.rate)
	}
	return Limit{Rate: int(rate * min(1, l.Share(s.platform))), Burst: 1}
}

// ownShare takes a slot of this process's own. The caller holds the pool's lock.
func (l *Limiter) ownShare(own *local, s scope, p *pool, until time.Time) (slot, bool) {
	lim, now := l.shared(s, p), l.Now()
	if lim.Rate < 1 {
		return slot{at: now.Add(probeEvery)}, false
	}
	at, ok := own.reserve(s.key, lim, latest(now, p.closedUntil()), until, l.cells != nil)
	if !ok {
		return slot{at: at}, false
	}
	if l.cells != nil {
		p.local = at
	}
	return slot{at: at, late: at.Add(lim.late(lim.interval()))}, true
}
