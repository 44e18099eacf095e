// Package mongodb opens the store and says what its errors mean. It knows collections, indexes and error codes; what is in
// the documents is the business of the sink and the ledger.
//
// Every write of a Client waits until a majority of the replica set has it on disk. Reads are local unless their caller asks for more: a
// read that decides that something need not be done asks for [Majority].
package mongodb

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/shopstream/shopstream/internal/secret"
)

const (
	// selectionTimeout bounds the wait for a usable server. An outage has to become an error soon, so that the caller can
	// say so in its health and try again: waiting longer here would only hide it.
	selectionTimeout = 10 * time.Second
	connectTimeout   = 5 * time.Second

	// maxPoolSize is far above what the lanes of one process use at a time.
	maxPoolSize = 32
)

// Client is one installation's database. It is safe for concurrent use.
type Client struct {
	client   *mongo.Client
	database *mongo.Database
	hosts    []string
}

// Connect prepares a client for the database at uri. It does not wait for a server: an address where nobody listens shows
// in [Client.Ping] and in every later call. No error, here or later, contains the password of uri.
func Connect(_ context.Context, uri secret.Text, database, appName string) (*Client, error) {
	if database == "" {
		return nil, errors.New("connect to mongodb: no database name")
	}
	opts := options.Client().ApplyURI(uri.Reveal())
	if err := opts.Validate(); err != nil {
		return nil, fmt.Errorf("connect to mongodb: %w", withoutSecrets(err, uri))
	}
	opts.SetAppName(appName).
		// The journal, so that a server in no replica set, too, confirms nothing that it would forget if it died. In a set the
		// majority waits for it anyway, unless the set is configured not to.
		SetWriteConcern(&writeconcern.WriteConcern{W: writeconcern.WCMajority, Journal: new(true)}).
		SetServerSelectionTimeout(selectionTimeout).
		SetConnectTimeout(connectTimeout).
		SetMaxPoolSize(maxPoolSize)
	client, err := mongo.Connect(opts)
	if err != nil {
		return nil, fmt.Errorf("connect to mongodb: %w", withoutSecrets(err, uri))
	}
	return &Client{client: client, database: client.Database(database), hosts: opts.Hosts}, nil
}

// withoutSecrets keeps the reason of an error about uri and drops every part of uri that nobody may see. Errors about an
// unreadable uri quote it, so the text is replaced rather than wrapped.
func withoutSecrets(err error, uri secret.Text) error {
	text := strings.ReplaceAll(err.Error(), uri.Reveal(), uri.String())
	_, rest, _ := strings.Cut(uri.Reveal(), "://")
	if end := strings.LastIndexByte(rest, '@'); end >= 0 {
		user, password, _ := strings.Cut(rest[:end], ":")
		for _, part := range []string{rest[:end], password, user} {
			text = hide(text, part)
			if plain, err := url.QueryUnescape(part); err == nil {
				text = hide(text, plain)
			}
		}
	}
	return errors.New(text)
}

func hide(text, part string) string {
	if part == "" {
		return text
	}
	return strings.ReplaceAll(text, part, secret.Text(part).String())
}

// Hosts returns the servers that the uri names, without anything secret.
func (c *Client) Hosts() []string { return c.hosts }

// Ping asks the primary for an answer: nil means that reads and writes can be expected to work.
func (c *Client) Ping(ctx context.Context) error {
	if err := c.client.Ping(ctx, nil); err != nil {
		return fmt.Errorf("ping mongodb: %w", err)
	}
	return nil
}

// Close ends all connections. Calls under way fail.
func (c *Client) Close(ctx context.Context) error {
	if err := c.client.Disconnect(ctx); err != nil {
		return fmt.Errorf("disconnect from mongodb: %w", err)
	}
	return nil
}

// Collection returns a collection with majority writes and default reads.
func (c *Client) Collection(name string) *mongo.Collection { return c.database.Collection(name) }

// Majority returns a collection whose reads never see a write that a failover could still take back.
func (c *Client) Majority(name string) *mongo.Collection {
	return c.database.Collection(name, options.Collection().SetReadConcern(readconcern.Majority()))
}

// Raw returns the driver's database, for tests and for administration.
func (c *Client) Raw() *mongo.Database { return c.database }

// indexes lists the secondary indexes of a collection.
func indexes(collection string) []bson.D {
	switch collection {
	case Runs:
		return nil
	case Chunks:
		return []bson.D{{{Key: "plan_id", Value: 1}, {Key: "status", Value: 1}}}
	default:
		return []bson.D{
			{{Key: "shop_id", Value: 1}, {Key: "channel_id", Value: 1}, {Key: "create_time", Value: 1}},
			{{Key: "platform", Value: 1}, {Key: "update_time", Value: 1}},
		}
	}
}

// EnsureIndexes creates the indexes that are missing. Doing it again, or in several processes at once, changes nothing.
func (c *Client) EnsureIndexes(ctx context.Context) error {
	for _, name := range append([]string{Chunks}, DocumentCollections()...) {
		var models []mongo.IndexModel
		for _, keys := range indexes(name) {
			models = append(models, mongo.IndexModel{Keys: keys})
		}
		if _, err := c.Collection(name).Indexes().CreateMany(ctx, models); err != nil {
			return fmt.Errorf("create indexes of %s: %w", name, err)
		}
	}
	return nil
}

// Now returns the server's time, to the millisecond.
func (c *Client) Now(ctx context.Context) (time.Time, error) {
	var hello struct {
		LocalTime time.Time `bson:"localTime"`
	}
	if err := c.database.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello); err != nil {
		return time.Time{}, fmt.Errorf("ask mongodb for its time: %w", err)
	}
	return hello.LocalTime, nil
}
