package shopee

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/producers/platform/conformance"
	"github.com/shopstream/shopstream/schemas"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Run(t, subject())
}

func FuzzRead(f *testing.F) { conformance.Fuzz(f, subject()) }

func subject() conformance.Subject {
	return conformance.Subject{
		New:     func(s platform.Settings) platform.Adapter { return New(s) },
		Shop:    testShop,
		Vectors: "shopee",
		Sign:    func(v conformance.Vector) string { return sign(v.Key, v.Base) },
		Refusal: func(code, message string) []byte {
			return fmt.Appendf(nil, `{"request_id":"e3e3","error":%q,"message":%q}`, code, message)
		},
		Codes: map[string]platform.Class{
			"error_sign": platform.Auth, "error_auth": platform.Auth, "invalid_acceess_token": platform.Auth,
			"error_rate_limit": platform.Rate, "error_limit": platform.Quota,
			"error_system_busy": platform.Transient, "error_server": platform.Transient,
			"error_param": platform.Permanent, "order.order_list_invalid_time": platform.Permanent,
		},
		Ops:   ops(),
		Kinds: []conformance.Kind{{Kind: schemas.Orders, PageSize: 100, MaxSpan: map[string]int64{OrderList: 15 * 24 * 3600}}},
		Serve: serve,
	}
}

// sample reads an answer of testdata, and does without a test so that fuzzing may too.
func sample(name string) []byte {
	body, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		panic(err)
	}
	return body
}

func ops() []conformance.Op {
	listed := []string{"240606KQ8VNB12", "240606KQ9C4X07", "240605HRW2ZP55"}
	detailed := []string{"240606KQ8VNB12", "240604F7MXQQ31", "240606KQ9C4X07", "240605HRW2ZP55"}
	return []conformance.Op{
		{
			Task: schemas.Task{TaskID: "c#0", Op: OrderList, Window: schemas.Window{From: 1000, To: 87400}},
			Path: orderListPath, Answer: sample("order_list"), Listed: listed, More: sample("order_list"),
			Odd: []conformance.Odd{
				{Name: "nothing", Answer: `{"error":"","response":{"more":false,"next_cursor":"","order_list":[]}}`},
				{Name: "null list", Answer: `{"error":"","response":{"more":false,"next_cursor":"","order_list":null}}`},
				{Name: "no list", Answer: `{"error":"","response":{"more":false}}`, Code: "bad_shape"},
				{Name: "no flag", Answer: `{"error":"","response":{"order_list":[]}}`, Code: "bad_shape"},
			},
		},
		{
			Task: schemas.Task{TaskID: "c#0.0", Op: OrderDetail, IDs: detailed},
			Path: orderDetailPath, MaxIDs: 50, Answer: sample("order_detail"), Answered: detailed,
			Odd: []conformance.Odd{
				{
					Name: "unknown status", Answer: `{"error":"","response":{"order_list":[{"order_sn":"240606KQ8VNB12","order_status":"NEW_WORD"}]}}`,
					Answered: detailed[:1],
				},
			},
		},
	}
}

// serve plays the platform. Its cursors name the last row that was given.
func serve(t testing.TB, w *conformance.World, r platform.Request) []byte {
	q := r.Query
	switch r.Path {
	case orderListPath:
		rows := w.Between(number(t, q.Get("time_from")), number(t, q.Get("time_to")))
		page, more := conformance.Slice(rows, conformance.After(rows, q.Get("cursor")), int(number(t, q.Get("page_size"))))
		cursor := ""
		if more {
			cursor = conformance.Cursor(page[len(page)-1])
		}
		return fmt.Appendf(nil, `{"error":"","response":{"more":%t,"next_cursor":%q,"order_list":[%s]}}`, more, cursor,
			join(page, func(row conformance.Row) string { return fmt.Sprintf(`{"order_sn":%q}`, row.ID) }))
	case orderDetailPath:
		found, refused := find(w, strings.Split(q.Get("order_sn_list"), ","))
		if refused {
			return []byte(`{"error":"error_not_found","message":"the order is not found"}`)
		}
		return fmt.Appendf(nil, `{"error":"","response":{"order_list":[%s]}}`,
			join(found, func(row conformance.Row) string { return fmt.Sprintf(`{"order_sn":%q}`, row.ID) }))
	}
	require.Fail(t, "unknown path", r.Path)
	return nil
}
