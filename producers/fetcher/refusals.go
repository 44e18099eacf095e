package fetcher

import (
	"sync"
	"time"
)

// refusals decides how long a platform that refuses calls for their rate is left alone.
type refusals struct {
	mu    sync.Mutex
	row   int // waits in a row without a success between them
	until time.Time
}

// wait returns when to call again after a refusal: after the platform's own word if it gives one, else after base doubled
// for each wait in a row. Refusals of calls that were under way together count as one.
func (r *refusals) wait(now time.Time, retryAfter, base time.Duration) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if retryAfter > 0 {
		return now.Add(retryAfter)
	}
	if now.Before(r.until) {
		return r.until
	}
	r.until = now.Add(base << min(r.row, 5))
	r.row++
	return r.until
}

// reset is for a call that was not refused.
func (r *refusals) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.row = 0
}
