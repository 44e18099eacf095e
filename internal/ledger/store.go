package ledger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/schemas"
)

const (
	// maxDetail is the size, as BSON, up to which an open chunk keeps its detail: some room is left below the server's limit.
	maxDetail = 14 << 20

	// maxRounds bounds how often a fold is done again because somebody else wrote the same chunk or run.
	maxRounds = 20

	// maxChunks is how many chunks are in memory at a time.
	maxChunks = 8
)

// Ledger reads and writes the ledger. It is safe for concurrent use, also by several processes.
type Ledger struct {
	client *mongodb.Client
	now    func() time.Time
}

// New returns the ledger in client's database. now may be nil.
func New(client *mongodb.Client, now func() time.Time) (*Ledger, error) {
	if client == nil {
		return nil, errors.New("ledger needs a store")
	}
	if now == nil {
		now = time.Now
	}
	return &Ledger{client: client, now: now}, nil
}

// Fold takes facts in: those of chunks into their chunks, those of plans into their runs, and moves runs on. Folding the
// same facts again, in any order and any number of times, changes nothing but the count of replayed facts. An error means
// infrastructure: part of the facts may have been taken in, and folding all of them again is safe.
func (l *Ledger) Fold(ctx context.Context, facts []schemas.Fact) error {
	chunks := make(map[string][]*schemas.Fact)
	plans := make(map[string][]*schemas.Fact)
	for i := range facts {
		f := &facts[i]
		if f.ChunkID != "" {
			chunks[f.ChunkID] = append(chunks[f.ChunkID], f)
		}
		about := plans[f.PlanID]
		if f.ChunkID == "" {
			about = append(about, f)
		}
		plans[f.PlanID] = about
	}
	if err := l.foldChunks(ctx, chunks); err != nil {
		return err
	}
	// A run is moved on after its chunks are written, also when these facts were known already: an earlier try may have
	// ended between the two.
	for id, about := range plans {
		if err := l.foldRun(ctx, id, about); err != nil {
			return err
		}
	}
	return nil
}

// foldChunks folds a few chunks at a time: an open one with its detail takes megabytes, and a batch of facts may be about
// as many chunks as it has facts.
func (l *Ledger) foldChunks(ctx context.Context, facts map[string][]*schemas.Fact) error {
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(facts)), maxChunks) {
		if err := l.foldSome(ctx, ids, facts); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) foldSome(ctx context.Context, ids []string, facts map[string][]*schemas.Fact) error {
	for range maxRounds {
		known, err := l.readChunks(ctx, ids)
		if err != nil {
			return err
		}
		writes := make([]mongo.WriteModel, 0, len(ids))
		replaced := 0
		for _, id := range ids {
			c := known[id]
			if c == nil {
				c = NewChunk(id)
			}
			for _, f := range facts[id] {
				c.Apply(f)
			}
			c.Settle()
			w, err := l.write(c)
			if err != nil {
				return err
			}
			if c.Revision > 1 {
				replaced++
			}
			writes = append(writes, w)
		}
		won, err := l.writeChunks(ctx, writes, replaced)
		if won || err != nil {
			return err
		}
	}
	return fmt.Errorf("write chunks: others kept writing them through %d rounds", maxRounds)
}

func (l *Ledger) readChunks(ctx context.Context, ids []string) (map[string]*Chunk, error) {
	cursor, err := l.client.Majority(mongodb.Chunks).Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}})
	if err != nil {
		return nil, fmt.Errorf("read chunks: %w", err)
	}
	var list []*Chunk
	if err := cursor.All(ctx, &list); err != nil {
		return nil, fmt.Errorf("read chunks: %w", err)
	}
	known := make(map[string]*Chunk, len(list))
	for _, c := range list {
		known[c.ID] = c
	}
	return known, nil
}

// write returns the write of a folded chunk, which is guarded by the revision that was read: the first is an insert.
func (l *Ledger) write(c *Chunk) (mongo.WriteModel, error) {
	was := c.Revision
	c.Revision++
	c.UpdatedAt = l.now().UnixMilli()
	raw, err := bson.Marshal(c)
	if err == nil && len(raw) > maxDetail {
		c.CloseOversized()
		raw, err = bson.Marshal(c)
	}
	if err != nil {
		return nil, fmt.Errorf("encode chunk %s: %w", c.ID, err)
	}
	if was == 0 {
		return mongo.NewInsertOneModel().SetDocument(bson.Raw(raw)), nil
	}
	return mongo.NewReplaceOneModel().SetReplacement(bson.Raw(raw)).
		SetFilter(bson.D{{Key: "_id", Value: c.ID}, {Key: "revision", Value: was}}), nil
}

// writeChunks reports false when another writer was faster with any of the chunks. Then all are folded again: facts that
// were taken in already change nothing.
func (l *Ledger) writeChunks(ctx context.Context, writes []mongo.WriteModel, replaced int) (bool, error) {
	result, err := l.client.Collection(mongodb.Chunks).BulkWrite(ctx, writes, options.BulkWrite().SetOrdered(false))
	if err == nil {
		return int(result.MatchedCount) == replaced, nil
	}
	list, ok := mongodb.WriteErrors(err)
	if ok && !slices.ContainsFunc(list, func(e mongo.WriteError) bool { return mongodb.FateOf(e) != mongodb.Taken }) {
		return false, nil
	}
	return false, fmt.Errorf("write chunks: %w", err)
}

// Ping reports whether the store answers.
func (l *Ledger) Ping(ctx context.Context) error { return l.client.Ping(ctx) }
