package tiktok

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

func readSample(t *testing.T, s platform.Settings, task schemas.Task, body string) platform.Answer {
	t.Helper()
	answer, err := New(s).Read(&task, platform.Response{Status: 200, Body: []byte(body)})
	require.NoError(t, err)
	return answer
}

func TestOrdersOfASearchAreWhole(t *testing.T) {
	t.Parallel()
	got := readSample(t, platform.Settings{}, schemas.Task{Op: OrderSearch}, string(sample("order_search")))
	require.True(t, got.Page)
	require.Equal(t, got.Listed, got.Answered)
	require.Empty(t, got.Children)
	require.Equal(t, "6AsPQsUMvH3RkchNUPPh22NROHkE0D8pmq", got.Next.Cursor)
	require.Nil(t, got.Total)

	last := readSample(t, platform.Settings{}, schemas.Task{Op: OrderSearch, Cursor: got.Next.Cursor, Carry: got.Next.Carry}, string(sample("order_search_last_page")))
	require.True(t, last.Page)
	require.Nil(t, last.Next)
	require.Equal(t, int64(3), *last.Total)

	alone := readSample(t, platform.Settings{}, schemas.Task{Op: OrderSearch}, string(sample("order_search_last_page")))
	require.NotNil(t, alone.Next, "no rows of three are no end")
	require.Empty(t, alone.Next.Cursor)
}

func TestMissingOrdersAreAskedForAlone(t *testing.T) {
	t.Parallel()
	for _, op := range []string{OrderDetail, Tracking} {
		got := readSample(t, platform.Settings{}, schemas.Task{Op: op, IDs: []string{"1", "576461413038785752", "2"}}, string(sample("order_detail")))
		require.True(t, got.Page)
		require.Equal(t, []string{"576461413038785752"}, got.Answered)
		require.Equal(t, platform.Batches(op, []string{"1", "2"}, 1), got.Children)
	}
	require.Equal(t, platform.Answer{Answered: []string{}}, readSample(t, platform.Settings{}, schemas.Task{Op: OrderDetail, IDs: []string{"1"}}, data(`{}`)))
}

func TestProductsAreAskedForByTheirChanges(t *testing.T) {
	t.Parallel()
	got := readSample(t, platform.Settings{}, schemas.Task{Op: ProductSearch}, string(sample("product_search")))
	require.Equal(t, &platform.Details{
		Op: ProductDetail, Size: 1, IDs: []string{"1729382476852921560", "1729382476852921999"}, Updated: []int64{1718000000, 1717000000},
	}, got.Details)
	got = readSample(t, platform.Settings{}, schemas.Task{Op: ProductSearch}, data(`{"products":[{"id":1},{"id":"2","update_time":"x"}]}`))
	require.Equal(t, []int64{0, 0}, got.Details.Updated)
}

func TestStatementsBringTheirLists(t *testing.T) {
	t.Parallel()
	got := readSample(t, platform.Settings{}, schemas.Task{Op: StatementList}, string(sample("statements")))
	require.Len(t, got.Children, 2)
	for i, child := range got.Children {
		require.Equal(t, StatementTransactions, child.Op)
		require.Equal(t, got.Listed[i:i+1], child.IDs)
		require.True(t, child.Continues)
		require.Empty(t, child.Parts)
		var part struct {
			Data struct{ Statements []map[string]any }
		}
		require.NoError(t, json.Unmarshal(child.Rows, &part))
		require.Len(t, part.Data.Statements, 1)
		require.Equal(t, child.IDs[0], part.Data.Statements[0]["id"])
		require.NotEmpty(t, part.Data.Statements[0]["settlement_amount"])
	}
	require.Nil(t, got.Next)
	require.Nil(t, got.Total, "the platform does not say")
}

func TestTransactionsAreNamed(t *testing.T) {
	t.Parallel()
	for row, want := range map[string]string{
		`{"id":"7"}`: "7", `{"id":92233720368547758079}`: "92233720368547758079",
		`{"type":"ORDER","order_id":"1"}`:          "ORDER:1:",
		`{"id":"","type":"ORDER","order_id":"1"}`:  "ORDER:1:",
		`{"id":null,"type":"X","adjustment_id":2}`: "X::2",
		`{"type":"X"}`: "",
		`{"id":{}}`:    "",
	} {
		require.Equal(t, want, transactionID([]byte(row)), row)
	}
}

