package shopee

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

func testdata(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return b
}

var testShop = shop.Shop{
	Platform: schemas.Shopee, ShopID: "14701711", ChannelID: "c1", Enabled: true,
	BaseURL: "https://partner.example", AppID: "2001887", AppSecret: "test_partner_key",
	AccessToken: "59777174636562737266615546704c6d", RefreshToken: "6f4e6f6c5a586b4d704d7a4c76645269",
}

func listTask() *schemas.Task {
	return &schemas.Task{TaskID: "c#0", Op: OrderList, Window: schemas.Window{From: 1000, To: 87400}}
}

func TestRequestList(t *testing.T) {
	t.Parallel()
	task := listTask()
	task.TimeField, task.Cursor = schemas.UpdateTime, "20"
	r, err := New(platform.Settings{}).Request(task, testShop, time.Unix(1655714431, 0))
	require.NoError(t, err)
	require.Equal(t, http.MethodGet, r.Method)
	require.Equal(t, "/api/v2/order/get_order_list", r.Path)
	require.True(t, strings.HasPrefix(r.URL(), "https://partner.example/api/v2/order/get_order_list?"), "URL starts otherwise")
	for key, want := range map[string]string{
		"partner_id": "2001887", "timestamp": "1655714431", "shop_id": "14701711",
		"access_token": "59777174636562737266615546704c6d",
		"sign":         "5c58fb7b84a5b33023baae7251c566bebf62de1e7c5bbe43653803e3ecd26e9d", // from vectors.json
		"time_from":    "999", "time_to": "87400", "time_range_field": "update_time", "page_size": "100",
		"cursor": "20", "response_optional_fields": "order_status", "request_order_status_pending": "true",
	} {
		require.Equal(t, want, r.Query.Get(key), key)
	}
}

func TestRequestDetail(t *testing.T) {
	t.Parallel()
	r, err := New(platform.Settings{}).Request(&schemas.Task{Op: OrderDetail, IDs: []string{"A", "B"}}, testShop, time.Unix(1, 0))
	require.NoError(t, err)
	require.Equal(t, "/api/v2/order/get_order_detail", r.Path)
	require.Equal(t, "A,B", r.Query.Get("order_sn_list"))
	require.Equal(t, "true", r.Query.Get("request_order_status_pending"))
	require.Contains(t, strings.Split(r.Query.Get("response_optional_fields"), ","), "package_list")
}

func TestRequestRefuses(t *testing.T) {
	t.Parallel()
	for name, task := range map[string]schemas.Task{
		"unknown op":   {Op: "item_list"},
		"empty window": {Op: OrderList, Window: schemas.Window{From: 5, To: 5}},
		"no ids":       {Op: OrderDetail},
		"51 ids":       {Op: OrderDetail, IDs: make([]string, 51)},
	} {
		_, err := New(platform.Settings{}).Request(&task, testShop, time.Unix(1, 0))
		var e *platform.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, platform.Permanent, e.Class, name)
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	task := listTask()
	require.Empty(t, New(platform.Settings{}).Split(task))
	task.Window.To = task.Window.From + 40*24*3600 + 7
	parts := New(platform.Settings{}).Split(task)
	require.Len(t, parts, 3)
	from := task.Window.From
	for _, p := range parts {
		part := p.Task(task, "c#0.0.0")
		require.True(t, p.Continues)
		require.Empty(t, New(platform.Settings{}).Split(&part))
		require.Equal(t, task.Window, part.Window)
		tr, err := platform.ReadTrail(&part)
		require.NoError(t, err)
		require.Equal(t, from, tr.Part.From)
		require.LessOrEqual(t, tr.Part.To-tr.Part.From, int64(maxSpan))
		r, err := New(platform.Settings{}).Request(&part, testShop, time.Unix(1, 0))
		require.NoError(t, err)
		require.Equal(t, strconv.FormatInt(from-1, 10), r.Query.Get("time_from"))
		next, err := tr.Follow(&part, "x", false)
		require.NoError(t, err)
		later := next.Task(&part, "c#0.0.1")
		tr, err = platform.ReadTrail(&later)
		require.NoError(t, err)
		require.Equal(t, from, tr.Part.From, "a continuation reads the same part")
		from = tr.Part.To
	}
	require.Equal(t, task.Window.To, from)
}

