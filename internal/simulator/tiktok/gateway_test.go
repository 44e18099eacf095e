package tiktok_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

type shopOf = world.Shop

const (
	tokenGet     = "/api/v2/token/get"
	tokenRefresh = "/api/v2/token/refresh"
)

// plain makes a call that is not signed.
func (c *client) plain(path string, query params) answer {
	c.Helper()
	q := url.Values{}
	for key, value := range query {
		q.Set(key, value)
	}
	return c.do(httptest.NewRequest(http.MethodGet, path+"?"+q.Encode(), nil))
}

func refreshParams(shop world.Shop) params {
	return params{"app_key": shop.AppID, "app_secret": shop.AppSecret, "grant_type": "refresh_token", "refresh_token": shop.RefreshToken}
}

// refreshed are the next tokens.
func (c *client) refreshed(shop world.Shop) object {
	c.Helper()
	a := c.plain(tokenRefresh, refreshParams(shop))
	if a.Code != 0 {
		c.Fatalf("refresh: %s", a.Raw)
	}
	return decode(c, a.Data)
}

func TestGatewayRefuses(t *testing.T) {
	t.Parallel()
	c := setup(t, simulator.Options{Shops: 2, Days: 3, OrdersPerDay: 20, TokenTTL: time.Hour})
	shop, other := c.shops[0], c.shops[1]
	strange := shop
	strange.AppSecret = "another"
	mixed := shop
	mixed.AccessToken = other.AccessToken
	nobody := shop
	nobody.AccessToken = "nobody"
	none := shop
	none.AccessToken = ""
	stamp := func(age int64) params { return params{"timestamp": strconv.FormatInt(c.clock.now().Unix()-age, 10)} }
	tests := map[string]struct {
		shop   world.Shop
		query  params
		method string
		status int
		code   int64
		word   string
	}{
		"no app_key":          {query: params{"app_key": "-"}, status: 400, code: 36009004, word: "app_key"},
		"a wrong app_key":     {query: params{"app_key": "6x"}, status: 400, code: 36009004, word: "app_key"},
		"no timestamp":        {query: params{"timestamp": "-"}, status: 400, code: 36009004, word: "timestamp"},
		"a word as timestamp": {query: params{"timestamp": "now"}, status: 400, code: 36009004, word: "timestamp"},
		"an old timestamp":    {query: stamp(301), status: 400, code: 36009004, word: "timestamp"},
		"a timestamp to come": {query: stamp(-31), status: 400, code: 36009004, word: "timestamp"},
		"the oldest stamp":    {query: stamp(300), status: 200},
		"the newest stamp":    {query: stamp(-30), status: 200},
		"no sign":             {query: params{"sign": "-"}, status: 400, code: 36009004, word: "sign"},
		"a wrong sign":        {query: params{"sign": "abc"}, status: 401, code: 106001},
		"a wrong secret":      {shop: strange, status: 401, code: 106001},
		"no shop_cipher":      {query: params{"shop_cipher": "-"}, status: 400, code: 106013},
		"a wrong shop_cipher": {query: params{"shop_cipher": "ROW_x"}, status: 400, code: 36009004, word: "shop_cipher"},
		"another's token":     {shop: mixed, status: 401, code: 101000},
		"an unknown token":    {shop: nobody, status: 400, code: 36009004, word: "x-tts-access-token"},
		"no token":            {shop: none, status: 400, code: 36009004, word: "x-tts-access-token"},
		"another method":      {method: http.MethodPut, status: 405, code: 36009010},
	}
	for name, tt := range tests {
		if tt.shop.AppID == "" {
			tt.shop = shop
		}
		if tt.method == "" {
			tt.method = http.MethodGet
		}
		query := params{"ids": "1"}
		for key, value := range tt.query {
			query[key] = value
		}
		a := c.do(c.request(tt.method, ordersByID, tt.shop, query, ""))
		if a.Status != tt.status || a.Code != tt.code || !strings.Contains(a.Message, tt.word) || a.RequestID == "" {
			t.Errorf("%s: %d %s", name, a.Status, a.Raw)
		}
	}
	c.clock.pass(time.Hour)
	if a := c.do(c.request(http.MethodGet, ordersByID, shop, params{"ids": "1"}, "")); a.Status != 401 || a.Code != 105002 {
		t.Errorf("an old token: %d %s", a.Status, a.Raw)
	}
}

