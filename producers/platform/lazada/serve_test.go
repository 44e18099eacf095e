package lazada

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/producers/platform/conformance"
)

// serve plays the platform.
func serve(t testing.TB, w *conformance.World, r platform.Request) []byte {
	q := r.Query
	switch r.Path {
	case ordersPath:
		rows := w.Between(moment(t, q.Get("created_after")), moment(t, q.Get("created_before")))
		page := offsetPage(t, rows, q.Get("offset"), q.Get("limit"), 5000, 100)
		return fmt.Appendf(nil, `{"code":"0","data":{"count":%d,"countTotal":%d,"orders":[%s]}}`, len(page), len(rows),
			join(page, func(row conformance.Row) string { return orderRow(w, row) }))
	case itemsPath:
		return serveItems(t, w, q.Get("order_ids"))
	case productsPath:
		rows := w.Between(moment(t, q.Get("update_after")), moment(t, q.Get("update_before")))
		page := offsetPage(t, rows, q.Get("offset"), q.Get("limit"), 10000, 50)
		return fmt.Appendf(nil, `{"code":"0","data":{"total_products":%d,"products":[%s]}}`, len(rows),
			join(page, func(row conformance.Row) string { return `{"item_id":` + w.ID(row.ID) + `}` }))
	case transactionsPath:
		rows := w.Between(day(t, q.Get("start_time")), day(t, q.Get("end_time"))+daySeconds-1)
		page := offsetPage(t, rows, q.Get("offset"), q.Get("limit"), 1<<30, 500)
		return fmt.Appendf(nil, `{"code":"0","data":[%s]}`, join(page, transactionRow))
	case payoutsPath:
		day(t, q.Get("created_after"))
		return []byte(`{"code":"0","data":[]}`)
	case reversePath:
		return serveReturns(t, w, r)
	case tracePath:
		require.Regexp(t, `^[0-9]+$`, q.Get("order_id"))
		return []byte(`{"code":"0","result":{"success":true,"module":[]}}`)
	}
	require.Fail(t, "unknown path", r.Path)
	return nil
}

// serveItems spoils a call for several orders when one of them is unknown. Every other order is on its way.
func serveItems(t testing.TB, w *conformance.World, list string) []byte {
	var asked []json.Number
	require.NoError(t, json.Unmarshal([]byte(list), &asked))
	require.LessOrEqual(t, len(asked), 50)
	var found []conformance.Row
	for _, id := range asked {
		row, ok := w.Find(id.String())
		switch {
		case ok && row.State == conformance.Refused && len(asked) == 1:
			return []byte(`{"code":"39","message":"none found"}`)
		case ok && row.State == conformance.Refused:
			return []byte(`{"code":"37","message":"some ids are wrong"}`)
		case ok && row.State == conformance.Present:
			found = append(found, row)
		}
	}
	return fmt.Appendf(nil, `{"code":"0","data":[%s]}`, join(found, func(row conformance.Row) string {
		status := []string{"shipped", "pending"}[row.Time%2]
		return fmt.Sprintf(`{"order_id":%s,"order_items":[{"status":%q}]}`, w.ID(row.ID), status)
	}))
}

func serveReturns(t testing.TB, w *conformance.World, r platform.Request) []byte {
	q := r.Query
	rows := w.Between(number64(t, q.Get("ReverseOrderLineTimeRangeStart"))/1000, number64(t, q.Get("ReverseOrderLineTimeRangeEnd"))/1000)
	n, size := int(number64(t, q.Get("page_no"))), int(number64(t, q.Get("page_size")))
	require.True(t, n >= 1 && size >= 1 && size <= 100, "page %d of %d", n, size)
	page, _ := conformance.Slice(rows, (n-1)*size, size)
	return fmt.Appendf(nil, `{"code":"0","result":{"success":true,"page_no":%d,"page_size":%d,"total":%d,"items":[%s]}}`, n, size, len(rows),
		join(page, func(row conformance.Row) string { return `{"reverse_order_id":` + w.ID(row.ID) + `}` }))
}

func orderRow(w *conformance.World, row conformance.Row) string {
	at := time.Unix(row.Time, 0).In(zone("TH")).Format("2006-01-02 15:04:05 -0700")
	return fmt.Sprintf(`{"order_id":%s,"created_at":%q,"updated_at":%q}`, w.ID(row.ID), at, at)
}

func transactionRow(row conformance.Row) string {
	return fmt.Sprintf(`{"statement":"s","transaction_number":"n","order_no":%q,"orderItem_no":"","fee_type":"13","reference":null,"amount":"1.00"}`, row.ID)
}

func offsetPage(t testing.TB, rows []conformance.Row, offset, limit string, maxOffset, maxLimit int) []conformance.Row {
	from, n := int(number64(t, offset)), int(number64(t, limit))
	require.True(t, from >= 0 && from <= maxOffset, "offset %d", from)
	require.True(t, n >= 1 && n <= maxLimit, "limit %d", n)
	page, _ := conformance.Slice(rows, from, n)
	return page
}

func number64(t testing.TB, s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	require.NoError(t, err)
	return n
}

func moment(t testing.TB, s string) int64 {
	at, err := time.Parse("2006-01-02T15:04:05-07:00", s)
	require.NoError(t, err)
	return at.Unix()
}

// day is the first second of a calendar day of the test's shop.
func day(t testing.TB, s string) int64 {
	at, err := time.ParseInLocation(time.DateOnly, s, zone(testShop.Region))
	require.NoError(t, err)
	return at.Unix()
}

func join(rows []conformance.Row, write func(conformance.Row) string) string {
	texts := make([]string, len(rows))
	for i, row := range rows {
		texts[i] = write(row)
	}
	return strings.Join(texts, ",")
}

// sampleTransactions are the ids of the sample's rows, computed by another program.
var sampleTransactions = []string{"9ed8b846714c-0", "ee5052ae808f-0", "92df45b7a976-0"}

// fullTransactions is a full page, with rows that look alike.
func fullTransactions() []byte {
	rows := slices.Repeat([]string{`{"statement":"s","transaction_number":"1"}`, `{"statement":"s","transaction_number":"2"}`}, 250)
	return []byte(`{"code":"0","data":[` + strings.Join(rows, ",") + `]}`)
}

func fullReturns() []byte {
	rows := make([]string, 100)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"reverse_order_id":%d}`, i+1)
	}
	return []byte(`{"code":"0","result":{"success":true,"total":150,"items":[` + strings.Join(rows, ",") + `]}}`)
}
