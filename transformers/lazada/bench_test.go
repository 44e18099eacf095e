package lazada

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/bench"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/mappertest"
)

// benchOrders is how many orders a page has, as many as a call asks for.
const benchOrders = 50

// detailPage returns a page of that many different orders, made of the sample's three, which have four items together.
func detailPage(b *testing.B) *kgo.Record {
	b.Helper()
	var orders, items bytes.Buffer
	for i := range benchOrders {
		for _, part := range []struct {
			into *bytes.Buffer
			file string
			at   []string
		}{{&orders, "orders_rows.json", []string{"data", "orders"}}, {&items, "orders_items_get.json", []string{"data"}}} {
			rows, err := list(sample(b, part.file), part.at...)
			if err != nil {
				b.Fatal(err)
			}
			if i > 0 {
				part.into.WriteByte(',')
			}
			var row bytes.Buffer
			if err := json.Compact(&row, rows[i%3].Raw); err != nil {
				b.Fatal(err)
			}
			old := fmt.Sprintf("41631815181600%d", i%3)
			part.into.Write(bytes.ReplaceAll(row.Bytes(), []byte(old), fmt.Appendf(nil, "5163181518%05d", i)))
		}
	}
	page := mappertest.Page{
		Platform: schemas.Lazada, Kind: schemas.Orders, Op: OpOrderDetail, Region: "TH",
		Parts: []mappertest.Part{{Path: pathOrders}, {Path: pathItems}},
	}
	return page.Record(b, fmt.Appendf(nil, `{"data":{"orders":[%s]}}`, orders.Bytes()), fmt.Appendf(nil, `{"code":"0","data":[%s]}`, items.Bytes()))
}

// BenchmarkTransformer measures the stage, from the raw record to the clean ones, and beside it what encoding/json takes to
// decode the same bytes.
func BenchmarkTransformer(b *testing.B) {
	r := detailPage(b)
	p, err := transformers.New(transformers.Options{
		Topics: schemas.Topics{Prefix: "test."}, Mappers: map[string]transformers.Mapper{schemas.Lazada: Mapper{}},
	})
	if err != nil {
		b.Fatal(err)
	}
	bench.Transformer(b, schemas.Lazada, r.Value, benchOrders, func() error {
		result, err := p.Process(context.Background(), []*kgo.Record{r})
		if err == nil && len(result.Publish) != benchOrders+1 {
			b.Fatalf("%d records for %d orders", len(result.Publish), benchOrders)
		}
		return err
	})
}
