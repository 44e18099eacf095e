// Package fetcher turns tasks into calls of a platform's API and the answers into records: the page, the next task, child
// tasks and a fact about what was done. It is a [stream.Processor], so all of that and the task's offset are published
// together or not at all.
//
// It promises that a task that it took is never lost and never finished twice in one batch: it ends as done, as given up
// with a reason, or as the same task again (postponed, delayed or given back). What a call and an answer look like is the
// adapter's knowledge; how many calls may be made is the limiter's.
package fetcher

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/shopstream/shopstream/internal/ratelimit"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/wait"
	"github.com/shopstream/shopstream/producers/call"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// Shops knows the shops and their credentials. It is asked for each call, so that new credentials count at once.
type Shops interface {
	Find(platform, channelID, shopID string) (shop.Shop, bool)
}

// Tokens gets other tokens for shops, and keeps in mind which shops cannot be served.
type Tokens interface {
	// Parked reports whether the shop is not to be called for now.
	Parked(s shop.Shop) bool
	// Due reports whether the shop's token is near its end, and Over whether it is past it.
	Due(s shop.Shop) bool
	Over(s shop.Shop) bool
	// Renew returns the shop with other tokens than used has: what is stored by now, or else what the platform gives out. The
	// error [renewal.ErrParked] says that the platform gives out none; any other that it could not be found out.
	Renew(ctx context.Context, used shop.Shop) (shop.Shop, error)
	// Refused notes that the platform refuses the shop's calls although its tokens are new; Served, that it does not any more.
	Refused(ctx context.Context, s shop.Shop, reason string)
	Served(ctx context.Context, s shop.Shop)
}

// Limiter knows when calls may begin.
type Limiter interface {
	// Admit waits until the call may begin and takes the moment: the caller begins it at once. When that would be after until
	// it takes nothing and says when to ask again. An error means that the limiter itself is out of reach.
	Admit(ctx context.Context, call ratelimit.Call, until time.Time) (*ratelimit.Denial, error)
	// Refused tells everybody that the platform refused a call for its rate, and returns until when nobody calls.
	Refused(ctx context.Context, call ratelimit.Call, r ratelimit.Refusal) time.Time
}

// Options says how a fetcher works. Fields without a default are required.
type Options struct {
	Topics  schemas.Topics
	Lane    string // schemas.Live or schemas.Backfill
	Adapter platform.Adapter
	Shops   Shops
	// Reread returns a shop as it is stored at the moment. Nil: Shops always knows that.
	Reread   func(ctx context.Context, key string) (shop.Shop, error)
	Tokens   Tokens // nil: tokens that do not work any more are somebody else's business
	Limiter  Limiter
	Logger   *slog.Logger
	Registry prometheus.Registerer

	// Stored saves calls for details that are stored. Nil: nothing is known to be stored, and all details are fetched.
	Stored Stored

	HTTP     *http.Client  // default call.NewClient()
	Parallel int           // calls in flight, default 5
	Tries    int           // calls for one task in one batch, default 3
	Backoff  time.Duration // before the second try, doubled for each further one, full jitter; default 2 s
	Timeout  time.Duration // of one call, body included; default 15 s
	// Settle is how long after its window's end a list may still grow. Default 5 minutes; negative for none.
	Settle time.Duration
	// MaxRecordBytes is the largest page that may be published, default 8 MB.
	MaxRecordBytes int

	// PlatformTime tells the time for answers without a Date header, from a clock that is not this machine's (the
	// store's). Nil: such answers are put off until the platform sends the header again.
	PlatformTime func(context.Context) (time.Time, error)

	Now  func() time.Time                           // default time.Now
	Wait func(context.Context, time.Duration) error // default waits for the timer or ctx
	Rand func() float64                             // in [0, 1), default math/rand
}

func (o *Options) validate() error {
	var errs []error
	need := func(ok bool, what string) {
		if !ok {
			errs = append(errs, errors.New("fetcher needs "+what))
		}
	}
	need(o.Lane == schemas.Live || o.Lane == schemas.Backfill, "a lane: live or backfill")
	need(o.Adapter != nil, "an adapter")
	need(o.Shops != nil, "shops")
	need(o.Limiter != nil, "a limiter")
	need(o.Logger != nil, "a logger")
	need(o.Registry != nil, "a metrics registry")
	return errors.Join(errs...)
}

func (o *Options) setDefaults() {
	if o.HTTP == nil {
		o.HTTP = call.NewClient()
	}
	o.Parallel = orDefault(o.Parallel, 5)
	o.Tries = orDefault(o.Tries, 3)
	o.Backoff = orDefault(o.Backoff, 2*time.Second)
	o.Timeout = orDefault(o.Timeout, 15*time.Second)
	o.Settle = orDefault(o.Settle, 5*time.Minute)
	o.MaxRecordBytes = orDefault(o.MaxRecordBytes, 8<<20)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == nil {
		o.Wait = wait.For
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
}

func orDefault[T int | time.Duration](v, def T) T {
	switch {
	case v == 0:
		return def
	case v < 0:
		return 0
	}
	return v
}