func TestParametersAreRefused(t *testing.T) {
	t.Parallel()
	c := setup(t, simulator.Options{Shops: 1, Days: 3, OrdersPerDay: 40})
	ids := strings.Repeat("1,", 50) + "1"
	for _, tt := range []struct {
		method, path string
		query        params
		body, word   string
	}{
		{"POST", orderSearch, nil, "", "page_size"},
		{"POST", orderSearch, params{"page_size": "0"}, "", "page_size"},
		{"POST", orderSearch, params{"page_size": "101"}, "", "page_size"},
		{"POST", orderSearch, params{"page_size": "9", "sort_field": "id"}, "", "sort_field"},
		{"POST", orderSearch, params{"page_size": "9", "sort_order": "asc"}, "", "sort_order"},
		{"POST", orderSearch, params{"page_size": "9", "page_token": "bm8"}, "", "page_token"},
		{"POST", orderSearch, params{"page_size": "9"}, `{"create_time_ge":2,"create_time_lt":1}`, "create_time"},
		{"POST", orderSearch, params{"page_size": "9"}, `{"create_time_ge":"2"}`, "create_time_ge"},
		{"POST", orderSearch, params{"page_size": "9"}, `{"order_status":"SENT"}`, "order_status"},
		{"POST", orderSearch, params{"page_size": "9"}, `{`, "JSON"},
		{"GET", ordersByID, nil, "", "ids"},
		{"GET", ordersByID, params{"ids": ids}, "", "ids"},
		{"GET", ordersByID, params{"ids": "1,x"}, "", "ids"},
		{"POST", productSearch, params{"page_size": "101"}, "", "page_size"},
		{"POST", productSearch, params{"page_size": "9"}, `{"status":"LIVE"}`, "status"},
		{"GET", "/product/202309/products/7", nil, "", "product"},
		{"GET", statements, nil, "", "sort_field"},
		{"GET", statements, params{"sort_field": "statement_time", "page_size": "101"}, "", "page_size"},
		{"GET", statements, params{"sort_field": "statement_time", "statement_time_ge": "x"}, "", "statement_time"},
		{"GET", "/finance/202501/statements/1/statement_transactions", params{"sort_field": "order_create_time"}, "", "statement"},
		{"GET", withdrawals, nil, "", "types"},
		{"GET", withdrawals, params{"types": "PAYOUT"}, "", "types"},
		{"POST", returnSearch, params{"page_size": "9"}, "", "page_size"},
		{"POST", returnSearch, params{"page_size": "51"}, "", "page_size"},
		{"POST", cancelSearch, params{"page_size": "51"}, "", "page_size"},
		{"POST", packageSearch, params{"page_size": "51"}, "", "page_size"},
		{"POST", packageSearch, nil, "", "page_size"},
		{"GET", "/fulfillment/202309/orders/1/tracking", nil, "", "order"},
	} {
		a := c.do(c.request(tt.method, tt.path, c.shops[0], tt.query, tt.body))
		if a.Status != http.StatusBadRequest || a.Code == 0 || !strings.Contains(a.Message, tt.word) {
			t.Errorf("%s %v %s: %d %s", tt.path, tt.query, tt.body, a.Status, a.Raw)
		}
		if module := strings.HasPrefix(tt.path, "/return_refund/"); module != (a.Code == 25001001) {
			t.Errorf("%s has the code %d", tt.path, a.Code)
		}
	}
	r := c.request(http.MethodPost, orderSearch, c.shops[0], params{"page_size": "9"}, "{}")
	r.Header.Set("Content-Type", "text/plain")
	if a := c.do(r); a.Status != 400 || a.Code != 36009021 {
		t.Errorf("plain text: %s", a.Raw)
	}
}

