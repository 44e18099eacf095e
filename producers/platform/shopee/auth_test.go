package shopee

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
)

// epochTime is the platform's time in tests.
var epochTime = time.Unix(1655714431, 0)

func TestLifeOfTokens(t *testing.T) {
	t.Parallel()
	for expireIn, want := range map[string]time.Time{
		`14400`: epochTime.Add(4 * time.Hour), `"14400"`: epochTime.Add(4 * time.Hour), `1655800000`: time.Unix(1655800000, 0),
		`0`: {}, `null`: {}, `-5`: {},
	} {
		body := []byte(`{"access_token":"a","refresh_token":"r","error":"","expire_in":` + expireIn + `}`)
		for _, status := range []int{http.StatusOK, http.StatusBadGateway} {
			got, err := New(platform.Settings{}).ReadTokens(platform.Response{Status: status, Body: body}, epochTime)
			require.NoError(t, err, "the old refresh token is spent whatever the status")
			require.Equal(t, want, got.AccessUntil, expireIn)
			require.Equal(t, epochTime.Add(30*24*time.Hour), got.RefreshUntil)
		}
	}
	_, err := New(platform.Settings{}).ReadTokens(platform.Response{Status: 200, Body: []byte(`{"access_token":"a"}`)}, epochTime)
	require.ErrorContains(t, err, "no_tokens")
	misspelt := testShop
	misspelt.AppID = "my app"
	_, err = New(platform.Settings{}).Refresh(misspelt, epochTime)
	require.ErrorContains(t, err, "app_id")
}

// TestAnswerToACode: a code brings tokens as a refresh token does, and lists besides of what else the seller agreed to.
func TestAnswerToACode(t *testing.T) {
	t.Parallel()
	got, err := New(platform.Settings{}).ReadTokens(platform.Response{Status: 200, Body: sample("token_get")}, epochTime)
	require.NoError(t, err)
	require.Equal(t, platform.Tokens{
		Access: "59777174636562737266615546704c6d", Refresh: "6f4e6f6c5a586b4d704d7a4c76645269",
		AccessUntil: epochTime.Add(4 * time.Hour), RefreshUntil: epochTime.Add(30 * 24 * time.Hour),
	}, got)
}
