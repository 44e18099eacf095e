package renewal

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/shopstream/shopstream/internal/shopstore"
	"github.com/shopstream/shopstream/internal/wait"
)

// every is how often shops are looked at whose tokens end, whether anybody calls for them or not: a shop that rests must not
// lose its consent.
const every = 5 * time.Second

// Run renews tokens before they end and stores those that could not be stored before, until ctx ends; then it tries the latter
// for a last time.
func (r *Renewer) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
			r.store(ctx)
			r.renewDue(ctx)
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), storing)
	defer cancel()
	r.store(last)
}

// renewDue renews what is due, a few shops at a time.
func (r *Renewer) renewDue(ctx context.Context) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, 8)
	for _, s := range r.View.Enabled(r.platforms) {
		if !r.Due(s) || r.Parked(s) || s.RefreshToken == "" {
			continue
		}
		select {
		case <-ctx.Done():
		case slots <- struct{}{}:
			wg.Go(func() {
				defer func() { <-slots }()
				_, _ = r.Renew(ctx, s) // it says itself what kept it from doing so
			})
		}
	}
	wg.Wait()
}

// store tries to store what is pending.
func (r *Renewer) store(ctx context.Context) {
	r.mu.Lock()
	keys := slices.Collect(maps.Keys(r.pending))
	r.mu.Unlock()
	for _, key := range keys {
		release, err := r.acquire(ctx, key)
		if err != nil {
			return
		}
		if err := r.flush(ctx, key); err != nil {
			r.Logger.Error("new tokens cannot be stored: do not end this process before they are", "shop", key, "error", err)
		}
		release()
	}
}

// flush stores the tokens of the shop that are pending, if there are any. Only then does anybody use them.
func (r *Renewer) flush(ctx context.Context, key string) error {
	r.mu.Lock()
	p, ok := r.pending[key]
	r.mu.Unlock()
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, storing)
	defer cancel()
	for {
		err := r.Store.SetTokens(ctx, key, p.generation, p.tokens)
		// Newer ones are the same, stored by a try whose answer was lost, or what somebody entered meanwhile, which counts. A
		// shop that is gone needs none.
		if err == nil || errors.Is(err, shopstore.ErrNewer) {
			r.mu.Lock()
			delete(r.pending, key)
			r.mu.Unlock()
			return nil
		}
		if wait.For(ctx, poll) != nil {
			return err
		}
	}
}
