package ratelimit

import (
	"context"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Lowered is a scope in which fewer calls are made than configured, because of what the platform answered.
type Lowered struct {
	Scope  string    // such as shopee:app:2001234
	Rate   int       // calls a minute at most
	Limit  int       // calls a minute that are configured
	Closed time.Time // nothing begins before; zero when calls begin
}

// maxLowered bounds what [ListLowered] returns.
const maxLowered = 100

// ListLowered returns the scopes that are closed at the moment, or learnt to bear less than configured; now is the store's time.
func ListLowered(ctx context.Context, c *mongo.Collection, now time.Time) ([]Lowered, error) {
	recently := now.Add(-time.Duration(float64(time.Minute) / creep)) // any ceiling has crept up again since
	filter := bson.D{{Key: "$or", Value: bson.A{
		bson.D{{Key: "closed", Value: bson.D{{Key: "$gt", Value: now.UnixNano()}}}},
		bson.D{{Key: "learned", Value: bson.D{{Key: "$gt", Value: recently.UnixNano()}}}},
	}}}
	found, err := c.Find(ctx, filter, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(maxLowered))
	if err != nil {
		return nil, fmt.Errorf("list limits: %w", err)
	}
	var states []struct {
		ID    string `bson:"_id"`
		State state  `bson:",inline"`
	}
	if err := found.All(ctx, &states); err != nil {
		return nil, fmt.Errorf("list limits: %w", err)
	}
	var list []Lowered
	for i := range states {
		st := &states[i].State
		since := float64(max(0, now.UnixNano()-st.Learned))
		l := Lowered{Scope: states[i].ID, Limit: int(st.Limit), Rate: int(min(float64(st.Limit),
			st.Ceiling+creep*float64(st.Limit)*since/float64(time.Minute)))}
		if st.Closed > now.UnixNano() {
			l.Closed = time.Unix(0, st.Closed)
		}
		if l.Rate < l.Limit || !l.Closed.IsZero() {
			list = append(list, l)
		}
	}
	return list, nil
}
