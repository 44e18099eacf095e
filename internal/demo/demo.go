// Package demo shows the whole pipeline at work on one machine, and proves the result: a simulated world, a broker in this
// process, a real mongod and every service, and in the end a comparison of what is stored with what there is.
//
// The comparison shares nothing with the pipeline: it asks the simulator for the truth over HTTP and reads MongoDB afresh.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/oklog/ulid/v2"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/internal/ledger"
	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/mongod"
	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/service"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/schemas"
)

// Options is the size of the world, and where things go.
type Options struct {
	Shops, Days, Orders int // shops of each platform; full days before today; orders a day and shop
	// MongoURI names a MongoDB to use; empty starts a mongod for the demo alone.
	MongoURI secret.Text
	Config   config.Config // the settings that the demo does not choose itself
	Out      io.Writer
	Log      *slog.Logger

	// Profile, when set, is a folder for profiles of this process.
	Profile string

	// Tamper, when set, is called with the store once the pipeline is done and before the comparison, so that a test can
	// spoil what the comparison must find.
	Tamper func(context.Context, *mongo.Database) error
}

// demo is one run of it.
type demo struct {
	Options
	dir    string
	config config.Config
	sim    *simulator.Server
	client *mongodb.Client
	window oracle.Days
	plan   schemas.Plan

	began, ended time.Time // of the pipeline's work
}

// Run shows the demo and returns what it found, after everything has stopped. An error means that it could not be shown
// to its end.
func Run(ctx context.Context, o Options) (report *Report, err error) {
	if o.Shops < 1 || o.Days < 1 || o.Orders < 1 {
		return nil, fmt.Errorf("a world of %d shops, %d days and %d orders a day has nothing to show: use 1 or more of each", o.Shops, o.Days, o.Orders)
	}
	d := &demo{Options: o, window: oracle.FullDays(time.Now(), o.Days)}
	if d.dir, err = os.MkdirTemp("", "shopstream-demo-*"); err != nil {
		return nil, fmt.Errorf("make a folder for the demo's data: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(d.dir)) }()
	stopProfile, err := profile(ctx, o.Profile)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stopProfile()) }()
	stop, err := d.start(ctx)
	defer func() { err = errors.Join(err, stop()) }()
	if err != nil {
		return nil, err
	}
	if err := d.sync(ctx); err != nil {
		return nil, err
	}
	if o.Tamper != nil {
		if err := o.Tamper(ctx, d.client.Raw()); err != nil {
			return nil, err
		}
	}
	return d.compare(ctx)
}

// start brings up what the services need; stop takes it down again, in the opposite order, also after an error.
func (d *demo) start(ctx context.Context) (stop func() error, err error) {
	var stops []func() error
	stop = func() error {
		var errs []error
		for i := len(stops) - 1; i >= 0; i-- {
			errs = append(errs, stops[i]())
		}
		return errors.Join(errs...)
	}
	d.config = d.Config
	uri := d.MongoURI
	if uri == "" {
		process, err := mongod.Start(ctx, mongod.Options{Dir: filepath.Join(d.dir, "mongo")})
		if err != nil {
			return stop, err
		}
		stops = append(stops, process.Stop)
		uri = secret.Text(process.URI())
	}
	database := "shopstream_demo_" + ulid.Make().String()
	if d.client, err = mongodb.Connect(ctx, uri, database, "shopstream-demo"); err != nil {
		return stop, err
	}
	stops = append(stops, d.dropDatabase)
	broker, err := kafka.StartEmbedded(filepath.Join(d.dir, "kafka"), 0)
	if err != nil {
		return stop, err
	}
	stops = append(stops, func() error { broker.Close(); return nil })
	stopSim, err := d.startSimulator(ctx)
	if err != nil {
		return stop, err
	}
	stops = append(stops, stopSim)
	d.config.Mongo = config.Mongo{URI: uri, Database: database}
	d.config.Kafka.Brokers = broker.Addrs()
	d.config.Kafka.Replication = 1
	d.config.HTTP.Addr = ""
	d.config.Time.Zone = config.Zone{} // the simulated world's
	return stop, nil
}

// dropDatabase leaves nothing behind in a MongoDB that is not the demo's own.
func (d *demo) dropDatabase() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return errors.Join(d.client.Raw().Drop(ctx), d.client.Close(ctx))
}

