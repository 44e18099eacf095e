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
	shops, mongo bool // needs the shops file; needs the store
	stages       func(*parts) ([]*stream.Stage, error)
}

// All lists the services in the order of the data's way.
var All = []Service{
	{Name: "planner", Short: "Turn plans into tasks", shops: true, mongo: true, stages: plannerStages},
	{Name: "fetcher", Short: "Turn tasks into raw pages", shops: true, mongo: true, stages: fetcherStages},
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
	shops    *shop.Book      // nil when no service needs it
	mongo    *mongodb.Client // nil when no service needs it
}

// newParts connects to what the services need and checks that it is there, so that a wrong setting ends the program with one
// clear line instead of a service that waits for ever.
func newParts(ctx context.Context, e Env, which []Service) (p *parts, err error) {
	p = &parts{
		Env: e, topics: Topics(e.Config), adapters: Adapters(e.Config),
		registry: telemetry.NewRegistry(version.String()),
	}
	defer func() {
		if err != nil {
			p.close(ctx)
		}
	}()
	var needShops, needMongo bool
	for _, sv := range which {
		needShops, needMongo = needShops || sv.shops, needMongo || sv.mongo
	}
	if needShops {
		if p.shops, err = LoadShops(e.Config); err != nil {
			return nil, err
		}
	}
	if p.admin, err = ConnectKafka(ctx, e.Config); err != nil {
		return nil, err
	}
	missing, err := kafka.Missing(ctx, kadm.NewClient(p.admin), allTopics(e.Config))
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("%d topics do not exist, the first is %s: create them with `shopstream topics apply`", len(missing), missing[0])
	}
	if needMongo {
		if p.mongo, err = ConnectMongo(ctx, e.Config); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// LoadShops reads the shops file and refuses one without an enabled shop.
func LoadShops(c config.Config) (*shop.Book, error) {
	book, err := shop.Load(c.Shops.File)
	if err != nil {
		return nil, err
	}
	if len(book.Select(nil, nil, nil)) == 0 {
		return nil, fmt.Errorf("%s (shops.file) has no enabled shop: add one", c.Shops.File)
	}
	return book, nil
}

// ConnectMongo returns a client once the store answers and has its indexes.
func ConnectMongo(ctx context.Context, c config.Config) (*mongodb.Client, error) {
	client, err := mongodb.Connect(ctx, c.Mongo.URI, c.Mongo.Database, "shopstream")
	if err != nil {
		return nil, fmt.Errorf("mongo.uri: %w", err)
	}
	if err := client.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("no MongoDB answers (mongo.uri): %w", err), client.Close(ctx))
	}
	return client, nil
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

// stages builds the stages of the services; indexes are made first, since a sink without them would slow its readers down.
func (p *parts) stages(ctx context.Context, which []Service) ([]*stream.Stage, error) {
	if p.mongo != nil {
		if err := p.mongo.EnsureIndexes(ctx); err != nil {
			return nil, err
		}
	}
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
		Revision: version.String(), Logger: p.Log, Registerer: p.registry,
	}
	if p.mongo != nil {
		o.Probe = p.mongo.Ping
	}
	return o
}
