// Package shopstore keeps the shops and their credentials in MongoDB, where every process of an installation sees the same.
// Credentials are encrypted ([keyring]); a shops file is a way in ([Store.Import]).
//
// It promises that tokens are replaced only by a writer who knew the ones before (their generation guards them), that whoever
// was told that a write is done can rely on it whatever server fails (majority), and that no ciphertext works in another place
// than its own. It calls no platform: renewing tokens is the business of those who do.
package shopstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/shopstream/shopstream/internal/keyring"
	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/shop"
)

// Store is one installation's shops. It is safe for concurrent use.
type Store struct {
	client *mongodb.Client
	shops  *mongo.Collection // majority
	checks *mongo.Collection // majority
	keys   *keyring.Source
}

// New returns the store of a database, whose credentials are encrypted with the keys. It does no I/O.
func New(client *mongodb.Client, keys *keyring.Source) *Store {
	return &Store{client: client, shops: client.Majority(mongodb.Shops), checks: client.Majority(mongodb.ShopKeys), keys: keys}
}

// ErrNoShop means that the collection does not have the shop.
var ErrNoShop = errors.New("no such shop: `shopstream shops list` shows those there are")

// Get returns the shop with its credentials.
func (s *Store) Get(ctx context.Context, key string) (shop.Shop, error) {
	d, err := s.read(ctx, key)
	if err != nil {
		return shop.Shop{}, err
	}
	return s.open(&d)
}

func (s *Store) read(ctx context.Context, key string) (d document, err error) {
	err = s.shops.FindOne(ctx, bson.D{{Key: "_id", Value: key}}).Decode(&d)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return d, fmt.Errorf("shop %s: %w", key, ErrNoShop)
	}
	if err != nil {
		return d, fmt.Errorf("read shop %s: %w", key, err)
	}
	return d, nil
}

// open decrypts with the keys at hand and, if these do not fit, with those that have taken their place meanwhile.
func (s *Store) open(d *document) (shop.Shop, error) {
	ring, err := s.keys.Ring()
	if err != nil {
		return d.settings(), err
	}
	sh, err := d.shop(ring)
	if err == nil {
		return sh, nil
	}
	if ring, err = s.keys.Reload(); err != nil {
		return d.settings(), err
	}
	if sh, err = d.shop(ring); err != nil {
		return sh, fmt.Errorf("%w with the key at %s", err, s.keys)
	}
	return sh, nil
}

// List returns all shops without their credentials, sorted by key. It needs no key.
func (s *Store) List(ctx context.Context) ([]shop.Shop, error) {
	documents, err := s.all(ctx, bson.D{})
	if err != nil {
		return nil, err
	}
	list := make([]shop.Shop, len(documents))
	for i := range documents {
		list[i] = documents[i].settings()
	}
	return list, nil
}

func (s *Store) all(ctx context.Context, filter bson.D) (documents []document, err error) {
	cursor, err := s.shops.Find(ctx, filter, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}))
	if err == nil {
		err = cursor.All(ctx, &documents)
	}
	if err != nil {
		return nil, fmt.Errorf("read shops: %w", err)
	}
	return documents, nil
}

// change is an update of a shop's document.
type change struct {
	set   bson.D
	unset []string
	inc   bson.D
}

// apply makes the change if the document still fits the guard, and reports whether it did.
func (s *Store) apply(ctx context.Context, key string, guard bson.D, c change) (bool, error) {
	update := bson.D{
		{Key: "$inc", Value: append(bson.D{{Key: "revision", Value: int64(1)}}, c.inc...)},
		{Key: "$currentDate", Value: bson.D{{Key: "changed_at", Value: true}}},
	}
	if len(c.set) > 0 {
		update = append(update, bson.E{Key: "$set", Value: c.set})
	}
	if len(c.unset) > 0 {
		var fields bson.D
		for _, name := range c.unset {
			fields = append(fields, bson.E{Key: name, Value: ""})
		}
		update = append(update, bson.E{Key: "$unset", Value: fields})
	}
	result, err := s.shops.UpdateOne(ctx, append(bson.D{{Key: "_id", Value: key}}, guard...), update)
	if err != nil {
		return false, fmt.Errorf("change shop %s: %w", key, err)
	}
	return result.MatchedCount == 1, nil
}

// SetEnabled lets plans take the shop in, or leaves it out of them.
func (s *Store) SetEnabled(ctx context.Context, key string, enabled bool) error {
	ok, err := s.apply(ctx, key, nil, change{set: bson.D{{Key: "enabled", Value: enabled}}})
	if err == nil && !ok {
		err = fmt.Errorf("shop %s: %w", key, ErrNoShop)
	}
	return err
}

// Now returns the store's time, which all processes share.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.client.Now(ctx) }
