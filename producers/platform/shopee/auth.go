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
	refreshPath = "/api/v2/auth/access_token/get"

	// refreshLife is how long a refresh token lives, by the documentation: answers do not say.
	refreshLife = 30 * 24 * time.Hour
	// absolute is where numbers of seconds stop being lifetimes: one documented sample gives the end itself.
	absolute = 1_000_000_000
)

// Refresh builds the call that exchanges the shop's refresh token, which works once, for new tokens. It is signed without
// token and shop. It goes to the shop's base URL unless the settings name another.
func (a *Adapter) Refresh(s shop.Shop, now time.Time) (platform.Request, error) {
	if s.RefreshToken == "" {
		return platform.Request{}, platform.NewError(platform.Auth, "no_refresh_token",
			"the shop has no refresh_token: authorise it")
	}
	body, err := json.Marshal(map[string]any{
		"refresh_token": s.RefreshToken.Reveal(), "partner_id": json.Number(s.AppID), "shop_id": json.Number(s.ShopID),
	})
	if err != nil {
		return platform.Request{}, platform.NewError(platform.Auth, "bad_shop", "app_id and shop_id must be numbers")
	}
	timestamp := strconv.FormatInt(now.Unix(), 10)
	return platform.Request{
		Method: http.MethodPost, Base: a.settings.AuthBase(s, s.BaseURL), Path: refreshPath, Body: body,
		Query: url.Values{
			"partner_id": {s.AppID}, "timestamp": {timestamp},
			"sign": {sign(s.AppSecret.Reveal(), s.AppID, refreshPath, timestamp)},
		},
	}, nil
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
