package ledger

import (
	"context"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/schemas"
)

func TestMain(m *testing.M) { mongodtest.Main(m) }

// bundle is a ledger on a database of its own.
type bundle struct {
	*Ledger
	t testing.TB
}

var clock = time.UnixMilli(1700000000000)

func setup(t testing.TB) *bundle {
	t.Helper()
	client, err := mongodb.Connect(t.Context(), secret.Text(mongodtest.URI(t)), mongodtest.Database(t).Name(), "test")
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
	l, err := New(client, func() time.Time { return clock })
	if err != nil {
		t.Fatal(err)
	}
	return &bundle{l, t}
}

// claim inserts a run as the planner does.
func (b *bundle) claim(id string, platforms ...string) {
	b.t.Helper()
	_, err := b.client.Collection(mongodb.Runs).InsertOne(b.t.Context(), schemas.Run{
		ID: id, Status: schemas.RunPlanned, Platforms: platforms, Plan: &schemas.Plan{PlanID: id}, CreatedAt: clock,
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bundle) fold(facts ...schemas.Fact) {
	b.t.Helper()
	if err := b.Fold(b.t.Context(), facts); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bundle) run(id string) Run {
	b.t.Helper()
	var r Run
	if err := b.client.Collection(mongodb.Runs).FindOne(b.t.Context(), bson.D{{Key: "_id", Value: id}}).Decode(&r); err != nil {
		b.t.Fatal(err)
	}
	return r
}

func (b *bundle) chunk(id string) Chunk {
	b.t.Helper()
	var c Chunk
	if err := b.client.Collection(mongodb.Chunks).FindOne(b.t.Context(), bson.D{{Key: "_id", Value: id}}).Decode(&c); err != nil {
		b.t.Fatal(err)
	}
	return c
}

func planned(id, platform string, chunks int, finished bool) schemas.Fact {
	return schemas.Fact{PlanID: id, Stage: schemas.StagePlanner, Platform: platform, Chunks: chunks, Finished: finished}
}