func TestReadList(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	got, err := a.Read(listTask(), platform.Response{Status: 200, Body: testdata(t, "order_list.json")})
	require.NoError(t, err)
	want := []string{"240606KQ8VNB12", "240606KQ9C4X07", "240605HRW2ZP55"}
	require.True(t, got.Page)
	require.Equal(t, want, got.Listed)
	require.Equal(t, "20", got.Next.Cursor)
	require.Equal(t, OrderList, got.Next.Op)
	require.Equal(t, want, got.Children[0].IDs)
	require.Equal(t, OrderDetail, got.Children[0].Op)

	last, err := a.Read(listTask(), platform.Response{Status: 200, Body: testdata(t, "order_list_last_page.json")})
	require.NoError(t, err)
	require.True(t, last.Page)
	require.Nil(t, last.Next)
	require.Empty(t, last.Children)
}

func TestReadDetail(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	body := testdata(t, "order_detail.json")
	ids := []string{"240606KQ8VNB12", "240604F7MXQQ31", "240606KQ9C4X07", "240605HRW2ZP55"}
	got, err := a.Read(&schemas.Task{Op: OrderDetail, IDs: ids}, platform.Response{Status: 200, Body: body})
	require.NoError(t, err)
	require.Equal(t, ids, got.Answered)
	require.True(t, got.Page)
	require.Empty(t, got.Children)

	got, err = a.Read(&schemas.Task{Op: OrderDetail, IDs: slices.Concat(ids, []string{"X", "Y"})}, platform.Response{Status: 200, Body: body})
	require.NoError(t, err)
	require.Equal(t, ids, got.Answered)
	require.Len(t, got.Children, 2)
	require.Equal(t, []string{"X"}, got.Children[0].IDs)
	require.Equal(t, []string{"Y"}, got.Children[1].IDs)

	_, err = a.Read(&schemas.Task{Op: OrderDetail, IDs: ids[1:]}, platform.Response{Status: 200, Body: body})
	require.ErrorContains(t, err, "not_asked")

	none := []byte(`{"error":"","response":{"order_list":[]}}`)
	got, err = a.Read(&schemas.Task{Op: OrderDetail, IDs: []string{"X"}}, platform.Response{Status: 200, Body: none})
	require.NoError(t, err)
	require.Equal(t, platform.Answer{Answered: []string{}}, got, "missing alone: a gap, not asked again")
}

