package renewal

import (
	"context"
	"errors"
	"time"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/shopstore"
)

// Shops of one account may have the same tokens, as those of a Lazada account on several sites do. They are renewed together: the
// first of them by key has the lease, all get the new tokens, and one that was left out, because the process was lost in the
// middle, finds them by the digest of its own.

// group returns the shops with the same tokens as s, s among them, sorted by key.
func (r *Renewer) group(s shop.Shop) []shop.Shop {
	var group []shop.Shop
	for _, other := range r.View.All() {
		if other.Key() == s.Key() || sameApp(other, s) && s.RefreshToken != "" && other.RefreshToken == s.RefreshToken {
			group = append(group, other)
		}
	}
	return group
}

func sameApp(a, b shop.Shop) bool { return a.Platform == b.Platform && a.AppID == b.AppID }

// leader returns the shop of the group whose lease counts, as it is now.
func (r *Renewer) leader(ctx context.Context, s shop.Shop) (shop.Shop, error) {
	group := r.group(s)
	if len(group) == 0 || group[0].Key() == s.Key() {
		return s, nil
	}
	return r.View.Reread(ctx, group[0].Key())
}

// heir returns a shop that has what the tokens of s were exchanged for.
func (r *Renewer) heir(s shop.Shop) (shop.Shop, bool) {
	if s.RefreshToken == "" {
		return shop.Shop{}, false
	}
	digest := shopstore.Digest(s.RefreshToken)
	for _, other := range r.View.All() {
		if other.Key() != s.Key() && sameApp(other, s) && other.Replaced == digest {
			return other, true
		}
	}
	return shop.Shop{}, false
}

// adopt gives s the tokens of its heir.
func (r *Renewer) adopt(ctx context.Context, s, heir shop.Shop) (shop.Shop, error) {
	err := r.Store.SetTokens(ctx, s.Key(), s.Generation, shopstore.Tokens{
		Access: heir.AccessToken, Refresh: heir.RefreshToken, RenewedAt: heir.RenewedAt,
		AccessUntil: heir.AccessUntil, RefreshUntil: heir.RefreshUntil, Replaced: s.RefreshToken,
	})
	if err != nil && !errors.Is(err, shopstore.ErrNewer) {
		return s, err
	}
	return r.View.Reread(ctx, s.Key())
}

// leased renews the tokens of s under the lease of the leader.
func (r *Renewer) leased(ctx context.Context, s, leader shop.Shop, abandoned bool) (shop.Shop, error) {
	group := r.group(s)
	if len(group) == 1 {
		return r.ask(ctx, s, abandoned)
	}
	ctx, cancel := context.WithTimeout(ctx, r.Timeout+2*storing)
	defer cancel()
	renewed, err := r.together(ctx, group, s, abandoned)
	if leader.Key() != s.Key() {
		// Should this fail, the lease runs out by itself.
		err = errors.Join(err, r.Store.Postpone(ctx, leader.Key(), r.owner, rest(err)))
	}
	return renewed, err
}

// rest is how long a group's lease is kept from others after it was used.
func rest(err error) time.Duration {
	if err == nil || errors.Is(err, ErrParked) {
		return 0
	}
	return pause
}

// together looks at all of the group before it asks: somebody may have done so and not come to the end.
func (r *Renewer) together(ctx context.Context, group []shop.Shop, s shop.Shop, abandoned bool) (shop.Shop, error) {
	for _, member := range group {
		if _, err := r.View.Reread(ctx, member.Key()); err != nil {
			return s, err
		}
	}
	if heir, ok := r.heir(s); ok {
		return r.adopt(ctx, s, heir)
	}
	return r.ask(ctx, s, abandoned)
}
