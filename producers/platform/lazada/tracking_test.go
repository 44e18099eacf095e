package lazada

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// threeOrders plays the platform with three orders: the first is at home, the second on its way, the third has a parcel in a
// state that is new.
func threeOrders(t *testing.T, r platform.Request) []byte {
	t.Helper()
	switch r.Path {
	case ordersPath:
		return []byte(`{"code":"0","data":{"count":3,"countTotal":3,"orders":[{"order_id":1, "a":1.10},{"order_id":"2","b":null},{"order_id":3}]}}`)
	case itemsPath:
		return []byte(`{"code":"0","data":[{"order_id":1,"order_items":[{"status":"ready_to_ship","tracking_code":"X1"},{"status":"canceled"}]},
			{"order_id":"2","order_items":[{"status":"pending"},{"status":"shipped","tracking_code":"X2"}]},
			{"order_id":3,"order_items":[{"status":"at_the_moon","tracking_code":"X3"}]}]}`)
	case tracePath:
		return []byte(`{"code":"0","result":{"success":true,"module":[]}}`)
	}
	require.Fail(t, "unknown path", r.Path)
	return nil
}

// shown writes a page as its ids and its parts.
func shown(pages []schemas.Task, op string) []string {
	var all []string
	for _, page := range pages {
		if page.Op != op {
			continue
		}
		text := strings.Join(page.IDs, ",") + " ready=" + strconv.FormatBool(page.Ready)
		for _, p := range page.Parts {
			text += " " + p.Path + " " + strings.Join(strings.Fields(string(p.Body)), "")
		}
		all = append(all, text)
	}
	return all
}

func TestTrackingPages(t *testing.T) {
	t.Parallel()
	serve := func(r platform.Request) []byte { return threeOrders(t, r) }
	root := task(TrackingOrderList)
	packages, err := run(t, New(platform.Settings{}), root, serve)
	require.NoError(t, err)
	require.Equal(t, map[string]int{TrackingOrderList: 1, Tracking: 1}, packages.calls)
	items := strings.Join(strings.Fields(string(threeOrders(t, platform.Request{Path: itemsPath}))), "")
	require.Equal(t, []string{
		`1,2,3 ready=false /orders/get {"data":{"orders":[{"order_id":1,"a":1.10},{"order_id":"2","b":null},{"order_id":3}]}} /orders/items/get ` + items,
	}, shown(packages.pages, Tracking))

	history, err := run(t, New(platform.Settings{History: true}), root, serve)
	require.NoError(t, err)
	require.Equal(t, map[string]int{TrackingOrderList: 1, TrackingItems: 1, Tracking: 2}, history.calls)
	require.Empty(t, shown(history.pages, TrackingItems), "a page without documents is not kept")
	trace := ` /logistic/order/trace {"code":"0","result":{"success":true,"module":[]}}`
	require.ElementsMatch(t, []string{
		`1 ready=true /orders/get {"data":{"orders":[{"order_id":1,"a":1.10}]}} ` +
			`/orders/items/get {"data":[{"order_id":1,"order_items":[{"status":"ready_to_ship","tracking_code":"X1"},{"status":"canceled"}]}]}`,
		`2 ready=false /orders/get {"data":{"orders":[{"order_id":"2","b":null}]}} ` +
			`/orders/items/get {"data":[{"order_id":"2","order_items":[{"status":"pending"},{"status":"shipped","tracking_code":"X2"}]}]}` + trace,
		`3 ready=false /orders/get {"data":{"orders":[{"order_id":3}]}} ` +
			`/orders/items/get {"data":[{"order_id":3,"order_items":[{"status":"at_the_moon","tracking_code":"X3"}]}]}` + trace,
	}, shown(history.pages, Tracking))
}

func TestOnItsWay(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]bool{
		"unpaid": false, "pending": false, "packed": false, "ready_to_ship_pending": false, "ready_to_ship": false, "canceled": false,
		"shipped": true, "delivered": true, "confirmed": true, "returned": true, "failed": true, "failed_delivery": true,
		"shipped_back": true, "shipped_back_success": true, "shipped_back_failed": true, "lost_by_3pl": true,
		"damaged_by_3pl": true, "package_scrapped": true, "": false, "new_word": false,
	} {
		require.Equal(t, want, onItsWay(row{text: []byte(`{"order_items":[{"status":"` + status + `","tracking_code":""}]}`)}), status)
	}
	for _, items := range []string{`[]`, `[7]`, `[{"status":null}]`, `[{}]`} {
		require.False(t, onItsWay(row{text: []byte(`{"order_items":` + items + `}`)}), items)
	}
}

// Calls that are asked again for some of their orders carry the rows of these alone.
func TestItemsAskedAgainKeepTheirOrders(t *testing.T) {
	t.Parallel()
	asked := carrying(task(OrderDetail, "1", "2", "3"), ordersPath, `{"data":{"orders":[{"order_id":1},{"order_id":"2"},{"order_id":3}]}}`)
	a := New(platform.Settings{})
	bodies := func(drafts []platform.Draft) (all []string) {
		for _, d := range drafts {
			require.Equal(t, OrderDetail, d.Op)
			require.Equal(t, int64(1717900000000), d.Parts[0].FetchedAt)
			all = append(all, strings.Join(d.IDs, ",")+" "+string(d.Parts[0].Body))
		}
		return all
	}
	refused, err := a.Read(&asked, platform.Response{Status: 200, Header: http.Header{}, Body: []byte(`{"code":"39"}`)})
	require.NoError(t, err)
	require.False(t, refused.Page)
	require.Equal(t, []string{
		`1,2 {"data":{"orders":[{"order_id":1},{"order_id":"2"}]}}`, `3 {"data":{"orders":[{"order_id":3}]}}`,
	}, bodies(refused.Children))

	some, err := a.Read(&asked, platform.Response{Status: 200, Body: []byte(`{"code":"0","data":[{"order_id":2,"order_items":[]}]}`)})
	require.NoError(t, err)
	require.Equal(t, []string{"2"}, some.Answered)
	require.Equal(t, []string{
		`1 {"data":{"orders":[{"order_id":1}]}}`, `3 {"data":{"orders":[{"order_id":3}]}}`,
	}, bodies(some.Children))

	configured := New(platform.Settings{Errors: map[string]platform.Class{"39": platform.Transient}})
	_, err = configured.Read(&asked, platform.Response{Status: 200, Header: http.Header{}, Body: []byte(`{"code":"39"}`)})
	require.ErrorContains(t, err, "transient: 39")
}