func TestReadNotFound(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	r := platform.Response{Status: 200, Body: testdata(t, "order_detail_error_not_found.json")}
	got, err := a.Read(&schemas.Task{Op: OrderDetail, IDs: []string{"X"}}, r)
	require.NoError(t, err)
	require.Equal(t, platform.Answer{Gone: []string{"X"}}, got)

	got, err = a.Read(&schemas.Task{Op: OrderDetail, IDs: []string{"X", "Y", "Z"}}, r)
	require.NoError(t, err)
	require.False(t, got.Page)
	require.Equal(t, []string{"X", "Y"}, got.Children[0].IDs)
	require.Equal(t, []string{"Z"}, got.Children[1].IDs)
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	var samples map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(testdata(t, "errors.json"), &samples))
	list := func(s string) string { return `{"error":"","response":` + s + `}` }
	for _, c := range []struct {
		name, body string
		status     int
		class      platform.Class
		code       string
	}{
		{"wrong signature", string(samples["sign"]), 403, platform.Auth, "error_sign"},
		{"expired token", string(samples["auth"]), 403, platform.Auth, "error_auth"},
		{"expired token, other spelling", string(samples["auth_variant"]), 200, platform.Auth, "invalid_acceess_token"},
		{"clock off", string(samples["timestamp"]), 200, platform.Transient, "timestamp_expired"},
		{"rate", string(samples["rate"]), 429, platform.Rate, "error_rate_limit"},
		{"rate with status 200", string(samples["rate"]), 200, platform.Rate, "error_rate_limit"},
		{"quota with status 429", string(samples["quota"]), 429, platform.Quota, "error_limit"},
		{"busy", string(samples["busy"]), 200, platform.Transient, "error_system_busy"},
		{"server", string(samples["server"]), 200, platform.Transient, "error_server"},
		{"window", string(samples["window"]), 200, platform.Permanent, "order.order_list_invalid_time"},
		{"unknown code", `{"error":"error_new"}`, 200, platform.Transient, "error_new"},
		{"overridden code", `{"error":"error_special"}`, 200, platform.Permanent, "error_special"},
		{"unknown code, 429", `{"error":"slow_down"}`, 429, platform.Rate, "slow_down"},
		{"html", "<html>oops</html>", 200, platform.Transient, "not_json"},
		{"html 502", "<html>bad gateway</html>", 502, platform.Transient, "http_502"},
		{"html 429", "<html>", 429, platform.Rate, "http_429"},
		{"html 403", "<html>", 403, platform.Auth, "http_403"},
		{"empty body", "", 200, platform.Transient, "not_json"},
		{"cut JSON", `{"error":"","response":{"more":true,"next_c`, 200, platform.Transient, "not_json"},
		{"503 with a success body", list(`{"more":false,"order_list":[]}`), 503, platform.Transient, "http_503"},
		{"no response", `{"error":""}`, 200, platform.Transient, "no_response"},
		{"null response", list("null"), 200, platform.Transient, "no_response"},
		{"no more", list(`{"order_list":[]}`), 200, platform.Transient, "bad_shape"},
		{"no list", list(`{"more":false}`), 200, platform.Transient, "bad_shape"},
		{"row without id", list(`{"more":false,"order_list":[{}]}`), 200, platform.Transient, "bad_shape"},
		{"more without cursor", list(`{"more":true,"next_cursor":"","order_list":[]}`), 200, platform.Transient, "cursor_missing"},
		{"same cursor", list(`{"more":true,"next_cursor":"c1","order_list":[]}`), 200, platform.Transient, "cursor_loop"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			task := listTask()
			task.Cursor = "c1"
			_, err := New(platform.Settings{Errors: map[string]platform.Class{"error_special": platform.Permanent}}).
				Read(task, platform.Response{Status: c.status, Body: []byte(c.body), Header: http.Header{}})
			var e *platform.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, c.class, e.Class)
			require.Equal(t, c.code, e.Code)
		})
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	date := "Tue, 02 Jan 2024 15:30:00 GMT" // 23:30 in UTC+8
	for _, c := range []struct {
		name, code string
		header     http.Header
		want       time.Duration
	}{
		{"seconds", "error_rate_limit", http.Header{"Retry-After": {"7"}}, 7 * time.Second},
		{"date", "error_rate_limit", http.Header{"Date": {date}, "Retry-After": {"Tue, 02 Jan 2024 15:30:09 GMT"}}, 9 * time.Second},
		{"none", "error_rate_limit", http.Header{"Date": {date}}, 0},
		{"quota until midnight", "error_limit", http.Header{"Date": {date}}, 30 * time.Minute},
		{"quota, no date", "error_limit", http.Header{}, time.Hour},
		{"absurd", "error_rate_limit", http.Header{"Retry-After": {"99999999"}}, time.Hour},
	} {
		_, err := New(platform.Settings{}).Read(listTask(), platform.Response{Status: 429, Header: c.header, Body: []byte(`{"error":"` + c.code + `"}`)})
		var e *platform.Error
		require.ErrorAs(t, err, &e, c.name)
		require.Equal(t, c.want, e.RetryAfter, c.name)
	}
}
