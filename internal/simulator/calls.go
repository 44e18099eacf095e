package simulator

import (
	"sync"
	"time"
)

// calls counts the calls of each path. It remembers the times of one second only.
type calls struct {
	mu    sync.Mutex
	paths map[string]*pathCalls
}

type pathCalls struct {
	Calls     int `json:"calls"`
	Refused   int `json:"refused"`
	MostIn1s  int `json:"most_in_1s"`
	last      []time.Time
	lastBegin int
}

func newCalls() *calls { return &calls{paths: map[string]*pathCalls{}} }

// add makes a path known, before any call is counted.
func (c *calls) add(path string) { c.paths[path] = &pathCalls{} }

// count adds a call of a known path or pattern.
func (c *calls) count(path string, now time.Time, refused bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.paths[path]
	p.Calls++
	if refused {
		p.Refused++
	}
	for p.lastBegin < len(p.last) && now.Sub(p.last[p.lastBegin]) >= time.Second {
		p.lastBegin++
	}
	if p.lastBegin > len(p.last)/2 {
		p.last, p.lastBegin = append(p.last[:0], p.last[p.lastBegin:]...), 0
	}
	p.last = append(p.last, now)
	p.MostIn1s = max(p.MostIn1s, len(p.last)-p.lastBegin)
}

// snapshot is what was counted so far.
func (c *calls) snapshot() map[string]pathCalls {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := make(map[string]pathCalls, len(c.paths))
	for path, p := range c.paths {
		s[path] = pathCalls{Calls: p.Calls, Refused: p.Refused, MostIn1s: p.MostIn1s}
	}
	return s
}
