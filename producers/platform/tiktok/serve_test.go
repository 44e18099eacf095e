package tiktok

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/producers/platform/conformance"
)

// serve plays the platform. Its tokens name the last row that was given.
func serve(t testing.TB, w *conformance.World, r platform.Request) []byte {
	t.Helper()
	checkCommon(t, r)
	parts := strings.Split(strings.TrimPrefix(r.Path, "/"), "/")
	switch rest := strings.Join(parts[2:], "/"); {
	case r.Path == "/order/202309/orders/search":
		return serveList(t, w, r, "orders", 100, func(row conformance.Row) string { return `{"id":` + w.ID(row.ID) + `}` })
	case r.Path == "/order/202309/orders":
		return serveOrders(t, w, strings.Split(r.Query.Get("ids"), ","))
	case r.Path == "/product/202502/products/search":
		return serveList(t, w, r, "products", 100, func(row conformance.Row) string {
			return fmt.Sprintf(`{"id":%s,"update_time":%d}`, w.ID(row.ID), row.Time)
		})
	case parts[0] == "product":
		row, ok := w.Find(parts[3])
		if !ok || row.State != conformance.Present {
			return []byte(data(`{}`))
		}
		return []byte(data(`{"id":` + w.ID(row.ID) + `}`))
	case r.Path == "/finance/202309/statements":
		require.Equal(t, "statement_time", r.Query.Get("sort_field"))
		return serveList(t, w, r, "statements", 100, func(row conformance.Row) string { return `{"id":` + w.ID(row.ID) + `}` })
	case strings.HasPrefix(rest, "statements/"):
		require.Equal(t, "order_create_time", r.Query.Get("sort_field"))
		return []byte(data(`{"total_count":1,"transactions":[{"id":"t` + parts[3] + `"}]}`))
	case r.Path == "/finance/202309/withdrawals":
		require.Equal(t, "WITHDRAW,SETTLE,TRANSFER,REVERSE", r.Query.Get("types"))
		return serveList(t, w, r, "withdrawals", 100, func(row conformance.Row) string { return `{"id":"w` + row.ID + `"}` })
	case r.Path == "/finance/202507/orders/unsettled":
		require.Equal(t, "order_create_time", r.Query.Get("sort_field"))
		return serveList(t, w, r, "transactions", 100, func(row conformance.Row) string { return `{"id":"u` + row.ID + `"}` })
	case r.Path == "/return_refund/202309/returns/search":
		return serveList(t, w, r, "return_orders", 50, func(row conformance.Row) string { return `{"return_id":` + w.ID(row.ID) + `}` })
	case r.Path == "/return_refund/202309/cancellations/search":
		return serveList(t, w, r, "cancellations", 50, func(row conformance.Row) string { return `{"cancel_id":"c` + row.ID + `"}` })
	case r.Path == "/fulfillment/202309/packages/search":
		return serveList(t, w, r, "packages", 50, func(row conformance.Row) string {
			return `{"id":"p` + row.ID + `","orders":[{"id":` + w.ID(row.ID) + `}]}`
		})
	case strings.HasSuffix(rest, "/tracking"):
		return []byte(data(`{"tracking":[{"description":"on its way","update_time_millis":1718100000123}]}`))
	}
	require.Fail(t, "unknown path", r.Path)
	return nil
}

// checkCommon refuses a call without what all calls need.
func checkCommon(t testing.TB, r platform.Request) {
	t.Helper()
	require.Equal(t, testShop.AppID, r.Query.Get("app_key"))
	require.Equal(t, testShop.ShopCipher, r.Query.Get("shop_cipher"))
	require.NotEmpty(t, r.Query.Get("timestamp"))
	require.Equal(t, testShop.AccessToken.Reveal(), r.Header.Get("x-tts-access-token"))
	require.Equal(t, sign(testShop.AppSecret.Reveal(), r.Path, r.Query, r.Body), r.Query.Get("sign"))
	for name, values := range r.Query {
		require.Len(t, values, 1, name)
	}
}

// selected returns the rows that a call's filters select.
func selected(t testing.TB, w *conformance.World, r platform.Request) []conformance.Row {
	t.Helper()
	filter := map[string]any{}
	if r.Method == http.MethodPost {
		require.NoError(t, json.Unmarshal(r.Body, &filter))
	}
	for name := range r.Query {
		filter[name] = r.Query.Get(name)
	}
	from, to := int64(0), int64(1<<40)
	for name, value := range filter {
		_, suffix, _ := strings.Cut(name, "_time")
		switch suffix {
		case "_ge":
			from = seconds(t, value)
		case "_lt":
			to = seconds(t, value) - 1
		case "_le":
			to = seconds(t, value)
		}
	}
	return w.Between(from, to)
}

func seconds(t testing.TB, value any) int64 {
	t.Helper()
	if f, ok := value.(float64); ok {
		return int64(f)
	}
	n, err := strconv.ParseInt(value.(string), 10, 64)
	require.NoError(t, err)
	return n
}

// serveList gives a page of the rows that the call selects; a last page of nothing is left out, as the platform does.
func serveList(t testing.TB, w *conformance.World, r platform.Request, name string, most int, write func(conformance.Row) string) []byte {
	t.Helper()
	size, err := strconv.Atoi(r.Query.Get("page_size"))
	require.NoError(t, err)
	require.LessOrEqual(t, size, most)
	rows := selected(t, w, r)
	page, more := conformance.Slice(rows, conformance.After(rows, r.Query.Get("page_token")), size)
	token := ""
	if more {
		token = conformance.Cursor(page[len(page)-1])
	}
	if len(page) == 0 {
		return fmt.Appendf(nil, `{"code":0,"message":"Success","data":{"total_count":%d}}`, len(rows))
	}
	written := make([]string, len(page))
	for i, row := range page {
		written[i] = write(row)
	}
	return fmt.Appendf(nil, `{"code":0,"message":"Success","data":{"next_page_token":%q,"total_count":%d,%q:[%s]}}`,
		token, len(rows), name, strings.Join(written, ","))
}

// serveOrders gives the orders that there are. Every other one is on its way.
func serveOrders(t testing.TB, w *conformance.World, ids []string) []byte {
	t.Helper()
	require.LessOrEqual(t, len(ids), 50)
	var rows []string
	for _, id := range ids {
		row, ok := w.Find(id)
		if !ok || row.State != conformance.Present {
			continue
		}
		status := "AWAITING_SHIPMENT"
		if row.Time%2 == 0 {
			status = "IN_TRANSIT"
		}
		rows = append(rows, fmt.Sprintf(`{"id":%s,"status":%q}`, w.ID(id), status))
	}
	return []byte(data(`{"orders":[` + strings.Join(rows, ",") + `]}`))
}
