package conformance

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
)

// tokens renews tokens: the call says what is documented, and answers are read whatever they are.
func (s Subject) tokens(t *testing.T) {
	k := s.Tokens
	if k == nil {
		return
	}
	a, ok := s.New(platform.Settings{}).(platform.Authorizer)
	require.True(t, ok, "the adapter renews no tokens")
	r, err := a.Refresh(s.Shop, k.Now)
	require.NoError(t, err)
	sends(t, r, Grant{Method: k.Method, URL: k.URL, Query: k.Query, Body: k.Body})
	require.Equal(t, k.Consent, a.Consent(s.Shop, "https://app.example/back", "s-1", k.Now))
	r, err = a.Exchange(s.Shop, "c-1", k.Now)
	require.NoError(t, err)
	sends(t, r, k.Exchange)
	elsewhere, ok := s.New(platform.Settings{AuthURL: "http://127.0.0.1:1/auth"}).(platform.Authorizer)
	require.True(t, ok)
	r, err = elsewhere.Refresh(s.Shop, k.Now)
	require.NoError(t, err)
	require.Equal(t, "http://127.0.0.1:1/auth", r.Base)
	own := s.Shop
	own.AuthURL = "http://127.0.0.1:2"
	r, err = elsewhere.Refresh(own, k.Now)
	require.NoError(t, err)
	require.Equal(t, own.AuthURL, r.Base, "what a shop says of itself comes first")
	without := s.Shop
	without.RefreshToken = ""
	_, err = a.Refresh(without, k.Now)
	var e *platform.Error
	require.ErrorAs(t, err, &e, "a shop without refresh token")
	require.Equal(t, platform.Auth, e.Class)
	s.silent(t, err)

	got, err := a.ReadTokens(platform.Response{Status: 200, Header: http.Header{}, Body: k.Answer}, k.Now)
	require.NoError(t, err)
	require.True(t, got.Access == k.Want.Access && got.Refresh == k.Want.Refresh, "other tokens than in the answer")
	require.Equal(t, k.Want.AccessUntil.Unix(), got.AccessUntil.Unix())
	require.Equal(t, k.Want.RefreshUntil.Unix(), got.RefreshUntil.Unix())
	s.badTokens(t, a)
}

// sends compares a call with what is documented of it.
func sends(t *testing.T, r platform.Request, want Grant) {
	t.Helper()
	require.Equal(t, want.Method, r.Method)
	require.Equal(t, want.URL, r.Base+r.Path)
	sent, form := parameters(t, r)
	for name, value := range want.Query {
		require.Equal(t, value, sent.Get(name), name)
	}
	switch {
	case form:
		require.Empty(t, r.Query, "what a form holds stands in no address")
	case want.Body == "":
		require.Empty(t, r.Body)
	default:
		require.JSONEq(t, want.Body, string(r.Body))
	}
}

// parameters returns what a call says, and whether it does so in a form.
func parameters(t *testing.T, r platform.Request) (values url.Values, form bool) {
	t.Helper()
	if r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		return r.Query, false
	}
	values, err := url.ParseQuery(string(r.Body))
	require.NoError(t, err)
	return values, true
}

// badTokens reads answers that are no tokens.
func (s Subject) badTokens(t *testing.T, a platform.Authorizer) {
	k := s.Tokens
	refused := func(name string, status int, body []byte) *platform.Error {
		got, err := a.ReadTokens(platform.Response{Status: status, Header: http.Header{}, Body: body}, k.Now)
		var e *platform.Error
		require.ErrorAs(t, err, &e, name)
		require.Zero(t, got, name)
		require.False(t, strings.Contains(e.Error(), k.Want.Access.Reveal()) || strings.Contains(e.Error(), k.Want.Refresh.Reveal()),
			"%s: the error holds a token", name)
		return e
	}
	for name, body := range k.Refused {
		for _, status := range statuses {
			require.Equal(t, platform.Auth, refused(name, status, body).Class, "%s with status %d", name, status)
		}
	}
	for n := range len(bytes.TrimSpace(k.Answer)) {
		_ = refused("cut", 200, k.Answer[:n])
	}
	for _, body := range []string{"<html>", "null", "[]", "{}"} {
		require.Equal(t, platform.Transient, refused(body, 200, []byte(body)).Class)
		require.Equal(t, platform.Rate, refused(body, 429, []byte(body)).Class)
	}
}
