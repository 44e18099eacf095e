package mongo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
)

func TestMain(m *testing.M) { mongodtest.Main(m) }

// bundle is a sink on a database of its own.
type bundle struct {
	t      testing.TB
	sink   *Sink
	client *mongodb.Client
}

func setup(t testing.TB) *bundle {
	t.Helper()
	database := mongodtest.Database(t).Name()
	client, err := mongodb.Connect(t.Context(), secret.Text(mongodtest.URI(t)), database, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	if err := client.EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &bundle{t: t, sink: newSink(t, client), client: client}
}

func newSink(t testing.TB, client *mongodb.Client) *Sink {
	t.Helper()
	s, err := New(client, Options{
		Topics: schemas.Topics{Prefix: "shopstream."},
		Zone:   time.FixedZone("", 7*3600),
		Now:    func() time.Time { return time.UnixMilli(1700000000123) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// testOrder builds an order of one test shop: number id, at version (update time, fetched at), with status as its content.
func testOrder(id int, update, fetched int64, status string) *schemas.Order {
	number := fmt.Sprintf("24%010d", id)
	return &schemas.Order{
		Identity: schemas.Identity{
			ID:       schemas.DocumentID(schemas.Shopee, "c1", "s1", number),
			Platform: schemas.Shopee, ChannelID: "c1", ShopID: "s1",
		},
		OrderID: number, Status: status, TotalAmount: "41.380",
		CreateTime: "2024-01-31T00:00:00+07:00",
		Lineage: schemas.Lineage{
			IsValid: true, Source: "raw/0/1", Version: schemas.Version(update, fetched, 1), Hash: "h-" + status, ChunkID: "p|c",
		},
	}
}

// record wraps an order as document n of task "p|c#0.0".
func record(t testing.TB, o *schemas.Order, n int) *kgo.Record {
	t.Helper()
	value, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return &kgo.Record{Topic: "shopstream.clean.orders", Key: []byte(o.ID), Value: value, Headers: []kgo.RecordHeader{
		schemas.NewHeader(schemas.HeaderPlanID, "p"),
		schemas.NewHeader(schemas.HeaderChunkID, "p|c"),
		schemas.NewHeader(schemas.HeaderTaskID, "p|c#0.0"),
		schemas.NewHeader(schemas.HeaderKind, schemas.Orders),
		schemas.NewHeader(schemas.HeaderSchema, schemas.OrderSchema),
		schemas.NewHeader(schemas.HeaderIndex, strconv.Itoa(n)),
	}}
}

func records(t testing.TB, orders ...*schemas.Order) []*kgo.Record {
	t.Helper()
	batch := make([]*kgo.Record, len(orders))
	for i, o := range orders {
		batch[i] = record(t, o, i)
	}
	return batch
}

func (b *bundle) process(batch []*kgo.Record) stream.Result {
	b.t.Helper()
	result, err := b.sink.Process(b.t.Context(), batch)
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

// says processes a batch and returns its one fact's outcomes as text, such as "inserted[0 1] stale[2]".
func (b *bundle) says(batch []*kgo.Record) string {
	b.t.Helper()
	result := b.process(batch)
	text := ""
	for _, r := range result.Publish {
		var f schemas.Fact
		if err := json.Unmarshal(r.Value, &f); err != nil {
			b.t.Fatal(err)
		}
		if f.Stage != schemas.StageSink || f.PlanID != "p" || f.ChunkID != "p|c" || f.TaskID != "p|c#0.0" {
			b.t.Errorf("fact about something else: %+v", f)
		}
		for _, part := range []struct {
			name string
			n    []int
		}{{"inserted", f.Inserted}, {"updated", f.Updated}, {"unchanged", f.Unchanged}, {"stale", f.Stale}} {
			if len(part.n) > 0 {
				slices.Sort(part.n)
				text += fmt.Sprint(" ", part.name, part.n)
			}
		}
	}
	for _, r := range result.Rejected {
		text += fmt.Sprint(" ", r.Class, "[", schemas.Header(r.Record, schemas.HeaderIndex), "]")
	}
	if text == "" {
		return ""
	}
	return text[1:]
}

// get returns the stored document.
func (b *bundle) get(o *schemas.Order) bson.M {
	b.t.Helper()
	var m bson.M
	err := b.client.Collection("orders").FindOne(b.t.Context(), bson.D{{Key: "_id", Value: o.ID}}).Decode(&m)
	if err != nil {
		b.t.Fatal(err)
	}
	return m
}

func (b *bundle) count() int64 {
	b.t.Helper()
	n, err := b.client.Collection("orders").CountDocuments(b.t.Context(), bson.D{})
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}
