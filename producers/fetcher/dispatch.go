package fetcher

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// dispatch does the jobs in order, Parallel at a time, as far as time and limiter allow. The ones that it did not come to
// stay unhandled and know when to come again. It returns an error when the limiter is out of reach and nothing was done.
func (f *Fetcher) dispatch(ctx context.Context, jobs []*job) error {
	begin, end := schedule(ctx)
	until := f.Now().Add(begin)
	if end != 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, end)
		defer cancel()
	}
	var (
		workers sync.WaitGroup
		slots   = make(chan struct{}, f.Parallel)
		panics  = make(chan any, 1)
		begun   int
		failure error
	)
	for i, j := range jobs {
		if j.fate != unhandled || f.withoutCall(ctx, j) || f.held(j) {
			continue
		}
		// The worker comes first: a moment taken from the limiter is used at once.
		if !acquire(ctx, slots) {
			break
		}
		next, err := f.admit(ctx, until)
		if err != nil {
			failure = err
		}
		if err != nil || !next.IsZero() {
			postpone(jobs[i:], next)
			break
		}
		begun++
		workers.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					select {
					case panics <- p:
					default:
					}
				}
				<-slots
			}()
			f.work(ctx, j, until)
		})
	}
	workers.Wait()
	select {
	case p := <-panics:
		panic(p) // where the loop can catch it and look for the record that causes it
	default:
	}
	if failure != nil && begun == 0 {
		return fmt.Errorf("reserve a call of %s: %w", f.Adapter.Platform(), failure)
	}
	return nil
}

// acquire takes a slot, unless ctx ends first.
func acquire(ctx context.Context, slots chan struct{}) bool {
	select {
	case <-ctx.Done():
		return false
	case slots <- struct{}{}:
		return ctx.Err() == nil
	}
}

// admit waits for the moment at which a call may begin. When there is none in time it returns the time to ask again
// instead, which is now when ctx ended.
func (f *Fetcher) admit(ctx context.Context, until time.Time) (next time.Time, err error) {
	at, ok, err := f.Limiter.Reserve(ctx, f.Adapter.Platform(), until)
	if err != nil {
		return f.Now().Add(f.Backoff), err
	}
	if !ok {
		return at, nil
	}
	if stopped := f.Wait(ctx, at.Sub(f.Now())); stopped != nil {
		next = f.Now()
	}
	return next, nil
}

func postpone(jobs []*job, until time.Time) {
	for _, j := range jobs {
		if j.fate == unhandled {
			j.until = until
		}
	}
}

// withoutCall settles the jobs that need no call: of shops that cannot be served, of lists known to be too early, of windows
// that must be cut first, and those that carry all of their page. It reports whether this is one of them.
func (f *Fetcher) withoutCall(ctx context.Context, j *job) bool {
	t := &j.task
	s, known := f.Shops.Find(t.Platform, t.ChannelID, t.ShopID)
	switch {
	case !known:
		f.parking.park(shopKey(t), "", t, "shop is unknown", "add it to the shops file or with `shopstream shops add`")
		j.fate = parked
	case !s.Enabled:
		f.parking.park(shopKey(t), "", t, "shop is disabled", "enable it in the shops file or with `shopstream shops enable`")
		j.fate = parked
	case f.parkedNow(t, s):
		j.fate = parked
	default:
		if now, sure := f.clock.time(); sure && f.Adapter.Lists(t.Op) && now.Before(f.settled(t)) {
			f.tooEarly(j, now)
			return true
		}
		j.region = s.Region
		if t.Ready {
			if len(t.Parts) == 0 { // it would count as answered, and nothing would be kept
				j.reject(stream.ClassPermanent, errors.New("the task is said to carry its page and carries nothing"))
				return true
			}
			f.finish(j, f.complete(ctx, j, platform.Answer{Page: true, Answered: t.IDs}, nil))
			return true
		}
		if parts := f.Adapter.Split(t); len(parts) > 0 {
			f.finish(j, f.complete(ctx, j, platform.Answer{Children: parts}, nil))
			return true
		}
		return false
	}
	return true
}

// settled returns the time from which on a list of the task's window does not grow any more.
func (f *Fetcher) settled(t *schemas.Task) time.Time { return time.Unix(t.Window.To, 0).Add(f.Settle) }

// tooEarly puts the job off until its window has settled; now is the platform's time.
func (f *Fetcher) tooEarly(j *job, now time.Time) {
	j.fate, j.until = unsettled, f.Now().Add(f.settled(&j.task).Sub(now))
}
