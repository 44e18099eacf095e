package mongodb

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/shopstream/shopstream/schemas"
)

// Versions returns the versions of the stored documents of a kind with these keys. Documents that are absent, or whose answer
// could not be parsed, are left out. Only what a majority has is seen: what a failover can take back must not be a reason to
// skip a call.
func (c *Client) Versions(ctx context.Context, kind string, keys []string) (map[string]string, error) {
	versions := make(map[string]string, len(keys))
	filter := bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}, {Key: "parse_error", Value: nil}}
	err := c.read(ctx, kind, filter, []string{"version"}, func(key string, document bson.Raw) {
		if version, ok := document.Lookup("version").StringValueOK(); ok {
			versions[key] = version
		}
	})
	return versions, err
}

// Bare returns the versions of the stored orders with these keys that are valid and have no parcel, and their statuses in the
// platform's word. It sees what [Client.Versions] sees.
func (c *Client) Bare(ctx context.Context, keys []string) (versions, statuses map[string]string, err error) {
	versions, statuses = map[string]string{}, map[string]string{}
	filter := bson.D{
		{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}},
		{Key: "parse_error", Value: nil},
		{Key: "is_valid", Value: true},
		{Key: "packages", Value: nil},
	}
	err = c.read(ctx, schemas.Orders, filter, []string{"version", "status"}, func(key string, document bson.Raw) {
		version, ok := document.Lookup("version").StringValueOK()
		if !ok {
			return
		}
		versions[key] = version
		statuses[key], _ = document.Lookup("status").StringValueOK()
	})
	return versions, statuses, err
}

func (c *Client) read(ctx context.Context, kind string, filter bson.D, fields []string, each func(key string, document bson.Raw)) error {
	projection := make(bson.D, len(fields))
	for i, field := range fields {
		projection[i] = bson.E{Key: field, Value: 1}
	}
	cursor, err := c.Majority(DocumentCollection(kind)).Find(ctx, filter, options.Find().SetProjection(projection))
	if err != nil {
		return fmt.Errorf("read versions of %s: %w", kind, err)
	}
	defer func() { _ = cursor.Close(ctx) }()
	for cursor.Next(ctx) {
		key, _ := cursor.Current.Lookup("_id").StringValueOK()
		each(key, cursor.Current)
	}
	if err := cursor.Err(); err != nil {
		return fmt.Errorf("read versions of %s: %w", kind, err)
	}
	return nil
}
