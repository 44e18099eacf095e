package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/schemas"
)

// Run is one document of sync_runs: what the planner claimed, and what the ledger knows of it.
type Run struct {
	schemas.Run   `bson:",inline"`
	Planning      map[string]Planning `bson:"planning,omitempty"`       // by platform
	PlanningError string              `bson:"planning_error,omitempty"` // why planning was given up, where no platform was named
	Chunks        Counts              `bson:"chunks"`                   // once the run is final
	Totals        Totals              `bson:"totals"`                   // once the run is final: the sum of its chunks
	FinishedAt    *time.Time          `bson:"finished_at,omitempty"`
}

// Planning is how far a platform's part of a plan is planned. All of it only grows.
type Planning struct {
	Chunks   int    `bson:"chunks"`
	Finished bool   `bson:"finished"`
	Error    string `bson:"error,omitempty"` // why it was given up; it counts for as long as a requeue has not finished it
}

// Counts are numbers of chunks by status.
type Counts struct {
	Open     int `bson:"open"`
	Complete int `bson:"complete"`
	Gaps     int `bson:"gaps"`
	Failed   int `bson:"failed"`
}

// Closed is the number of chunks whose statement is final.
func (c Counts) Closed() int { return c.Complete + c.Gaps + c.Failed }

// Planned returns how many chunks are planned so far, and whether these are all.
func (r *Run) Planned() (chunks int, finished bool) {
	finished = true
	for _, p := range r.Platforms {
		finished = finished && r.Planning[p].Finished
	}
	for _, p := range r.Planning {
		chunks += p.Chunks
	}
	return chunks, finished
}

// GivenUp says why planning was given up, "" when it was not, or was finished after all.
func (r *Run) GivenUp() string {
	failure := r.PlanningError
	for _, p := range r.Planning {
		if !p.Finished {
			failure = max(failure, p.Error)
		}
	}
	return failure
}

// conclude returns the status that follows from a run's planning and its chunks.
func (r *Run) conclude(c Counts) string {
	planned, finished := r.Planned()
	switch {
	case r.GivenUp() != "":
		return schemas.RunFailed
	case !finished || c.Open > 0 || c.Closed() < planned:
		return schemas.RunRunning
	case c.Gaps+c.Failed == 0:
		return schemas.RunCompleted
	case c.Complete == 0:
		return schemas.RunFailed
	}
	return schemas.RunCompletedWithGaps
}

// settled reports whether the tracker has nothing to say any more: the other final states can still turn to the better.
func (r *Run) settled() bool {
	return r.Status == schemas.RunCompleted || r.Status == schemas.RunRejected || r.Status == schemas.RunCancelled
}

// foldRun takes a planner's facts in and moves the run on if its chunks allow it.
func (l *Ledger) foldRun(ctx context.Context, id string, facts []*schemas.Fact) error {
	if err := l.plan(ctx, id, facts); err != nil {
		return err
	}
	for range maxRounds {
		moved, err := l.advance(ctx, id)
		if moved || err != nil {
			return err
		}
	}
	return fmt.Errorf("write run %s: others kept writing it through %d rounds", id, maxRounds)
}

// plan records what a planner says. The larger number and the later state win, whatever the order.
func (l *Ledger) plan(ctx context.Context, id string, facts []*schemas.Fact) error {
	known := make(map[string]Planning)
	for _, f := range facts {
		p := known[f.Platform]
		switch f.Stage {
		case schemas.StagePlanner:
			p.Chunks, p.Finished = max(p.Chunks, f.Chunks), p.Finished || f.Finished
		case schemas.StageReject:
			p.Error = max(p.Error, f.Reason, "no reason given")
		}
		known[f.Platform] = p
	}
	grow := bson.D{}
	for platform, p := range known {
		key := "planning." + platform + ".error"
		if platform == "" {
			key = "planning_error"
		} else {
			grow = append(grow,
				bson.E{Key: "planning." + platform + ".chunks", Value: p.Chunks},
				bson.E{Key: "planning." + platform + ".finished", Value: p.Finished})
		}
		if p.Error != "" {
			grow = append(grow, bson.E{Key: key, Value: p.Error})
		}
	}
	if len(grow) == 0 {
		return nil
	}
	_, err := l.client.Collection(mongodb.Runs).UpdateByID(ctx, id, bson.D{{Key: "$max", Value: grow}})
	if err != nil {
		return fmt.Errorf("write planning of run %s: %w", id, err)
	}
	return nil
}

