package tiktok

import (
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
	authURL     = "https://auth.tiktok-shops.com"
	refreshPath = "/api/v2/token/refresh"
)

// Refresh builds the call that exchanges a refresh token, which is not signed: the app's secret stands in its query.
func (a *Adapter) Refresh(s shop.Shop, _ time.Time) (platform.Request, error) {
	if s.RefreshToken == "" {
		return platform.Request{}, platform.NewError(platform.Auth, "no_refresh_token",
			"the shop has no refresh_token: authorise it")
	}
	return platform.Request{
		Method: http.MethodGet,
		Base:   a.settings.AuthBase(s, authURL),
		Path:   refreshPath,
		Query: url.Values{
			"app_key": {s.AppID}, "app_secret": {s.AppSecret.Reveal()},
			"refresh_token": {s.RefreshToken.Reveal()}, "grant_type": {"refresh_token"},
		},
	}, nil
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
