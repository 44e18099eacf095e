package fetcher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/shopstream/shopstream/internal/ratelimit"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// ownPatience is how long jobs wait in their batch for limits of their shops' own, once all others have had their turn.
const ownPatience = 2 * time.Second

// dispatch does the jobs in order, Parallel at a time, as far as time and limiter allow. Those whose shop has used up a limit of
// its own let the others go first. The ones that it did not come to stay unhandled and know when to come again. It returns
// an error when the limiter is out of reach and nothing was done.
func (f *Fetcher) dispatch(ctx context.Context, jobs []*job) error {
	begin, end := schedule(ctx)
	until := f.Now().Add(begin)
	if end != 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, end)
		defer cancel()
	}
	d := &dispatcher{Fetcher: f, until: until, slots: make(chan struct{}, f.Parallel), panics: make(chan any, 1)}
	d.all(ctx, jobs, f.Now())
	d.workers.Wait() // their tries may be held back, too
	if d.ended {     // nobody's turn: what was held back waits with all others
		for _, j := range jobs {
			j.limited = false
		}
	}
	if limited := slices.DeleteFunc(slices.Clone(jobs), func(j *job) bool { return !j.limited }); len(limited) > 0 && !d.ended {
		d.all(ctx, limited, f.Now().Add(ownPatience))
		d.workers.Wait()
	}
	select {
	case p := <-d.panics:
		panic(p) // where the loop can catch it and look for the record that causes it
	default:
	}
	if d.failure != nil && d.begun == 0 {
		return fmt.Errorf("reserve a call of %s: %w", f.Adapter.Platform(), d.failure)
	}
	return nil
}

// dispatcher does one batch.
type dispatcher struct {
	*Fetcher
	until   time.Time // no call begins after it
	workers sync.WaitGroup
	slots   chan struct{} // of calls in flight
	panics  chan any
	begun   int
	ended   bool // nothing more may begin in this batch
	failure error
}

// all gives each job that is not handled to a worker, in order, if limits of its shop's own let it begin before own.
func (d *dispatcher) all(ctx context.Context, jobs []*job, own time.Time) {
	held := map[string]time.Time{} // by what has a limit of its own
	for i, j := range jobs {
		if j.fate != unhandled || !j.limited && (d.withoutCall(ctx, j) || d.held(j)) {
			continue
		}
		shop := shopKey(&j.task) + " " + j.task.Op
		if next, waits := held[shop]; waits && next.After(latest(own, d.Now())) {
			j.limited, j.until = true, next
			continue
		}
		// The worker comes first: a moment taken from the limiter is used at once.
		if !acquire(ctx, d.slots) {
			d.ended = true
			return
		}
		denial, err := d.admit(ctx, j, d.until, max(0, own.Sub(d.Now())))
		switch {
		case err != nil:
			d.failure, d.ended = err, true
			postpone(jobs[i:], d.Now().Add(d.Backoff))
			return
		case denial == nil:
			j.limited = false
			d.begun++
			d.start(ctx, j)
		case denial.Own:
			<-d.slots
			held[shop] = denial.Until
			j.limited, j.until = true, denial.Until
		default:
			d.ended = true
			postpone(jobs[i:], denial.Until)
			return
		}
	}
}

// start does the job in a goroutine of its own and frees its slot.
func (d *dispatcher) start(ctx context.Context, j *job) {
	d.workers.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				select {
				case d.panics <- p:
				default:
				}
			}
			<-d.slots
		}()
		d.work(ctx, j, d.until)
	})
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

// admit waits for the moment at which the job's call may begin, for the limits of its shop's own no longer than patience. When
// there is none in time it says when to ask again, which is now when ctx ended.
func (f *Fetcher) admit(ctx context.Context, j *job, until time.Time, patience time.Duration) (*ratelimit.Denial, error) {
	c := f.callOf(j)
	c.Patience = patience
	return f.Limiter.Admit(ctx, c, until)
}

// callOf says which limits are about the job's calls.
func (f *Fetcher) callOf(j *job) ratelimit.Call {
	t := &j.task
	s, _ := f.Shops.Find(t.Platform, t.ChannelID, t.ShopID)
	return ratelimit.Call{
		Platform: f.Adapter.Platform(), App: s.AppID, Shop: t.ChannelID + ":" + t.ShopID, API: t.Op, Live: f.Lane == schemas.Live,
	}
}

// postpone leaves the jobs that are not handled where they are.
func postpone(jobs []*job, until time.Time) {
	for _, j := range jobs {
		if j.fate == unhandled {
			j.limited, j.until = false, until
		}
	}
}

// withoutCall settles the jobs that need no call: of shops that cannot be served, of lists known to be too early, of windows
// that must be cut first, and those that carry all of their page. It reports whether this is one of them.
func (f *Fetcher) withoutCall(ctx context.Context, j *job) bool {
	t := &j.task
	s, known := f.look(ctx, t)
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
