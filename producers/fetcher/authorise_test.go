package fetcher

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/renewal"
	"github.com/shopstream/shopstream/schemas"
)

// desk keeps the shops and gives out tokens: access-1, access-2, ...
type desk struct {
	mu      sync.Mutex
	shops   map[string]shop.Shop
	due     bool
	over    bool
	err     error // of renewals
	renewed int
	refused []string
	served  int
}

func newDesk(url string, shopIDs ...string) *desk {
	d := &desk{shops: map[string]shop.Shop{}}
	for _, id := range shopIDs {
		s := bookAt(url).All()[0]
		s.ShopID, s.AccessToken, s.Generation = id, "access-0", 0
		d.shops[s.Key()] = s
	}
	return d
}

func (d *desk) use(o *Options) { o.Shops, o.Tokens, o.Parallel = d, d, 3 }

func (d *desk) Find(platform, channelID, shopID string) (shop.Shop, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.shops[shop.Shop{Platform: platform, ChannelID: channelID, ShopID: shopID}.Key()]
	return s, ok
}

func (d *desk) Parked(s shop.Shop) bool { return s.State.Name != "" }
func (d *desk) Due(shop.Shop) bool      { d.mu.Lock(); defer d.mu.Unlock(); return d.due }
func (d *desk) Over(shop.Shop) bool     { d.mu.Lock(); defer d.mu.Unlock(); return d.over }

func (d *desk) Renew(_ context.Context, used shop.Shop) (shop.Shop, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.shops[used.Key()]
	if s.Generation != used.Generation {
		return s, nil
	}
	if d.err != nil {
		if errors.Is(d.err, renewal.ErrParked) {
			s.State = shop.State{Name: shop.Unauthorised, Reason: "the platform says no"}
			d.shops[s.Key()] = s
		}
		return s, d.err
	}
	d.renewed++
	d.due = false
	s.Generation++
	s.AccessToken = secret.Text(fmt.Sprintf("access-%d", s.Generation))
	d.shops[s.Key()] = s
	return s, nil
}

func (d *desk) Refused(_ context.Context, s shop.Shop, reason string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refused = append(d.refused, reason)
	s = d.shops[s.Key()]
	s.State = shop.State{Name: shop.Refused, Reason: reason}
	d.shops[s.Key()] = s
}

func (d *desk) Served(context.Context, shop.Shop) { d.mu.Lock(); defer d.mu.Unlock(); d.served++ }

// takes serves shops that come with one of the tokens, and counts the calls.
func takes(t *testing.T, calls *atomic.Int32, tokens ...string) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		for _, token := range tokens {
			if r.FormValue("access_token") == token {
				details(w, r)
				return
			}
		}
		fmt.Fprint(w, `{"error":"invalid_acceess_token","message":"Invalid access_token."}`)
	}).All()[0].BaseURL
}

// batch makes tasks of shops, one for each id.
func (r *rig) batch(shopIDs ...string) []*kgo.Record {
	var records []*kgo.Record
	for i, id := range shopIDs {
		task := r.detail(fmt.Sprint(i), fmt.Sprintf("order-%d", i))
		task.ShopID = id
		records = append(records, r.record(task))
	}
	return records
}

// fates counts what a batch published by topic.
func (r *rig) fates(records ...*kgo.Record) map[string]int {
	r.t.Helper()
	res := r.process(r.t.Context(), records...)
	require.Empty(r.t, res.Rejected)
	by := map[string]int{}
	for _, rec := range res.Publish {
		by[rec.Topic]++
	}
	if len(res.Postponed) > 0 {
		by["postponed"] = len(res.Postponed)
	}
	return by
}

func TestExpiredTokenIsRenewed(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	d := newDesk(takes(t, &calls, "access-1"), "1", "2")
	r := newRig(t, bookAt(""), d.use)
	fates := r.fates(r.batch("1", "1", "1", "1", "2")...)
	require.Equal(t, 5, fates[topics.Raw(schemas.Shopee, schemas.Orders)])
	require.Len(t, fates, 2, "pages and facts, and nothing waits: %v", fates)
	require.Equal(t, 2, d.renewed, "once a shop")
	require.Empty(t, d.refused)
}

// TestStoredTokenMayBeStale finds newer tokens in the store, which do not work either.
func TestStoredTokenMayBeStale(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	d := newDesk(takes(t, &calls, "access-2"), "1")
	r := newRig(t, bookAt(""), d.use)
	require.Equal(t, 1, r.fates(r.batch("1")...)[topics.Raw(schemas.Shopee, schemas.Orders)])
	require.Equal(t, int32(3), calls.Load())
	require.Equal(t, 2, d.renewed)
}

