package service

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/internal/keyring"
	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/shopstore"
)

// shops is what a process knows of the shops, and where they come from.
type shops struct {
	*shopstore.View
	store *shopstore.Store
	file  []shop.Shop // to be taken over; nil when there is no file
	log   *slog.Logger
}

// ShopStore returns the shops of an installation.
func ShopStore(c config.Config, client *mongodb.Client) *shopstore.Store {
	return shopstore.New(client, keyring.NewSource(c.Shops.Key, c.Shops.KeyFile))
}

// CreateKey makes the key that encrypts credentials, where there is none yet.
func CreateKey(c config.Config) error {
	source := keyring.NewSource(c.Shops.Key, c.Shops.KeyFile)
	_, err := source.Create()
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists: it may be needed to read credentials; rotate it with `shopstream shops key rotate`", source)
	}
	return err
}

// readShops reads the shops file, nil when there is none.
func readShops(c config.Config, platforms catalog.List) ([]shop.Shop, error) {
	book, err := shop.Load(c.Shops.File, platforms.Names())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if list := book.All(); list != nil {
		return list, nil
	}
	return []shop.Shop{}, nil
}

// openShops reads the shops of the store and checks that there is something to do and, where credentials are needed, the key. It
// changes nothing.
func openShops(ctx context.Context, c config.Config, client *mongodb.Client, file []shop.Shop, secrets bool, log *slog.Logger) (*shops, error) {
	store := ShopStore(c, client)
	if secrets || file != nil {
		if _, err := store.Verify(ctx); err != nil {
			return nil, err
		}
	}
	s := &shops{View: shopstore.NewView(store, log), store: store, file: file, log: log}
	if err := s.Load(ctx); err != nil {
		return nil, err
	}
	if len(s.Select(nil, nil, nil)) > 0 || len(shop.New(file...).Select(nil, nil, nil)) > 0 {
		return s, nil
	}
	if file == nil {
		return nil, fmt.Errorf("there is no shop: %s (shops.file) does not exist, and database %s has none: add one with `shopstream shops add`",
			c.Shops.File, c.Mongo.Database)
	}
	return nil, fmt.Errorf("%s (shops.file) has no enabled shop, nor has database %s: add one", c.Shops.File, c.Mongo.Database)
}

// take brings the store up to what the shops file says.
func (s *shops) take(ctx context.Context) error {
	if s.file == nil {
		return nil
	}
	if err := s.store.Claim(ctx, s.log); err != nil {
		return err
	}
	report, err := s.store.Import(ctx, s.file)
	if err != nil {
		return fmt.Errorf("take over the shops file: %w", err)
	}
	if !report.Empty() {
		s.log.Info("took over the shops file", "added", len(report.Added), "changed", len(report.Changed), "left", len(report.Left))
	}
	return s.Load(ctx)
}

// TakeShops takes the shops file over, if there is one, and returns the shops that there are then. check says whether the shops
// will do; it is asked before anything is changed, and again afterwards.
func TakeShops(ctx context.Context, c config.Config, platforms catalog.List, client *mongodb.Client, log *slog.Logger,
	check func(*shop.Book) error,
) error {
	file, err := readShops(c, platforms)
	if err != nil {
		return err
	}
	s, err := openShops(ctx, c, client, file, false, log)
	if err != nil {
		return err
	}
	if err := check(shop.New(append(s.All(), file...)...)); err != nil {
		return err
	}
	if err := s.take(ctx); err != nil {
		return err
	}
	return check(s.Book())
}
