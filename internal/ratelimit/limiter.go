package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/shopstream/shopstream/internal/wait"
)

const (
	// askTimeout bounds one question to the store: longer, and it counts as away.
	askTimeout = 2 * time.Second
	// probeTimeout and probeEvery are for a store that is away.
	probeTimeout = 500 * time.Millisecond
	probeEvery   = 2 * time.Second
	// handover is how long a scope stays closed when a process that went by its own share finds the store again: until the
	// others have found it, too.
	handover = probeEvery + 2*probeTimeout
)

// Options says how a limiter works. Fields without a default are required.
type Options struct {
	Rules map[string]Rule // by platform
	// Cells is the collection that all processes share. Nil: the limiter counts within this process alone.
	Cells *mongo.Collection
	// Share returns the part of a platform's rate that is this process's own while the store is away, from 0 to 1; over all
	// processes it must not be more than 1. Default: nothing.
	Share func(platform string) float64
	// Backoff is how long a scope is left alone after a refusal that does not say how long; doubled for each third
	// one in a row. Default 2 s.
	Backoff  time.Duration
	Logger   *slog.Logger
	Registry prometheus.Registerer

	Now  func() time.Time                           // default time.Now; must have a monotonic reading
	Wait func(context.Context, time.Duration) error // default waits for the timer or ctx
}

// Limiter is one process's way to the limits that all share. Its methods may be called from several goroutines.
type Limiter struct {
	Options
	cells   *cells // nil without a store
	clock   serverClock
	metrics *metrics

	mu    sync.Mutex
	pools map[string]*pool
	away  bool      // the store is
	probe time.Time // when to ask it again
	local *local    // of this time that it is away, or for good
}

