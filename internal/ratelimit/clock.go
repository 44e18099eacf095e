package ratelimit

import (
	"math"
	"sync"
	"time"
)

// serverClock knows how far the server's clock is from ours, as bounds: an answer was given between the sending of its
// question and its arrival. Each answer narrows them; they widen with time, since clocks drift, and an answer that
// contradicts them, such as one of another server after a failover, replaces them.
type serverClock struct {
	mu        sync.Mutex
	low, high time.Duration // server's time minus ours, both since the epoch
	at        time.Time
	trip      time.Duration // how long an answer took lately, at the most
}

const (
	// drift is how much two clocks part a second, at the most that time daemons slew them.
	drift = 0.0005
	// maxLead bounds for how long an answer is allowed for.
	maxLead = 500 * time.Millisecond
	// tick is the precision of the server's time, which is cut off.
	tick = time.Millisecond
)

// learn takes the server's time, that it told between two moments of ours.
func (c *serverClock) learn(server time.Duration, asked, answered time.Time) {
	low, high := server-sinceEpoch(answered), server+tick-sinceEpoch(asked)
	c.mu.Lock()
	defer c.mu.Unlock()
	wider := time.Duration(drift * float64(answered.Sub(c.at)))
	known := !c.at.IsZero() && wider >= 0
	c.at = answered
	c.trip = min(max(answered.Sub(asked), c.trip-c.trip/16), maxLead)
	if l, h := max(low, c.low-wider), min(high, c.high+wider); known && l <= h {
		low, high = l, h
	}
	c.low, c.high = low, high
}

// earliest returns our time from which on the server's is surely past t.
func (c *serverClock) earliest(t time.Duration, near time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return near.Add(t - c.low - sinceEpoch(near))
}

// latest returns our time until which the server's is surely not past t.
func (c *serverClock) latest(t time.Duration, near time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return near.Add(t - c.high - sinceEpoch(near))
}

// server returns the server's time at ours, as the earliest that it can be. Before the server was heard of it is later than all.
func (c *serverClock) server(ours time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() {
		return math.MaxInt64
	}
	return sinceEpoch(ours) + c.low
}

// lead returns how long the next answer may take to arrive.
func (c *serverClock) lead() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.trip
}

// epoch is a moment of the process's own, with a monotonic reading: the wall clock may jump, the time since it does not.
var epoch = time.Now()

func sinceEpoch(t time.Time) time.Duration { return t.Sub(epoch) }
