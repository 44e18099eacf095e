package fetcher

import (
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/schemas"
)

const (
	// parkFor is how long a shop that failed to authorise is not called, unless its token changes.
	parkFor = 10 * time.Minute
	// rememberFor is how long a parked shop is remembered: its tasks come back every hour.
	rememberFor = 70 * time.Minute
)

// parking remembers the shops that nobody can be served for: unknown, disabled, or with credentials that do not work. It
// spares them calls, and operators a log line for each of their tasks.
type parking struct {
	now    func() time.Time
	logger *slog.Logger

	mu    sync.Mutex
	shops map[string]place
}

type place struct {
	token secret.Text // that did not work
	held  bool        // no calls for a while; otherwise who keeps the shop's state says so
	seen  time.Time   // when it was parked last
	told  time.Time   // when that was logged last
}

// parked reports whether the shop is not to be called with that token for now.
func (p *parking) parked(key string, token secret.Text) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.shops[key]
	return ok && at.held && at.token == token && p.now().Sub(at.seen) < parkFor
}

// park notes that the shop cannot be served, keeps it from being called for a while, and says what to do about it.
func (p *parking) park(key string, token secret.Text, t *schemas.Task, reason, advice string) {
	p.put(key, place{token: token, held: true}, t, reason, advice)
}

// note says what to do about a shop whose state somebody else keeps.
func (p *parking) note(key string, token secret.Text, t *schemas.Task, reason, advice string) {
	p.put(key, place{token: token}, t, reason, advice)
}

// put remembers the shop and logs why, once an hour a shop and token.
func (p *parking) put(key string, to place, t *schemas.Task, reason, advice string) {
	p.mu.Lock()
	now := p.now()
	at, known := p.shops[key]
	tell := !known || at.token != to.token || now.Sub(at.told) >= time.Hour
	to.seen, to.told = now, at.told
	if tell {
		to.told = now
	}
	p.shops[key] = to
	p.mu.Unlock()
	if tell {
		p.logger.Error("shop is parked: its tasks wait", "platform", t.Platform, "channel_id", t.ChannelID,
			"shop_id", t.ShopID, "error", reason, "advice", advice)
	}
}

// release forgets a shop that was served.
func (p *parking) release(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.shops, key)
}

// count returns how many shops are parked, and forgets those that nobody asked for any more.
func (p *parking) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	maps.DeleteFunc(p.shops, func(_ string, at place) bool { return now.Sub(at.seen) > rememberFor })
	return len(p.shops)
}
