package tiktok

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// The first three are published; the suite checks the hash of all known base strings, this checks how they are put together.
func TestSign(t *testing.T) {
	t.Parallel()
	for _, v := range []struct{ name, secret, path, query, body, want string }{
		{
			"official", "e59af819cc", "/authorization/202309/shops", "app_key=29a39d&timestamp=1623812664", "",
			"b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8",
		},
		{
			"GET webhooks", "e59af819cc", "/event/202309/webhooks",
			"timestamp=1696909648&app_key=68xu9ks5p4i8&shop_cipher=ROW_xkMbgAAAeVAQra0eZWebFQq5aIK", "",
			"ed58e1b5e59865c22a7b828c1cab65007441f43cc91a6cb2f2cdc638e0995a37",
		},
		{
			"neither sign nor token", "app_secret", "/test-api", "foo=bar&sign=x&access_token=y", "",
			"d3cb7fe11ecae942802ceeca67e7cf10120cc12f1517d45fbc1c8cfe5413c80f",
		},
		{
			"PUT webhooks", "e59af819cc", "/event/202309/webhooks",
			"app_key=68xu9ks5p4i8&shop_cipher=ROW_xkMbgAAAeVAQra0eZWebFQq5aIK&timestamp=1696909648",
			`{"address":"https://partner.tiktokshop.com","event_type":"PACKAGE_UPDATE"}`,
			"cd0d6268252f4ba293bf7ea4c0a2873bf9beec600d22530638564ab301435f7a",
		},
		{
			"POST orders/search", "tts_secret", "/order/202309/orders/search",
			"app_key=6bexample&page_size=50&shop_cipher=ROW_exampleCipher&sort_field=update_time&sort_order=ASC&timestamp=1718086500",
			`{"create_time_ge":1718000000,"create_time_lt":1718086400,"order_status":"AWAITING_SHIPMENT"}`,
			"a2bb968d7b069bbab09b10878095284d7e1548f3ab92e1f13cbb1d1bbdb25bf2",
		},
	} {
		query, err := url.ParseQuery(v.query)
		require.NoError(t, err)
		require.Equal(t, v.want, sign(v.secret, v.path, query, []byte(v.body)), v.name)
	}
}

// The call is one whose signature is known.
func TestRequestIsSigned(t *testing.T) {
	t.Parallel()
	task := &schemas.Task{Op: OrderDetail, IDs: []string{"576461413038785752", "576461413038785753"}}
	r, err := New(platform.Settings{}).Request(task, testShop, time.Unix(1718086500, 0))
	require.NoError(t, err)
	require.Equal(t, "d96a35bcd03b2a5e7d58372c78a1844f897b38a3a8a3f122e03ab76c4561c0b4", r.Query.Get("sign"))
	require.Contains(t, r.URL(), "ids=576461413038785752%2C576461413038785753")
	require.NotContains(t, r.URL(), testShop.AccessToken.Reveal(), "the token stands in a header")
	require.Equal(t, testShop.AccessToken.Reveal(), r.Header.Get("x-tts-access-token"))
	require.Equal(t, "application/json", r.Header.Get("Content-Type"))
}

func TestRequests(t *testing.T) {
	t.Parallel()
	updated := schemas.Task{TimeField: schemas.UpdateTime}
	for _, c := range []struct {
		op, call    string // method, path and query without what all calls have
		task        schemas.Task
		body        string
		description string
	}{
		{op: OrderSearch, call: "POST /order/202309/orders/search?page_size=100&sort_field=create_time&sort_order=ASC", body: `{"create_time_ge":1000,"create_time_lt":87400}`},
		{op: OrderSearch, task: updated, call: "POST /order/202309/orders/search?page_size=100&sort_field=update_time&sort_order=ASC", body: `{"update_time_ge":1000,"update_time_lt":87400}`},
		{op: OrderSearch, task: schemas.Task{Cursor: "a/b="}, call: "POST /order/202309/orders/search?page_size=100&page_token=a/b=&sort_field=create_time&sort_order=ASC", body: `{"create_time_ge":1000,"create_time_lt":87400}`},
		{op: ProductSearch, call: "POST /product/202502/products/search?page_size=100", body: `{"status":"ALL","update_time_ge":1000,"update_time_le":87399}`},
		{op: ProductDetail, task: schemas.Task{IDs: []string{"7"}}, call: "GET /product/202309/products/7?"},
		{op: StatementList, call: "GET /finance/202309/statements?page_size=100&sort_field=statement_time&sort_order=ASC&statement_time_ge=1000&statement_time_lt=87400"},
		{op: StatementTransactions, task: schemas.Task{IDs: []string{"7"}}, call: "GET /finance/202501/statements/7/statement_transactions?page_size=100&sort_field=order_create_time&sort_order=ASC"},
		{op: WithdrawalList, call: "GET /finance/202309/withdrawals?create_time_ge=1000&create_time_lt=87400&page_size=100&types=WITHDRAW,SETTLE,TRANSFER,REVERSE"},
		{op: UnsettledList, call: "GET /finance/202507/orders/unsettled?page_size=100&sort_field=order_create_time&sort_order=ASC"},
		{op: UnsettledList, task: schemas.Task{Window: schemas.Window{From: 1750000000, To: 1750086400}}, call: "GET /finance/202507/orders/unsettled?page_size=100&search_time_lt=1750086400&sort_field=order_create_time&sort_order=ASC"},
		{op: ReturnSearch, task: updated, call: "POST /return_refund/202309/returns/search?page_size=50&sort_field=update_time&sort_order=ASC", body: `{"update_time_ge":1000,"update_time_lt":87400}`},
		{op: CancellationSearch, call: "POST /return_refund/202309/cancellations/search?page_size=50&sort_field=create_time&sort_order=ASC", body: `{"create_time_ge":1000,"create_time_lt":87400}`},
		{op: PackageSearch, call: "POST /fulfillment/202309/packages/search?page_size=50&sort_field=create_time&sort_order=ASC", body: `{"create_time_ge":1000,"create_time_lt":87400}`},
		{op: TrackingOrders, task: schemas.Task{IDs: []string{"7", "8"}}, call: "GET /order/202309/orders?ids=7,8"},
		{op: Tracking, task: schemas.Task{IDs: []string{"7", "8"}}, call: "GET /order/202309/orders?ids=7,8"},
		{op: Tracking, task: schemas.Task{IDs: []string{"7"}, Parts: []schemas.PagePart{{}}}, call: "GET /fulfillment/202309/orders/7/tracking?"},
	} {
		task := c.task
		task.Op = c.op
		if task.Window.To == 0 {
			task.Window = schemas.Window{From: 1000, To: 87400}
		}
		r, err := New(platform.Settings{}).Request(&task, testShop, time.Unix(1, 0))
		require.NoError(t, err, c.call)
		for _, common := range []string{"app_key", "timestamp", "shop_cipher", "sign"} {
			require.NotEmpty(t, r.Query.Get(common), c.call)
			r.Query.Del(common)
		}
		query, err := url.QueryUnescape(r.Query.Encode())
		require.NoError(t, err)
		require.Equal(t, c.call, r.Method+" "+r.Path+"?"+query)
		require.Equal(t, c.body, string(r.Body), c.call)
	}
}

