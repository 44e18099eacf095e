package tiktok

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/mappertest"
)

// process runs the mapper over a page of these answers, of which paths[i] was asked for bodies[i].
func process(t testing.TB, p mappertest.Page, bodies ...string) stream.Result {
	t.Helper()
	return mappertest.Process(t, schemas.TikTok, Mapper{}, record(t, p, bodies...))
}

func record(t testing.TB, p mappertest.Page, bodies ...string) *kgo.Record {
	t.Helper()
	p.Platform = schemas.TikTok
	raw := make([][]byte, len(bodies))
	for i := range bodies {
		raw[i] = []byte(bodies[i])
	}
	return p.Record(t, raw...)
}

// page returns a page of one kind whose parts are answers of these paths.
func page(kind, op string, paths ...string) mappertest.Page {
	p := mappertest.Page{Kind: kind, Op: op}
	for _, path := range paths {
		p.Parts = append(p.Parts, mappertest.Part{Path: path})
	}
	return p
}

// answer is an answer with these members of data.
func answer(data string) string { return `{"code":0,"message":"Success","data":{` + data + `}}` }

// documents returns the page's documents, which must all come out.
func documents[T any](t testing.TB, p mappertest.Page, bodies ...string) []T {
	t.Helper()
	result := process(t, p, bodies...)
	for _, r := range result.Rejected {
		t.Fatalf("the page was rejected as %s: %v", r.Class, r.Err)
	}
	all := make([]T, len(result.Publish)-1)
	for i, r := range result.Publish[:len(all)] {
		if err := json.Unmarshal(r.Value, &all[i]); err != nil {
			t.Fatalf("document %d: %v", i, err)
		}
	}
	return all
}

// ordersOf maps rows of an answer with orders.
func ordersOf(t testing.TB, rows ...string) []schemas.Order {
	t.Helper()
	return documents[schemas.Order](t, page(schemas.Orders, OpOrderDetail, pathOrders), answer(`"orders":[`+strings.Join(rows, ",")+`]`))
}

// good returns an order that nothing is wrong with; members are added to it, or set again (the last one counts).
func good(id, members string) string {
	if members != "" {
		members = "," + members
	}
	return `{"id":"` + id + `","status":"IN_TRANSIT","create_time":1718000100,"update_time":1718003700,"payment":{"currency":"VND"},` +
		`"line_items":[{"id":"1","product_id":"2"}]` + members + `}`
}
