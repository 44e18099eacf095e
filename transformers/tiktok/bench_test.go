package tiktok

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/bench"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
)

// benchOrders is how many orders an answer to a search has at most.
const benchOrders = 100

// searchPage returns a page of that many different orders, made of the sample's three.
func searchPage(b *testing.B) *kgo.Record {
	b.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "order_search.json"))
	if err != nil {
		b.Fatal(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		b.Fatal(err)
	}
	var sample struct {
		Data struct {
			Orders []json.RawMessage `json:"orders"`
		} `json:"data"`
	}
	if err := json.Unmarshal(compact.Bytes(), &sample); err != nil {
		b.Fatal(err)
	}
	var rows bytes.Buffer
	for i := range benchOrders {
		if i > 0 {
			rows.WriteByte(',')
		}
		id := fmt.Sprintf(`"id":"%d`, 100+i)
		rows.Write(bytes.Replace(sample.Data.Orders[i%3], []byte(`"id":"`), []byte(id), 1))
	}
	return record(b, page(schemas.Orders, OpOrderSearch, pathSearch), answer(`"orders":[`+rows.String()+`]`))
}

// BenchmarkTransformer measures the stage, from the raw record to the clean ones, and beside it what encoding/json takes to
// decode the same bytes.
func BenchmarkTransformer(b *testing.B) {
	r := searchPage(b)
	p, err := transformers.New(transformers.Options{
		Topics: schemas.Topics{Prefix: "test."}, Zone: time.FixedZone("", 7*3600), Now: time.Now,
		Mappers: map[string]transformers.Mapper{schemas.TikTok: Mapper{}},
	})
	if err != nil {
		b.Fatal(err)
	}
	bench.Transformer(b, schemas.TikTok, r.Value, benchOrders, func() error {
		result, err := p.Process(context.Background(), []*kgo.Record{r})
		if err == nil && len(result.Publish) != benchOrders+1 {
			b.Fatalf("%d records for %d orders", len(result.Publish), benchOrders)
		}
		return err
	})
}
