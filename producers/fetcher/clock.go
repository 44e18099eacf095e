package fetcher

import (
	"sync"
	"time"
)

// clock estimates a platform's time from the Date headers of its answers, so that calls are signed and windows judged by
// the platform's clock although ours may be off. Before the first answer it is our own clock.
type clock struct {
	now func() time.Time

	mu   sync.Mutex
	skew time.Duration
	set  bool
}

// learn takes a Date header that arrived just now.
func (c *clock) learn(date time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew, c.set = date.Sub(c.now()), true
}

// time returns the platform's time, to about a second, and whether it rests on an answer.
func (c *clock) time() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now().Add(c.skew), c.set
}
