package shopee

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
)

const (
	consentPath  = "/api/v2/shop/auth_partner"
	exchangePath = "/api/v2/auth/token/get"
	refreshPath  = "/api/v2/auth/access_token/get"

	// refreshLife is how long a refresh token lives, by the documentation: answers do not say.
	refreshLife = 30 * 24 * time.Hour
	// absolute is where numbers of seconds stop being lifetimes: one documented sample gives the end itself.
	absolute = 1_000_000_000
)

// Consent returns the page of the seller's consent, whose address is only good for five minutes. The platform knows no state.
func (a *Adapter) Consent(s shop.Shop, redirect, _ string, now time.Time) string {
	r := a.unbound(s, consentPath, now)
	r.Query.Set("redirect", redirect)
	return r.URL()
}

// Exchange builds the call that exchanges the code of a consent, which works once and for ten minutes.
func (a *Adapter) Exchange(s shop.Shop, code string, now time.Time) (platform.Request, error) {
	return a.tokenCall(s, exchangePath, "code", code, now)
}

// Refresh builds the call that exchanges the shop's refresh token, which works once, for new tokens. It is signed without
// token and shop. It goes to the shop's base URL unless the settings name another.
func (a *Adapter) Refresh(s shop.Shop, now time.Time) (platform.Request, error) {
	if s.RefreshToken == "" {
		return platform.Request{}, platform.NewError(platform.Auth, "no_refresh_token",
			"the shop has no refresh_token: authorise it")
	}
	return a.tokenCall(s, refreshPath, "refresh_token", s.RefreshToken.Reveal(), now)
}

// tokenCall builds a call that gives out tokens for what is named.
func (a *Adapter) tokenCall(s shop.Shop, path, name, value string, now time.Time) (platform.Request, error) {
	body, err := json.Marshal(map[string]any{name: value, "partner_id": json.Number(s.AppID), "shop_id": json.Number(s.ShopID)})
	if err != nil {
		return platform.Request{}, platform.NewError(platform.Auth, "bad_shop", "app_id and shop_id must be numbers")
	}
	r := a.unbound(s, path, now)
	r.Method, r.Body = http.MethodPost, body
	return r, nil
}

// unbound builds a call that is signed without token and shop.
func (a *Adapter) unbound(s shop.Shop, path string, now time.Time) platform.Request {
	timestamp := strconv.FormatInt(now.Unix(), 10)
	return platform.Request{
		Method: http.MethodGet, Base: a.settings.AuthBase(s, s.BaseURL), Path: path,
		Query: url.Values{
			"partner_id": {s.AppID}, "timestamp": {timestamp}, "sign": {sign(s.AppSecret.Reveal(), s.AppID, path, timestamp)},
		},
	}
}

// ReadTokens judges what came back. New tokens count whatever the HTTP status: the refresh token that they cost is spent.
func (a *Adapter) ReadTokens(r platform.Response, now time.Time) (platform.Tokens, error) {
	e, err := a.open(r)
	if err != nil {
		return platform.Tokens{}, err
	}
	if e.Error != nil && *e.Error != "" {
		return platform.Tokens{}, a.classify(*e.Error, e.Message, r)
	}
	values, _ := members(r.Body, "access_token", "refresh_token", "expire_in")
	access, _ := jsonscan.Text(values[0])
	refresh, _ := jsonscan.Text(values[1])
	if access == "" || refresh == "" {
		if r.Status != http.StatusOK {
			return platform.Tokens{}, platform.ByStatus(r)
		}
		return platform.Tokens{}, platform.Malformed("no_tokens", "the answer holds neither an error nor both tokens")
	}
	tokens := platform.Tokens{Access: secret.Text(access), Refresh: secret.Text(refresh), RefreshUntil: now.Add(refreshLife)}
	switch n := seconds(values[2]); {
	case n > absolute:
		tokens.AccessUntil = time.Unix(n, 0)
	case n > 0:
		tokens.AccessUntil = now.Add(time.Duration(n) * time.Second)
	}
	return tokens, nil
}
