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
	"github.com/shopstream/shopstream/schemas"
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

// What was confirmed must outlast a server that dies, also where it is the only one: then a majority alone does not wait for its disk.
func TestWritesWaitForTheJournal(t *testing.T) {
	t.Parallel()
	c, err := Connect(t.Context(), secret.Text(mongodtest.URI(t)), mongodtest.Database(t).Name(), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.WithoutCancel(t.Context())) })
	profile := func(level int) {
		if err := c.Raw().RunCommand(t.Context(), bson.D{{Key: "profile", Value: level}}).Err(); err != nil {
			t.Fatal(err)
		}
	}
	profile(2)
	if _, err := c.Collection("orders").InsertOne(t.Context(), bson.D{{Key: "_id", Value: "1"}}); err != nil {
		t.Fatal(err)
	}
	profile(0)
	var seen struct {
		Command struct {
			WriteConcern struct {
				W any  `bson:"w"`
				J bool `bson:"j"`
			} `bson:"writeConcern"`
		} `bson:"command"`
	}
	if err := c.Raw().Collection("system.profile").FindOne(t.Context(), bson.D{{Key: "op", Value: "insert"}}).Decode(&seen); err != nil {
		t.Fatal(err)
	}
	if w := seen.Command.WriteConcern; w.W != "majority" || !w.J {
		t.Errorf("the insert waited for %+v, want a majority and the journal", w)
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

func TestVersionsAreThoseOfReadableDocuments(t *testing.T) {
	t.Parallel()
	c, err := Connect(t.Context(), secret.Text(mongodtest.URI(t)), mongodtest.Database(t).Name(), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.WithoutCancel(t.Context())) })
	type d = bson.D
	order := func(id string, version any, more ...bson.E) any {
		return append(d{{Key: "_id", Value: id}, {Key: "version", Value: version}, {Key: "is_valid", Value: true}}, more...)
	}
	if _, err := c.Collection("orders").InsertMany(t.Context(), []any{
		order("a", "v1", bson.E{Key: "status", Value: "UNPAID"}),
		order("b", "v2", bson.E{Key: "parse_error", Value: "broken"}),
		order("c", "v3", bson.E{Key: "packages", Value: bson.A{d{{Key: "package_id", Value: "1"}}}}),
		order("d", 7),
		d{{Key: "_id", Value: "invalid"}, {Key: "version", Value: "v4"}, {Key: "is_valid", Value: false}},
		order("e", "v5"),
	}); err != nil {
		t.Fatal(err)
	}
	keys := []string{"a", "b", "c", "d", "invalid", "x"}
	got, err := c.Versions(t.Context(), schemas.Orders, keys)
	if want := map[string]string{"a": "v1", "c": "v3", "invalid": "v4"}; err != nil || !maps.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	got, statuses, err := c.Bare(t.Context(), keys)
	if want := map[string]string{"a": "v1"}; err != nil || !maps.Equal(got, want) || statuses["a"] != "UNPAID" {
		t.Errorf("without parcels: got %v, %v, %v; want %v", got, statuses, err, want)
	}
}
