// Package renewal gets other tokens for shops whose own end or do not work any more.
//
// A refresh token may work once, so what a platform answers must not get lost, and no two may ask with the same one. It promises:
// within a process one renewal of a shop at a time, among processes one for each generation of tokens (a lease in the shop's
// document, by the store's clock); new tokens are stored, by a majority, before anybody uses them; and tokens that could not be
// stored are kept and tried again for as long as the process lives. A process that is killed between the platform's answer and
// the store loses it: then the platform refuses the next renewal, and the shop waits for its seller to consent again.
package renewal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/shopstore"
	"github.com/shopstream/shopstream/internal/wait"
	"github.com/shopstream/shopstream/producers/call"
	"github.com/shopstream/shopstream/producers/platform"
)

// Whether somebody has to act.
var (
	// ErrParked means that the platform gives out no tokens: the shop's state says why and what to do.
	ErrParked = errors.New("the shop cannot be authorised")
	// ErrUnsupported means that tokens of this platform cannot be renewed.
	ErrUnsupported = errors.New("tokens of the platform cannot be renewed")
)

const (
	// refusedFor is how long a shop rests whose calls are refused although its tokens are new: it takes somebody to change that.
	refusedFor = 10 * time.Minute
	// unauthorisedFor is how long its tokens are not asked for again once the platform refused them. It is not for ever, since a
	// platform that errs would otherwise leave its sellers to be authorised one by one.
	unauthorisedFor = time.Hour
	// pause is how long a platform's token endpoint is left alone for a shop after a failure that says nothing about the shop.
	pause = 5 * time.Second
	// patience is how long a caller waits for another process: its own batch has a deadline.
	patience = 3 * time.Second
	poll     = 100 * time.Millisecond
	// breath is how long callers do without, once one of them has waited in vain: all of a batch would wait in turn.
	breath = 2 * time.Second
	// storing is how long a caller waits for new tokens to be stored; afterwards they are tried again in the background.
	storing = 5 * time.Second
)

// Options says what a renewer works with. Fields without a default are required.
type Options struct {
	View     *shopstore.View
	Store    *shopstore.Store
	Adapters []platform.Adapter // those that are a [platform.Authorizer] count
	HTTP     *http.Client
	Logger   *slog.Logger
	Registry prometheus.Registerer

	Timeout time.Duration // of a call, default 8 s: a batch has 20
	// Lease is how long a renewal may take before another process begins one, default 30 s: longer than a call and storing.
	Lease time.Duration
}

// Renewer renews tokens. It is safe for concurrent use.
type Renewer struct {
	Options
	owner       string
	authorizers map[string]platform.Authorizer
	platforms   []string
	caller      call.Caller
	metrics     *metrics

	mu      sync.Mutex
	busy    map[string]chan struct{} // shops under way, by key; closed when done
	resting map[string]time.Time     // shops that were not renewed although somebody tried; until when
	pending map[string]pendingTokens // that could not be stored yet
}

// pendingTokens replace those of a generation.
type pendingTokens struct {
	generation int64
	tokens     shopstore.Tokens
}

// New returns a renewer. It does no I/O.
func New(o Options) (*Renewer, error) {
	if o.Timeout == 0 {
		o.Timeout = 8 * time.Second
	}
	if o.Lease == 0 {
		o.Lease = 30 * time.Second
	}
	r := &Renewer{
		Options: o, owner: ulid.Make().String(), authorizers: map[string]platform.Authorizer{},
		caller: call.Caller{HTTP: o.HTTP, Timeout: o.Timeout, Now: time.Now},
		busy:   map[string]chan struct{}{}, resting: map[string]time.Time{}, pending: map[string]pendingTokens{},
	}
	for _, a := range o.Adapters {
		if authorizer, ok := a.(platform.Authorizer); ok {
			r.authorizers[a.Platform()] = authorizer
			r.platforms = append(r.platforms, a.Platform())
		}
	}
	var err error
	r.metrics, err = newMetrics(o.Registry, r)
	return r, err
}

// Parked reports whether the shop is not to be called for now.
func (r *Renewer) Parked(s shop.Shop) bool { return s.Parked(r.View.Now()) }

// Due reports whether the shop's token is near its end.
func (r *Renewer) Due(s shop.Shop) bool { return s.Due(r.View.Now()) }

// Over reports whether the shop's token is past its end.
func (r *Renewer) Over(s shop.Shop) bool { return s.Over(r.View.Now()) }

