package lazada

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// Signatures that others published come first: they alone prove anything. The suite checks the same over ready-made texts.
func TestSignParameters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ secret, path, query, want string }{
		{
			"helloworld", "/order/get", "order_id=1234&timestamp=1517820392000&sign_method=sha256&app_key=123456&access_token=test",
			"4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A",
		},
		{
			"test-secret", "/order/cancel", "timestamp=1700000000000&sign_method=sha256&app_key=123456&access_token=test-token",
			"91375F42B474CECEE7172759B6400E74F10FBB6E9E9E145EA2A27DFA17556B18",
		},
		{
			"secret", "/test/api", "foo=1&bar=2&foo_bar=3&foobar=4&empty=&sign=left-out",
			"C9E42CE09BA9FE95ECCB17111AA4E3F41D1C82F000435219C75936A427D9C945",
		},
		{
			"helloworld", "/orders/get", "access_token=test&app_key=123456&created_after=2018-02-10T16:00:00%2B08:00&limit=100&offset=0" +
				"&sign_method=sha256&sort_by=updated_at&sort_direction=ASC&timestamp=1517820392000",
			"474BFC9C369F9E8EA6170A98787E30E04523EE38628CFB6E9851C2C343B70EBD",
		},
	} {
		query, err := url.ParseQuery(c.query)
		require.NoError(t, err)
		require.Equal(t, c.want, sign(c.secret, c.path, query), c.path)
	}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	updated := task(OrderList)
	updated.TimeField, updated.Cursor = schemas.UpdateTime, "1717300000/99"
	changed := task(ReverseList)
	changed.TimeField, changed.Cursor = schemas.UpdateTime, "3"
	later := carrying(task(TransactionList), seenPath, `{"skip":5,"seen":{}}`)
	later.Cursor = "495"
	products := task(ProductList)
	products.Cursor = "49"
	for _, c := range []struct {
		name string
		task schemas.Task
		path string
		want string
	}{
		{
			"orders", task(OrderList), "/orders/get",
			"created_after=2024-05-31T23:59:59+00:00 created_before=2024-06-08T00:00:00+00:00 limit=100 offset=0 sort_by=created_at sort_direction=ASC",
		},
		{
			"orders by update time, later", updated, "/orders/get",
			"limit=100 offset=99 sort_by=updated_at sort_direction=ASC update_after=2024-06-02T03:46:40+00:00 update_before=2024-06-08T00:00:00+00:00",
		},
		{"items", task(OrderDetail, "1", "90071992547409931234"), "/orders/items/get", "order_ids=[1,90071992547409931234]"},
		{"items for tracking", task(Tracking, "1", "2"), "/orders/items/get", "order_ids=[1,2]"},
		{"history", carrying(task(Tracking, "1"), itemsPath, `{}`), "/logistic/order/trace", "order_id=1"},
		{
			"products", products, "/products/get",
			"filter=all limit=50 offset=49 options=1 update_after=2024-05-31T23:59:59+00:00 update_before=2024-06-08T00:00:00+00:00",
		},
		{
			"transactions", task(TransactionList), "/finance/transaction/details/get",
			"end_time=2024-06-08 limit=500 offset=0 start_time=2024-06-01 trans_type=-1",
		},
		{
			"transactions, later", later, "/finance/transaction/details/get",
			"end_time=2024-06-08 limit=500 offset=495 start_time=2024-06-01 trans_type=-1",
		},
		{"payouts", task(PayoutList), "/finance/payout/status/get", "created_after=2024-05-31"},
		{
			"returns", task(ReverseList), "/reverse/getreverseordersforseller",
			"ReverseOrderLineTimeRangeEnd=1717804800000 ReverseOrderLineTimeRangeStart=1717199999000 page_no=1 page_size=100",
		},
		{
			"returns by update time, later", changed, "/reverse/getreverseordersforseller",
			"ReverseOrderLineModifiedTimeRangeEnd=1717804800000 ReverseOrderLineModifiedTimeRangeStart=1717199999000 page_no=4 page_size=97",
		},
	} {
		r, err := New(platform.Settings{}).Request(&c.task, testShop, testNow)
		require.NoError(t, err, c.name)
		require.Equal(t, http.MethodGet, r.Method)
		require.Equal(t, c.path, r.Path, c.name)
		require.True(t, strings.HasPrefix(r.URL(), "https://site.example/rest"+c.path+"?"), c.name)
		require.NotContains(t, r.URL(), "+", "a plus sign would be read as a space")
		require.Equal(t, sign("helloworld", c.path, r.Query), r.Query.Get("sign"), c.name)
		for name, want := range map[string]string{
			"app_key": "123456", "timestamp": "1717900000000", "sign_method": "sha256", "access_token": "test-access-token",
		} {
			require.Equal(t, want, r.Query.Get(name), "%s: %s", c.name, name)
			r.Query.Del(name)
		}
		r.Query.Del("sign")
		text, err := url.QueryUnescape(strings.ReplaceAll(r.Query.Encode(), "&", " "))
		require.NoError(t, err)
		require.Equal(t, c.want, text, c.name)
	}
}

