package shopee

import (
	"fmt"
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// Name is the platform's name in records.
func (a *API) Name() string { return "shopee" }

// Shops are the sellers with the credentials of the first generation.
func (a *API) Shops() []world.Shop {
	shops := make([]world.Shop, a.world.shops)
	for i := range shops {
		m := marketOf(i)
		shops[i] = world.Shop{
			Platform: a.Name(), ShopID: strconv.FormatInt(a.world.shopID(i), 10), ChannelID: m.channel, Region: m.region,
			Name:  fmt.Sprintf("Cửa hàng %s %02d", m.region, i+1),
			AppID: a.partner, AppSecret: string(a.key),
			AccessToken: a.tokens.seal(i, kindAccess, 0), RefreshToken: a.tokens.seal(i, kindRefresh, 0),
		}
	}
	return shops
}

// Truth yields the selected rows as they are now, shop by shop, newest creation first, until yield returns false.
func (a *API) Truth(q world.Query, yield func(world.Row) bool) error {
	if q.Kind != "orders" {
		return fmt.Errorf("select truth: shopee has no %.40q here", q.Kind)
	}
	first, end := 0, a.world.shops
	if q.ShopID != "" {
		shop, err := a.shop(q.ShopID)
		if err != nil {
			return err
		}
		first, end = shop, shop+1
	}
	now := a.now().Unix()
	for shop := first; shop < end; shop++ {
		sel := selection{shop: shop, byUpdate: q.ByUpdate, from: q.From, to: q.To}
		for o := range a.world.orders(sel, now, newest) {
			if !yield(a.world.row(o)) {
				return nil
			}
		}
	}
	return nil
}