// advance reports false when somebody else moved the run meanwhile. A run that nobody claimed, of facts that are older than
// the store, is left out.
func (l *Ledger) advance(ctx context.Context, id string) (bool, error) {
	var r Run
	err := l.client.Majority(mongodb.Runs).FindOne(ctx, bson.D{{Key: "_id", Value: id}}).Decode(&r)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("read run %s: %w", id, err)
	}
	if r.settled() {
		return true, nil
	}
	counts, err := l.countIfFinal(ctx, &r)
	if err != nil {
		return false, err
	}
	status := r.conclude(counts)
	if status == r.Status {
		return true, nil
	}
	change := bson.D{{Key: "status", Value: status}}
	update := bson.D{}
	if status == schemas.RunRunning { // again, perhaps: a requeue has opened a chunk
		update = bson.D{{Key: "$unset", Value: bson.D{{Key: "chunks", Value: ""}, {Key: "totals", Value: ""}, {Key: "finished_at", Value: ""}}}}
	} else {
		totals, err := l.totals(ctx, id)
		if err != nil {
			return false, err
		}
		change = append(change, bson.E{Key: "chunks", Value: counts}, bson.E{Key: "totals", Value: totals},
			bson.E{Key: "finished_at", Value: l.now()})
	}
	result, err := l.client.Collection(mongodb.Runs).UpdateOne(ctx,
		bson.D{{Key: "_id", Value: id}, {Key: "status", Value: r.Status}}, append(update, bson.E{Key: "$set", Value: change}))
	if err != nil {
		return false, fmt.Errorf("write status of run %s: %w", id, err)
	}
	return result.MatchedCount == 1, nil
}

// countIfFinal counts a run's chunks, but only as far as needed: while planning goes on or any chunk is open, the answer is
// that one is, which spares a count of a million chunks for each batch of facts.
func (l *Ledger) countIfFinal(ctx context.Context, r *Run) (Counts, error) {
	if _, finished := r.Planned(); finished || r.GivenUp() != "" {
		open := bson.D{{Key: "plan_id", Value: r.ID}, {Key: "status", Value: ChunkOpen}}
		err := l.client.Majority(mongodb.Chunks).FindOne(ctx, open).Err()
		if errors.Is(err, mongo.ErrNoDocuments) || r.GivenUp() != "" {
			return l.count(ctx, r.ID)
		}
		if err != nil {
			return Counts{}, fmt.Errorf("read open chunks of run %s: %w", r.ID, err)
		}
	}
	return Counts{Open: 1}, nil
}

// count counts a run's chunks by status, from the index alone.
func (l *Ledger) count(ctx context.Context, planID string) (Counts, error) {
	var rows []struct {
		Status string `bson:"_id"`
		N      int    `bson:"n"`
	}
	err := l.aggregate(ctx, &rows, bson.D{{Key: "plan_id", Value: planID}},
		bson.D{{Key: "_id", Value: "$status"}, {Key: "n", Value: bson.D{{Key: "$sum", Value: 1}}}})
	var c Counts
	for _, row := range rows {
		c.add(row.Status, row.N)
	}
	return c, err
}

func (c *Counts) add(status string, n int) {
	switch status {
	case ChunkOpen:
		c.Open += n
	case ChunkComplete:
		c.Complete += n
	case ChunkGaps:
		c.Gaps += n
	case ChunkFailed:
		c.Failed += n
	}
}

// totals sums a run's chunks up.
func (l *Ledger) totals(ctx context.Context, planID string) (Totals, error) {
	var rows []Totals
	err := l.aggregate(ctx, &rows, bson.D{{Key: "plan_id", Value: planID}}, append(bson.D{{Key: "_id", Value: nil}}, sums()...))
	if err != nil || len(rows) == 0 {
		return Totals{}, err
	}
	return rows[0], nil
}

func (l *Ledger) aggregate(ctx context.Context, rows any, match, group bson.D) error {
	cursor, err := l.client.Majority(mongodb.Chunks).Aggregate(ctx,
		mongo.Pipeline{{{Key: "$match", Value: match}}, {{Key: "$group", Value: group}}})
	if err == nil {
		err = cursor.All(ctx, rows)
	}
	if err != nil {
		return fmt.Errorf("sum up chunks: %w", err)
	}
	return nil
}

// sums are the accumulators that add up every figure of Totals.
func sums() bson.D {
	var d bson.D
	for _, name := range []string{
		"tasks", "documents", "inserted", "updated", "unchanged", "stale", "invalid", "dead_lettered", "listed", "answered",
		"gone", "skipped", "calls", "call_ms",
	} {
		d = append(d, bson.E{Key: name, Value: bson.D{{Key: "$sum", Value: "$totals." + name}}})
	}
	return d
}