func TestBadTasks(t *testing.T) {
	t.Parallel()
	with := func(op, cursor string) schemas.Task {
		bad := task(op)
		bad.Cursor = cursor
		return bad
	}
	for name, bad := range map[string]schemas.Task{
		"id that is none":          task(OrderDetail, "1", "2]&x="),
		"empty id":                 task(TrackingItems, ""),
		"history of two orders":    carrying(task(Tracking, "1", "2"), itemsPath, `{}`),
		"history of no order":      carrying(task(Tracking), itemsPath, `{}`),
		"history of a bad id":      carrying(task(Tracking, "x"), itemsPath, `{}`),
		"offset that is none":      with(ProductList, "x"),
		"negative offset":          with(TransactionList, "-1"),
		"page number that is none": with(ReverseList, "x"),
		"page number too large":    with(ReverseList, "100"),
	} {
		_, err := New(platform.Settings{}).Request(&bad, testShop, testNow)
		require.ErrorContains(t, err, "permanent: bad_task", name)
	}
	_, err := New(platform.Settings{}).Request(&schemas.Task{Op: Transactions}, testShop, testNow)
	require.ErrorContains(t, err, "permanent: unknown_op")
}

func TestPageSizes(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{PageSizes: map[string]int{OrderList: 20, ReverseList: 7, TransactionList: 900}})
	for op, want := range map[string]struct{ name, value string }{
		OrderList: {"limit", "20"}, ReverseList: {"page_size", "7"}, TransactionList: {"limit", "500"}, ProductList: {"limit", "50"},
	} {
		list := task(op)
		r, err := a.Request(&list, testShop, testNow)
		require.NoError(t, err)
		require.Equal(t, want.value, r.Query.Get(want.name), op)
	}
}

func TestRoots(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	require.Equal(t, schemas.Lazada, a.Platform())
	for kind, want := range map[string]string{
		schemas.Orders: OrderList, schemas.Products: ProductList, schemas.Transactions: Transactions, schemas.Returns: ReverseList,
		schemas.Tracking: TrackingOrderList,
	} {
		got, ok := a.Root(kind)
		require.True(t, ok)
		require.Equal(t, want, got)
	}
	_, ok := a.Root("reviews")
	require.False(t, ok)
}

// What the samples say of errors, under any HTTP status.
func TestSampleErrors(t *testing.T) {
	t.Parallel()
	var samples map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(sample("errors"), &samples))
	want := map[string]platform.Class{
		"token": platform.Auth, "refresh": platform.Auth, "sign": platform.Auth, "missing": platform.Permanent,
		"rate": platform.Rate, "seller_rate": platform.Rate, "app_rate": platform.Rate, "qps_901": platform.Rate,
		"internal": platform.Transient, "remote": platform.Transient, "bad_offset": platform.Permanent,
		"bad_limit": platform.Permanent, "order_ids": platform.Permanent, "finance_window": platform.Permanent,
	}
	require.Len(t, samples, len(want))
	list := task(OrderList)
	for name, body := range samples {
		for _, status := range []int{200, 400, 429, 500} {
			_, err := New(platform.Settings{}).Read(&list, platform.Response{Status: status, Header: http.Header{}, Body: body})
			var e *platform.Error
			require.ErrorAs(t, err, &e, name)
			require.Equal(t, want[name], e.Class, "%s with status %d", name, status)
		}
	}
}

