package shopstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/shop"
)

// Lease takes the right to renew the tokens of a generation, for a time by the store's clock. It reports false when somebody
// else has it, or when these are not the shop's tokens any more; and whether an owner before let it run out and never said what
// became of it. A lease only spares the platform calls: what guards the tokens is their generation, so an owner who comes back
// late does no harm.
func (s *Store) Lease(ctx context.Context, key string, generation int64, owner string, lasts time.Duration) (got, abandoned bool, err error) {
	filter := bson.D{
		{Key: "_id", Value: key},
		{Key: "token_generation", Value: generation},
		{Key: "$expr", Value: bson.D{{Key: "$lte", Value: bson.A{"$lease.until", "$$NOW"}}}}, // no lease is less than any time
	}
	until := bson.D{{Key: "$add", Value: bson.A{"$$NOW", lasts.Milliseconds()}}}
	update := mongo.Pipeline{{{Key: "$set", Value: bson.D{{Key: "lease", Value: bson.D{
		{Key: "owner", Value: owner}, {Key: "until", Value: until},
	}}}}}}
	var before struct {
		Lease struct {
			Owner string `bson:"owner"`
		} `bson:"lease"`
	}
	projection := options.FindOneAndUpdate().SetProjection(bson.D{{Key: "lease", Value: 1}})
	err = s.shops.FindOneAndUpdate(ctx, filter, update, projection).Decode(&before)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return false, false, nil
	}
	if err != nil {
		return false, false, fmt.Errorf("lease the tokens of shop %s: %w", key, err)
	}
	return true, before.Lease.Owner != "" && before.Lease.Owner != owner, nil
}

// Postpone ends the owner's lease and lets nobody else begin before the pause is over.
func (s *Store) Postpone(ctx context.Context, key, owner string, pause time.Duration) error {
	until := bson.D{{Key: "$add", Value: bson.A{"$$NOW", pause.Milliseconds()}}}
	update := mongo.Pipeline{{{Key: "$set", Value: bson.D{{Key: "lease", Value: bson.D{
		{Key: "owner", Value: ""}, {Key: "until", Value: until},
	}}}}}}
	_, err := s.shops.UpdateOne(ctx, bson.D{{Key: "_id", Value: key}, {Key: "lease.owner", Value: owner}}, update)
	if err != nil {
		return fmt.Errorf("end the lease of shop %s: %w", key, err)
	}
	return nil
}

// Tokens are what a platform gave out. A time that is zero is not known.
type Tokens struct {
	Access       secret.Text
	Refresh      secret.Text // empty: the one before stays
	RenewedAt    time.Time
	AccessUntil  time.Time
	RefreshUntil time.Time
	Replaced     secret.Text // the refresh token that was exchanged for these; empty when they came another way
	Cipher       string      // the platform's handle of the shop; empty: the one before stays
}

// Digest is how a shop remembers a refresh token that it does not have any more.
func Digest(refreshToken secret.Text) secret.Text { return digest(refreshToken.Reveal()) }

// ErrNewer means that a shop has other tokens than the ones a change was made for.
var ErrNewer = errors.New("the shop has other tokens by now")

// SetTokens replaces the tokens of a generation, and with them ends what kept the shop from being called.
func (s *Store) SetTokens(ctx context.Context, key string, generation int64, t Tokens) error {
	ring, err := s.ring()
	if err != nil {
		return err
	}
	values := map[string]secret.Text{accessToken: t.Access}
	if t.Refresh != "" {
		values[refreshToken] = t.Refresh
	}
	if t.Cipher != "" {
		values[shopCipher] = secret.Text(t.Cipher)
	}
	gone := []string{"state", "lease"}
	if t.Replaced != "" {
		values[replaced] = Digest(t.Replaced)
	} else {
		gone = append(gone, "secrets."+replaced)
	}
	c := change{unset: gone, inc: bson.D{{Key: "token_generation", Value: int64(1)}}}
	if c.set, err = seal(ring, key, values); err != nil {
		return err
	}
	for name, at := range map[string]time.Time{"renewed_at": t.RenewedAt, "access_until": t.AccessUntil, "refresh_until": t.RefreshUntil} {
		if at.IsZero() {
			c.unset = append(c.unset, name)
		} else {
			c.set = append(c.set, bson.E{Key: name, Value: at})
		}
	}
	ok, err := s.apply(ctx, key, bson.D{{Key: "token_generation", Value: generation}}, c)
	if err == nil && !ok {
		err = fmt.Errorf("replace the tokens of shop %s: %w", key, ErrNewer)
	}
	return err
}

// SetState notes why a shop with these tokens cannot be called, and ends the lease; with a zero state, that it can. It changes
// nothing when the shop has other tokens by now.
func (s *Store) SetState(ctx context.Context, key string, generation int64, st shop.State) error {
	c := change{unset: []string{"lease"}}
	if st.Name == "" {
		c.unset = append(c.unset, "state")
	} else {
		c.set = bson.D{{Key: "state", Value: state{Name: st.Name, Reason: st.Reason, Since: st.Since, RetryAt: st.RetryAt}}}
	}
	_, err := s.apply(ctx, key, bson.D{{Key: "token_generation", Value: generation}}, c)
	return err
}
