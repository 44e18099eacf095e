package fetcher

import (
	"context"
	"errors"
	"time"

	"github.com/shopstream/shopstream/internal/ratelimit"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/producers/call"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

func shopKey(t *schemas.Task) string {
	return shop.Shop{Platform: t.Platform, ChannelID: t.ChannelID, ShopID: t.ShopID}.Key()
}

// work calls until the job has a fate. The first call was admitted before; no call begins after until.
func (f *Fetcher) work(ctx context.Context, j *job, until time.Time) {
	for try := 1; ; try++ {
		e := f.attempt(ctx, j)
		if e == nil {
			return
		}
		j.err = e
		if e.Class == platform.Auth {
			again, settled := f.renewed(ctx, j)
			if settled {
				j.served = true
				return
			}
			if again {
				if !f.readmit(ctx, j, until) {
					return
				}
				continue
			}
		}
		if e.Class != platform.Transient {
			f.refused(ctx, j, e)
			return
		}
		if errors.Is(context.Cause(ctx), context.Canceled) || ctx.Err() != nil && len(j.errors) == 0 {
			j.until = f.Now() // stopped in the middle: says nothing about the task
			return
		}
		j.errors = append(j.errors, e.Code)
		if try >= f.Tries || !f.pause(ctx, try, e.RetryAfter, until) {
			j.fate = failed
			return
		}
		if !f.readmit(ctx, j, until) {
			if ctx.Err() != nil {
				j.fate = failed
			}
			return
		}
	}
}

// readmit waits until the job may call again. When that is not in time the job knows when to come again, and it reports false.
func (f *Fetcher) readmit(ctx context.Context, j *job, until time.Time) bool {
	denial, err := f.admit(ctx, j, until, ownPatience)
	switch {
	case err != nil:
		j.until = f.Now().Add(f.Backoff)
	case denial != nil:
		j.until, j.limited = denial.Until, denial.Own
	}
	return err == nil && denial == nil
}

// pause waits before the next try. It reports false when that would begin after until.
func (f *Fetcher) pause(ctx context.Context, try int, atLeast time.Duration, until time.Time) bool {
	d := max(f.jittered(try-1), atLeast)
	if f.Now().Add(d).After(until) {
		return false
	}
	return f.Wait(ctx, d) == nil
}

// jittered returns a random duration up to Backoff doubled n times.
func (f *Fetcher) jittered(n int) time.Duration {
	return time.Duration(f.Rand() * float64(f.Backoff<<min(n, 5)))
}

// refused settles a job whose call was refused in a way that trying at once does not mend.
func (f *Fetcher) refused(ctx context.Context, j *job, e *platform.Error) {
	switch e.Class {
	case platform.Rate, platform.Quota:
		j.until = f.Limiter.Refused(ctx, f.callOf(j), ratelimit.Refusal{
			Began: j.began, RetryAfter: e.RetryAfter, Quota: e.Class == platform.Quota, Shop: e.Shop,
		})
		if e.Class == platform.Quota {
			f.Logger.Warn("quota of the platform is used up: its tasks wait", "platform", f.Adapter.Platform(), "until", j.until, "error", e.Error())
		}
	case platform.Auth:
		f.unauthorised(ctx, j, e)
	case platform.Transient, platform.Permanent:
		j.served = true
		j.reject(stream.ClassPermanent, e)
	}
}

// attempt makes one call and settles the job if it can. A nil error means that the job has its fate.
func (f *Fetcher) attempt(ctx context.Context, j *job) *platform.Error {
	t := &j.task
	s, _ := f.Shops.Find(t.Platform, t.ChannelID, t.ShopID)
	j.region = s.Region
	if f.parkedNow(t, s) {
		j.fate = parked
		return nil
	}
	if !f.fresh(ctx, j, &s) {
		return nil
	}
	j.shop = s
	rep, answer, err := f.call(ctx, j, s)
	if errors.Is(err, call.ErrTooLarge) {
		f.finish(j, f.halve(ctx, j))
		return nil
	}
	if err != nil {
		return asError(err)
	}
	j.served = true
	f.released(ctx, t, s)
	began, err := f.beganAt(ctx, rep)
	if err != nil {
		j.until, j.outage = f.Now().Add(f.Backoff), true
		f.Logger.Warn("fetch time is unknown: the answer has no Date header and no other clock answers", "platform", t.Platform, "error", err)
		return nil
	}
	if f.Adapter.Lists(t.Op) && began.Before(f.settled(t)) {
		f.tooEarly(j, began)
		return nil
	}
	f.finish(j, f.complete(ctx, j, answer, &fetched{path: j.path, at: began, body: rep.Body}))
	return nil
}

// finish puts a job off that could not be completed because the store is out of reach.
func (f *Fetcher) finish(j *job, err error) {
	if err == nil {
		return
	}
	j.until = f.Now().Add(f.Backoff)
	f.Logger.Warn("task waits for the store", "platform", j.task.Platform, "chunk_id", j.task.ChunkID, "error", err)
}

// call sends the task's request and reads the answer, and counts both.
func (f *Fetcher) call(ctx context.Context, j *job, s shop.Shop) (call.Reply, platform.Answer, error) {
	now, _ := f.clock.time()
	request, err := f.Adapter.Request(&j.task, s, now)
	if err != nil {
		return call.Reply{}, platform.Answer{}, err
	}
	j.path = request.Path
	j.began = f.Now()
	rep, err := f.caller.Send(ctx, request)
	j.calls++
	j.callMS += rep.Took.Milliseconds()
	if date, ok := rep.Date(); ok {
		f.clock.learn(date.Add(rep.Took - rep.ToHeader))
	}
	var answer platform.Answer
	if err == nil {
		answer, err = f.Adapter.Read(&j.task, rep.Response)
	}
	if err != nil {
		err = call.Hide(err, s)
	}
	f.metrics.call(j.task.Op, rep.Took, err)
	return rep, answer, err
}

// beganAt returns when the request began by the platform's clock: never later than it did, so that what is fetched later
// also counts as newer.
func (f *Fetcher) beganAt(ctx context.Context, rep call.Reply) (time.Time, error) {
	if date, ok := rep.Date(); ok {
		return date.Add(-rep.ToHeader), nil
	}
	if f.PlatformTime == nil {
		return time.Time{}, errors.New("no fallback clock is set")
	}
	now, err := f.PlatformTime(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return now.Add(-rep.Took), nil
}

// asError returns err as an adapter's error; anything else is a bug of the adapter and ends the task.
func asError(err error) *platform.Error {
	var e *platform.Error
	if errors.As(err, &e) {
		return e
	}
	return platform.NewError(platform.Permanent, "adapter", "the adapter failed in an unknown way")
}
