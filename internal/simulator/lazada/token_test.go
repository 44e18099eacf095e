package lazada_test

import (
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

type grant struct {
	Code      string   `json:"code"`
	Access    string   `json:"access_token"`
	Refresh   string   `json:"refresh_token"`
	Expires   int64    `json:"expires_in"`
	Until     int64    `json:"refresh_expires_in"`
	Country   string   `json:"country"`
	Countries []seller `json:"country_user_info"`
	Others    []seller `json:"country_user_info_list"`
}

type seller struct {
	Country string `json:"country"`
	ID      string `json:"seller_id"`
}

func TestTokens(t *testing.T) {
	t.Parallel()
	b := setup(t, simulator.Options{Shops: 2, Days: 2, OrdersPerDay: 10, TokenTTL: time.Hour})
	app := b.shops[1]
	app.AccessToken = ""
	call := func(path string, p params) grant { return read[grant](t, b.post(path, app, p).body) }
	works := func(access string) string {
		return b.get("/orders/get", world.Shop{AppID: app.AppID, AppSecret: app.AppSecret, AccessToken: access}, params{"created_after": iso(b.midnight(1))}).Code
	}
	code := read[struct{ Code string }](t, []byte(b.control("GET", "/_sim/code?platform=lazada&shop_id="+app.ShopID, ""))).Code
	first := call("/auth/token/create", params{"code": code})
	if first.Code != "0" || first.Expires != 3600 || first.Until != 180*86400 || first.Country != "sg" || len(first.Countries) != 1 || first.Countries[0].ID != app.ShopID {
		t.Fatalf("grant %+v", first)
	}
	if again := call("/auth/token/create", params{"code": code}); again.Code != "InvalidCode" {
		t.Errorf("a code twice: %s", again.Code)
	}
	second := call("/auth/token/refresh", params{"refresh_token": first.Refresh})
	if second.Code != "0" || second.Access == first.Access || len(second.Others) != 1 || works(second.Access) != "0" || works(first.Access) != "0" {
		t.Errorf("refresh %+v", second)
	}
	*b.at = b.at.Add(6 * time.Minute)
	if got := works(first.Access); got != "IllegalAccessToken" {
		t.Errorf("the token before, after its grace: %s", got)
	}
	if again := call("/auth/token/refresh", params{"refresh_token": first.Refresh}); again.Code != "IllegalRefreshToken" {
		t.Errorf("a refresh token twice: %s", again.Code)
	}
	*b.at = b.at.Add(time.Hour)
	if got := works(second.Access); got != "IllegalAccessToken" {
		t.Errorf("a token that is over: %s", got)
	}
	*b.at = b.at.Add(181 * 24 * time.Hour)
	for path, want := range map[string]string{"/auth/token/refresh": "IllegalRefreshToken", "/auth/token/create": "MissingParameter"} {
		if got := call(path, params{"refresh_token": second.Refresh}); got.Code != want {
			t.Errorf("%s: %s", path, got.Code)
		}
	}
}
