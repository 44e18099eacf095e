package shopee

import (
	"fmt"
	"iter"
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// Name is the platform's name in records.
func (a *API) Name() string { return "shopee" }

// Shops are the sellers with the credentials of the first generation.
func (a *API) Shops() []world.Shop {
	shops := make([]world.Shop, a.world.Shops())
	for i := range shops {
		region := a.world.RegionOf(i)
		shops[i] = world.Shop{
			Platform: a.Name(), ShopID: strconv.FormatInt(a.world.shopID(i), 10), ChannelID: a.world.channelOf(i), Region: region.Code,
			Name:  a.world.shopName(i),
			AppID: a.partner, AppSecret: string(a.key),
			AccessToken: a.tokens.Access(i, 0), RefreshToken: a.tokens.Refresh(i, 0),
		}
	}
	return shops
}

// Truth yields the selected rows as they are now, shop by shop, until yield returns false. A shop's rows come as the
// platform's list has them; transactions are the incomes and the rows of the wallet, by time.
func (a *API) Truth(q world.Query, yield func(world.Row) bool) error {
	now := a.now().Unix()
	rows := func(shop int) (iter.Seq[world.Row], error) { return a.world.rows(shop, q, now) }
	return world.Tell(q, a.world.Shops(), a.shop, rows, yield)
}

// rows are the truth about one shop.
func (w *World) rows(shop int, q world.Query, now int64) (iter.Seq[world.Row], error) {
	window := market.Window{Shop: shop, ByUpdate: q.ByUpdate, From: q.From, To: q.To}
	switch q.Kind {
	case world.Orders:
		return each(w.Orders(window, now, market.Newest), w.orderRow), nil
	case world.Tracking:
		return packed(each(w.Orders(window, now, market.Newest), w.trackingRow)), nil
	case world.Returns:
		return each(w.returnsIn(window, now), w.returnRow), nil
	case world.Products:
		return w.itemRows(window, now), nil
	case world.Transactions:
		return w.moneyRows(window, now), nil
	}
	return nil, fmt.Errorf("select truth: shopee has no %.40q", q.Kind)
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

// packed leaves out the orders that have no package: nothing is to be known about where they are.
func packed(rows iter.Seq[world.Row]) iter.Seq[world.Row] {
	return func(yield func(world.Row) bool) {
		for row := range rows {
			if row.Lines > 0 && !yield(row) {
				return
			}
		}
	}
}

// itemRows are of the products last changed in the window.
func (w *World) itemRows(window market.Window, now int64) iter.Seq[world.Row] {
	return func(yield func(world.Row) bool) {
		for s := range w.Products(window.Shop, now) {
			if s.Update >= window.From && s.Update < window.To && !yield(w.itemRow(s)) {
				return
			}
		}
	}
}

// moneyRows are of what was released or moved in the window.
func (w *World) moneyRows(window market.Window, now int64) iter.Seq[world.Row] {
	return func(yield func(world.Row) bool) {
		for e := range w.Ledger(window.Shop, window.From, window.To, now) {
			if e.Kind == market.Income && !yield(w.incomeRow(e)) {
				return
			}
			m := w.movement(window.Shop, e, now)
			if !yield(w.walletRow(&m)) {
				return
			}
		}
	}
}

// shopName is what the seller calls a shop.
func (w *World) shopName(shop int) string {
	return fmt.Sprintf("Cửa hàng %s %02d", w.RegionOf(shop).Code, shop+1)
}
