package lazada

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// grant answers token/create: a code against the first pair.
func (a *API) grant(c *call, w *wire.Writer) *refusal {
	code := c.params.Get("code")
	if code == "" {
		return missing("code")
	}
	shop, ok := a.tokens.CodeOwner(code)
	if !ok {
		return errCode
	}
	generation, err := a.tokens.Redeem(shop, code, c.wall)
	if err != nil {
		return errCode
	}
	a.writePair(w, shop, generation, "country_user_info")
	return nil
}

// refresh answers token/refresh: a refresh token against the next pair. The list of countries has another name here, as one of
// the platform's pages shows it.
func (a *API) refresh(c *call, w *wire.Writer) *refusal {
	text := c.params.Get("refresh_token")
	if text == "" {
		return missing("refresh_token")
	}
	shop, ok := a.tokens.RefreshOwner(text)
	if !ok {
		return errRefresh
	}
	generation, err := a.tokens.Renew(shop, text, c.wall)
	if err != nil {
		return errRefresh
	}
	a.writePair(w, shop, generation, "country_user_info_list")
	return nil
}

// writePair writes the token fields, which stand beside the code and not inside data.
func (a *API) writePair(w *wire.Writer, shop int, generation uint32, countries string) {
	lives := a.tokens.Lives()
	site := strings.ToLower(a.world.RegionOf(shop).Code)
	w.Member("access_token", a.tokens.Access(shop, generation))
	w.Member("refresh_token", a.tokens.Refresh(shop, generation))
	w.Name("expires_in").Int(int64(lives.Access.Seconds()))
	w.Name("refresh_expires_in").Int(int64(lives.Refresh.Seconds()))
	w.Member("country", site)
	w.Name(countries).Open('[')
	w.Open('{')
	w.Member("country", site)
	w.Member("seller_id", a.world.shopID(shop))
	w.Member("user_id", "1"+a.world.shopID(shop))
	w.Member("short_code", a.world.shortCode(shop))
	w.Close('}')
	w.Close(']')
	w.Member("account", "seller"+strconv.Itoa(shop+1)+"@shop.example")
	w.Member("account_id", "7"+a.world.shopID(shop))
	w.Member("account_platform", "seller_center")
}

// Consent is the seller's: it gives out a code for token/create that works once, within thirty minutes.
func (a *API) Consent(shopID string) (code string, err error) {
	shop, err := a.shop(shopID)
	if err != nil {
		return "", err
	}
	return a.tokens.Consent(shop, a.wall()), nil
}

// shop is the shop of an id's text.
func (a *API) shop(shopID string) (int, error) {
	if shop, ok := a.world.shopOf(shopID); ok {
		return shop, nil
	}
	return 0, fmt.Errorf("find shop %.40q of lazada: %w", shopID, world.ErrNoShop)
}
