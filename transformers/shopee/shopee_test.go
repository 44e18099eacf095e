package shopee

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
)

var testTask = schemas.Task{
	TaskID: "p|shopee|main|555|orders|1717200000..1717286400#0.0", PlanID: "p",
	ChunkID: "p|shopee|main|555|orders|1717200000..1717286400", Platform: schemas.Shopee, ChannelID: "main", ShopID: "555",
	Kind: schemas.Orders, Op: OpOrderDetail,
}

const testFetchedAt = 1718100000123

func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func processor(t testing.TB) *transformers.Processor {
	t.Helper()
	p, err := transformers.New(transformers.Options{
		Topics: schemas.Topics{Prefix: "test."}, Zone: time.FixedZone("", 7*3600),
		Now:     func() time.Time { return time.UnixMilli(1718100001000) },
		Mappers: map[string]transformers.Mapper{schemas.Shopee: Mapper{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// pageRecord returns a raw record of one answer. The body stands in it as it is, also when it is not JSON.
func pageRecord(t testing.TB, op string, body []byte) *kgo.Record {
	t.Helper()
	task := testTask
	task.Op = op
	r, err := task.PageRecord("test.raw.shopee.orders", &schemas.Page{TaskID: task.TaskID, Parts: []schemas.PagePart{
		{Path: "/api/v2/order/get_" + op, FetchedAt: testFetchedAt, Body: json.RawMessage(`"BODY"`)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	r.Value = bytes.Replace(r.Value, []byte(`"BODY"`), body, 1)
	r.Partition, r.Offset = 3, 42
	return r
}

func process(t testing.TB, r *kgo.Record) stream.Result {
	t.Helper()
	result, err := processor(t).Process(context.Background(), []*kgo.Record{r})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// documents transforms rows of an order_detail answer and returns the documents, which must all come out.
func documents(t testing.TB, rows string) []schemas.Order {
	t.Helper()
	result := process(t, pageRecord(t, OpOrderDetail, []byte(`{"error":"","response":{"order_list":[`+rows+`]}}`)))
	for _, r := range result.Rejected {
		t.Fatalf("the page was rejected as %s: %v", r.Class, r.Err)
	}
	orders := make([]schemas.Order, len(result.Publish)-1)
	for i, r := range result.Publish[:len(orders)] {
		if err := json.Unmarshal(r.Value, &orders[i]); err != nil {
			t.Fatalf("document %d: %v", i, err)
		}
		if string(r.Key) != orders[i].ID {
			t.Errorf("document %d has key %q and _id %q", i, r.Key, orders[i].ID)
		}
	}
	return orders
}

// part is an answer of a page.
func part(endpoint, body string) schemas.PagePart {
	return schemas.PagePart{Path: "/api/v2/" + endpoint, FetchedAt: testFetchedAt, Body: json.RawMessage(body)}
}

// mapped maps a page of a Vietnamese shop, and checks that each document can be encoded and finds back to itself.
func mapped[T schemas.Document](t *testing.T, kind, op string, page *schemas.Page) ([]T, []transformers.Document) {
	t.Helper()
	if page.Region == "" {
		page.Region = "VN"
	}
	from := transformers.Origin{
		Platform: schemas.Shopee, ChannelID: "main", ShopID: "555", Kind: kind, Op: op, Zone: time.FixedZone("", 7*3600),
	}
	all, err := Mapper{}.Documents(from, page)
	if err != nil {
		t.Fatal(err)
	}
	typed := make([]T, len(all))
	for i, d := range all {
		if _, err := schemas.Encode(d.Document); err != nil {
			t.Fatalf("document %d: %v", i, err)
		}
		typed[i] = d.Document.(T)
	}
	return typed, all
}
