package shopee

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// Orders go along with as many others as fit into one call, and never in two.
func TestParcelsAreAskedForByWholeOrders(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	var orders, ids []string
	for i := range 50 {
		id := fmt.Sprintf("ORDER%02d", i)
		var list []string
		for n := range i % 4 { // 0 to 3 parcels
			list = append(list, fmt.Sprintf(`{"package_number":"%s-%d"}`, id, n))
		}
		orders = append(orders, fmt.Sprintf(`{"order_sn":%q, "package_list":[%s]}`, id, strings.Join(list, ",")))
		ids = append(ids, id)
	}
	task := &schemas.Task{TaskID: "c#0.0", Op: TrackingOrders, IDs: ids}
	require.Equal(t, "package_list", ask(t, a, task).Query.Get("response_optional_fields"))
	source := []byte(success(`{"order_list":[` + strings.Join(orders, ",") + `]}`))
	got := answer(t, a, task, source)
	require.Len(t, got.Answered, 13, "nothing to track")
	require.Len(t, got.Children, 2, "73 parcels")
	total := 0
	for _, d := range got.Children {
		require.Equal(t, Tracking, d.Op)
		inFull(t, source, d.Rows, "order_list", len(d.IDs))
		r := ask(t, a, become(d, task, orderDetailPath))
		require.Equal(t, "/api/v2/order/get_package_detail", r.Path)
		total += len(strings.Split(r.Query.Get("package_number_list"), ","))
	}
	require.Equal(t, 73, total)
	require.Equal(t, TrackingPackages, answer(t, New(platform.Settings{History: true}), task, source).Children[0].Op)
}

const twoOrders = `{"order_sn":"A","package_list":[{"package_number":"A1"},{"package_number":"A2"}]},` +
	`{"order_sn":"B","package_list":[{"package_number":"B1"}]},{"order_sn":"C","package_list":[{"package_number":"C1"}]}`

// A page halved by the fetcher keeps all orders and is about half of them.
func TestHalvedTaskAsksForItsOwnParcels(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	half := carrying(Tracking, twoOrders, "A", "C")
	require.Equal(t, "A1,A2,C1", ask(t, a, &half).Query.Get("package_number_list"))
	stranger := carrying(Tracking, twoOrders, "A", "X")
	_, err := a.Request(&stranger, testShop, epochTime)
	require.ErrorContains(t, err, "bad_task")
}

func TestOrdersThatLackAParcelAreAskedForAlone(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	task := carrying(Tracking, twoOrders, "A", "B", "C")
	source := []byte(success(`{"package_list":[{"package_number":"A1"},{"package_number":"B1"},{"package_number":"C1"}]}`))
	got := answer(t, a, &task, source)
	require.False(t, got.Page)
	require.Len(t, got.Children, 2)
	require.True(t, got.Children[0].Ready)
	require.Equal(t, []string{"B", "C"}, got.Children[0].IDs)
	require.Len(t, rowsOf(t, got.Children[0].Parts[0].Body, "order_list"), 2)
	inFull(t, source, got.Children[0].Rows, "package_list", 2)

	alone := become(got.Children[1], &task, "")
	require.Equal(t, []string{"A"}, alone.IDs)
	require.Equal(t, "A1,A2", ask(t, a, alone).Query.Get("package_number_list"))
	got = answer(t, a, alone, []byte(success(`{"package_list":[{"package_number":"A1"}]}`)))
	require.Equal(t, platform.Answer{Answered: []string{}}, got, "a gap, and not asked again")
}

// In history mode each parcel that left its seller is a call, one after the other; the last one's makes the page.
func TestHistoryIsAChainOfCalls(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{History: true})
	task := carrying(TrackingPackages, twoOrders, "A", "B", "C")
	source := []byte(success(`{"package_list":[
		{"package_number":"A1","fulfillment_status":"LOGISTICS_DELIVERY_DONE"}, {"package_number":"A2","fulfillment_status":"NEW_WORD"},
		{"package_number":"B1","fulfillment_status":"LOGISTICS_READY","pickup_done_time":0},
		{"package_number":"C1","fulfillment_status":"LOGISTICS_READY","pickup_done_time":1717520000}]}`))
	got := answer(t, a, &task, source)
	require.False(t, got.Page)
	require.Len(t, got.Children, 3)

	others := got.Children[2]
	require.True(t, others.Ready)
	require.Equal(t, []string{"B"}, others.IDs)
	inFull(t, source, others.Rows, "package_list", 1)

	require.Equal(t, Tracking, got.Children[1].Op, "one parcel is one call")
	chain := become(got.Children[0], &task, packagesPath)
	require.Equal(t, TrackingHistory, chain.Op)
	require.Len(t, chain.Parts, 2)
	require.Len(t, rowsOf(t, chain.Parts[0].Body, "order_list"), 1, "its own order only")
	inFull(t, source, chain.Parts[1].Body, "package_list", 2)
	r := ask(t, a, chain)
	require.Equal(t, "/api/v2/logistics/get_tracking_info", r.Path)
	require.Equal(t, "A", r.Query.Get("order_sn"))
	require.Equal(t, "A1", r.Query.Get("package_number"))

	history := []byte(success(`{"order_sn":"A","package_number":"A1","tracking_info":[{"update_time":1}]}`))
	got = answer(t, a, chain, history)
	require.False(t, got.Page)
	last := become(got.Children[0], chain, historyPath)
	require.Equal(t, Tracking, last.Op)
	require.Len(t, last.Parts, 3)
	require.Equal(t, string(history), string(last.Parts[2].Body))
	require.Equal(t, "A2", ask(t, a, last).Query.Get("package_number"))
	got = answer(t, New(platform.Settings{}), last, []byte(success(`{"tracking_info":[]}`)))
	require.True(t, got.Page, "whatever the settings say by now")
	require.Equal(t, []string{"A"}, got.Answered)

	none := []byte(`{"error":"logistics.package_not_exist","message":"The package is not exist."}`)
	got = answer(t, a, last, none)
	require.Equal(t, platform.Draft{Op: Tracking, IDs: []string{"A"}, Parts: last.Parts, Ready: true}, got.Children[0],
		"the order has a page without that history")
	got = answer(t, a, chain, none)
	require.Len(t, become(got.Children[0], chain, historyPath).Parts, 2)
}