func TestBans(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		header     http.Header
		want       time.Duration
	}{
		{"said", `{"code":"ApiCallLimit","message":"Api access frequency exceeds the limit. this ban will last 3 seconds"}`, nil, 3 * time.Second},
		{"said by another limit", `{"code":"SellerCallLimit","message":"This ban will last 1 second."}`, nil, time.Second},
		{"not said", `{"code":"AppCallLimit","message":"App call limit reached"}`, nil, 0},
		{"by header", `{"code":901,"message":"QPS"}`, http.Header{"Retry-After": {"7"}}, 7 * time.Second},
		{"both", `{"code":"ApiCallLimit","message":"this ban will last 9 seconds"}`, http.Header{"Retry-After": {"7"}}, 9 * time.Second},
		{"absurd", `{"code":"ApiCallLimit","message":"this ban will last 99999999 seconds"}`, nil, time.Hour},
		{"beyond numbers", `{"code":"ApiCallLimit","message":"this ban will last 99999999999999999999 seconds"}`, nil, 0},
		{"no limit", `{"code":"1000","message":"this ban will last 9 seconds"}`, nil, 0},
	} {
		list := task(OrderList)
		_, err := New(platform.Settings{}).Read(&list, platform.Response{Status: 200, Header: c.header, Body: []byte(c.body)})
		var e *platform.Error
		require.ErrorAs(t, err, &e, c.name)
		require.Equal(t, c.want, e.RetryAfter, c.name)
	}
}

// A result that failed may be asked for again, unless the platform says that this is no use.
func TestFailedResults(t *testing.T) {
	t.Parallel()
	traced := carrying(task(Tracking, "1"), itemsPath, `{}`)
	for _, c := range []struct {
		body string
		own  map[string]platform.Class
		want platform.Class
	}{
		{`{"success":false}`, nil, platform.Transient},
		{`{"success":false,"retry":true}`, nil, platform.Transient},
		{`{"success":false,"retry":false,"error_code":{"displayMessage":"no such order"}}`, nil, platform.Permanent},
		{`{"success":false,"retry":false}`, map[string]platform.Class{codeResult: platform.Transient}, platform.Transient},
	} {
		_, err := New(platform.Settings{Errors: c.own}).
			Read(&traced, platform.Response{Status: 200, Body: []byte(`{"code":"0","result":` + c.body + `}`)})
		var e *platform.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, c.want, e.Class, c.body)
		require.Equal(t, codeResult, e.Code)
	}
}

func TestTokenLifetimes(t *testing.T) {
	t.Parallel()
	read := func(body string) platform.Tokens {
		got, err := New(platform.Settings{}).ReadTokens(platform.Response{Status: 200, Body: []byte(body)}, testNow)
		require.NoError(t, err)
		return got
	}
	got := read(`{"code":"0","access_token":"a","refresh_token":"r","expires_in":"60","refresh_expires_in":0}`)
	require.Equal(t, testNow.Add(time.Minute), got.AccessUntil)
	require.Equal(t, testNow, got.RefreshUntil, "the seller must authorise again")
	got = read(`{"code":0,"access_token":"a"}`)
	require.Zero(t, got.AccessUntil)
	require.Zero(t, got.RefreshUntil)
	require.Zero(t, got.Refresh.Reveal())
	got = read(`{"code":0,"access_token":"a","expires_in":99999999999999999999}`)
	require.True(t, got.AccessUntil.After(testNow))

	late := platform.Response{Status: 503, Body: []byte(`{"code":"0","access_token":"a","refresh_token":"r"}`)}
	got, err := New(platform.Settings{}).ReadTokens(late, testNow)
	require.NoError(t, err, "new tokens are not thrown away")
	require.Equal(t, "r", got.Refresh.Reveal())
	late.Body = []byte(`{"code":"0"}`)
	_, err = New(platform.Settings{}).ReadTokens(late, testNow)
	require.ErrorContains(t, err, "http_503")
}

func TestTimes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		`"2021-07-29 11:02:19 +0700"`: 1627531339, `"2021-07-29T12:02:19+08:00"`: 1627531339,
		`"2021-07-29T04:02:19Z"`: 1627531339, `"2021-07-29T12:02:19+0800"`: 1627531339,
	} {
		got, ok := second([]byte(text))
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{`"2021-07-29 11:02:19"`, `""`, `1627531339`, `null`, ``} {
		_, ok := second([]byte(text))
		require.False(t, ok, text)
	}
}

// TestSellersOfTokens reads the list of sites under both of its documented names.
func TestSellersOfTokens(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]string{
		string(sample("token_refresh")): {"1001", "1002"},
		string(sample("token_create")):  {"1001", "1002"},
		`{"code":"0","access_token":"a","country_user_info":[{"country":"th","seller_id":1001},{"seller_id":"1002"},{}]}`: {"1001", "1002"},
		`{"code":"0","access_token":"a","country_user_info":7}`:                                                           nil,
		`{"code":"0","access_token":"a"}`:                                                                                 nil,
	} {
		got, err := New(platform.Settings{}).ReadTokens(platform.Response{Status: 200, Body: []byte(body)}, testNow)
		require.NoError(t, err)
		require.Equal(t, want, got.Shops, body)
	}
}
