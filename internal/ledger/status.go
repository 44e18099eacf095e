package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/shopstream/shopstream/internal/mongo"
)

// ErrNoRun says that no run has the id that was asked for.
var ErrNoRun = errors.New("no such run")

// maxNamed bounds the chunks that a status names one by one.
const maxNamed = 50

// Summary is a run as it stands.
type Summary struct {
	Run
	Counts    Counts // of its chunks, now
	Sums      Totals // of its chunks, now: the open ones count as far as they are
	Planned   int    // chunks planned so far
	Finished  bool   // whether these are all
	Remaining int    // planned chunks that are open or not yet begun
	Stalled   int    // open chunks of which nothing was heard for longer than the time allowed
}

// Detail is a run with its parts.
type Detail struct {
	Summary
	Parts  []Part
	Gaps   []Named // closed chunks that are not complete, at most 50
	Silent []Named // stalled chunks, the longest silent first, at most 50
}

// Part is what a run does for one kind of one shop.
type Part struct {
	Platform, ChannelID, ShopID, Kind string
	Counts                            Counts
	Sums                              Totals
}

// Named is one chunk that needs a look.
type Named struct {
	ID        string   `bson:"_id" json:"chunk_id"`
	Status    string   `bson:"status" json:"status"`
	Gaps      []string `bson:"gaps" json:"gaps,omitempty"`
	UpdatedAt int64    `bson:"updated_at" json:"updated_at"` // unix ms
}

