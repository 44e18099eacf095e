package mongodb

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// UpdateTimes returns the platform's update times, in unix seconds, of the stored documents of a kind with these keys, as
// their versions say. Documents that are absent, or whose answer could not be parsed, are left out, and so are those that
// were fetched before the second of their update was over: another update in the rest of it has the same time. Only what a
// majority has is seen: what a failover can take back must not be a reason to skip a call.
func (c *Client) UpdateTimes(ctx context.Context, kind string, keys []string) (map[string]int64, error) {
	cursor, err := c.Majority(DocumentCollection(kind)).Find(ctx,
		bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}, {Key: "parse_error", Value: nil}},
		options.Find().SetProjection(bson.D{{Key: "version", Value: 1}}))
	if err != nil {
		return nil, fmt.Errorf("read versions of %s: %w", kind, err)
	}
	defer func() { _ = cursor.Close(ctx) }()
	times := make(map[string]int64, len(keys))
	for cursor.Next(ctx) {
		key, _ := cursor.Current.Lookup("_id").StringValueOK()
		version, _ := cursor.Current.Lookup("version").StringValueOK()
		if at, over := updateTime(version); over {
			times[key] = at
		}
	}
	if err := cursor.Err(); err != nil {
		return nil, fmt.Errorf("read versions of %s: %w", kind, err)
	}
	return times, nil
}

// updateTime reads the update time in a version, and whether that second was over when the document was fetched; it is not
// of a version that cannot be read. See schemas.Version.
func updateTime(version string) (seconds int64, over bool) {
	parts := strings.SplitN(version, "-", 3)
	if len(parts) < 2 {
		return 0, false
	}
	seconds, errSeconds := strconv.ParseInt(parts[0], 10, 64)
	fetchedAt, errFetched := strconv.ParseInt(parts[1], 10, 64)
	return seconds, errSeconds == nil && errFetched == nil && fetchedAt/1000 > seconds
}
