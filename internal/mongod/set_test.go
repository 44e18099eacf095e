package mongod_test

import (
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/shopstream/shopstream/internal/mongod"
)

func TestSetOutlivesItsPrimary(t *testing.T) {
	t.Parallel()
	set, err := mongod.StartSet(t.Context(), t.TempDir(), 3)
	if err != nil {
		t.Fatal(err)
	}
	defer set.Kill()
	client, err := mongo.Connect(options.Client().ApplyURI(set.URI()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Disconnect(t.Context()) //nolint:errcheck // ends with the test
	c := client.Database("test").Collection("c")
	if _, err := c.InsertOne(t.Context(), bson.D{{Key: "_id", Value: 1}}); err != nil {
		t.Fatal(err)
	}
	first, err := set.Primary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	set.Member(first).Kill()
	second, err := set.Primary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if second == first {
		t.Errorf("member %d is primary again, although it is gone", first)
	}
	if err := set.Restart(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if n, err := c.CountDocuments(t.Context(), bson.D{}); err != nil || n != 1 {
		t.Errorf("%d documents, want the one from before; %v", n, err)
	}
	if n, err := set.RolledBack(first); n != 0 || err != nil {
		t.Errorf("%d files rolled back, want none: every write had a majority; %v", n, err)
	}
}
