package shopee

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
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
func (a *API) grant(c *call, w *writer) *refusal {
	b, shop, refused := a.readTokenBody(c)
	if refused != nil {
		return refused
	}
	if b.Code == "" {
		return badParam("code is missing")
	}
	generation, refused := a.tokens.redeem(shop, b.Code, c.wall)
	if refused != nil {
		return refused
	}
	a.writePair(w, shop, generation)
	return nil
}

// refresh answers access_token/get: a refresh token against the next pair.
func (a *API) refresh(c *call, w *writer) *refusal {
	b, shop, refused := a.readTokenBody(c)
	if refused != nil {
		return refused
	}
	if b.RefreshToken == "" {
		return badParam("refresh_token is missing")
	}
	generation, refused := a.tokens.refresh(shop, b.RefreshToken, c.wall)
	if refused != nil {
		return refused
	}
	partner, _ := strconv.ParseInt(a.partner, 10, 64)
	w.name("partner_id").int(partner)
	w.name("shop_id").int(a.world.shopID(shop))
	a.writePair(w, shop, generation)
	return nil
}

// writePair writes the token fields, which stand beside error and message and not inside response.
func (a *API) writePair(w *writer, shop int, generation uint32) {
	w.name("access_token").text(a.tokens.seal(shop, kindAccess, generation))
	w.name("refresh_token").text(a.tokens.seal(shop, kindRefresh, generation))
	w.name("expire_in").int(int64(a.tokens.ttl.Seconds()))
}

// Consent is the seller's: it gives out a code for token/get that works once, within ten minutes.
func (a *API) Consent(shopID string) (code string, err error) {
	shop, err := a.shop(shopID)
	if err != nil {
		return "", err
	}
	return a.tokens.consent(shop, a.wall()), nil
}

// shop is the shop of an id's text.
func (a *API) shop(shopID string) (int, error) {
	id, err := strconv.ParseInt(shopID, 10, 64)
	if err == nil {
		if shop, ok := a.world.shopOf(id); ok {
			return shop, nil
		}
	}
	return 0, fmt.Errorf("find shop: shopee has no shop %.40q", shopID)
}
