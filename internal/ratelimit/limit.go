// Package ratelimit hands out the moments at which calls of a platform may begin, to all processes together.
//
// What is allowed is kept in MongoDB, one small document ("cell") a scope: the whole app, a shop, an endpoint of a shop. A
// cell is a generic cell rate algorithm, advanced by one statement with the server's own time, so that it is exact whatever
// the clocks of the processes say. A process leases the moments that its callers are waiting for and few more. Each moment has
// a latest use: a process that was stopped in between does not use it afterwards, it asks again.
//
// It promises that in every interval of t, no more than rate·t + burst calls begin, those in flight aside; that what a
// platform says about too many calls counts for every process at once; and that calls of the live lane go first. While the
// store is away, each process goes on with its own share of the rate. It sends nothing.
package ratelimit

import (
	"fmt"
	"time"
)

// Limit is what one scope allows.
type Limit struct {
	Rate  int // calls a minute, at least 1
	Burst int // calls at once after a pause, at least 1
}

// minLate is the least time by which a call may begin after its moment. A scheduler needs that much; at more than a hundred
// calls a second or so it lets a few more calls into an interval than the part of the burst that is kept back for it.
const minLate = 20 * time.Millisecond

// interval is the time between two calls at the steady rate, rounded up.
func (l Limit) interval() time.Duration {
	rate := time.Duration(l.Rate)
	return (time.Minute + rate - 1) / rate
}

// kept is the part of the burst that is never handed out: calls begin a little after their moments and reach the platform
// later still, and must be within the limit there, too.
func (l Limit) kept() int {
	if l.Burst < 2 {
		return 0
	}
	return max(1, l.Burst/4)
}

// steps is how many intervals a call may be ahead of the steady rate.
func (l Limit) steps() int { return l.Burst - l.kept() - 1 }

// reserve is how many of these are for the live lane alone.
func (l Limit) reserve() int { return (l.steps() + 1) / 2 }

// late is for how long after its moment a call may begin, at the given interval.
func (l Limit) late(interval time.Duration) time.Duration {
	return max(time.Duration(l.kept())*interval, minLate)
}

// ahead is how far a call may be ahead of the steady rate.
func (l Limit) ahead() time.Duration { return time.Duration(l.steps()) * l.interval() }

// Rule is what a platform allows.
type Rule struct {
	App     Limit // the whole app, over all shops
	Shop    int   // calls a minute of one shop; 0: no more than the app
	API     int   // calls a minute of one shop to one endpoint; 0: no more than the shop
	Daily   int   // calls of the app in a calendar day in UTC+8; 0: as many as the rate gives
	Ceiling int   // calls a minute of the app that are made whatever its answers say; 0: answers teach it
}

// Call says whose call is to begin.
type Call struct {
	Platform string
	App      string // the id of the app that calls
	Shop     string // any text that names the shop within the platform
	API      string // names the endpoint
	Live     bool   // of the live lane: goes first
	// Patience is how long the call waits for a limit of the shop's own, rather than let others go first.
	Patience time.Duration
}

// Denial says that a call may not begin in time.
type Denial struct {
	Until time.Time // when to ask again
	Own   bool      // the shop's own limit holds it back: calls of other shops may begin
}

// Refusal is a platform's word that there were too many calls.
type Refusal struct {
	Began      time.Time     // when the refused call began
	RetryAfter time.Duration // how long the platform wants to be left alone; 0 when it does not say
	Quota      bool          // the calls of a longer period are used up
	Shop       bool          // the limit is the shop's own; it counts as the app's where none of the shop's own is set
}

// scope is one thing that has a limit.
type scope struct {
	key      string
	platform string
	own      bool // the shop's own
	Limit
	daily, ceiling int
}

// scopes returns what limits the call, narrowest first, since a moment of a narrow scope is of less use to others. Scopes
// that allow as much as the one around them are left out.
func (r Rule) scopes(c Call) []scope {
	all := make([]scope, 0, 3)
	narrowest := r.App.Rate
	if r.Shop > 0 {
		narrowest = min(narrowest, r.Shop)
	}
	if r.API > 0 && r.API < narrowest {
		all = append(all, scope{
			key: c.Platform + ":api:" + c.Shop + ":" + c.API, platform: c.Platform, own: true,
			Limit: Limit{Rate: r.API, Burst: r.App.Burst},
		})
	}
	if r.Shop > 0 && r.Shop < r.App.Rate {
		all = append(all, scope{
			key: c.Platform + ":shop:" + c.Shop, platform: c.Platform, own: true, Limit: Limit{Rate: r.Shop, Burst: r.App.Burst},
		})
	}
	return append(all, scope{
		key: c.Platform + ":app:" + c.App, platform: c.Platform, Limit: r.App, daily: r.Daily, ceiling: r.Ceiling,
	})
}

// limit is the calls a minute that are made without any refusals.
func (s scope) limit() int {
	if s.ceiling > 0 {
		return min(s.ceiling, s.Rate)
	}
	return s.Rate
}

func (r Rule) validate(platform string) error {
	if r.App.Rate < 1 || r.App.Burst < 1 {
		return fmt.Errorf("limit of %s is %d calls a minute with a burst of %d: both must be at least 1",
			platform, r.App.Rate, r.App.Burst)
	}
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
