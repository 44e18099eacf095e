package shopee

import (
	"bytes"
	"context"
	"encoding/json"
	"runtime"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/bench"
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

const (
	benchRounds = 15
	benchPages  = 60 // a round
)

// BenchmarkTransformer measures the stage on one core, from the raw record to the clean ones, and beside it what
// encoding/json takes on the same core for the same bytes: to decode everything, and to find the orders' members alone. They
// take turns, and what counts is the processor's time (the collector's included), which other processes do not change much.
func BenchmarkTransformer(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	r := detailPage(b)
	p := processor(b)
	sides := []struct {
		key string
		do  func() error
	}{
		{"transformer_orders_per_s_core", func() error {
			result, err := p.Process(context.Background(), []*kgo.Record{r})
			if err == nil && len(result.Publish) != benchOrders+1 {
				b.Fatalf("%d records for %d orders", len(result.Publish), benchOrders)
			}
			return err
		}},
		{"decode_orders_per_s_core", func() error {
			var page any
			return json.Unmarshal(r.Value, &page)
		}},
		{"decode_members_orders_per_s_core", func() error {
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
		}},
	}
	rates := make(map[string][]float64)
	for range benchRounds {
		for _, side := range sides {
			runtime.GC() // no side pays for another's garbage
			began := bench.CPU()
			for range benchPages {
				if err := side.do(); err != nil {
					b.Fatal(err)
				}
			}
			rates[side.key] = append(rates[side.key], benchOrders*benchPages/(bench.CPU()-began).Seconds())
		}
	}
	for _, side := range sides {
		bench.Report(b, side.key, bench.Median(rates[side.key]))
	}
}
