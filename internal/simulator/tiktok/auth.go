package tiktok

import (
	"fmt"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// admitApp checks what the calls for tokens say of the app.
func (a *API) admitApp(c *call, grant string) *refusal {
	switch {
	case c.query.Get("app_key") == "":
		return errNoAppKey
	case c.query.Get("app_key") != a.app:
		return errAppKey
	case c.query.Get("app_secret") != string(a.secret):
		return errAppSecret
	case c.query.Get("grant_type") != grant:
		return errGrant
	}
	return nil
}

// grant answers token/get: a code against the first pair.
func (a *API) grant(c *call, w *wire.Writer) *refusal {
	if refused := a.admitApp(c, "authorized_code"); refused != nil {
		return refused
	}
	code := c.query.Get("auth_code")
	shop, ok := a.tokens.CodeOwner(code)
	if !ok {
		return errCode
	}
	generation, err := a.tokens.Redeem(shop, code, c.wall)
	if err != nil {
		return errCode
	}
	a.writePair(w, shop, generation, c.wall)
	return nil
}

// refresh answers token/refresh: a refresh token against the next pair.
func (a *API) refresh(c *call, w *wire.Writer) *refusal {
	if refused := a.admitApp(c, "refresh_token"); refused != nil {
		return refused
	}
	text := c.query.Get("refresh_token")
	shop, ok := a.tokens.RefreshOwner(text)
	if !ok {
		return errRefresh
	}
	generation, err := a.tokens.Renew(shop, text, c.wall)
	if err != nil {
		return errRefresh
	}
	a.writePair(w, shop, generation, c.wall)
	return nil
}

// writePair writes tokens with the moments they end at: unlike their names say, these are no durations.
func (a *API) writePair(w *wire.Writer, shop int, generation uint32, now time.Time) {
	lives := a.tokens.Lives()
	w.Member("access_token", a.tokens.Access(shop, generation))
	w.Name("access_token_expire_in").Int(now.Add(lives.Access).Unix())
	w.Member("refresh_token", a.tokens.Refresh(shop, generation))
	w.Name("refresh_token_expire_in").Int(now.Add(lives.Refresh).Unix())
	r := world.NewRand(world.Hash(a.world.Key(), streamShop, uint64(shop))) //nolint:gosec // not negative
	w.Member("open_id", r.Base36(32))
	w.Member("seller_name", a.world.shopName(shop))
	w.Member("seller_base_region", a.world.RegionOf(shop).Code)
	w.Name("user_type").Int(0)
	w.Name("granted_scopes").Strings("seller.order.info", "seller.product.basic", "seller.finance.info",
		"seller.return_refund.basic", "seller.fulfillment.basic", "seller.authorization.info")
}

// shops answers the list of the shops that a token is good for: here each has its own.
func (a *API) shops(c *call, w *wire.Writer) *refusal {
	region := a.world.RegionOf(c.shop).Code
	w.Name("shops").Open('[')
	w.Open('{')
	w.Member("cipher", a.world.cipher(c.shop))
	w.Member("code", fmt.Sprintf("%sLC%05d", region, c.shop))
	w.Member("id", a.world.shopText(c.shop))
	w.Member("name", a.world.shopName(c.shop))
	w.Member("region", region)
	w.Member("seller_type", "LOCAL")
	w.Close('}')
	w.Close(']')
	return nil
}

// Consent is the seller's: it gives out a code for token/get that works once, within thirty minutes.
func (a *API) Consent(shopID string) (code string, err error) {
	shop, err := a.shop(shopID)
	if err != nil {
		return "", err
	}
	return a.tokens.Consent(shop, a.wall()), nil
}

// shop is the shop of an id.
func (a *API) shop(id string) (int, error) {
	shop, ok := a.world.shopOf(id)
	if !ok {
		return 0, fmt.Errorf("find shop %.40q of %s: %w", id, name, world.ErrNoShop)
	}
	return shop, nil
}
