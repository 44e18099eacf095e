package renewal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/shopstore"
	"github.com/shopstream/shopstream/internal/wait"
	"github.com/shopstream/shopstream/producers/call"
	"github.com/shopstream/shopstream/producers/platform"
)

// Authorise exchanges the code of a seller's consent for tokens and stores them: for the shop with that key, and for the shops of
// the same app that the platform says they are good for, too. It stores nothing when they are not good for the shop: somebody may
// have consented for another one. It returns the keys of the shops.
func Authorise(ctx context.Context, store *shopstore.Store, caller call.Caller, adapter platform.Adapter, key, code string) ([]string, error) {
	authorizer, ok := adapter.(platform.Authorizer)
	if !ok {
		return nil, ErrUnsupported
	}
	s, err := store.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	now, err := store.Now(ctx)
	if err != nil {
		return nil, err
	}
	request, err := authorizer.Exchange(s, code, now)
	if err != nil {
		return nil, err
	}
	given, at, err := exchange(ctx, caller, authorizer, request, s, now)
	if err != nil {
		return nil, fmt.Errorf("exchange the code (codes work once and for minutes): %w", err)
	}
	granted := map[string]string{} // the platform's handles by shop, empty where it has none
	for _, id := range given.Shops {
		granted[id] = ""
	}
	if grants, ok := adapter.(platform.Grants); ok {
		if granted, err = grantedShops(ctx, caller, grants, s, given, now); err != nil {
			return nil, err
		}
	}
	if len(granted) == 0 { // the platform took the shop's id with the code
		granted[s.ShopID] = ""
	}
	if _, ok := granted[s.ShopID]; !ok {
		return nil, fmt.Errorf("these tokens are for the shops %s and not for %s, so nothing was stored: consent with that shop's account",
			strings.Join(slices.Sorted(maps.Keys(granted)), ", "), s.ShopID)
	}
	return give(context.WithoutCancel(ctx), store, s, storable(given, at), granted)
}

// grantedShops asks the platform which shops the new tokens are good for.
func grantedShops(ctx context.Context, caller call.Caller, grants platform.Grants, s shop.Shop, given platform.Tokens, now time.Time) (map[string]string, error) {
	s.AccessToken, s.RefreshToken = given.Access, given.Refresh
	const tries = 3 // the code is used up: asking again is cheaper than another consent
	for try := 1; ; try++ {
		shops, err := func() (map[string]string, error) {
			reply, err := caller.Send(ctx, grants.GrantedShops(s, now))
			if err != nil {
				return nil, err
			}
			return grants.ReadGrantedShops(reply.Response)
		}()
		if err == nil {
			return shops, nil
		}
		if try == tries {
			return nil, fmt.Errorf("ask which shops the tokens are for, consent again for another try: %w", call.Hide(err, s))
		}
		if err := wait.For(ctx, time.Second); err != nil {
			return nil, err
		}
	}
}

// give stores tokens for s and all other shops that they are good for.
func give(ctx context.Context, store *shopstore.Store, s shop.Shop, tokens shopstore.Tokens, granted map[string]string) ([]string, error) {
	list, err := store.List(ctx)
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, other := range list {
		cipher, ok := granted[other.ShopID]
		if !ok || !sameApp(other, s) {
			continue
		}
		tokens.Cipher = cipher
		if err := set(ctx, store, other.Key(), tokens); err != nil {
			return keys, err
		}
		keys = append(keys, other.Key())
	}
	return keys, nil
}

// set stores tokens whatever there was before: a renewal may be under way, and what was consented to now is newer.
func set(ctx context.Context, store *shopstore.Store, key string, tokens shopstore.Tokens) error {
	for {
		s, err := store.Get(ctx, key)
		if err != nil {
			return err
		}
		if err = store.SetTokens(ctx, key, s.Generation, tokens); !errors.Is(err, shopstore.ErrNewer) {
			return err
		}
	}
}
