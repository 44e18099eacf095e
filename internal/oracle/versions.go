package oracle

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
)

// Versions looks at the versions of all documents again and again: none may ever be lower than it was, or gone.
type Versions struct {
	collections []*mongo.Collection
	session     *mongo.Session

	mu      sync.Mutex
	samples int
	seen    map[string]string // version by collection and _id
	wrong   []string
}

// NewVersions looks at these collections of the database, from now on.
func NewVersions(db *mongo.Database, collections ...string) (*Versions, error) {
	v := &Versions{seen: map[string]string{}}
	for _, name := range collections {
		v.collections = append(v.collections, db.Collection(name, options.Collection().SetReadConcern(readconcern.Majority())))
	}
	var err error
	if v.session, err = db.Client().StartSession(); err != nil {
		return nil, fmt.Errorf("begin to look at versions: %w", err)
	}
	return v, nil
}

// Close ends the session with the store.
func (v *Versions) Close(ctx context.Context) { v.session.EndSession(ctx) }

// Watch looks, with a pause between two looks, until ctx is done. While the store is away it sees nothing and claims nothing.
func (v *Versions) Watch(ctx context.Context, pause time.Duration) {
	for ctx.Err() == nil {
		_ = v.Look(ctx) // nothing was seen, so nothing is claimed
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// Look reads all versions once. All looks are of one session, which keeps a new primary from answering from a moment before
// the last look: what it knows a majority to have may trail for a while.
func (v *Versions) Look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	v.mu.Lock()
	defer v.mu.Unlock()
	ctx = mongo.NewSessionContext(ctx, v.session)
	now := map[string]string{}
	for _, c := range v.collections {
		if err := versionsOf(ctx, c, now); err != nil {
			return err
		}
	}
	for id, version := range v.seen {
		if now[id] < version {
			v.wrong = append(v.wrong, fmt.Sprintf("document %s had version %s and later %q", id, version, now[id]))
		}
	}
	v.seen = now
	v.samples++
	return nil
}

// versionsOf reads the versions of a collection's documents.
func versionsOf(ctx context.Context, c *mongo.Collection, into map[string]string) error {
	cursor, err := c.Find(ctx, bson.D{}, options.Find().SetProjection(bson.D{{Key: "version", Value: 1}}))
	if err != nil {
		return fmt.Errorf("read versions of %s: %w", c.Name(), err)
	}
	defer cursor.Close(context.WithoutCancel(ctx)) //nolint:errcheck // the next look says so
	for cursor.Next(ctx) {
		id, _ := cursor.Current.Lookup("_id").StringValueOK()
		into[c.Name()+"/"+id], _ = cursor.Current.Lookup("version").StringValueOK()
	}
	return cursor.Err()
}

// Documents returns how many documents the last look saw.
func (v *Versions) Documents() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.seen)
}

// Mistakes names the documents that ever went back, and says how many looks that rests on.
func (v *Versions) Mistakes() (wrong []string, samples int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.wrong, v.samples
}
