package simulator

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// maxRate is the highest limit, in calls a minute.
const maxRate = 60_000_000

// How the world's clock goes.
const (
	ClockFrozen = "frozen" // it stands at the server's start: no order is added or changed
	ClockReal   = "real"   // it is the wall clock
	ClockFast   = "x60"    // it starts with the server and passes a minute a second, ahead of the wall clock
)

// Whether time_to belongs to its window, and on platforms that leave both ends of a window open, time_from too.
const (
	Inclusive = "inclusive"
	Exclusive = "exclusive"
)

// Options are what a simulator is made of. The zero value of a field takes its default.
type Options struct {
	Platforms    []string      // names of those to simulate; none: all there are
	Simulated    []Simulation  // which there are ([Simulated])
	Addr         string        // listening address (127.0.0.1:8900); port 0 takes a free one
	Seed         int64         // chooses the world (0 is a seed like any other)
	Shops        int           // number of shops of each platform (3), at most 50,000
	Days         int           // full calendar days in UTC+7 before today (30), at most 3,650; today is added, up to now
	OrdersPerDay int           // of each shop, on average (200), at most 20,000,000
	Rate         int           // calls a minute for all shops of a platform together; 0: no limit. Ten more may come at once
	TokenTTL     time.Duration // life of an access token (4h)
	Clock        string        // ClockFrozen, ClockReal or ClockFast (frozen); signatures and tokens follow the wall clock anyhow
	TimeTo       string        // Inclusive or Exclusive (inclusive)
	WriteShops   string        // a file for the shops' credentials, written once the server listens; "": none

	Now func() time.Time // the wall clock (time.Now)
}

func (o Options) withDefaults() Options {
	fill(&o.Addr, "127.0.0.1:8900")
	fill(&o.Shops, 3)
	fill(&o.Days, 30)
	fill(&o.OrdersPerDay, 200)
	fill(&o.TokenTTL, 4*time.Hour)
	fill(&o.Clock, ClockFrozen)
	fill(&o.TimeTo, Inclusive)
	if o.Simulated == nil {
		o.Simulated = Simulated
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

func fill[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// validate names everything that is wrong.
func (o Options) validate() error {
	var errs []error
	between := func(name string, v, lo, hi int) {
		if v < lo || v > hi {
			errs = append(errs, fmt.Errorf("%s is %d, must be from %d to %d", name, v, lo, hi))
		}
	}
	between("shops", o.Shops, 1, 50_000)
	between("days", o.Days, 1, 3650)
	between("orders per day", o.OrdersPerDay, 1, 20_000_000)
	between("rate", o.Rate, 0, maxRate)
	for _, name := range o.Platforms {
		if !slices.ContainsFunc(o.Simulated, func(of Simulation) bool { return of.Name == name }) {
			errs = append(errs, fmt.Errorf("platform %.40q is not simulated", name))
		}
	}
	if o.TokenTTL < time.Second {
		errs = append(errs, fmt.Errorf("token ttl is %s, must be a second or more", o.TokenTTL))
	}
	switch o.Clock {
	case ClockFrozen, ClockReal, ClockFast:
	default:
		errs = append(errs, fmt.Errorf("clock is %q, must be %s, %s or %s", o.Clock, ClockFrozen, ClockReal, ClockFast))
	}
	if o.TimeTo != Inclusive && o.TimeTo != Exclusive {
		errs = append(errs, fmt.Errorf("time-to is %q, must be %s or %s", o.TimeTo, Inclusive, Exclusive))
	}
	return errors.Join(errs...)
}

// wants says whether a platform is to be simulated.
func (o Options) wants(platform string) bool {
	return len(o.Platforms) == 0 || slices.Contains(o.Platforms, platform)
}

// clock is the world's clock, which starts at start.
func (o Options) clock(start time.Time) func() time.Time {
	switch o.Clock {
	case ClockReal:
		return o.Now
	case ClockFast:
		return func() time.Time { return start.Add(60 * o.Now().Sub(start)) }
	}
	return func() time.Time { return start }
}
