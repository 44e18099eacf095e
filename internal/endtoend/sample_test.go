package endtoend

import (
	"context"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/oracle"
)

// sample begins to look at the versions of all documents, until the test ends.
func sample(t *testing.T, db *mongo.Database) *oracle.Versions {
	t.Helper()
	v, err := oracle.NewVersions(db, mongodb.DocumentCollections()...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close(context.Background()) })
	background(t, func(ctx context.Context) { v.Watch(ctx, time.Second) })
	return v
}

// checkVersions takes a last look and fails when a document ever went back.
func (b *bench) checkVersions(t *testing.T) {
	t.Helper()
	if err := b.versions.Look(t.Context()); err != nil {
		t.Errorf("read versions: %v", err)
	}
	wrong, samples := b.versions.Mistakes()
	mistakes(wrong).report(t, "versions")
	t.Logf("versions: %d samples", samples)
}
