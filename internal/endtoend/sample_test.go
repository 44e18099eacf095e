package endtoend

import (
	"context"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"

	"github.com/shopstream/shopstream/internal/mongo"
)

// sampler looks at the versions of all documents again and again: none may ever be lower than it was, or gone.
type sampler struct {
	collections []*mongo.Collection
	session     *mongo.Session

	mu      sync.Mutex
	samples int
	seen    map[string]string // version by _id
	wrong   mistakes
}

// sample begins to look, until the test ends. While the store is away it sees nothing.
func sample(t *testing.T, db *mongo.Database) *sampler {
	t.Helper()
	s := &sampler{seen: map[string]string{}}
	for _, name := range mongodb.DocumentCollections() {
		s.collections = append(s.collections, db.Collection(name, options.Collection().SetReadConcern(readconcern.Majority())))
	}
	var err error
	if s.session, err = db.Client().StartSession(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.session.EndSession(context.Background()) })
	background(t, func(ctx context.Context) {
		for ctx.Err() == nil {
			_ = s.look(ctx) // nothing was seen, so nothing is claimed
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	})
	return s
}

// look reads all versions once. All looks are of one session, which keeps a new primary from answering from a moment before
// the last look: what it knows a majority to have may trail for a while.
func (s *sampler) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx = mongo.NewSessionContext(ctx, s.session)
	now := map[string]string{}
	for _, c := range s.collections {
		if err := versions(ctx, c, now); err != nil {
			return err
		}
	}
	for id, version := range s.seen {
		if now[id] < version {
			s.wrong.add("document %s had version %s and later %q", id, version, now[id])
		}
	}
	s.seen = now
	s.samples++
	return nil
}

// versions reads the versions of a collection's documents by _id.
func versions(ctx context.Context, c *mongo.Collection, into map[string]string) error {
	cursor, err := c.Find(ctx, bson.D{}, options.Find().SetProjection(bson.D{{Key: "version", Value: 1}}))
	if err != nil {
		return err
	}
	defer cursor.Close(context.WithoutCancel(ctx)) //nolint:errcheck // the next look says so
	for cursor.Next(ctx) {
		id, _ := cursor.Current.Lookup("_id").StringValueOK()
		into[c.Name()+"/"+id], _ = cursor.Current.Lookup("version").StringValueOK()
	}
	return cursor.Err()
}

// check takes a last look and fails when a document ever went back.
func (s *sampler) check(t *testing.T) {
	t.Helper()
	if err := s.look(t.Context()); err != nil {
		t.Errorf("read versions: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong.report(t, "versions")
	t.Logf("versions: %d samples", s.samples)
}
