package shopee

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/bench"
	"github.com/shopstream/shopstream/schemas"
)

// benchOrders is how many orders an answer with details has.
const benchOrders = 50

// detailPage returns a page of that many different orders, made of the sample's three that have lines and packages.
func detailPage(b *testing.B) *kgo.Record {
	b.Helper()
	var compact bytes.Buffer
	if err := json.Compact(&compact, sample(b, "order_detail.json")); err != nil {
		b.Fatal(err)
	}
	var answer struct {
		Response struct {
			OrderList []json.RawMessage `json:"order_list"`
		} `json:"response"`
	}
	if err := json.Unmarshal(compact.Bytes(), &answer); err != nil {
		b.Fatal(err)
	}
	var rows bytes.Buffer
	for i := range benchOrders {
		if i > 0 {
			rows.WriteByte(',')
		}
		id := []byte(`"order_sn":"` + string(rune('A'+i/26)) + string(rune('A'+i%26)))
		rows.Write(bytes.Replace(answer.Response.OrderList[i%3], []byte(`"order_sn":"`), id, 1))
	}
	return pageRecord(b, OpOrderDetail, []byte(`{"error":"","response":{"order_list":[`+rows.String()+`]}}`))
}

// BenchmarkTransformer measures the stage, from the raw record to the clean ones, and beside it what encoding/json takes for
// the same bytes: to decode everything, and to find the orders' members alone.
func BenchmarkTransformer(b *testing.B) {
	r := detailPage(b)
	p := processor(b)
	transform, decode := bench.Transformer(b, schemas.Shopee, r.Value, benchOrders, func() error {
		result, err := p.Process(context.Background(), []*kgo.Record{r})
		if err == nil && len(result.Publish) != benchOrders+1 {
			b.Fatalf("%d records for %d orders", len(result.Publish), benchOrders)
		}
		return err
	})
	bench.Report(b, "transformer_orders_per_s_core", transform.PerSecond)
	bench.Report(b, "decode_orders_per_s_core", decode.PerSecond)
	members := bench.Turns(b, benchOrders, bench.Side{Name: "members", Do: func() error {
		var page struct {
			Parts []struct {
				Body struct {
					Response struct {
						OrderList []map[string]json.RawMessage `json:"order_list"`
					} `json:"response"`
				} `json:"body"`
			} `json:"parts"`
		}
		return json.Unmarshal(r.Value, &page)
	}})
	bench.Report(b, "decode_members_orders_per_s_core", members[0].PerSecond)
}
