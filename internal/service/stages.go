package service

import (
	"context"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/delay"
	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/internal/ledger"
	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/producers/call"
	"github.com/shopstream/shopstream/producers/fetcher"
	"github.com/shopstream/shopstream/producers/planner"
	"github.com/shopstream/shopstream/producers/renewal"
	"github.com/shopstream/shopstream/schemas"
	sinkmongo "github.com/shopstream/shopstream/sinks/mongo"
	"github.com/shopstream/shopstream/sinks/tracker"
	"github.com/shopstream/shopstream/transformers"
)

func plannerStages(p *parts) ([]*stream.Stage, error) {
	claimer, err := planner.NewClaimer(planner.ClaimerOptions{
		Topics: p.topics, Book: p.shops.View, Refresh: p.shops.Load, Runs: planner.NewRuns(p.mongo.Collection(mongodb.Runs)), Adapters: p.adapters,
		Zone: p.Config.Time.Zone.Location(), ChunkDays: p.Config.Chunk.Days, Logger: p.Log, Registry: p.registry,
	})
	if err != nil {
		return nil, err
	}
	o := p.options(schemas.StagePlanner, []string{p.topics.Plans()}, "planner")
	o.FromAnyone = true
	stage, err := stream.New(o, claimer)
	if err != nil {
		return nil, err
	}
	stages := []*stream.Stage{stage}
	adm := kadm.NewClient(p.admin)
	for _, adapter := range p.adapters {
		for _, lane := range lanes {
			name := adapter.Platform()
			tasks, group := p.topics.Tasks(lane, name), p.topics.Group("fetcher", lane, name)
			slicer, err := planner.NewSlicer(planner.SlicerOptions{
				Topics: p.topics, Lane: lane, Adapter: adapter, Zone: p.Config.Time.Zone.Location(),
				Registry: p.registry, Rate: p.Config.Platforms[name].Rate, Now: p.Now,
				Backlog: func(ctx context.Context) (int, error) { return kafka.Backlog(ctx, adm, group, tasks) },
			})
			if err != nil {
				return nil, err
			}
			o := p.options(schemas.StagePlanner, []string{p.topics.PlansWork(lane, name)}, "planner", lane, name)
			o.UntilDone = true
			o.Account = func(r *kgo.Record, rej stream.Rejection) (schemas.Fact, bool) {
				return schemas.RejectPlanFact(r, rej.Class, p.Now().UnixMilli())
			}
			if stage, err = stream.New(o, slicer); err != nil {
				return nil, err
			}
			stages = append(stages, stage)
		}
	}
	return stages, nil
}

func fetcherStages(p *parts) ([]*stream.Stage, error) {
	limiter, assigned, err := newLimiter(p)
	if err != nil {
		return nil, err
	}
	client := call.NewClient()
	tokens, err := renewal.New(renewal.Options{
		View: p.shops.View, Store: p.shops.store, Adapters: p.adapters, HTTP: client, Logger: p.Log, Registry: p.registry,
	})
	if err != nil {
		return nil, err
	}
	p.beside = append(p.beside, tokens.Run)
	var stages []*stream.Stage
	for _, adapter := range p.adapters {
		for _, lane := range lanes {
			f, err := fetcher.New(fetcher.Options{
				Topics: p.topics, Lane: lane, Adapter: adapter, Shops: p.shops.View, Reread: p.shops.Reread, Tokens: tokens, Limiter: limiter, Logger: p.Log,
				Registry: p.registry, HTTP: client, Parallel: p.Config.Fetch.Parallel, Tries: p.Config.Fetch.Retries,
				Backoff: p.Config.Fetch.Backoff, Timeout: p.Config.Fetch.Timeout, Settle: p.Config.Time.Settle,
				MaxRecordBytes: schemas.MaxRecordBytes - recordOverhead, PlatformTime: p.mongo.Now, Now: p.Now, Stored: p.mongo,
			})
			if err != nil {
				return nil, err
			}
			o := p.options(schemas.StageFetcher, []string{p.topics.Tasks(lane, adapter.Platform())}, "fetcher", lane, adapter.Platform())
			o.UntilDone = true
			o.Client = append(o.Client, assigned.watch(p.topics.Tasks(lane, adapter.Platform())))
			o.MaxRecords = fetchBatch(p.Config.Platforms[adapter.Platform()].Rate, p.Config.Fetch.Parallel)
			stage, err := stream.New(o, f)
			if err != nil {
				return nil, err
			}
			stages = append(stages, stage)
		}
	}
	return stages, nil
}

// fetchBatch returns how many tasks a fetcher takes at a time: no more than may be called within a second, since what a
// batch has fetched shows only when all of it is done, and is fetched again, at the cost of the allowed rate, when the process
// dies before; but one for each call that may be in flight. rate is in calls a minute.
func fetchBatch(rate, parallel int) int {
	return max(parallel, min(10*parallel, rate/60))
}

// recordOverhead is what a record takes besides its value: key, headers and framing.
const recordOverhead = 64 << 10

func delayStages(p *parts) ([]*stream.Stage, error) {
	var returnTo, consume []string
	for _, platform := range p.Platforms.Names() {
		for _, lane := range lanes {
			returnTo = append(returnTo, p.topics.Tasks(lane, platform))
		}
	}
	for _, d := range delay.Lengths {
		consume = append(consume, p.topics.Delay(d.Name))
	}
	o := p.options(schemas.StageDelay, consume, "delay")
	o.UntilDone = true
	stage, err := stream.New(o, delay.NewMover(returnTo, p.Now))
	return []*stream.Stage{stage}, err
}

func transformerStages(p *parts) ([]*stream.Stage, error) {
	t, err := transformers.New(transformers.Options{
		Topics: p.topics, Zone: p.Config.Time.Zone.Location(), Now: p.Now, Mappers: p.Platforms.Mappers(),
		MaxBytes: schemas.MaxRecordBytes - recordOverhead, Registerer: p.registry, Logger: p.Log,
	})
	if err != nil {
		return nil, err
	}
	o := p.options(schemas.StageTransformer, t.Inputs(), "transformer")
	o.MaxRecords = 200
	stage, err := stream.New(o, t)
	return []*stream.Stage{stage}, err
}

func sinkStages(p *parts) ([]*stream.Stage, error) {
	sink, err := sinkmongo.New(p.mongo, sinkmongo.Options{
		Topics: p.topics, Zone: p.Config.Time.Zone.Location(), Log: p.Log, Registerer: p.registry, Now: p.Now,
	})
	if err != nil {
		return nil, err
	}
	var consume []string
	for _, kind := range sink.Kinds() {
		consume = append(consume, p.topics.Clean(kind))
	}
	o := p.options(schemas.StageSink, consume, "sink")
	o.MaxRecords = p.Config.Sink.Batch
	stage, err := stream.New(o, sink)
	return []*stream.Stage{stage}, err
}

func trackerStages(p *parts) ([]*stream.Stage, error) {
	l, err := ledger.New(p.mongo, p.Now)
	if err != nil {
		return nil, err
	}
	t, err := tracker.New(l, p.Now)
	if err != nil {
		return nil, err
	}
	o := p.options(schemas.StageTracker, []string{p.topics.Progress()}, "tracker")
	o.UntilDone = true
	o.MaxRecords = 1000
	stage, err := stream.New(o, t)
	return []*stream.Stage{stage}, err
}
