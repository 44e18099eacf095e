package mongod

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

const (
	replicaSet = "rs0"
	pollEvery  = 50 * time.Millisecond

	codeNotYetInitialized    = 94
	codeInvalidReplicaConfig = 93
)

// becomePrimary makes the server the only member of its replica set and waits until it takes writes.
func (p *Process) becomePrimary(ctx context.Context, host string) error {
	client, err := mongo.Connect(options.Client().ApplyURI(p.uri).SetServerSelectionTimeout(time.Second))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer client.Disconnect(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is in flight
	admin := client.Database("admin")
	for {
		err := join(ctx, admin, host)
		if err == nil {
			return nil
		}
		select {
		case <-p.Done():
			return errors.New("it ended")
		case <-ctx.Done():
			return fmt.Errorf("not primary in time: %w", err)
		case <-time.After(pollEvery):
		}
	}
}

var errNotYet = errors.New("no primary yet")

// join takes the next step to being primary; nil when there is none left.
func join(ctx context.Context, admin *mongo.Database, host string) error {
	var hello struct {
		Primary bool `bson:"isWritablePrimary"`
	}
	if err := admin.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello); err != nil {
		return err
	}
	if hello.Primary {
		return nil
	}
	err := admin.RunCommand(ctx, bson.D{{Key: "replSetGetStatus", Value: 1}}).Err()
	var refused mongo.CommandError
	if !errors.As(err, &refused) {
		return errors.Join(errNotYet, err)
	}
	member := bson.A{bson.D{{Key: "_id", Value: 0}, {Key: "host", Value: host}}}
	switch refused.Code {
	case codeNotYetInitialized:
		err = admin.RunCommand(ctx, bson.D{{Key: "replSetInitiate", Value: bson.D{
			{Key: "_id", Value: replicaSet}, {Key: "members", Value: member},
		}}}).Err()
	case codeInvalidReplicaConfig: // data of an earlier server, which had another port
		err = readdress(ctx, admin, member)
	}
	return errors.Join(errNotYet, err)
}

func readdress(ctx context.Context, admin *mongo.Database, member bson.A) error {
	var config bson.M
	if err := admin.Client().Database("local").Collection("system.replset").FindOne(ctx, bson.D{}).Decode(&config); err != nil {
		return err
	}
	version, _ := config["version"].(int32)
	config["version"], config["members"] = version+1, member
	return admin.RunCommand(ctx, bson.D{{Key: "replSetReconfig", Value: config}, {Key: "force", Value: true}}).Err()
}
