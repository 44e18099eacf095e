package shopee

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/producers/platform/conformance"
)

// serve plays the platform.
func serve(t testing.TB, w *conformance.World, r platform.Request) []byte {
	t.Helper()
	q := func(name string) string { return r.Query.Get(name) }
	switch r.Path {
	case orderListPath:
		return serveOrderList(t, w, q)
	case orderDetailPath:
		return serveIDs(t, w, strings.Split(q("order_sn_list"), ","), "error_not_found", `{"order_list":[%s]}`, orderRow)
	case itemListPath:
		require.Equal(t, itemStatuses, r.Query["item_status"])
		return serveItemList(t, w, q)
	case itemBaseInfoPath:
		write := func(row conformance.Row) string {
			return fmt.Sprintf(`{"item_id":%s,"has_model":%t}`, w.ID(row.ID), odd(row))
		}
		return serveIDs(t, w, strings.Split(q("item_id_list"), ","), "product.error_item_not_found", `{"item_list":[%s]}`, write)
	case modelListPath:
		return []byte(success(`{"model":[{"model_id":1}]}`))
	case escrowListPath:
		rows, more := numbered(t, w, q, "release_time", 1)
		return fmt.Appendf(nil, success(`{"more":%t,"escrow_list":[%s]}`), more, join(rows, func(row conformance.Row) string {
			return fmt.Sprintf(`{"order_sn":%q,"payout_amount":1.5,"escrow_release_time":%d}`, row.ID, row.Time)
		}))
	case escrowBatchPath:
		var body struct {
			Orders []string `json:"order_sn_list"`
		}
		require.NoError(t, json.Unmarshal(r.Body, &body))
		require.Greater(t, len(body.Orders), 1)
		return serveIDs(t, w, body.Orders, "order_not_found", `[%s]`,
			func(row conformance.Row) string { return fmt.Sprintf(`{"escrow_detail":{"order_sn":%q}}`, row.ID) })
	case escrowDetailPath:
		return serveOne(w, q("order_sn"), "order_not_found", "order_sn")
	case walletListPath:
		rows, more := numbered(t, w, q, "create_time", 0)
		return fmt.Appendf(nil, success(`{"more":%t,"transaction_list":[%s]}`), more, join(rows, func(row conformance.Row) string {
			return fmt.Sprintf(`{"transaction_type":"ESCROW_VERIFIED_ADD","amount":1.50,"current_balance":%s.10,"create_time":%d,"order_sn":%q,"withdrawal_id":0}`,
				row.ID, row.Time, row.ID)
		}))
	case returnListPath:
		rows, more := numbered(t, w, q, "create_time", 0)
		return fmt.Appendf(nil, success(`{"more":%t,"return":[%s]}`), more,
			join(rows, func(row conformance.Row) string { return fmt.Sprintf(`{"return_sn":%q}`, row.ID) }))
	case returnDetailPath:
		return serveOne(w, q("return_sn"), "returns.return_not_found", "return_sn")
	case packagesPath:
		return servePackages(t, strings.Split(q("package_number_list"), ","))
	case historyPath:
		require.NotEmpty(t, q("package_number"))
		return fmt.Appendf(nil, success(`{"order_sn":%q,"package_number":%q,"tracking_info":[]}`), q("order_sn"), q("package_number"))
	}
	require.Fail(t, "unknown path", r.Path)
	return nil
}

// odd tells rows apart that come with more from those with less.
func odd(row conformance.Row) bool { return row.ID[len(row.ID)-1]%2 == 1 }

func number(t testing.TB, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	require.NoError(t, err)
	return n
}

// window returns the rows of the asked window and the size of the page.
func window(t testing.TB, w *conformance.World, q func(string) string, from, to string) (rows []conformance.Row, size int) {
	t.Helper()
	size = int(number(t, q("page_size")))
	require.GreaterOrEqual(t, size, 1)
	require.LessOrEqual(t, size, 100)
	first, last := number(t, q(from)), number(t, q(to))
	require.LessOrEqual(t, last-first, int64(15*24*3600))
	return w.Between(first, last), size
}

