// Package service puts the parts of each service together and runs them: which topics a stage consumes, in which group, and
// what it needs besides. It is the one place that knows all stages.
package service

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/internal/kafka"
	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/internal/telemetry"
	"github.com/shopstream/shopstream/internal/version"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// Service is one of the programs of a pipeline: one or more stages, and what they need.
type Service struct {
	Name, Short  string
	shops, mongo bool // needs the shops; needs the store
	secrets      bool // needs the shops' credentials, and so the key
	stages       func(*parts) ([]*stream.Stage, error)
}

// All lists the services in the order of the data's way.
var All = []Service{
	{Name: "planner", Short: "Turn plans into tasks", shops: true, mongo: true, stages: plannerStages},
	{Name: "fetcher", Short: "Turn tasks into raw pages", shops: true, mongo: true, secrets: true, stages: fetcherStages},
	{Name: "delay", Short: "Return delayed records when they are due", stages: delayStages},
	{Name: "transformer", Short: "Turn raw pages into clean documents", stages: transformerStages},
	{Name: "sink", Short: "Store clean documents in MongoDB", mongo: true, stages: sinkStages},
	{Name: "tracker", Short: "Keep the ledger of what is done", mongo: true, stages: trackerStages},
}

// parts is what the stages of one process share.
type parts struct {
	Env
	topics   schemas.Topics
	adapters []platform.Adapter
	registry *prometheus.Registry
	admin    *kgo.Client
	shops    *shops                  // nil when no service needs them
	mongo    *mongodb.Client         // nil when no service needs it
	beside   []func(context.Context) // goes on beside the stages, until the last of them has ended
}

// newParts connects to what the services need and checks that it is there, so that a wrong setting ends the program with one
// clear line instead of a service that waits for ever. It creates nothing.
func newParts(ctx context.Context, e Env, which []Service) (*parts, error) {
	p := &parts{
		Env: e, topics: Topics(e.Config), adapters: Adapters(e.Config, e.Platforms),
		registry: telemetry.NewRegistry(version.String()),
	}
	if err := p.connect(ctx, which); err != nil {
		p.close(ctx)
		return nil, err
	}
	return p, nil
}

func (p *parts) connect(ctx context.Context, which []Service) (err error) {
	var needShops, needSecrets, needMongo bool
	for _, sv := range which {
		needShops, needSecrets, needMongo = needShops || sv.shops, needSecrets || sv.secrets, needMongo || sv.mongo
	}
	var file []shop.Shop
	if needShops {
		if file, err = readShops(p.Config, p.Platforms); err != nil {
			return err
		}
	}
	if p.admin, err = ConnectKafka(ctx, p.Config); err != nil {
		return err
	}
	if needMongo {
		if p.mongo, err = ConnectMongo(ctx, p.Config); err != nil {
			return err
		}
	}
	if needShops {
		if p.shops, err = openShops(ctx, p.Config, p.mongo, file, needSecrets, p.Log); err != nil {
			return err
		}
		p.beside = append(p.beside, p.shops.Run)
	}
	if !p.CreateTopics {
		missing, err := kafka.Missing(ctx, kadm.NewClient(p.admin), allTopics(p.Config, p.Platforms))
		if err != nil {
			return err
		}
		if len(missing) > 0 {
			return fmt.Errorf("topics do not exist, %d of them, such as %s: create them with `shopstream topics apply`", len(missing), missing[0])
		}
	}
	return nil
}

// ConnectMongo returns a client once the store answers.
func ConnectMongo(ctx context.Context, c config.Config) (*mongodb.Client, error) {
	client, err := mongodb.Connect(ctx, c.Mongo.URI, c.Mongo.Database, "shopstream")
	if err != nil {
		return nil, fmt.Errorf("mongo.uri: %w", err)
	}
	err = client.Ping(ctx)
	if err == nil {
		return client, nil
	}
	hosts := strings.Join(client.Hosts(), ", ")
	switch {
	case mongodb.Denied(err):
		err = fmt.Errorf("MongoDB at %s refuses the user or the password (mongo.uri): %w", hosts, err)
	case mongodb.Uninitiated(err):
		err = fmt.Errorf("MongoDB at %s is not yet a member of its replica set: run `rs.initiate()` there once, with mongosh (mongo.uri): %w", hosts, err)
	default:
		err = fmt.Errorf("no MongoDB answers at %s (mongo.uri): %w", hosts, err)
	}
	return nil, errors.Join(err, client.Close(ctx))
}

func (p *parts) close(ctx context.Context) {
	if p.admin != nil {
		p.admin.Close()
	}
	if p.mongo != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if err := p.mongo.Close(ctx); err != nil {
			p.Log.Warn("close the store's connections", "error", err)
		}
	}
}

// create makes what the services need and do not find: topics, if that is wanted, the shops of the file, and indexes, since a
// sink without them would slow its readers down.
func (p *parts) create(ctx context.Context) error {
	if p.CreateTopics {
		if _, err := applyTopics(ctx, p.admin, p.Config, p.Platforms); err != nil {
			return err
		}
	}
	if p.mongo == nil {
		return nil
	}
	if p.shops != nil {
		if err := p.shops.take(ctx); err != nil {
			return err
		}
	}
	return p.mongo.EnsureIndexes(ctx)
}

// stages builds the stages of the services.
func (p *parts) stages(which []Service) ([]*stream.Stage, error) {
	var all []*stream.Stage
	for _, sv := range which {
		stages, err := sv.stages(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", sv.Name, err)
		}
		all = append(all, stages...)
	}
	return all, nil
}

// options returns what all stages have in common. groupParts name the consumer group and the stage.
func (p *parts) options(stage string, consume []string, groupParts ...string) stream.Options {
	name := strings.Join(groupParts, ".")
	o := stream.Options{
		Stage: stage, Name: name, Group: p.topics.Group(groupParts...), Consume: consume, Topics: p.topics,
		Client: kafka.ClientOptions(p.Config.Kafka.Brokers), Instance: p.Config.Instance,
		Revision: version.String(), Logger: p.Log, Registerer: p.registry, Now: p.Now,
	}
	if p.mongo != nil {
		o.Probe = p.mongo.Ping
	}
	return o
}
