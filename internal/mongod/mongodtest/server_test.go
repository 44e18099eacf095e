package mongodtest_test

import (
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
)

func TestMain(m *testing.M) { mongodtest.Main(m) }

func TestDatabasesAreApart(t *testing.T) {
	t.Parallel()
	a, b := mongodtest.Database(t), mongodtest.Database(t)
	if _, err := a.Collection("c").InsertOne(t.Context(), bson.D{{Key: "_id", Value: 1}}); err != nil {
		t.Fatal(err)
	}
	n, err := b.Collection("c").CountDocuments(t.Context(), bson.D{})
	if err != nil || n != 0 {
		t.Errorf("%d documents of the neighbour, %v", n, err)
	}
}

func TestDatabaseIsDropped(t *testing.T) {
	t.Parallel()
	all := mongodtest.Database(t).Client()
	var name string
	t.Run("user", func(t *testing.T) {
		db := mongodtest.Database(t)
		name = db.Name()
		if _, err := db.Collection("c").InsertOne(t.Context(), bson.D{}); err != nil {
			t.Fatal(err)
		}
	})
	names, err := all.ListDatabaseNames(t.Context(), bson.D{{Key: "name", Value: name}})
	if err != nil || len(names) != 0 {
		t.Errorf("still there: %v, %v", names, err)
	}
}
