package shopstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/shopstream/shopstream/internal/keyring"
	"github.com/shopstream/shopstream/internal/shop"
)

// every is how old a [View] gets before it is read again.
const every = 5 * time.Second

// unreadableFor is how long a shop whose credentials no key opens is left alone: the key may be on its way.
const unreadableFor = time.Minute

// View is what a process knows of the shops. [View.Run] keeps it up to date; changes of its own process show at once. It is
// safe for concurrent use.
type View struct {
	store *Store
	log   *slog.Logger

	mu     sync.RWMutex
	shops  map[string]seen
	book   *shop.Book
	offset time.Duration // of the store's clock to ours
}

// seen is a shop as it was read.
type seen struct {
	shop     shop.Shop
	revision int64
}

// NewView returns a view that knows no shop: Load comes first.
func NewView(store *Store, log *slog.Logger) *View {
	return &View{store: store, log: log, shops: map[string]seen{}, book: shop.New()}
}

// Run reads the shops again every few seconds until ctx ends. While the store is out of reach the view stays as it is.
func (v *View) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := v.Load(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			v.log.Warn("shops cannot be read: what is known of them stays", "error", err)
		case err == nil && failing:
			v.log.Info("shops can be read again")
		}
		failing = err != nil
	}
}

// Load reads what has changed since the last time.
func (v *View) Load(ctx context.Context) error {
	began := time.Now()
	now, err := v.store.Now(ctx)
	if err != nil {
		return err
	}
	offset := now.Sub(began.Add(time.Since(began) / 2))
	var heads []struct {
		ID       string `bson:"_id"`
		Revision int64  `bson:"revision"`
	}
	cursor, err := v.store.shops.Find(ctx, bson.D{}, options.Find().SetProjection(bson.D{{Key: "revision", Value: 1}}))
	if err == nil {
		err = cursor.All(ctx, &heads)
	}
	if err != nil {
		return fmt.Errorf("read shops: %w", err)
	}
	there := make(map[string]bool, len(heads))
	var changed []string
	v.mu.RLock()
	for _, h := range heads {
		there[h.ID] = true
		if known, ok := v.shops[h.ID]; !ok || known.revision < h.Revision {
			changed = append(changed, h.ID)
		}
	}
	v.mu.RUnlock()
	var documents []document
	if len(changed) > 0 {
		if documents, err = v.store.all(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: changed}}}}); err != nil {
			return err
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.offset = offset
	gone := len(v.shops)
	maps.DeleteFunc(v.shops, func(key string, _ seen) bool { return !there[key] })
	if gone == len(v.shops) && len(documents) == 0 {
		return nil
	}
	for i := range documents {
		v.put(&documents[i], now)
	}
	v.bind()
	return nil
}

// Reread reads one shop again.
func (v *View) Reread(ctx context.Context, key string) (shop.Shop, error) {
	d, err := v.store.read(ctx, key)
	if err != nil {
		return shop.Shop{}, err
	}
	now := v.Now()
	v.mu.Lock()
	defer v.mu.Unlock()
	s := v.put(&d, now)
	v.bind()
	return s, nil
}

// put takes a document in, unless a later one is known.
func (v *View) put(d *document, now time.Time) shop.Shop {
	if known, ok := v.shops[d.ID]; ok && known.revision > d.Revision {
		return known.shop
	}
	s, err := v.store.open(d)
	revision := d.Revision
	switch {
	case errors.Is(err, keyring.ErrNoKey): // a process without key needs no credentials
	case err != nil:
		s.State = shop.State{Name: shop.Unreadable, Reason: err.Error(), Since: now, RetryAt: now.Add(unreadableFor)}
		revision = -1 // to be read again
	}
	v.shops[d.ID] = seen{shop: s, revision: revision}
	return s
}

// bind makes the book of what is known.
func (v *View) bind() {
	list := make([]shop.Shop, 0, len(v.shops))
	for _, known := range v.shops {
		list = append(list, known.shop)
	}
	v.book = shop.New(list...)
}

// Book returns the shops as they are known now.
func (v *View) Book() *shop.Book {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.book
}

// Find returns the shop with these ids, enabled or not.
func (v *View) Find(platform, channelID, shopID string) (shop.Shop, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	known, ok := v.shops[shop.Shop{Platform: platform, ChannelID: channelID, ShopID: shopID}.Key()]
	return known.shop, ok
}

// Select returns the enabled shops that pass all three filters, sorted by key. An empty filter passes every shop.
func (v *View) Select(platforms, channels, shops []string) []shop.Shop {
	return v.Book().Select(platforms, channels, shops)
}

// All returns every shop, sorted by key.
func (v *View) All() []shop.Shop { return v.Book().All() }

// Enabled returns the enabled shops of the platforms, in no order.
func (v *View) Enabled(platforms []string) []shop.Shop {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var list []shop.Shop
	for _, known := range v.shops {
		if known.shop.Enabled && slices.Contains(platforms, known.shop.Platform) {
			list = append(list, known.shop)
		}
	}
	return list
}

// Now returns the store's time, as well as it is known without asking.
func (v *View) Now() time.Time {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return time.Now().Add(v.offset)
}
