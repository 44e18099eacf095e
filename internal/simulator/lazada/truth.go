package lazada

import (
	"fmt"
	"iter"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// Name is the platform's name in records.
func (a *API) Name() string { return "lazada" }

// Shops are the sellers with the credentials of the first generation.
func (a *API) Shops() []world.Shop {
	shops := make([]world.Shop, a.world.Shops())
	for i := range shops {
		shops[i] = world.Shop{
			Platform: a.Name(), ShopID: a.world.shopID(i), ChannelID: a.world.channelOf(i), Region: a.world.RegionOf(i).Code,
			Name: a.world.shopName(i), BasePath: basePath,
			AppID: a.appKey, AppSecret: string(a.secret),
			AccessToken: a.tokens.Access(i, 0), RefreshToken: a.tokens.Refresh(i, 0),
		}
	}
	return shops
}

// Truth yields the selected rows as they are now, shop by shop, until yield returns false.
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
		return func(yield func(world.Row) bool) { w.trackingRows(window, now, yield) }, nil
	case world.Returns:
		return each(w.reversesIn(window, now), w.reverseRow), nil
	case world.Products:
		return w.productRows(window, now), nil
	case world.Transactions:
		return func(yield func(world.Row) bool) { w.moneyRows(window, now, yield) }, nil
	}
	return nil, fmt.Errorf("select truth: lazada has no %.40q", q.Kind)
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

// productRows are of the products last changed in the window.
func (w *World) productRows(window market.Window, now int64) iter.Seq[world.Row] {
	return func(yield func(world.Row) bool) {
		for s := range w.Products(window.Shop, now) {
			if s.Update >= window.From && s.Update < window.To && !yield(w.productRow(s)) {
				return
			}
		}
	}
}

// moneyRows are of the account's days that begin in the window, and of the statements that were made in it.
func (w *World) moneyRows(window market.Window, now int64, yield func(world.Row) bool) {
	days := calendarOf(w.RegionOf(window.Shop))
	to := min(window.To, now+1)
	for f := range w.fees(window.Shop, days.since(window.From), days.since(to), now) {
		if !yield(w.feeRow(f, now)) {
			return
		}
	}
	for s := range w.statements(window.Shop, window.From, to, now) {
		if !yield(w.payoutRow(s, now)) {
			return
		}
	}
}
