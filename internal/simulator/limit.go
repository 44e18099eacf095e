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
	arrived time.Time     // when all calls that came would have been due, had they come evenly
	view    limitView
}

// limitView is what an outsider may know of a limit.
type limitView struct {
	Calls   int `json:"calls"` // that came while there was a limit
	Refused int `json:"refused"`
	// Most is by how many the calls of the fullest interval, of any length, were above the rate: within the limit it is no more
	// than the burst. Refused ones count.
	Most float64 `json:"most"`
}

// snapshot returns what happened since the start.
func (l *limit) snapshot() limitView {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.view
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
	if l.arrived.Before(now) {
		l.arrived = now
	}
	l.arrived = l.arrived.Add(l.spacing)
	l.view.Calls++
	l.view.Most = max(l.view.Most, float64(l.arrived.Sub(now))/float64(l.spacing))
	if l.next.Before(now) {
		l.next = now
	}
	if l.next.Sub(now) > (burst-1)*l.spacing {
		l.view.Refused++
		return false
	}
	l.next = l.next.Add(l.spacing)
	return true
}
