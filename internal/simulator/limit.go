package simulator

import (
	"sync"
	"time"
)

const burst = 10

// limit lets calls through at a rate, evenly spaced, and burst of them at once after a rest (the generic cell rate algorithm).
// No interval sees more than its share plus burst.
type limit struct {
	mu      sync.Mutex
	spacing time.Duration // 0: no limit
	next    time.Time     // when the next call would be due if they came evenly
}

func newLimit(perMinute int) *limit {
	l := &limit{}
	l.change(perMinute)
	return l
}

// change sets another rate, 0 for none.
func (l *limit) change(perMinute int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spacing = 0
	if perMinute > 0 {
		l.spacing = time.Minute / time.Duration(perMinute)
	}
}

// admit takes a place for a call at now; false if there is none.
func (l *limit) admit(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.spacing == 0 {
		return true
	}
	if l.next.Before(now) {
		l.next = now
	}
	if l.next.Sub(now) > (burst-1)*l.spacing {
		return false
	}
	l.next = l.next.Add(l.spacing)
	return true
}
