package shopee

import (
	"fmt"
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
			Name:  fmt.Sprintf("Cửa hàng %s %02d", region.Code, i+1),
			AppID: a.partner, AppSecret: string(a.key),
			AccessToken: a.tokens.Access(i, 0), RefreshToken: a.tokens.Refresh(i, 0),
		}
	}
	return shops
}

// Truth yields the selected rows as they are now, shop by shop, newest creation first, until yield returns false.
func (a *API) Truth(q world.Query, yield func(world.Row) bool) error {
	first, end := 0, a.world.Shops()
	if q.ShopID != "" {
		shop, err := a.shop(q.ShopID)
		if err != nil {
			return err
		}
		first, end = shop, shop+1
	}
	if q.Kind != world.Orders {
		return fmt.Errorf("select truth: shopee has no %.40q here", q.Kind)
	}
	now := a.now().Unix()
	for shop := first; shop < end; shop++ {
		window := market.Window{Shop: shop, ByUpdate: q.ByUpdate, From: q.From, To: q.To}
		for o := range a.world.Orders(window, now, market.Newest) {
			if !yield(a.world.orderRow(o)) {
				return nil
			}
		}
	}
	return nil
}
