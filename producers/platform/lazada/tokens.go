package lazada

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
	consentPath  = "/oauth/authorize" // of the host, which no /rest stands before
	exchangePath = "/auth/token/create"
	refreshPath  = "/auth/token/refresh"
	authURL      = "https://auth.lazada.com/rest" // one host for all sites
)

// maxLifetime bounds what a platform may claim, in seconds.
const maxLifetime = 100 * 365 * daySeconds

// Consent returns the page of the seller's consent; redirect must be the one that the app is registered with.
func (a *Adapter) Consent(s shop.Shop, redirect, state string, _ time.Time) string {
	query := url.Values{
		"response_type": {"code"}, "force_auth": {"true"}, "client_id": {s.AppID}, "redirect_uri": {redirect}, "state": {state},
	}
	if s.Region != "" {
		query.Set("country", strings.ToLower(s.Region))
	}
	return platform.Request{Base: strings.TrimSuffix(a.settings.AuthBase(s, authURL), "/rest"), Path: consentPath, Query: query}.URL()
}

// Exchange builds the call that exchanges the code of a consent, which works once and for thirty minutes.
func (a *Adapter) Exchange(s shop.Shop, code string, now time.Time) (platform.Request, error) {
	return a.tokenCall(s, now, exchangePath, "code", code), nil
}

// Refresh builds the call that exchanges the refresh token for new tokens: a form, so that no address holds the token.
func (a *Adapter) Refresh(s shop.Shop, now time.Time) (platform.Request, error) {
	if s.RefreshToken.Reveal() == "" {
		return platform.Request{}, platform.NewError(platform.Auth, "no_refresh_token",
			"the shop has no refresh_token: authorise it")
	}
	return a.tokenCall(s, now, refreshPath, "refresh_token", s.RefreshToken.Reveal()), nil
}

// tokenCall builds a call that gives out tokens for what is named.
func (a *Adapter) tokenCall(s shop.Shop, now time.Time, path, name, value string) platform.Request {
	r := newCall(path, name, value).signed(s, now)
	r.Method, r.Base = http.MethodPost, a.settings.AuthBase(s, authURL)
	r.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	r.Body, r.Query = []byte(r.Query.Encode()), nil
	return r
}

// ReadTokens reads the answer, whose members stand beside the code. New tokens count whatever the HTTP status: it is not
// documented whether the old ones still work. The refresh token's own lifetime goes on counting down until the seller
// authorises again.
func (a *Adapter) ReadTokens(r platform.Response, now time.Time) (platform.Tokens, error) {
	e, err := a.open(r)
	m, whole := members(r.Body, "access_token", "refresh_token", "expires_in", "refresh_expires_in")
	access, _ := jsonscan.Text(m[0])
	switch {
	case whole && e.Code == "0" && access != "":
	case err != nil:
		return platform.Tokens{}, err
	default:
		return platform.Tokens{}, badShape("the answer holds no access_token")
	}
	refresh, _ := jsonscan.Text(m[1])
	return platform.Tokens{
		Access: secret.Text(access), Refresh: secret.Text(refresh),
		AccessUntil: until(m[2], now), RefreshUntil: until(m[3], now), Shops: sellers(r.Body),
	}, nil
}

// sellers returns the ids of the account's sellers, one for each site, nil when the answer names none. The list has another name
// in each of the two documented answers.
func sellers(body []byte) []string {
	type seller struct {
		ID json.RawMessage `json:"seller_id"`
	}
	var lists struct {
		Create  []seller `json:"country_user_info"`
		Refresh []seller `json:"country_user_info_list"`
	}
	_ = json.Unmarshal(body, &lists) // what cannot be read names nobody
	var ids []string
	for _, s := range append(lists.Create, lists.Refresh...) {
		if id, _ := jsonscan.Text(s.ID); id != "" {
			ids = append(ids, id)
		} else if id, ok := number(s.ID); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// until is the end of a lifetime in seconds from now, zero when there is none to read.
func until(raw []byte, now time.Time) time.Time {
	digits, ok := number(raw)
	if !ok {
		return time.Time{}
	}
	seconds, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		seconds = maxLifetime
	}
	return now.Add(time.Duration(min(seconds, maxLifetime)) * time.Second)
}