// New checks the options and returns a limiter. It does no I/O.
func New(o Options) (*Limiter, error) {
	var errs []error
	for platform, rule := range o.Rules {
		errs = append(errs, rule.validate(platform))
	}
	if o.Registry == nil || o.Logger == nil {
		errs = append(errs, errors.New("limiter needs a metrics registry and a logger"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if o.Backoff == 0 {
		o.Backoff = 2 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == nil {
		o.Wait = wait.For
	}
	if o.Share == nil {
		o.Share = func(string) float64 { return 0 }
	}
	m, err := newMetrics(o.Registry, o.Rules)
	if err != nil {
		return nil, fmt.Errorf("register metrics of limits: %w", err)
	}
	l := &Limiter{Options: o, metrics: m, pools: map[string]*pool{}, local: newLocal()}
	if o.Cells != nil {
		l.cells = &cells{o.Cells}
	}
	return l, nil
}

// Admit waits until the call may begin, and takes the moment: the caller begins the call at once. When that would be after
// until it takes nothing and says when to ask again, which is now when ctx ended. An error means that the call has no limit.
func (l *Limiter) Admit(ctx context.Context, c Call, until time.Time) (*Denial, error) {
	rule, ok := l.Rules[c.Platform]
	if !ok {
		return nil, fmt.Errorf("no rate limit is set for %q", c.Platform)
	}
	began := l.Now()
	defer func() { l.metrics.waited(c, l.Now().Sub(began)) }()
	own := began.Add(min(c.Patience, until.Sub(began)))
	scopes := rule.scopes(c)
	for {
		held, denial := l.takeAll(ctx, scopes, c.Live, until, own)
		next := l.Now()
		switch {
		case denial == nil:
			for _, s := range held {
				next = latest(next, s.at)
			}
		case denial.Own && denial.Until.After(own), denial.Until.After(until):
			return denial, nil
		default:
			next = denial.Until
		}
		if l.Wait(ctx, next.Sub(l.Now())) != nil {
			l.giveBack(scopes, held)
			return &Denial{Until: l.Now()}, nil
		}
		if denial == nil && l.use(scopes, held) {
			return nil, nil //nolint:nilnil // no denial is the good news
		}
	}
}

// takeAll takes a slot of each scope, or none.
func (l *Limiter) takeAll(ctx context.Context, scopes []scope, live bool, until, own time.Time) ([]slot, *Denial) {
	held := make([]slot, 0, len(scopes))
	for _, s := range scopes {
		limit := until
		if s.own {
			limit = own
		}
		taken, ok := l.take(ctx, s, live, limit)
		if !ok {
			l.giveBack(scopes, held)
			return nil, &Denial{Until: taken.at, Own: s.own}
		}
		held = append(held, taken)
	}
	return held, nil
}

// use reports whether all slots are still good; otherwise those that are go back.
func (l *Limiter) use(scopes []scope, held []slot) bool {
	now := l.Now()
	good := make([]bool, len(held))
	all := true
	for i, s := range held {
		good[i] = l.pool(scopes[i].key).good(s, now)
		all = all && good[i]
	}
	for i, s := range held {
		switch {
		case all:
			l.metrics.slot(scopes[i].platform, "used", 1)
		case good[i]:
			l.pool(scopes[i].key).giveBack(s)
		default:
			l.metrics.slot(scopes[i].platform, "lost", 1)
		}
	}
	return all
}

func (l *Limiter) giveBack(scopes []scope, held []slot) {
	for i, s := range held {
		l.pool(scopes[i].key).giveBack(s)
	}
}

// take takes the scope's next slot, if its moment lies no later than until; otherwise at says when to ask again.
func (l *Limiter) take(ctx context.Context, s scope, live bool, until time.Time) (slot, bool) {
	p := l.pool(s.key)
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() {
		l.metrics.slot(s.platform, "lost", p.lost)
		p.lost = 0
	}()
	now := l.Now()
	if first, ok := p.pop(now); ok {
		if !first.at.After(latest(until, now).Add(l.clock.lead())) { // asking for another would take as long
			return first, true
		}
		p.slots = append([]slot{first}, p.slots...)
		return first, false
	}
	local, timeout := l.source(now)
	if local == nil {
		got, ok, err := l.lease(ctx, s, p, live, until, timeout)
		switch {
		case err == nil:
			return got, ok
		case ctx.Err() != nil:
			return slot{at: l.Now()}, false
		}
		local = l.lose(err)
	}
	return l.ownShare(local, s, p, until)
}

// lease asks the store for slots, as many as are needed, and takes the first.
func (l *Limiter) lease(ctx context.Context, s scope, p *pool, live bool, until time.Time, timeout time.Duration) (slot, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if !p.local.IsZero() { // the store was away
		if l.Now().Sub(p.local) < handover {
			if err := l.cells.closeFor(ctx, s, handover); err != nil {
				return slot{}, false, err
			}
		}
		p.local = time.Time{}
	}
	asked := l.Now()
	st, err := l.cells.lease(ctx, s, lease{
		n: p.want(asked), patience: max(0, until.Sub(asked)), lead: l.clock.lead(), live: live,
	})
	if err != nil {
		return slot{}, false, err
	}
	answered := l.Now()
	l.clock.learn(time.Duration(st.Now), asked, answered)
	l.find()
	l.heard(s, p, &st, answered)
	if st.N == 0 {
		next := l.clock.earliest(time.Duration(st.Next), answered)
		if !live { // so that those who wait do not all come at the same moment
			next = next.Add(time.Duration(rand.Int64N(max(1, st.Interval/2))))
		}
		return slot{at: latest(next, answered.Add(time.Millisecond))}, false, nil
	}
	l.metrics.slot(s.platform, "leased", int(st.N))
	late := s.late(time.Duration(st.Interval))
	for i := range st.N {
		p.slots = append(p.slots, slot{
			at: l.clock.earliest(st.moment(i), answered), late: l.clock.latest(st.moment(i)+late, answered),
		})
	}
	first := p.slots[0]
	p.slots = p.slots[1:]
	return first, true, nil
}

// heard notes what the cell says besides.
func (l *Limiter) heard(s scope, p *pool, st *state, now time.Time) {
	p.rate = st.Rate
	p.closed.Store(0)
	if st.Closed > st.Now {
		p.close(l.clock.earliest(time.Duration(st.Closed), now))
	}
	if !s.own {
		l.metrics.ceiling.WithLabelValues(s.platform).Set(st.Rate)
	}
}

// Refused notes that the platform refused a call for its rate, for every process, and returns until when to leave it alone.
// Refusals of calls that were under way together count as one. Each third one in a row halves the rate, which creeps up
// again. It counts although ctx may be over.
func (l *Limiter) Refused(ctx context.Context, c Call, r Refusal) time.Time {
	reason := "rate"
	if r.Quota {
		reason = "quota"
	}
	l.metrics.refusals.WithLabelValues(c.Platform, reason).Inc()
	scopes := l.Rules[c.Platform].scopes(c)
	s := scopes[len(scopes)-1] // the app's: most platforms do not say which limit it was, and this is the one that all share
	if r.Shop && len(scopes) > 1 {
		s = scopes[len(scopes)-2]
	}
	p := l.pool(s.key)
	p.mu.Lock()
	defer p.mu.Unlock()
	now := l.Now()
	source, timeout := l.source(now)
	if source == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
		defer cancel()
		before := p.rate
		st, err := l.cells.refuse(ctx, s, refusal{
			began: l.clock.server(r.Began), wait: r.RetryAfter, base: l.Backoff, quota: r.Quota,
		})
		if err == nil {
			answered := l.Now()
			l.clock.learn(time.Duration(st.Now), now, answered)
			l.find()
			l.heard(s, p, &st, answered)
			if st.Rate < before {
				l.Logger.Warn("platform refuses calls for their rate: fewer are made, and slowly more again", "platform", c.Platform,
					"calls_per_minute", int(st.Rate), "until", p.closedUntil())
			}
			return latest(answered, p.closedUntil())
		}
		source = l.lose(err)
	}
	wait := r.RetryAfter
	if r.Quota && wait == 0 {
		wait = quotaWait
	}
	lim := l.shared(s, p)
	lim.Rate = max(1, lim.Rate) // a share too small for a call is no rate
	until := source.refuse(s.key, lim, now, r.Began, wait, l.Backoff)
	p.close(until)
	return until
}

func (l *Limiter) pool(key string) *pool {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := l.pools[key]
	if !ok {
		p = &pool{}
		l.pools[key] = p
	}
	return p
}