// startSimulator starts the world and lets its limit be what the pipeline is told, so that the work takes about half a minute
// however large the world is.
func (d *demo) startSimulator(ctx context.Context) (stop func() error, err error) {
	rate := min(1_000_000, max(600, 2*d.Shops*(d.Days*d.callsOfDay()+callsOfCatalogue)))
	shops := filepath.Join(d.dir, "shops.yaml")
	d.sim, err = simulator.New(simulator.Options{
		Addr: "127.0.0.1:0", Seed: 7, Shops: d.Shops, Days: d.Days, OrdersPerDay: d.Orders, Rate: rate, WriteShops: shops,
	})
	if err != nil {
		return nil, err
	}
	if err := d.sim.Listen(ctx); err != nil {
		return nil, err
	}
	if err := d.sim.WriteShopsFile(shops, d.sim.URL()); err != nil {
		return nil, err
	}
	runCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- d.sim.Run(runCtx) }()
	d.config.Shops.File, d.config.Shops.KeyFile = shops, filepath.Join(d.dir, "shopstream.key")
	platforms := map[string]config.Platform{}
	for name, p := range d.config.Platforms {
		p.Rate = rate
		platforms[name] = p
	}
	d.config.Platforms = platforms
	return func() error { cancel(); return <-done }, nil
}

// callsOfCatalogue is about how many calls the products of a shop take.
const callsOfCatalogue = 320

// callsOfDay is about how many calls a shop's day takes, all kinds together, on the platform that takes most.
func (d *demo) callsOfDay() int {
	calls := 10 + d.Orders/6
	for name := range d.config.Platforms {
		if d.history(name) {
			return calls + d.Orders // nearly every order has a parcel, and a parcel is a call
		}
	}
	return calls
}

// sync runs all services until the run that a plan begins has come to its end.
func (d *demo) sync(ctx context.Context) error {
	if _, err := service.ApplyTopics(ctx, d.config, catalog.Platforms); err != nil {
		return err
	}
	runCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	services := make(chan error, 1)
	go func() {
		services <- service.Run(runCtx, service.Env{Config: d.config, Log: d.Log, Platforms: catalog.Platforms}, service.All)
	}()
	d.began = time.Now()
	err := d.producePlan(ctx)
	if err == nil {
		err = d.watch(ctx, services)
	}
	d.ended = time.Now()
	cancel()
	return errors.Join(err, <-services)
}

func (d *demo) producePlan(ctx context.Context) error {
	d.plan = schemas.Plan{PlanID: ulid.Make().String(), From: d.window.First(), To: d.window.Last()}
	cl, err := service.ConnectKafka(ctx, d.config)
	if err != nil {
		return err
	}
	defer cl.Close()
	record, err := d.plan.Record(service.Topics(d.config).Plans())
	if err != nil {
		return err
	}
	return cl.ProduceSync(ctx, record).FirstErr()
}

// watch shows how far the run is until it has ended. services reports should they end before.
func (d *demo) watch(ctx context.Context, services chan error) error {
	l, err := ledger.New(d.client, time.Now)
	if err != nil {
		return err
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-services:
			services <- nil // for whoever waits for their end
			return errors.Join(errors.New("the services ended before the run did"), err)
		case <-tick.C:
		}
		run, err := l.Show(ctx, d.plan.PlanID, d.config.Chunk.Timeout)
		if errors.Is(err, ledger.ErrNoRun) {
			continue
		}
		if err != nil {
			return err
		}
		ended := run.Status != schemas.RunPlanned && run.Status != schemas.RunRunning
		if ended || n%progressEvery == 0 {
			if err := d.progress(&run); err != nil {
				return err
			}
		}
		if ended {
			return d.checkEnd(&run)
		}
	}
}

// progressEvery is how many seconds lie between two lines of progress.
const progressEvery = 3

func (d *demo) progress(run *ledger.Detail) error {
	elapsed := time.Since(d.began).Round(time.Second)
	done := run.Sums.Inserted + run.Sums.Updated + run.Sums.Unchanged + run.Sums.Stale
	_, err := fmt.Fprintf(d.Out, "%5s  run %-9s  chunks %d of %d  rows listed %d, stored %d  calls %d\n",
		elapsed, run.Status, run.Counts.Closed(), run.Planned, run.Sums.Listed, done, run.Sums.Calls)
	return err
}

func (d *demo) checkEnd(run *ledger.Detail) error {
	if run.Status == schemas.RunCompleted {
		return nil
	}
	errs := []error{fmt.Errorf("run %s is %s", run.ID, run.Status)}
	for _, gap := range run.Gaps {
		errs = append(errs, fmt.Errorf("chunk %s: %s", gap.ID, gap.Gaps))
	}
	return errors.Join(errs...)
}