// Recent returns at most n runs, the newest first. Chunks count as stalled that are silent for longer than timeout.
func (l *Ledger) Recent(ctx context.Context, n int, timeout time.Duration) ([]Summary, error) {
	cursor, err := l.client.Majority(mongodb.Runs).Find(ctx, bson.D{},
		options.Find().SetSort(bson.D{{Key: "created_at", Value: -1}, {Key: "_id", Value: 1}}).SetLimit(int64(max(n, 1))))
	var runs []Run
	if err == nil {
		err = cursor.All(ctx, &runs)
	}
	if err != nil {
		return nil, fmt.Errorf("read runs: %w", err)
	}
	list := make([]Summary, len(runs))
	for i := range runs {
		parts, err := l.parts(ctx, runs[i].ID)
		if err != nil {
			return nil, err
		}
		if list[i], err = l.summary(ctx, &runs[i], parts, timeout); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Show returns one run in detail, or ErrNoRun.
func (l *Ledger) Show(ctx context.Context, planID string, timeout time.Duration) (Detail, error) {
	var d Detail
	var r Run
	err := l.client.Majority(mongodb.Runs).FindOne(ctx, bson.D{{Key: "_id", Value: planID}}).Decode(&r)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return d, fmt.Errorf("%w: %s", ErrNoRun, planID)
	}
	if err != nil {
		return d, fmt.Errorf("read run %s: %w", planID, err)
	}
	if d.Parts, err = l.parts(ctx, planID); err != nil {
		return d, err
	}
	if d.Summary, err = l.summary(ctx, &r, d.Parts, timeout); err != nil {
		return d, err
	}
	incomplete := bson.D{{Key: "plan_id", Value: planID}, {Key: "status", Value: bson.D{{Key: "$in", Value: bson.A{ChunkGaps, ChunkFailed}}}}}
	if d.Gaps, err = l.named(ctx, incomplete, "_id"); err != nil {
		return d, err
	}
	d.Silent, err = l.named(ctx, l.stalled(planID, timeout), "updated_at")
	return d, err
}

func (l *Ledger) summary(ctx context.Context, r *Run, parts []Part, timeout time.Duration) (Summary, error) {
	s := Summary{Run: *r}
	for i := range parts {
		s.Counts.Open += parts[i].Counts.Open
		s.Counts.Complete += parts[i].Counts.Complete
		s.Counts.Gaps += parts[i].Counts.Gaps
		s.Counts.Failed += parts[i].Counts.Failed
		s.Sums.add(&parts[i].Sums)
	}
	s.Planned, s.Finished = r.Planned()
	s.Remaining = max(s.Planned-s.Counts.Closed(), s.Counts.Open)
	n, err := l.client.Majority(mongodb.Chunks).CountDocuments(ctx, l.stalled(r.ID, timeout))
	if err != nil {
		return s, fmt.Errorf("count stalled chunks of run %s: %w", r.ID, err)
	}
	s.Stalled = int(n)
	return s, nil
}

func (l *Ledger) stalled(planID string, timeout time.Duration) bson.D {
	return bson.D{
		{Key: "plan_id", Value: planID},
		{Key: "status", Value: ChunkOpen},
		{Key: "updated_at", Value: bson.D{{Key: "$lt", Value: l.now().Add(-timeout).UnixMilli()}}},
	}
}

func (l *Ledger) named(ctx context.Context, filter bson.D, order string) ([]Named, error) {
	cursor, err := l.client.Majority(mongodb.Chunks).Find(ctx, filter, options.Find().
		SetSort(bson.D{{Key: order, Value: 1}}).SetLimit(maxNamed).
		SetProjection(bson.D{{Key: "status", Value: 1}, {Key: "gaps", Value: 1}, {Key: "updated_at", Value: 1}}))
	var list []Named
	if err == nil {
		err = cursor.All(ctx, &list)
	}
	if err != nil {
		return nil, fmt.Errorf("read chunks: %w", err)
	}
	return list, nil
}

// Chunk returns what is known of one chunk now, and false when there is none of that id.
func (l *Ledger) Chunk(ctx context.Context, id string) (Named, bool, error) {
	list, err := l.named(ctx, bson.D{{Key: "_id", Value: id}}, "_id")
	if err != nil || len(list) == 0 {
		return Named{}, false, err
	}
	return list[0], true, nil
}

// parts sums a run's chunks up by shop, kind and status, in the order of their names.
func (l *Ledger) parts(ctx context.Context, planID string) ([]Part, error) {
	key := bson.D{}
	for _, f := range []string{"platform", "channel_id", "shop_id", "kind", "status"} {
		key = append(key, bson.E{Key: f, Value: "$" + f})
	}
	cursor, err := l.client.Majority(mongodb.Chunks).Aggregate(ctx, mongo.Pipeline{
		{{Key: "$match", Value: bson.D{{Key: "plan_id", Value: planID}}}},
		{{Key: "$group", Value: append(bson.D{{Key: "_id", Value: key}, {Key: "n", Value: bson.D{{Key: "$sum", Value: 1}}}}, sums()...)}},
		{{Key: "$sort", Value: bson.D{{Key: "_id", Value: 1}}}},
	})
	var rows []struct {
		Key struct {
			Platform  string `bson:"platform"`
			ChannelID string `bson:"channel_id"`
			ShopID    string `bson:"shop_id"`
			Kind      string `bson:"kind"`
			Status    string `bson:"status"`
		} `bson:"_id"`
		N      int `bson:"n"`
		Totals `bson:",inline"`
	}
	if err == nil {
		err = cursor.All(ctx, &rows)
	}
	if err != nil {
		return nil, fmt.Errorf("sum up chunks of run %s: %w", planID, err)
	}
	var list []Part
	for i := range rows {
		k := &rows[i].Key
		last := len(list) - 1
		if last < 0 || list[last].Platform != k.Platform || list[last].ChannelID != k.ChannelID ||
			list[last].ShopID != k.ShopID || list[last].Kind != k.Kind {
			list = append(list, Part{Platform: k.Platform, ChannelID: k.ChannelID, ShopID: k.ShopID, Kind: k.Kind})
			last++
		}
		list[last].Counts.add(k.Status, rows[i].N)
		list[last].Sums.add(&rows[i].Totals)
	}
	return list, nil
}

func (t *Totals) add(o *Totals) {
	t.Tasks += o.Tasks
	t.Documents += o.Documents
	t.Inserted += o.Inserted
	t.Updated += o.Updated
	t.Unchanged += o.Unchanged
	t.Stale += o.Stale
	t.Invalid += o.Invalid
	t.DeadLettered += o.DeadLettered
	t.Listed += o.Listed
	t.Answered += o.Answered
	t.Gone += o.Gone
	t.Skipped += o.Skipped
	t.Calls += o.Calls
	t.CallMS += o.CallMS
}