func TestSettingsChangeCalls(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{
		PageSizes: map[string]int{OrderSearch: 20, ReturnSearch: 3, CancellationSearch: 3, WithdrawalList: 1000},
		Versions:  map[string]string{"orders/search": "202507", "statements/{statement_id}/statement_transactions": "202309"},
	})
	for op, want := range map[string]string{OrderSearch: "20", ReturnSearch: "10", CancellationSearch: "3", WithdrawalList: "100"} {
		r, err := a.Request(&schemas.Task{Op: op, Window: schemas.Window{To: 5}}, testShop, time.Unix(1, 0))
		require.NoError(t, err)
		require.Equal(t, want, r.Query.Get("page_size"), op)
	}
	for op, want := range map[string]string{
		OrderSearch: "/order/202507/orders/search", StatementTransactions: "/finance/202309/statements/9/statement_transactions",
		OrderDetail: "/order/202309/orders",
	} {
		r, err := a.Request(&schemas.Task{Op: op, IDs: []string{"9"}, Window: schemas.Window{To: 5}}, testShop, time.Unix(1, 0))
		require.NoError(t, err)
		require.Equal(t, want, r.Path)
	}
}

func TestRequestRefuses(t *testing.T) {
	t.Parallel()
	for name, task := range map[string]schemas.Task{
		"a root without a call":    {Op: Transactions},
		"another one":              {Op: Returns},
		"an id with a slash":       {Op: ProductDetail, IDs: []string{"1/../2"}},
		"an id with a comma":       {Op: OrderDetail, IDs: []string{"1,2"}},
		"an empty id":              {Op: OrderDetail, IDs: []string{""}},
		"two statements":           {Op: StatementTransactions, IDs: []string{"1", "2"}},
		"two histories":            {Op: Tracking, IDs: []string{"1", "2"}, Parts: []schemas.PagePart{{}}},
		"a statement with a carry": {Op: StatementTransactions, IDs: []string{"1"}, Carry: json.RawMessage(`7`)},
	} {
		_, err := New(platform.Settings{}).Request(&task, testShop, time.Unix(1, 0))
		var e *platform.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, platform.Permanent, e.Class, name)
		require.Equal(t, "bad_task", e.Code, name)
	}
}

func TestShopWithoutCipherWaitsForSomebody(t *testing.T) {
	t.Parallel()
	s := testShop
	s.ShopCipher = ""
	_, err := New(platform.Settings{}).Request(&schemas.Task{Op: OrderDetail, IDs: []string{"1"}}, s, time.Unix(1, 0))
	var e *platform.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, platform.Auth, e.Class)
	require.ErrorContains(t, err, "shops file")
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		task schemas.Task
		want string
	}{
		{schemas.Task{Op: Transactions}, "statement_list withdrawal_list"},
		{schemas.Task{Op: Transactions, Last: true}, "statement_list withdrawal_list unsettled_list"},
		{schemas.Task{Op: Returns, Last: true}, "return_search cancellation_search"},
		{schemas.Task{Op: OrderSearch, Window: schemas.Window{To: 1 << 40}}, ""},
		{schemas.Task{Op: StatementList, Last: true}, ""},
	} {
		var ops []string
		for _, d := range New(platform.Settings{}).Split(&c.task) {
			require.True(t, d.Continues)
			ops = append(ops, d.Op)
		}
		require.Equal(t, c.want, strings.Join(ops, " "))
	}
}

func TestListsOfAWindow(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	for _, op := range []string{OrderSearch, ProductSearch, StatementList, WithdrawalList, ReturnSearch, CancellationSearch, PackageSearch} {
		require.True(t, a.Lists(op), op)
	}
	for _, op := range []string{OrderDetail, ProductDetail, Transactions, Returns, StatementTransactions, UnsettledList, TrackingOrders, Tracking, "x"} {
		require.False(t, a.Lists(op), op)
	}
}
