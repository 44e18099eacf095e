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
	now := a.now().Unix()
	rows := func(shop int) (iter.Seq[world.Row], error) { return a.world.rows(shop, q, now) }
	return world.Tell(q, a.world.Shops(), a.shop, rows, yield)
}

// rows are the truth about one shop.
func (w *World) rows(shop int, q world.Query, now int64) (iter.Seq[world.Row], error) {
	in := span{q.From, q.To}
	created, updated := in, always
	if q.ByUpdate {
		created, updated = always, in
	}
	switch q.Kind {
	case world.Orders:
		window := market.Window{Shop: shop, ByUpdate: q.ByUpdate, From: q.From, To: q.To}
		return each(w.Orders(window, now, market.Newest), w.orderRow), nil
	case world.Tracking:
		return pairs(w.packed(shop, created, updated, now), w.trackingRow), nil
	case world.Returns:
		return joined(
			pairs(w.returnsIn(shop, created, updated, now), func(o *market.Order, r market.Return) world.Row { return w.returnRow(o, &r) }),
			pairs(w.cancellationsIn(shop, created, updated, now), func(o *market.Order, c market.Cancellation) world.Row {
				return w.cancellationRow(o, &c)
			}),
		), nil
	case world.Products:
		return each(w.products(shop, always, in, now), w.productRow), nil
	case world.Transactions:
		return joined(
			w.settledRows(shop, in, now),
			each(w.withdrawals(shop, in, now), func(x withdrawal) world.Row { return w.withdrawalRow(&x, now) }),
			each(w.unsettled(shop, span{0, q.To}, now), w.unsettledRow),
		), nil
	}
	return nil, fmt.Errorf("select truth: %s has no %.40q", name, q.Kind)
}

// settledRows are of the statements made in a span, each behind its transactions.
func (w *World) settledRows(shop int, made span, now int64) iter.Seq[world.Row] {
	return func(yield func(world.Row) bool) {
		s := statement{shop: shop}
		first, end := settledDays(made, now)
		for e := range w.entries(shop, first, end, now) {
			if day := e.At / market.Date; day != s.day {
				if s.day != 0 && !yield(w.statementRow(&s, now)) {
					return
				}
				s = statement{shop: shop, day: day}
			}
			t := w.transaction(shop, e, now)
			s.add(t.sums)
			if !yield(w.transactionRow(shop, &t, s.time())) {
				return
			}
		}
		if s.day != 0 {
			yield(w.statementRow(&s, now))
		}
	}
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

// pairs turns things of orders into rows.
func pairs[T any](things iter.Seq2[*market.Order, T], row func(*market.Order, T) world.Row) iter.Seq[world.Row] {
	return func(yield func(world.Row) bool) {
		for o, thing := range things {
			if !yield(row(o, thing)) {
				return
			}
		}
	}
}

// joined are several lists behind one another.
func joined(lists ...iter.Seq[world.Row]) iter.Seq[world.Row] {
	return func(yield func(world.Row) bool) {
		for _, rows := range lists {
			for row := range rows {
				if !yield(row) {
					return
				}
			}
		}
	}
}
