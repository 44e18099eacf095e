package fetcher

import (
	"context"
	"errors"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/producers/renewal"
	"github.com/shopstream/shopstream/schemas"
)

// maxAsked is how often a job asks for other tokens: the ones that are stored by now may not work either, and are renewed then.
const maxAsked = 2

// look finds the task's shop. Before its tasks are parked, which is for an hour, it looks again: what is known may be seconds old,
// and somebody may have mended it since.
func (f *Fetcher) look(ctx context.Context, t *schemas.Task) (s shop.Shop, known bool) {
	s, known = f.Shops.Find(t.Platform, t.ChannelID, t.ShopID)
	if f.Reread == nil || known && s.Enabled && (f.Tokens == nil || !f.Tokens.Parked(s)) {
		return s, known
	}
	if now, err := f.Reread(ctx, shopKey(t)); err == nil {
		return now, true
	}
	return s, known
}

// parkedNow reports whether the task's shop is not to be called for now, and says so where that was not said lately.
func (f *Fetcher) parkedNow(t *schemas.Task, s shop.Shop) bool {
	if f.Tokens != nil && f.Tokens.Parked(s) {
		f.parking.note(shopKey(t), s.AccessToken, t, s.State.Name+": "+s.State.Reason, s.Advice())
		return true
	}
	return f.parking.parked(shopKey(t), s.AccessToken)
}

// fresh renews the shop's tokens before they end. It reports false when there are none that could work: the job is settled then.
func (f *Fetcher) fresh(ctx context.Context, j *job, s *shop.Shop) bool {
	if f.Tokens == nil || !f.Tokens.Due(*s) {
		return true
	}
	other, err := f.Tokens.Renew(ctx, *s)
	switch {
	case err == nil:
		*s = other
		return true
	case !f.Tokens.Over(*s):
		return true // it still works, and there is time to try again
	default:
		return !f.withoutTokens(j, *s, err)
	}
}

// renewed gets other tokens after a call that was refused. It reports whether the call is worth another try, and if not, whether
// the job is settled.
func (f *Fetcher) renewed(ctx context.Context, j *job) (again, settled bool) {
	if f.Tokens == nil || j.asked == maxAsked {
		return false, false
	}
	j.asked++
	_, err := f.Tokens.Renew(ctx, j.shop)
	if err == nil {
		return true, false
	}
	return false, f.withoutTokens(j, j.shop, err)
}

// withoutTokens settles a job for whose shop no tokens are to be had, for now or until somebody acts. It reports false when
// nobody could renew them anyhow.
func (f *Fetcher) withoutTokens(j *job, s shop.Shop, err error) bool {
	t := &j.task
	switch {
	case errors.Is(err, renewal.ErrUnsupported):
		return false
	case errors.Is(err, renewal.ErrParked):
		if known, ok := f.Shops.Find(t.Platform, t.ChannelID, t.ShopID); ok {
			s = known // with its state
		}
		f.parking.note(shopKey(t), s.AccessToken, t, s.State.Name+": "+s.State.Reason, s.Advice())
		j.fate = parked
	default:
		j.outage, j.until = true, f.Now().Add(f.Backoff)
	}
	return true
}

// unauthorised parks the shop of a job whose call was refused although its tokens are as new as can be.
func (f *Fetcher) unauthorised(ctx context.Context, j *job, e *platform.Error) {
	t, s := &j.task, j.shop
	s.State.Name = shop.Refused
	if f.Tokens != nil {
		f.Tokens.Refused(ctx, s, e.Error())
		f.parking.note(shopKey(t), s.AccessToken, t, e.Error(), s.Advice())
	} else {
		f.parking.park(shopKey(t), s.AccessToken, t, e.Error(), s.Advice())
	}
	j.fate, j.served = parked, true
}

// released forgets what kept a shop from being called that was served now.
func (f *Fetcher) released(ctx context.Context, t *schemas.Task, s shop.Shop) {
	f.parking.release(shopKey(t))
	if f.Tokens != nil && s.State.Name != "" {
		f.Tokens.Served(ctx, s)
	}
}
