package shopee

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/token"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

const maxBody = 64 << 10

// tokenBody is the body of both token calls. Ids may be numbers or their text.
type tokenBody struct {
	Code         string      `json:"code"`
	RefreshToken string      `json:"refresh_token"`
	PartnerID    json.Number `json:"partner_id"`
	ShopID       json.Number `json:"shop_id"`
}

func (a *API) readTokenBody(c *call) (b tokenBody, shop int, refused *refusal) {
	text, err := io.ReadAll(io.LimitReader(c.request.Body, maxBody))
	if err != nil || json.Unmarshal(text, &b) != nil {
		return b, 0, errBody
	}
	if b.PartnerID.String() != a.partner {
		return b, 0, errBodyPartner
	}
	id, err := b.ShopID.Int64()
	if err != nil {
		return b, 0, errNoBodyShopID
	}
	shop, ok := a.world.shopOf(id)
	if !ok {
		return b, 0, errNoLink
	}
	return b, shop, nil
}

// grant answers token/get: a code against the first pair.
func (a *API) grant(c *call, w *wire.Writer) *refusal {
	b, shop, refused := a.readTokenBody(c)
	if refused != nil {
		return refused
	}
	if b.Code == "" {
		return badParam("code is missing")
	}
	generation, err := a.tokens.Redeem(shop, b.Code, c.wall)
	switch {
	case errors.Is(err, token.ErrOver):
		return errCodeOver
	case err != nil:
		return errCode
	}
	a.writePair(w, shop, generation)
	return nil
}

// refresh answers access_token/get: a refresh token against the next pair.
func (a *API) refresh(c *call, w *wire.Writer) *refusal {
	b, shop, refused := a.readTokenBody(c)
	if refused != nil {
		return refused
	}
	if b.RefreshToken == "" {
		return badParam("refresh_token is missing")
	}
	generation, err := a.tokens.Renew(shop, b.RefreshToken, c.wall)
	switch {
	case errors.Is(err, token.ErrShop):
		return errRefreshShop
	case errors.Is(err, token.ErrOver):
		return errRefreshOver
	case err != nil:
		return errRefresh
	}
	partner, _ := strconv.ParseInt(a.partner, 10, 64)
	w.Name("partner_id").Int(partner)
	w.Name("shop_id").Int(a.world.shopID(shop))
	a.writePair(w, shop, generation)
	return nil
}

// writePair writes the token fields, which stand beside error and message and not inside response.
func (a *API) writePair(w *wire.Writer, shop int, generation uint32) {
	w.Name("access_token").Text(a.tokens.Access(shop, generation))
	w.Name("refresh_token").Text(a.tokens.Refresh(shop, generation))
	w.Name("expire_in").Int(int64(a.tokens.Lives().Access.Seconds()))
}

// Consent is the seller's: it gives out a code for token/get that works once, within ten minutes.
func (a *API) Consent(shopID string) (code string, err error) {
	shop, err := a.shop(shopID)
	if err != nil {
		return "", err
	}
	return a.tokens.Consent(shop, a.wall()), nil
}

// shop is the shop of an id's text.
func (a *API) shop(shopID string) (int, error) {
	id, err := strconv.ParseInt(shopID, 10, 64)
	if err == nil {
		if shop, ok := a.world.shopOf(id); ok {
			return shop, nil
		}
	}
	return 0, fmt.Errorf("find shop %.40q of shopee: %w", shopID, world.ErrNoShop)
}