// numbered returns a page by number.
func numbered(t testing.TB, w *conformance.World, q func(string) string, field string, first int64) ([]conformance.Row, bool) {
	t.Helper()
	rows, size := window(t, w, q, field+"_from", field+"_to")
	n := number(t, q("page_no")) - first
	require.GreaterOrEqual(t, n, int64(0))
	return conformance.Slice(rows, int(n)*size, size)
}

// serveOrderList has cursors that name the last row that was given.
func serveOrderList(t testing.TB, w *conformance.World, q func(string) string) []byte {
	t.Helper()
	rows, size := window(t, w, q, "time_from", "time_to")
	page, more := conformance.Slice(rows, conformance.After(rows, q("cursor")), size)
	cursor := ""
	if more {
		cursor = conformance.Cursor(page[len(page)-1])
	}
	return fmt.Appendf(nil, success(`{"more":%t,"next_cursor":%q,"order_list":[%s]}`), more, cursor,
		join(page, func(row conformance.Row) string { return fmt.Sprintf(`{"order_sn":%q}`, row.ID) }))
}

func serveItemList(t testing.TB, w *conformance.World, q func(string) string) []byte {
	t.Helper()
	rows, size := window(t, w, q, "update_time_from", "update_time_to")
	page, more := conformance.Slice(rows, int(number(t, q("offset"))), size)
	return fmt.Appendf(nil, success(`{"item":[%s],"total_count":%d,"has_next_page":%t,"next_offset":0}`),
		join(page, func(row conformance.Row) string {
			return fmt.Sprintf(`{"item_id":%s,"update_time":%d}`, w.ID(row.ID), row.Time)
		}), len(rows), more)
}

// orderRow is an order with no, one or two parcels.
func orderRow(row conformance.Row) string {
	var list []string
	for i := range int(row.ID[len(row.ID)-1]) % 3 {
		list = append(list, fmt.Sprintf(`{"package_number":"P%s-%d"}`, row.ID, i))
	}
	return fmt.Sprintf(`{"order_sn":%q,"package_list":[%s]}`, row.ID, strings.Join(list, ","))
}

func servePackages(t testing.TB, numbers []string) []byte {
	t.Helper()
	require.LessOrEqual(t, len(numbers), 50)
	var list []string
	for _, n := range numbers {
		status := "LOGISTICS_READY"
		if len(n)%2 == int(n[len(n)-3])%2 {
			status = "LOGISTICS_PICKUP_DONE"
		}
		list = append(list, fmt.Sprintf(`{"package_number":%q,"fulfillment_status":%q}`, n, status))
	}
	return []byte(success(`{"package_list":[` + strings.Join(list, ",") + `]}`))
}

func join(rows []conformance.Row, write func(conformance.Row) string) string {
	var texts []string
	for _, row := range rows {
		texts = append(texts, write(row))
	}
	return strings.Join(texts, ",")
}

// serveIDs answers a call for several ids: those that are there, or the error when one is refused.
func serveIDs(
	t testing.TB, w *conformance.World, ids []string, refusal, envelope string, write func(conformance.Row) string,
) []byte {
	t.Helper()
	require.LessOrEqual(t, len(ids), 50)
	var rows []conformance.Row
	for _, id := range ids {
		row, ok := w.Find(id)
		switch {
		case !ok, row.State == conformance.Omitted:
		case row.State == conformance.Refused:
			return fmt.Appendf(nil, `{"error":%q,"message":"not found"}`, refusal)
		default:
			rows = append(rows, row)
		}
	}
	return fmt.Appendf(nil, success(envelope), join(rows, write))
}

// serveOne answers a call for one id.
func serveOne(w *conformance.World, id, refusal, key string) []byte {
	if row, ok := w.Find(id); !ok || row.State != conformance.Present {
		return fmt.Appendf(nil, `{"error":%q,"message":"not found"}`, refusal)
	}
	return []byte(success(fmt.Sprintf(`{%q:%q}`, key, id)))
}
