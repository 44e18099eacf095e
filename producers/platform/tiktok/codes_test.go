package tiktok

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

func readError(t *testing.T, task *schemas.Task, r platform.Response) *platform.Error {
	t.Helper()
	_, err := New(platform.Settings{}).Read(task, r)
	var e *platform.Error
	require.ErrorAs(t, err, &e)
	return e
}

func TestErrorSamples(t *testing.T) {
	t.Parallel()
	var samples map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(sample("errors"), &samples))
	delete(samples, "_comment")
	want := map[string]platform.Class{
		"rate_limit_http_429": platform.Rate, "internal": platform.Transient, "timeout": platform.Transient,
		"bad_param": platform.Permanent, "token_expired": platform.Auth, "bad_sign": platform.Auth,
		"missing_cipher": platform.Auth, "scope": platform.Auth, "token_shop_mismatch": platform.Auth, "bad_auth_code": platform.Auth,
	}
	require.Len(t, samples, len(want))
	for name, body := range samples {
		for _, status := range []int{200, 400, 401, 429} {
			e := readError(t, &schemas.Task{Op: OrderDetail, IDs: []string{"1"}}, platform.Response{Status: status, Body: body})
			require.Equal(t, want[name], e.Class, name)
		}
	}
}

func TestBadRequestByItsMessage(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]struct {
		class platform.Class
		code  string
	}{
		"Invalid parameter: page_size.":                  {platform.Permanent, codeBadRequest},
		"Invalid parameter: page_token.":                 {platform.Permanent, codeBadRequest},
		"Invalid parameter: assignee":                    {platform.Permanent, codeBadRequest},
		"Timestamp is invalid or expired":                {platform.Transient, "timestamp_expired"},
		"Invalid app_key.":                               {platform.Auth, codeBadRequest},
		"shop_cipher is invalid":                         {platform.Auth, codeBadRequest},
		"Sign is missing.":                               {platform.Auth, codeBadRequest},
		"Header x-tts-access-token is missing or broken": {platform.Auth, codeBadRequest},
	} {
		body, err := json.Marshal(map[string]any{"code": 36009004, "message": message})
		require.NoError(t, err)
		e := readError(t, &schemas.Task{Op: OrderDetail, IDs: []string{"1"}}, platform.Response{Status: 400, Body: body})
		require.Equal(t, want.class, e.Class, message)
		require.Equal(t, want.code, e.Code, message)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	task := &schemas.Task{Op: OrderDetail, IDs: []string{"1"}}
	for code, want := range map[string]time.Duration{"36009002": 7 * time.Second, "36009003": 7 * time.Second, "98765432": 7 * time.Second, "105002": 0} {
		e := readError(t, task, platform.Response{
			Status: 429, Header: http.Header{"Retry-After": {"7"}}, Body: []byte(`{"code":` + code + `}`),
		})
		require.Equal(t, want, e.RetryAfter, code)
	}
}

// One order that the platform calls bad may not take 49 others with it.
func TestBadBatchIsHalved(t *testing.T) {
	t.Parallel()
	bad := platform.Response{Status: 400, Body: []byte(`{"code":36009004,"message":"Invalid parameter: ids."}`)}
	a := New(platform.Settings{})
	for _, op := range []string{OrderDetail, TrackingOrders, Tracking} {
		got, err := a.Read(&schemas.Task{Op: op, IDs: []string{"1", "2", "3"}}, bad)
		require.NoError(t, err)
		require.False(t, got.Page)
		require.Equal(t, platform.Halves(op, []string{"1", "2", "3"}), got.Children)
		require.Equal(t, platform.Permanent, readError(t, &schemas.Task{Op: op, IDs: []string{"1"}}, bad).Class)
	}
}

// A probe shows that an endpoint works: nothing has its id, so a word against it is as good as an answer.
func TestProbeIsAnswered(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	for _, task := range []schemas.Task{
		{Op: ProductDetail, IDs: []string{"7"}},
		{Op: OrderDetail, IDs: []string{"7", "8"}},
		{Op: StatementTransactions, IDs: []string{"7"}},
		{Op: Tracking, IDs: []string{"7"}, Parts: []schemas.PagePart{{}}},
	} {
		probe := a.Probe(&task)
		got, err := a.Read(&probe, platform.Response{Status: 200, Body: []byte(`{"code":12052048,"message":"no such thing"}`)})
		require.NoError(t, err)
		require.Equal(t, platform.Answer{Gone: []string{nobody}}, got)
		for status, body := range map[int]string{
			200: `{"code":36009003}`, 500: `{"code":12052048}`, 503: `<html>`, 429: `{"code":12052048}`,
		} {
			require.Error(t, readError(t, &probe, platform.Response{Status: status, Body: []byte(body)}))
		}
		require.Equal(t, platform.Transient, readError(t, &task, platform.Response{Status: 200, Body: []byte(`{"code":12052048}`)}).Class)
	}
}

// Words against a seller's consent are for somebody, also ones that are not documented; others may pass.
func TestRefusedTokens(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]platform.Class{
		"36004004": platform.Auth, "36004099": platform.Auth, "36009003": platform.Transient, "98765432": platform.Transient,
	} {
		_, err := New(platform.Settings{}).ReadTokens(platform.Response{Status: 200, Body: []byte(`{"code":` + code + `}`)}, time.Unix(1, 0))
		var e *platform.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, want, e.Class, code)
	}
	for name, body := range map[string]string{
		"no access token": `{"refresh_token":"r"}`, "no refresh token": `{"access_token":"a"}`, "a number": `{"access_token":1,"refresh_token":"r"}`,
	} {
		_, err := New(platform.Settings{}).ReadTokens(platform.Response{Status: 200, Body: []byte(data(body))}, time.Unix(1, 0))
		require.ErrorContains(t, err, "bad_shape", name)
	}
	got, err := New(platform.Settings{}).ReadTokens(platform.Response{
		Status: 200, Body: []byte(data(`{"access_token":"a","refresh_token":"r","access_token_expire_in":0}`)),
	}, time.Unix(1, 0))
	require.NoError(t, err)
	require.True(t, got.AccessUntil.IsZero() && got.RefreshUntil.IsZero(), "the platform does not say")
}
