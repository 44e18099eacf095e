package mongo

import (
	"context"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
	"github.com/shopstream/shopstream/schemas"
)

// limit is what the sink is held against: the driver alone, with a connection of its own, sending upserts that were encoded
// before the clock starts. It shares the server, the collection, its indexes and the write concern with the sink, and nothing
// else. It compares no versions, and so is no sink: two copies of it would overwrite newer documents with older ones.
type limit struct{ orders *mongo.Collection }

func newLimit(b *testing.B, database string) limit {
	b.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(mongodtest.URI(b)).SetWriteConcern(writeconcern.Majority()))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := client.Disconnect(context.WithoutCancel(b.Context())); err != nil {
			b.Error(err)
		}
	})
	return limit{client.Database(database).Collection("orders")}
}

// upserts encodes the documents that the sink stores for the observations of that version.
func upserts(b *testing.B, update, fetched int64, syncedAt string) [][]mongo.WriteModel {
	b.Helper()
	order := benchOrders(b)
	var batches [][]mongo.WriteModel
	for first := 0; first < benchDocuments; first += benchBatch {
		var batch []mongo.WriteModel
		for id := first; id < first+benchBatch; id++ {
			o := order(id, update, fetched)
			o.SyncedAt = syncedAt
			raw, err := bson.Marshal(o)
			if err != nil {
				b.Fatal(err)
			}
			batch = append(batch, mongo.NewReplaceOneModel().SetUpsert(true).
				SetFilter(bson.D{{Key: "_id", Value: o.ID}}).SetReplacement(bson.Raw(raw)))
		}
		batches = append(batches, batch)
	}
	return batches
}

func (l limit) write(ctx context.Context, models []mongo.WriteModel) error {
	_, err := l.orders.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	return err
}

// get returns the stored document as it is.
func (l limit) get(b *testing.B, o *schemas.Order) string {
	b.Helper()
	raw, err := l.orders.FindOne(b.Context(), bson.D{{Key: "_id", Value: o.ID}}).Raw()
	if err != nil {
		b.Fatal(err)
	}
	return raw.String()
}
