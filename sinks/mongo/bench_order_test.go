package mongo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/schemas"
)

// benchOrders returns a maker of orders as the transformer writes them: 2.8 to 3.6 KB of JSON, half of it platform_fields.
// Orders of one version have the same content whenever they were fetched; another version changes the status and the update
// time, and so an entry of an index.
func benchOrders(b testing.TB) func(id int, update, fetched int64) *schemas.Order {
	b.Helper()
	data, err := os.ReadFile("testdata/orders.ndjson")
	if err != nil {
		b.Fatal(err)
	}
	var samples []*schemas.Order
	for line := range bytes.Lines(data) {
		o := new(schemas.Order)
		if err := json.Unmarshal(line, o); err != nil {
			b.Fatal(err)
		}
		samples = append(samples, o)
	}
	zone := time.FixedZone("", 7*3600)
	return func(id int, update, fetched int64) *schemas.Order {
		o := *samples[id%len(samples)]
		o.OrderID = fmt.Sprintf("240606%08d", id*7919%100_000_000) // ids come in no order
		o.ShopID = strconv.Itoa(555 + id%5)
		o.ID = schemas.DocumentID(o.Platform, o.ChannelID, o.ShopID, o.OrderID)
		created := int64(1717200000 + id*11)
		o.CreateTime = schemas.FormatTime(created, zone)
		o.UpdateTime = schemas.FormatTime(created+3600*update, zone)
		o.Status = fmt.Sprint(o.Status, "_", update)
		o.Version = schemas.Version(created+3600*update, 1_700_000_000_000+fetched, 1)
		o.Hash = fmt.Sprintf("%016x%016x", id, update)
		o.SyncedAt = ""
		return &o
	}
}

// observations encodes orders of one version as the batches of clean records that the loop hands over.
func observations(b *testing.B, update, fetched int64) [][]*kgo.Record {
	b.Helper()
	order := benchOrders(b)
	var batches [][]*kgo.Record
	for first := 0; first < benchDocuments; first += benchBatch {
		var batch []*kgo.Record
		for id := first; id < first+benchBatch; id++ {
			batch = append(batch, record(b, order(id, update, fetched), id-first))
		}
		batches = append(batches, batch)
	}
	return batches
}