// A token of a list is good for that list alone, with any page size.
func TestPageTokensBelongToTheirList(t *testing.T) {
	t.Parallel()
	c := setup(t, simulator.Options{Shops: 2, Days: 3, OrdersPerDay: 40})
	body := `{"create_time_ge":1,"order_status":"COMPLETED"}`
	body = strings.Replace(body, "COMPLETED", "CANCELLED", 1)
	query := params{"page_size": "1", "sort_order": "ASC"}
	next := text(c.get(http.MethodPost, orderSearch, c.shops[0], query, body), "next_page_token")
	if next == "" {
		t.Fatal("a list of one page")
	}
	with := func(shop world.Shop, more params, body string) answer {
		all := params{"page_size": "1", "sort_order": "ASC", "page_token": next}
		for key, value := range more {
			all[key] = value
		}
		return c.do(c.request(http.MethodPost, orderSearch, shop, all, body))
	}
	if a := with(c.shops[0], params{"page_size": "7"}, `{"order_status":"CANCELLED", "create_time_ge":1}`); a.Code != 0 {
		t.Errorf("its own list: %s", a.Raw)
	}
	for name, a := range map[string]answer{
		"another shop":   with(c.shops[1], nil, body),
		"another filter": with(c.shops[0], nil, `{"create_time_ge":1}`),
		"another window": with(c.shops[0], nil, `{"create_time_ge":2,"order_status":"CANCELLED"}`),
		"another order":  with(c.shops[0], params{"sort_order": "DESC"}, body),
		"another field":  with(c.shops[0], params{"sort_field": "update_time"}, body),
		"another token":  with(c.shops[0], params{"page_token": next[:len(next)-2] + "AA"}, body),
	} {
		if a.Status != http.StatusBadRequest || a.Code != 36009004 || !strings.Contains(a.Message, "page_token") {
			t.Errorf("%s: %d %s", name, a.Status, a.Raw)
		}
	}
}

func TestTokensAreGivenOut(t *testing.T) {
	t.Parallel()
	c := setup(t, simulator.Options{Shops: 2, Days: 3, OrdersPerDay: 20, TokenTTL: time.Hour})
	shop := c.shops[1]
	now := c.clock.now().Unix()
	next := c.refreshed(shop)
	if number(next, "access_token_expire_in") != now+3600 || number(next, "refresh_token_expire_in") <= now+90*86400 {
		t.Errorf("the tokens end at %v and %v", next["access_token_expire_in"], next["refresh_token_expire_in"])
	}
	if a := c.plain(tokenRefresh, refreshParams(shop)); a.Code != 36004004 || a.Status != 400 {
		t.Errorf("a used refresh token: %s", a.Raw)
	}
	w := httptest.NewRecorder()
	c.srv.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/_sim/code?platform=tiktok&shop_id="+shop.ShopID, nil))
	code := text(decode(t, w.Body.Bytes()), "code")
	ask := params{"app_key": shop.AppID, "app_secret": shop.AppSecret, "grant_type": "authorized_code", "auth_code": code}
	for name, change := range map[string]params{
		"app_key": {"app_key": "6"}, "app_secret": {"app_secret": "x"}, "grant_type": {"grant_type": "code"}, "auth code": {"auth_code": "x"},
	} {
		wrong := params{}
		for key, value := range ask {
			wrong[key] = value
		}
		for key, value := range change {
			wrong[key] = value
		}
		if a := c.plain(tokenGet, wrong); a.Status != 400 || !strings.Contains(a.Message, name) {
			t.Errorf("a wrong %s: %d %s", name, a.Status, a.Raw)
		}
	}
	a := c.plain(tokenGet, ask)
	if a.Code != 0 {
		t.Fatalf("%s", a.Raw)
	}
	shop.AccessToken = text(decode(t, a.Data), "access_token")
	if again := c.plain(tokenGet, ask); again.Code != 36004004 {
		t.Errorf("a used code: %s", again.Raw)
	}
	shops := rowsOf(c.get(http.MethodGet, "/authorization/202309/shops", shop, params{"shop_cipher": "-"}, ""), "shops")
	if len(shops) != 1 || text(shops[0], "id") != shop.ShopID || text(shops[0], "cipher") != shop.ShopCipher || text(shops[0], "region") != "SG" {
		t.Errorf("shops %v", shops)
	}
}

