package tiktok

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
)

// TestGrantedShops asks with the published example of a signature, and reads the documented answer.
func TestGrantedShops(t *testing.T) {
	t.Parallel()
	s := shop.Shop{BaseURL: "https://h", AppID: "29a39d", AppSecret: "e59af819cc", AccessToken: "token", ShopCipher: "none"}
	r := New(platform.Settings{}).GrantedShops(s, time.Unix(1623812664, 0))
	require.Equal(t, "https://h/authorization/202309/shops", r.Base+r.Path)
	require.Equal(t, "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8", r.Query.Get("sign"))
	require.False(t, r.Query.Has("shop_cipher"))
	require.Equal(t, "token", r.Header.Get("X-Tts-Access-Token"))

	got, err := New(platform.Settings{}).ReadGrantedShops(platform.Response{Status: 200, Body: sample("authorized_shops")})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"7000714532876273420": "ROW_exampleCipher", "7000714532876273888": "GCP_exampleCipher2"}, got)
	for body, class := range map[string]platform.Class{
		`{"code":105002,"message":"expired"}`: platform.Auth, data(`{}`): platform.Transient, data(`{"shops":[{"id":7}]}`): platform.Transient, "<html>": platform.Transient,
	} {
		_, err := New(platform.Settings{}).ReadGrantedShops(platform.Response{Status: 200, Body: []byte(body)})
		var e *platform.Error
		require.ErrorAs(t, err, &e, body)
		require.Equal(t, class, e.Class, body)
	}
}