func TestDueTokenIsRenewedBeforeItsCall(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	d := newDesk(takes(t, &calls, "access-1"), "1")
	d.due = true
	r := newRig(t, bookAt(""), d.use)
	require.Equal(t, 1, r.fates(r.batch("1")...)[topics.Raw(schemas.Shopee, schemas.Orders)])
	require.Equal(t, int32(1), calls.Load())
}

// TestDueTokenWorksUntilItEnds cannot renew for the moment.
func TestDueTokenWorksUntilItEnds(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	d := newDesk(takes(t, &calls, "access-0"), "1")
	d.due, d.err = true, errors.New("the platform does not answer")
	r := newRig(t, bookAt(""), d.use)
	require.Equal(t, 1, r.fates(r.batch("1")...)[topics.Raw(schemas.Shopee, schemas.Orders)])

	d.over = true
	require.Equal(t, map[string]int{"postponed": 1}, r.fates(r.batch("1")...), "nothing is spent")
	require.Equal(t, int32(1), calls.Load())
}

// TestBrokenShopIsParkedAlone has a shop among others whose tokens cannot be renewed, and one that is refused with new ones.
func TestBrokenShopIsParkedAlone(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	d := newDesk(takes(t, &calls, "good"), "1", "2", "3")
	good := d.shops["shopee:c:2"]
	good.AccessToken = "good"
	d.shops[good.Key()] = good
	d.err = fmt.Errorf("renew: %w", renewal.ErrParked)
	r := newRig(t, bookAt(""), d.use)
	fates := r.fates(r.batch("1", "2", "1", "2", "1", "2")...)
	require.Equal(t, 3, fates[topics.Raw(schemas.Shopee, schemas.Orders)])
	require.Equal(t, 3, fates["t.delay.1h"])
	require.Equal(t, 1, r.log.count("shop is parked"))
	require.Contains(t, r.log.String(), "the platform says no")
	require.Contains(t, r.log.String(), "shopstream shops authorize shopee:c:1")
	require.Empty(t, d.refused)

	before := calls.Load()
	require.Equal(t, map[string]int{"t.delay.1h": 1}, r.fates(r.batch("1")...))
	require.Equal(t, before, calls.Load(), "a parked shop is not called")
	require.Equal(t, 1, r.log.count("shop is parked"), "said once an hour")
	r.clock.wait(t.Context(), time.Hour+time.Minute) //nolint:errcheck // the rig's own clock
	r.fates(r.batch("1")...)
	require.Equal(t, 2, r.log.count("shop is parked"))

	d.mu.Lock()
	d.err = nil
	d.mu.Unlock()
	require.Equal(t, map[string]int{"t.delay.1h": 1}, r.fates(r.batch("3")...))
	require.Len(t, d.refused, 1, "asked twice for other tokens, refused with all of them")
	require.Equal(t, 2, d.renewed)

	// Somebody authorises: from the next look on the shop is called.
	authorised := d.shops["shopee:c:1"]
	authorised.AccessToken, authorised.State = "good", shop.State{}
	authorised.Generation++
	d.shops[authorised.Key()] = authorised
	require.Equal(t, 1, r.fates(r.batch("1")...)[topics.Raw(schemas.Shopee, schemas.Orders)])
}

// TestParkedShopIsLookedAtAgain has shops of which the process knows what was true seconds ago.
func TestParkedShopIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	stale := newDesk(takes(t, &calls, "good"), "1", "2")
	now := map[string]shop.Shop{}
	for _, id := range []string{"1", "2", "3"} {
		s := bookAt(stale.shops["shopee:c:1"].BaseURL).All()[0]
		s.ShopID, s.AccessToken = id, "good"
		now[s.Key()] = s
	}
	parked, disabled := stale.shops["shopee:c:1"], stale.shops["shopee:c:2"]
	parked.State.Name, disabled.Enabled = shop.Unauthorised, false
	stale.shops[parked.Key()], stale.shops[disabled.Key()] = parked, disabled
	r := newRig(t, bookAt(""), func(o *Options) {
		stale.use(o)
		o.Reread = func(_ context.Context, key string) (shop.Shop, error) {
			s, ok := now[key]
			if !ok {
				return s, errors.New("no such shop")
			}
			stale.mu.Lock()
			defer stale.mu.Unlock()
			stale.shops[key] = s
			return s, nil
		}
	})
	fates := r.fates(r.batch("1", "2", "3", "4")...)
	require.Equal(t, 3, fates[topics.Raw(schemas.Shopee, schemas.Orders)])
	require.Equal(t, 1, fates["t.delay.1h"], "only what nobody knows")
}