func TestPackagesNameTheirOrders(t *testing.T) {
	t.Parallel()
	body := data(`{"total_count":4,"packages":[{"id":"1","orders":[{"id":"7"},{"id":8}]},{"id":2,"orders":[{"id":"7"}]},{"id":"3","orders":null},{"id":"4"}]}`)
	for history, op := range map[bool]string{false: Tracking, true: TrackingOrders} {
		settings := platform.Settings{History: history, PageSizes: map[string]int{op: 1}}
		got := readSample(t, settings, schemas.Task{Op: PackageSearch}, body)
		require.Nil(t, got.Total, "the total counts parcels, and orders are listed")
		require.Equal(t, []string{"7", "8"}, got.Listed)
		require.Empty(t, got.Answered)
		require.Equal(t, platform.Batches(op, []string{"7", "8"}, 1), got.Children)
		require.Nil(t, got.Next, "four rows of four")
	}
	for _, orders := range []string{`{}`, `[{}]`, `["7"]`} {
		_, err := New(platform.Settings{}).Read(&schemas.Task{Op: PackageSearch}, platform.Response{
			Status: 200, Body: []byte(data(`{"packages":[{"id":"1","orders":` + orders + `}]}`)),
		})
		require.ErrorContains(t, err, "bad_shape", orders)
	}
}

func TestSentOrders(t *testing.T) {
	t.Parallel()
	for order, want := range map[string]bool{
		`{"status":"UNPAID"}`:                                                            false,
		`{"status":"AWAITING_SHIPMENT"}`:                                                 false,
		`{"status":"AWAITING_COLLECTION","tracking_number":"JP1"}`:                       false,
		`{"status":"AWAITING_COLLECTION","line_items":[{"package_status":"COMPLETED"}]}`: false,
		`{"status":"PARTIALLY_SHIPPING"}`:                                                true,
		`{"status":"IN_TRANSIT"}`:                                                        true,
		`{"status":"DELIVERED"}`:                                                         true,
		`{"status":"COMPLETED"}`:                                                         true,
		`{"status":"CANCELLED"}`:                                                         false,
		`{"status":"CANCELLED","line_items":[{"package_status":"CANCELLED"}]}`:           false,
		`{"status":"CANCELLED","line_items":[{},{"package_status":"FULFILLING"}]}`:       true,
		`{"status":"NEW_WORD","line_items":[{"package_status":"COMPLETED"}]}`:            true,
		`{"line_items":{}}`:                                                              false,
	} {
		require.Equal(t, want, sent([]byte(order)), order)
	}
}

func TestOrdersWithAHistoryGoOnAlone(t *testing.T) {
	t.Parallel()
	body := data(`{"orders":[{"id":"1","status":"UNPAID"},{"id":"2","status":"IN_TRANSIT","x":1e2},{"id":3,"status":"ON_HOLD"},{"id":"4","status":"DELIVERED"}]}`)
	got := readSample(t, platform.Settings{History: true}, schemas.Task{Op: TrackingOrders, IDs: []string{"1", "2", "3", "4", "5"}}, body)
	require.False(t, got.Page)
	require.Equal(t, []string{"1", "2", "3", "4"}, got.Answered)
	require.Equal(t, []platform.Draft{
		{Op: TrackingOrders, IDs: []string{"5"}},
		{Op: Tracking, IDs: []string{"2"}, Rows: json.RawMessage(`{"data":{"orders":[{"id":"2","status":"IN_TRANSIT","x":1e2}]}}`)},
		{Op: Tracking, IDs: []string{"4"}, Rows: json.RawMessage(`{"data":{"orders":[{"id":"4","status":"DELIVERED"}]}}`)},
		{
			Op: Tracking, IDs: []string{"1", "3"}, Ready: true,
			Rows: json.RawMessage(`{"data":{"orders":[{"id":"1","status":"UNPAID"},{"id":3,"status":"ON_HOLD"}]}}`),
		},
	}, got.Children)
}
