package fetcher

import (
	"log/slog"
	"sync"
	"time"

	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/schemas"
)

// parkFor is how long a shop that failed to authorise is not called, unless its token changes.
const parkFor = 10 * time.Minute

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
	until time.Time
	told  time.Time
}

// parked reports whether the shop is not to be called with that token for now.
func (p *parking) parked(key string, token secret.Text) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.shops[key]
	return ok && at.token == token && p.now().Before(at.until)
}

// park notes that the shop cannot be served and says what to do about it, once an hour a shop.
func (p *parking) park(key string, token secret.Text, t *schemas.Task, reason, advice string) {
	p.mu.Lock()
	now := p.now()
	at, known := p.shops[key]
	tell := !known || at.token != token || now.Sub(at.told) >= time.Hour
	if tell {
		at.told = now
	}
	at.token, at.until = token, now.Add(parkFor)
	p.shops[key] = at
	p.mu.Unlock()
	if tell {
		p.logger.Error("shop is parked: its tasks wait", "platform", t.Platform, "channel_id", t.ChannelID,
			"shop_id", t.ShopID, "error", reason, "advice", advice)
	}
}

// release forgets a shop that was served. It returns the number of shops that are still parked.
func (p *parking) release(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.shops, key)
}

// count returns how many shops are parked.
func (p *parking) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.shops)
}