// Renew returns the shop with other tokens than used has: what is stored by now, or else what the platform gives out. Its error is
// [ErrParked] when the platform gives out none, [ErrUnsupported], or says what kept it from being found out.
func (r *Renewer) Renew(ctx context.Context, used shop.Shop) (shop.Shop, error) {
	if r.authorizers[used.Platform] == nil {
		return shop.Shop{}, fmt.Errorf("renew tokens of shop %s: %w", used.Key(), ErrUnsupported)
	}
	release, err := r.acquire(ctx, used.Key())
	if err != nil {
		return shop.Shop{}, fmt.Errorf("renew tokens of shop %s: %w", used.Key(), err)
	}
	defer release()
	s, err := r.other(ctx, used)
	if err != nil {
		return s, fmt.Errorf("renew tokens of shop %s: %w", used.Key(), err)
	}
	return s, nil
}

// other is Renew by whom no other goroutine of this process can get in the way.
func (r *Renewer) other(ctx context.Context, used shop.Shop) (shop.Shop, error) {
	if known, ok := r.View.Find(used.Platform, used.ChannelID, used.ShopID); ok && known.Generation > used.Generation {
		return known, nil
	}
	if r.rests(used.Key()) {
		return used, errors.New("a moment ago it could not be done")
	}
	s, err := r.search(ctx, used)
	if err != nil && !errors.Is(err, ErrParked) {
		r.letRest(used.Key(), breath)
		r.Logger.Warn("tokens cannot be renewed for now: the shop's tasks wait when these end", "platform", used.Platform,
			"channel_id", used.ChannelID, "shop_id", used.ShopID, "error", err)
	}
	return s, err
}

// search looks for other tokens in the store, then asks the platform.
func (r *Renewer) search(ctx context.Context, used shop.Shop) (shop.Shop, error) {
	key := used.Key()
	if err := r.flush(ctx, key); err != nil {
		return shop.Shop{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		s, err := r.View.Reread(ctx, key)
		switch {
		case err != nil:
			return shop.Shop{}, err
		case s.Generation != used.Generation:
			return s, nil
		case r.Parked(s):
			return s, ErrParked
		}
		leader, err := r.leader(ctx, s)
		if err != nil {
			return shop.Shop{}, err
		}
		if heir, ok := r.heir(s); ok {
			return r.adopt(ctx, s, heir)
		}
		got, abandoned, err := r.lease(ctx, leader.Key(), leader.Generation)
		if err != nil {
			return shop.Shop{}, err
		}
		if got {
			// What was asked is to be stored, whoever loses patience.
			return r.leased(context.WithoutCancel(ctx), s, leader, abandoned)
		}
		if err := wait.For(ctx, poll); err != nil {
			return shop.Shop{}, fmt.Errorf("another process renews them: %w", err)
		}
	}
}

// lease is not broken off when the caller loses patience: a lease that was taken and not noticed would have to run out.
func (r *Renewer) lease(ctx context.Context, key string, generation int64) (got, abandoned bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, false, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storing)
	defer cancel()
	return r.Store.Lease(ctx, key, generation, r.owner, r.Lease)
}

// ask gets tokens from the platform and stores them. abandoned says that somebody asked before and never said what came of it.
func (r *Renewer) ask(ctx context.Context, s shop.Shop, abandoned bool) (shop.Shop, error) {
	authorizer := r.authorizers[s.Platform]
	tokens, err := r.exchange(ctx, authorizer, s)
	if err != nil {
		return s, r.failed(ctx, s, err, abandoned)
	}
	r.metrics.renewed(s.Platform, "ok")
	tokens.Replaced = s.RefreshToken
	group := r.group(s)
	r.mu.Lock()
	for _, member := range group {
		r.pending[member.Key()] = pendingTokens{member.Generation, tokens}
	}
	r.mu.Unlock()
	for _, member := range group {
		if err := r.flush(ctx, member.Key()); err != nil {
			return s, err
		}
		if _, err := r.View.Reread(ctx, member.Key()); err != nil {
			return s, err
		}
	}
	return r.View.Reread(ctx, s.Key())
}

// exchange makes the call.
func (r *Renewer) exchange(ctx context.Context, authorizer platform.Authorizer, s shop.Shop) (shopstore.Tokens, error) {
	request, err := authorizer.Refresh(s, r.View.Now())
	if err != nil {
		return shopstore.Tokens{}, err
	}
	tokens, at, err := exchange(ctx, r.caller, authorizer, request, s, r.View.Now())
	return storable(tokens, at), err
}

