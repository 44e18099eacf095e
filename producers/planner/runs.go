package planner

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"

	"github.com/shopstream/shopstream/schemas"
)

// Runs claims plans in the collection sync_runs.
type Runs struct {
	collection *mongo.Collection
}

// NewRuns returns a claimer on the collection, whose writes must wait for a majority. Claims are read with majority, too: a failover
// takes none back.
func NewRuns(collection *mongo.Collection) *Runs {
	return &Runs{collection: collection.Clone(options.Collection().SetReadConcern(readconcern.Majority()))}
}

// Claim inserts the run unless its id is taken. It returns the run as it is stored, and whether it is this record's: one
// record can claim again and again, a second record with the same plan never.
func (r *Runs) Claim(ctx context.Context, run schemas.Run) (stored schemas.Run, mine bool, err error) {
	_, err = r.collection.InsertOne(ctx, run)
	if err == nil {
		return run, true, nil
	}
	if !mongo.IsDuplicateKeyError(err) {
		return schemas.Run{}, false, fmt.Errorf("claim plan %s: %w", run.ID, err)
	}
	err = r.collection.FindOne(ctx, bson.D{{Key: "_id", Value: run.ID}}).Decode(&stored)
	if errors.Is(err, mongo.ErrNoDocuments) {
		// The other one is not yet safe on a majority: whether it stays is open.
		return schemas.Run{}, false, fmt.Errorf("claim plan %s: the claim that is there is not settled yet", run.ID)
	}
	if err != nil {
		return schemas.Run{}, false, fmt.Errorf("read the claim of plan %s: %w", run.ID, err)
	}
	return stored, stored.Origin == run.Origin, nil
}
