package tiktok

import (
	"fmt"
	"iter"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// Name is the platform's name in records.
func (a *API) Name() string { return name }

// Shops are the sellers with the credentials of the first generation.
func (a *API) Shops() []world.Shop {
	shops := make([]world.Shop, a.world.Shops())
	for i := range shops {
		shops[i] = world.Shop{
			Platform: name, ShopID: a.world.shopText(i), ChannelID: a.world.channelOf(i), Region: a.world.RegionOf(i).Code,
			Name:  a.world.shopName(i),
			AppID: a.app, AppSecret: string(a.secret),
			AccessToken: a.tokens.Access(i, 0), RefreshToken: a.tokens.Refresh(i, 0),
			ShopCipher: a.world.cipher(i),
		}
	}
	return shops
}

// Truth yields the selected rows as they are now, shop by shop, until yield returns false.
func (a *API) Truth(q world.Query, yield func(world.Row) bool) error {
	first, end := 0, a.world.Shops()
	if q.ShopID != "" {
		shop, ok := a.world.shopOf(q.ShopID)
		if !ok {
			return fmt.Errorf("select truth of shop %.40q of %s: %w", q.ShopID, name, world.ErrNoShop)
		}
		first, end = shop, shop+1
	}
	now := a.now().Unix()
	for shop := first; shop < end; shop++ {
		rows, err := a.world.rows(shop, q, now)
		if err != nil {
			return err
		}
		for row := range rows {
			if !yield(row) {
				return nil
			}
		}
	}
	return nil
}

// rows are the truth about one shop.
func (w *World) rows(shop int, q world.Query, now int64) (iter.Seq[world.Row], error) {
	window := market.Window{Shop: shop, ByUpdate: q.ByUpdate, From: q.From, To: q.To}
	switch q.Kind {
	case world.Orders:
		return each(w.Orders(window, now, market.Newest), w.orderRow), nil
	}
	return nil, fmt.Errorf("select truth: %s has no %.40q", name, q.Kind)
}

// each turns things into rows.
func each[T any](things iter.Seq[T], row func(T) world.Row) iter.Seq[world.Row] {
	return func(yield func(world.Row) bool) {
		for thing := range things {
			if !yield(row(thing)) {
				return
			}
		}
	}
}
