package mongodb

import (
	"context"
	"maps"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
	"github.com/shopstream/shopstream/internal/secret"
)

func TestMain(m *testing.M) { mongodtest.Main(m) }

func TestErrorsHideThePassword(t *testing.T) {
	t.Parallel()
	for _, uri := range []secret.Text{
		"mongodb://user:hunter2@:x/", "mongodb://user:hun%zzter2@localhost/", "mongo://user:hunter2@localhost",
		"mongodb://user:hunter2@localhost/?tls=maybe", "user:hunter2@localhost",
	} {
		_, err := Connect(t.Context(), uri, "db", "test")
		if err == nil {
			t.Errorf("%s is taken", uri.Reveal())
			continue
		}
		if text := err.Error(); strings.Contains(text, "hunter2") || strings.Contains(text, "hun%zzter2") {
			t.Errorf("the password is in %q", text)
		}
	}
}

func TestEnsureIndexesTwice(t *testing.T) {
	t.Parallel()
	c, err := Connect(t.Context(), secret.Text(mongodtest.URI(t)), mongodtest.Database(t).Name(), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.WithoutCancel(t.Context())) })
	for range 2 {
		if err := c.EnsureIndexes(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]int{"orders": 3, "order_tracking_status": 3, Chunks: 2} {
		specs, err := c.Collection(name).Indexes().ListSpecifications(t.Context())
		if err != nil || len(specs) != want {
			t.Errorf("%s has %d indexes, %v; want %d", name, len(specs), err, want)
		}
	}
}

func TestFateOf(t *testing.T) {
	t.Parallel()
	pattern := func(field string) bson.Raw {
		raw, err := bson.Marshal(bson.D{{Key: "keyPattern", Value: bson.D{{Key: field, Value: 1}}}})
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	for _, c := range []struct {
		name string
		err  mongo.WriteError
		want Fate
	}{
		{"same _id", mongo.WriteError{Code: 11000, Raw: pattern("_id")}, Taken},
		{"another index", mongo.WriteError{Code: 11000, Raw: pattern("order_id")}, Refused},
		{"rule", mongo.WriteError{Code: 121}, Refused},
		{"not primary", mongo.WriteError{Code: 10107}, Infrastructure},
		{"no rights", mongo.WriteError{Code: 13}, Infrastructure},
		{"unheard of", mongo.WriteError{Code: 99999}, Infrastructure},
	} {
		if got := FateOf(c.err); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if Unnamed(mongo.CommandError{Code: 2}) || !Unnamed(mongo.CommandError{Code: 10334}) ||
		Unnamed(mongo.CommandError{Code: 10334, Labels: []string{"RetryableWriteError"}}) || Unnamed(context.Canceled) {
		t.Error("whole commands are judged wrongly")
	}
}

func TestUpdateTimesAreThoseOfReadableDocuments(t *testing.T) {
	t.Parallel()
	c, err := Connect(t.Context(), secret.Text(mongodtest.URI(t)), mongodtest.Database(t).Name(), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.WithoutCancel(t.Context())) })
	if _, err := c.Collection("products").InsertMany(t.Context(), []any{
		bson.D{{Key: "_id", Value: "a"}, {Key: "version", Value: "001717500000-1718100000123-0001"}},
		bson.D{{Key: "_id", Value: "b"}, {Key: "version", Value: "001717500001-1718100000123-0001"}, {Key: "parse_error", Value: "broken"}},
		bson.D{{Key: "_id", Value: "c"}, {Key: "version", Value: "000000000000-1718100000123-0001"}},
		bson.D{{Key: "_id", Value: "d"}, {Key: "version", Value: 7}},
		bson.D{{Key: "_id", Value: "same second"}, {Key: "version", Value: "001717500000-1717500000999-0001"}},
		bson.D{{Key: "_id", Value: "next second"}, {Key: "version", Value: "001717500000-1717500001000-0001"}},
		bson.D{{Key: "_id", Value: "cut"}, {Key: "version", Value: "001717500000"}},
		bson.D{{Key: "_id", Value: "e"}, {Key: "version", Value: "001717500000-1718100000123-0001"}},
	}); err != nil {
		t.Fatal(err)
	}
	got, err := c.UpdateTimes(t.Context(), "products", []string{"a", "b", "c", "d", "same second", "next second", "cut", "x"})
	if want := map[string]int64{"a": 1717500000, "c": 0, "next second": 1717500000}; err != nil || !maps.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}
