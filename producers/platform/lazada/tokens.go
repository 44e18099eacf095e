package lazada

import (
	"net/http"
	"strconv"
	"time"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
)

const (
	refreshPath = "/auth/token/refresh"
	authURL     = "https://auth.lazada.com/rest" // one host for all sites
)

// maxLifetime bounds what a platform may claim, in seconds.
const maxLifetime = 100 * 365 * daySeconds

// Refresh builds the call that exchanges the refresh token for new tokens: a form, so that no address holds the token.
func (a *Adapter) Refresh(s shop.Shop, now time.Time) (platform.Request, error) {
	if s.RefreshToken.Reveal() == "" {
		return platform.Request{}, platform.NewError(platform.Auth, "no_refresh_token",
			"the shop has no refresh_token: authorise it")
	}
	r := newCall(refreshPath, "refresh_token", s.RefreshToken.Reveal()).signed(s, now)
	r.Method, r.Base = http.MethodPost, a.settings.AuthBase(s, authURL)
	r.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	r.Body, r.Query = []byte(r.Query.Encode()), nil
	return r, nil
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
		AccessUntil: until(m[2], now), RefreshUntil: until(m[3], now),
	}, nil
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