func TestFaultsOfLists(t *testing.T) {
	t.Parallel()
	c := setup(t, simulator.Options{Shops: 1, Days: 3, OrdersPerDay: 40})
	fault := func(name string) {
		w := httptest.NewRecorder()
		body := fmt.Sprintf(`{"fault":%q,"count":1,"shop_id":%q}`, name, c.shops[0].ShopID)
		c.srv.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/_sim/faults", strings.NewReader(body)))
		if w.Code != http.StatusOK {
			t.Fatalf("%s", w.Body)
		}
	}
	query := params{"page_size": "5", "sort_order": "ASC"}
	first := c.get(http.MethodPost, orderSearch, c.shops[0], query, "")
	fault("empty_more")
	empty := c.get(http.MethodPost, orderSearch, c.shops[0], query, "")
	next := text(empty, "next_page_token")
	if len(rowsOf(empty, "orders")) != 0 || next == "" {
		t.Errorf("empty_more: %v", empty)
	}
	query["page_token"] = next
	if again := c.get(http.MethodPost, orderSearch, c.shops[0], query, ""); fmt.Sprint(again["orders"]) != fmt.Sprint(first["orders"]) {
		t.Error("the list does not go on where the empty page began")
	}
	query["page_token"] = text(first, "next_page_token")
	second := rowsOf(c.get(http.MethodPost, orderSearch, c.shops[0], query, ""), "orders")
	fault("duplicate_rows")
	twice := rowsOf(c.get(http.MethodPost, orderSearch, c.shops[0], query, ""), "orders")
	if len(twice) != 5 || twice[0]["id"] != rowsOf(first, "orders")[4]["id"] || twice[1]["id"] != second[0]["id"] {
		t.Errorf("duplicate_rows: %d rows", len(twice))
	}
	fault("same_cursor")
	if stuck := c.get(http.MethodPost, orderSearch, c.shops[0], query, ""); text(stuck, "next_page_token") != query["page_token"] {
		t.Errorf("same_cursor: %v", stuck["next_page_token"])
	}
	fault("missing_ids")
	ids := params{"ids": text(second[0], "id") + "," + text(second[1], "id")}
	if got := rowsOf(c.get(http.MethodGet, ordersByID, c.shops[0], ids, ""), "orders"); len(got) != 1 {
		t.Errorf("missing_ids: %d orders", len(got))
	}
	for name, want := range map[string]answer{
		"429": {Status: 429, Code: 36009002}, "error_body": {Status: 200, Code: 36009003}, "auth": {Status: 401, Code: 105002},
	} {
		fault(name)
		if a := c.do(c.request(http.MethodPost, orderSearch, c.shops[0], query, "")); a.Status != want.Status || a.Code != want.Code {
			t.Errorf("%s: %d %s", name, a.Status, a.Raw)
		}
	}
}

// The same request at the same moment has the same answer, in every process.
func TestAnswersDependOnTheSeedAlone(t *testing.T) {
	t.Parallel()
	var answers [2]string
	for i := range answers {
		c := setup(t, simulator.Options{Shops: 1, Days: 3, OrdersPerDay: 40})
		a := c.do(c.request(http.MethodPost, orderSearch, c.shops[0], params{"page_size": "50"}, ""))
		answers[i] = string(a.Raw)
	}
	if answers[0] != answers[1] {
		t.Error("two worlds of one seed differ")
	}
}