// exchange sends a call that gives out tokens and reads the answer. It returns the platform's time, or now.
func exchange(ctx context.Context, caller call.Caller, authorizer platform.Authorizer, request platform.Request, s shop.Shop, now time.Time) (
	tokens platform.Tokens, at time.Time, err error,
) {
	reply, err := caller.Send(ctx, request)
	if err != nil {
		return tokens, now, call.Hide(err, s)
	}
	if date, ok := reply.Date(); ok {
		now = date
	}
	if tokens, err = authorizer.ReadTokens(reply.Response, now); err != nil {
		return tokens, now, call.Hide(err, s)
	}
	return tokens, now, nil
}

// storable is what the store keeps of tokens that were given out at a time.
func storable(t platform.Tokens, at time.Time) shopstore.Tokens {
	return shopstore.Tokens{Access: t.Access, Refresh: t.Refresh, RenewedAt: at, AccessUntil: t.AccessUntil, RefreshUntil: t.RefreshUntil}
}

// failed says what became of a renewal without tokens.
func (r *Renewer) failed(ctx context.Context, s shop.Shop, err error, abandoned bool) error {
	key := s.Key()
	var e *platform.Error
	if !errors.As(err, &e) || e.Class != platform.Auth && e.Class != platform.Permanent {
		rest := pause
		if e != nil {
			rest = max(rest, e.RetryAfter)
		}
		r.letRest(key, rest)
		r.metrics.renewed(s.Platform, "failed")
		// Should this fail, the lease runs out by itself.
		return errors.Join(err, r.Store.Postpone(ctx, key, r.owner, rest))
	}
	r.metrics.renewed(s.Platform, "refused")
	reason := e.Error()
	if abandoned {
		reason += " (a process that renewed them before was lost with the platform's answer)"
	}
	state, rest := shop.Unauthorised, unauthorisedFor
	if e.Class == platform.Permanent { // about the app or the call, not about the seller's consent
		state, rest = shop.Refused, refusedFor
	}
	if err := r.park(ctx, s, state, reason, rest); err != nil {
		return err
	}
	return fmt.Errorf("%w: %w", ErrParked, err)
}

// park stores why the shop with these tokens cannot be called.
func (r *Renewer) park(ctx context.Context, s shop.Shop, name, reason string, rest time.Duration) error {
	now := r.View.Now()
	st := shop.State{Name: name, Reason: reason, Since: now, RetryAt: now.Add(rest)}
	if s.State.Name == name && !s.State.Since.IsZero() {
		st.Since = s.State.Since
	}
	if err := r.Store.SetState(ctx, s.Key(), s.Generation, st); err != nil {
		return err
	}
	_, err := r.View.Reread(ctx, s.Key())
	return err
}

// Refused notes that the platform refuses the shop's calls although its tokens are new.
func (r *Renewer) Refused(ctx context.Context, s shop.Shop, reason string) {
	if err := r.park(context.WithoutCancel(ctx), s, shop.Refused, reason, refusedFor); err != nil {
		r.Logger.Warn("a shop's state cannot be stored", "platform", s.Platform, "channel_id", s.ChannelID, "shop_id", s.ShopID, "error", err)
	}
}

// Served notes that the shop's calls are not refused any more.
func (r *Renewer) Served(ctx context.Context, s shop.Shop) {
	err := r.Store.SetState(ctx, s.Key(), s.Generation, shop.State{})
	if err == nil {
		_, err = r.View.Reread(ctx, s.Key())
	}
	if err != nil {
		r.Logger.Warn("a shop's state cannot be stored", "platform", s.Platform, "channel_id", s.ChannelID, "shop_id", s.ShopID, "error", err)
	}
}

// rests reports whether the platform did not answer a renewal of the shop lately.
func (r *Renewer) rests(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	until, ok := r.resting[key]
	if ok && time.Now().Before(until) {
		return true
	}
	delete(r.resting, key)
	return false
}

// letRest keeps callers from waiting for what will hardly come, one after the other.
func (r *Renewer) letRest(key string, d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if until := time.Now().Add(d); until.After(r.resting[key]) {
		r.resting[key] = until
	}
}

// acquire waits until no other goroutine is at the shop.
func (r *Renewer) acquire(ctx context.Context, key string) (release func(), err error) {
	for {
		r.mu.Lock()
		other, taken := r.busy[key]
		if !taken {
			mine := make(chan struct{})
			r.busy[key] = mine
			r.mu.Unlock()
			return func() {
				r.mu.Lock()
				defer r.mu.Unlock()
				delete(r.busy, key)
				close(mine)
			}, nil
		}
		r.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-other:
		}
	}
}
