package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// tokens calls a token endpoint for a shop with one member added to the body.
func (b *bench) tokens(path string, shop world.Shop, key, value string) (int, reply) {
	b.t.Helper()
	stamp := fmt.Sprint(b.clock.now().Unix())
	target := fmt.Sprintf("%s?partner_id=%s&timestamp=%s&sign=%s", path, shop.AppID, stamp, sign(shop.AppSecret, shop.AppID+path+stamp))
	body := fmt.Sprintf(`{"partner_id":%s,"shop_id":%s,%q:%q}`, shop.AppID, shop.ShopID, key, value)
	return b.do(httptest.NewRequest(http.MethodPost, target, strings.NewReader(body)))
}

func (b *bench) code(shop world.Shop) string {
	b.t.Helper()
	var got struct{ Code string }
	if err := json.Unmarshal([]byte(b.control(http.MethodGet, "/_sim/code?platform=shopee&shop_id="+shop.ShopID, "")), &got); err != nil {
		b.t.Fatal(err)
	}
	return got.Code
}

// works says whether an access token is taken, and else the refusal.
func (b *bench) works(shop world.Shop, token string) string {
	b.t.Helper()
	shop.AccessToken = token
	status, got := b.do(b.request(listPath, shop, window("create_time", b.midnight(1), b.midnight(0), 1)))
	if (status == http.StatusForbidden) != (got.Error != "") {
		b.t.Errorf("%d with error %q", status, got.Error)
	}
	return got.Error
}

func TestCodeWorksOnceForTenMinutes(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 2, TokenTTL: 2 * time.Hour})
	shop := b.shops[0]
	code := b.code(shop)
	if _, got := b.tokens(tokenPath, b.shops[1], "code", code); got.Error != "error_auth" {
		t.Errorf("another shop's code: %q", got.Error)
	}
	_, pair := b.tokens(tokenPath, shop, "code", code)
	if pair.Error != "" || pair.ExpireIn != 7200 || pair.AccessToken == shop.AccessToken {
		t.Fatalf("the code gave %+v", pair)
	}
	if why := b.works(shop, pair.AccessToken); why != "" {
		t.Errorf("the new access token: %s", why)
	}
	if _, got := b.tokens(tokenPath, shop, "code", code); got.Error != "invalid_code" {
		t.Errorf("a used code: %q", got.Error)
	}
	if _, got := b.tokens(tokenPath, shop, "code", "abc"); got.Error != "error_auth" {
		t.Errorf("an invented code: %q", got.Error)
	}
	code = b.code(shop)
	b.clock.pass(10 * time.Minute)
	if _, got := b.tokens(tokenPath, shop, "code", code); got.Error != "invalid_code" {
		t.Errorf("a code of ten minutes: %q", got.Error)
	}
}

func TestRefreshRotates(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 2})
	shop := b.shops[0]
	if _, got := b.tokens(refreshPath, b.shops[1], "refresh_token", shop.RefreshToken); got.Error != "error_shop_refresh_token" {
		t.Errorf("another shop's refresh token: %q", got.Error)
	}
	b.clock.pass(time.Hour)
	_, pair := b.tokens(refreshPath, shop, "refresh_token", shop.RefreshToken)
	if pair.Error != "" || pair.ExpireIn != 14400 || pair.RefreshToken == shop.RefreshToken {
		t.Fatalf("the refresh gave %+v", pair)
	}
	if status, got := b.tokens(refreshPath, shop, "refresh_token", shop.RefreshToken); status != 403 || got.Error != "error_auth" {
		t.Errorf("a used refresh token: %d %q", status, got.Error)
	}
	b.clock.pass(5*time.Minute - time.Second)
	if why := b.works(shop, shop.AccessToken); why != "" {
		t.Errorf("the previous access token within five minutes: %s", why)
	}
	b.clock.pass(time.Second)
	if why := b.works(shop, shop.AccessToken); why != "invalid_acceess_token" {
		t.Errorf("the previous access token after five minutes: %q", why)
	}
	b.clock.pass(4*time.Hour - 5*time.Minute - time.Second)
	if why := b.works(shop, pair.AccessToken); why != "" {
		t.Errorf("the access token before its end: %s", why)
	}
	b.clock.pass(time.Second)
	if why := b.works(shop, pair.AccessToken); why != "invalid_acceess_token" {
		t.Errorf("the access token after its end: %q", why)
	}
	b.clock.pass(30 * 24 * time.Hour)
	if _, got := b.tokens(refreshPath, shop, "refresh_token", pair.RefreshToken); got.Error != "refresh_token_expired" {
		t.Errorf("a refresh token of thirty days: %q", got.Error)
	}
}

func TestRefreshGivesOneOfManyAPair(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 1})
	codes := make(chan string, 8)
	for range cap(codes) {
		go func() {
			_, got := b.tokens(refreshPath, b.shops[0], "refresh_token", b.shops[0].RefreshToken)
			codes <- got.Error
		}()
	}
	pairs := 0
	for range cap(codes) {
		if <-codes == "" {
			pairs++
		}
	}
	if pairs != 1 {
		t.Errorf("%d refreshes succeeded", pairs)
	}
}

func TestRestartTakesTokensOfTheServerBefore(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 1})
	shop := b.shops[0]
	_, pair := b.tokens(refreshPath, shop, "refresh_token", shop.RefreshToken)
	again := setup(t, Options{Shops: 1})
	if why := again.works(shop, shop.AccessToken); why != "" {
		t.Errorf("the first token after a restart: %s", why)
	}
	if why := again.works(shop, pair.AccessToken); why != "" {
		t.Errorf("a later token after a restart: %s", why)
	}
	if _, got := again.tokens(refreshPath, shop, "refresh_token", pair.RefreshToken); got.Error != "" {
		t.Errorf("a later refresh token after a restart: %s", got.Error)
	}
}

func TestTokenBodies(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 1})
	shop, stamp := b.shops[0], fmt.Sprint(b.clock.now().Unix())
	for _, path := range []string{tokenPath, refreshPath} {
		for _, body := range []string{
			``, `[]`, `{`, `{"partner_id":1,"shop_id":` + shop.ShopID + `}`, `{"partner_id":` + shop.AppID + `}`,
			`{"partner_id":` + shop.AppID + `,"shop_id":` + shop.ShopID + `}`, `{"partner_id":` + shop.AppID + `,"shop_id":true}`,
		} {
			target := fmt.Sprintf("%s?partner_id=%s&timestamp=%s&sign=%s", path, shop.AppID, stamp, sign(shop.AppSecret, shop.AppID+path+stamp))
			if _, got := b.do(httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))); got.Error != "error_param" {
				t.Errorf("%s with %s: %q", path, body, got.Error)
			}
		}
		target := fmt.Sprintf("%s?partner_id=%s&timestamp=%s&sign=%s", path, shop.AppID, stamp, sign(shop.AppSecret, path+stamp))
		if _, got := b.do(httptest.NewRequest(http.MethodPost, target, strings.NewReader(`{}`))); got.Error != "error_sign" {
			t.Errorf("%s wrongly signed: %q", path, got.Error)
		}
	}
}
