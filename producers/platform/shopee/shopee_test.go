package shopee

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

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
