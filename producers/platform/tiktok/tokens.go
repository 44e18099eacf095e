package tiktok

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
)

const (
	authURL      = "https://auth.tiktok-shops.com"
	consentPath  = "/oauth/authorize"
	exchangePath = "/api/v2/token/get"
	refreshPath  = "/api/v2/token/refresh"
)

// Consent returns the page of the seller's consent. Where the platform sends the browser then is a setting of the app.
func (a *Adapter) Consent(s shop.Shop, _, state string, _ time.Time) string {
	return platform.Request{
		Base: a.settings.AuthBase(s, authURL), Path: consentPath, Query: url.Values{"app_key": {s.AppID}, "state": {state}},
	}.URL()
}

// Exchange builds the call that exchanges the code of a consent, which works once and for thirty minutes.
func (a *Adapter) Exchange(s shop.Shop, code string, _ time.Time) (platform.Request, error) {
	return a.tokenCall(s, exchangePath, "auth_code", code, "authorized_code"), nil
}

// Refresh builds the call that exchanges a refresh token, which is not signed: the app's secret stands in its query.
func (a *Adapter) Refresh(s shop.Shop, _ time.Time) (platform.Request, error) {
	if s.RefreshToken == "" {
		return platform.Request{}, platform.NewError(platform.Auth, "no_refresh_token",
			"the shop has no refresh_token: authorise it")
	}
	return a.tokenCall(s, refreshPath, "refresh_token", s.RefreshToken.Reveal(), "refresh_token"), nil
}

// tokenCall builds a call that gives out tokens for what is named.
func (a *Adapter) tokenCall(s shop.Shop, path, name, value, grant string) platform.Request {
	return platform.Request{
		Method: http.MethodGet, Base: a.settings.AuthBase(s, authURL), Path: path,
		Query: url.Values{"app_key": {s.AppID}, "app_secret": {s.AppSecret.Reveal()}, name: {value}, "grant_type": {grant}},
	}
}

// ReadTokens reads new tokens. Each answer may bring another refresh token, so it is to be stored always.
func (a *Adapter) ReadTokens(r platform.Response, _ time.Time) (platform.Tokens, error) {
	data, refusal, err := a.open(r)
	switch {
	case err != nil:
		return platform.Tokens{}, err
	case refusal != nil:
		err := a.classify(refusal.code, refusal.message, r)
		if strings.HasPrefix(refusal.code, consentCodes) && err.Class == platform.Transient {
			err.Class, err.RetryAfter = platform.Auth, 0
		}
		return platform.Tokens{}, err
	}
	access, _ := jsonscan.Text(member(data, "access_token"))
	refresh, _ := jsonscan.Text(member(data, "refresh_token"))
	if access == "" || refresh == "" {
		return platform.Tokens{}, badShape("the answer lacks a token")
	}
	return platform.Tokens{
		Access: secret.Text(access), AccessUntil: moment(member(data, "access_token_expire_in")),
		Refresh: secret.Text(refresh), RefreshUntil: moment(member(data, "refresh_token_expire_in")),
	}, nil
}

// consentCodes begins the codes that speak of a seller's consent: of a token or code that is wrong, used or withdrawn.
const consentCodes = "36004"

// moment reads unix seconds: unlike what their names say these are no durations. Zero when there are none.
func moment(raw []byte) time.Time {
	seconds, err := strconv.ParseInt(digits(raw), 10, 64)
	if err != nil || seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// authorizedShops lists the shops that a token is good for, each with the handle that calls name it by.
var authorizedShops = endpoint{http.MethodGet, "authorization", "202309", "shops"}

// GrantedShops builds the call that lists the shops of a token. It is the one call without a shop's handle.
func (a *Adapter) GrantedShops(s shop.Shop, now time.Time) platform.Request {
	s.ShopCipher = ""
	return a.signed(call{endpoint: authorizedShops}, s, now)
}

// ReadGrantedShops returns the handle of each shop by its id.
func (a *Adapter) ReadGrantedShops(r platform.Response) (map[string]string, error) {
	data, refusal, err := a.open(r)
	if err != nil {
		return nil, err
	}
	if refusal != nil {
		return nil, a.classify(refusal.code, refusal.message, r)
	}
	var list struct {
		Shops []struct {
			ID     string `json:"id"`
			Cipher string `json:"cipher"`
		} `json:"shops"`
	}
	if json.Unmarshal(data, &list) != nil || list.Shops == nil {
		return nil, badShape("the answer holds no list of shops")
	}
	shops := map[string]string{}
	for _, s := range list.Shops {
		shops[s.ID] = s.Cipher
	}
	return shops, nil
}
