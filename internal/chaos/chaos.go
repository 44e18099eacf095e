// Package chaos breaks a whole installation while it works, and proves that nothing came of it: every service a process of its
// own, a broker, a mongod and the simulated platforms; kills, stops and outages drawn from a seed; and in the end the oracle.
//
// The schedule follows from the seed. When exactly a signal hits what, the machine decides.
package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
	"golang.org/x/sync/errgroup"

	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/internal/kafka"
	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/service"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/schemas"
)

// Options of a run.
type Options struct {
	Seed     uint64
	Duration time.Duration // of the faults; the backfill is made to last as long at the least

	Shops, Days, Orders int // shops of each platform; days to copy, 0 for what suits the duration; orders a day of each shop

	// Binary is this program.
	Binary string
	// Brokers are of a Kafka that runs already, where topics of a new prefix are created and removed; none starts the embedded one.
	Brokers []string
	// Control stops and starts that Kafka when "stop" or "start" is added to it; empty leaves it alone.
	Control string

	Config   config.Config // the settings that chaos does not choose itself
	Revision string        // of the program, for the report
	Out      io.Writer
}

// Validate names what is wrong with the options.
func (o *Options) Validate() error {
	var errs []error
	if o.Duration < 10*time.Second {
		errs = append(errs, fmt.Errorf("a duration of %v is too short for faults: use 10s or more", o.Duration))
	}
	if o.Shops < 1 || o.Days < 0 || o.Orders < 1 {
		errs = append(errs, fmt.Errorf("a world of %d shops, %d days and %d orders a day has nothing to copy", o.Shops, o.Days, o.Orders))
	}
	if o.Control != "" && len(o.Brokers) == 0 {
		errs = append(errs, errors.New("the command is for a Kafka that kafka.brokers names, and it names none"))
	}
	return errors.Join(errs...)
}

// run is one run.
type run struct {
	Options
	dir      string
	config   config.Config
	topics   schemas.Topics
	store    *store
	broker   server
	sim      *simulator.Server
	client   *mongodb.Client
	watch    *oracle.Watcher
	versions *oracle.Versions
	crew     []*member
	window   oracle.Days
	planID   string
	least    int // calls that the copy takes at the least, and so about as many pages

	report *Report
	stops  []func() error
}

// Run breaks things for as long as it was asked to, waits until the copy is complete, and compares. An error means that it
// could not be shown to its end; what the oracle finds is in the report. The folder with data and logs is kept, and named in
// the report, unless all is well.
func Run(ctx context.Context, o Options) (report *Report, err error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if o.Days == 0 {
		o.Days = min(120, max(4, int(o.Duration/(10*time.Second))))
	}
	r := &run{Options: o, planID: "chaos-" + strconv.FormatUint(o.Seed, 10), report: newReport(&o)}
	// The days before yesterday: their windows have settled, however late at night it is.
	r.window = oracle.FullDays(time.Now().AddDate(0, 0, -1), o.Days)
	if r.dir, err = os.MkdirTemp("", "shopstream-chaos-*"); err != nil {
		return nil, fmt.Errorf("make a folder for data and logs: %w", err)
	}
	defer func() {
		if err == nil && report.OK() {
			err = os.RemoveAll(r.dir)
			return
		}
		fmt.Fprintf(o.Out, "chaos: logs and data are kept in %s\n", r.dir)
	}()
	defer func() { err = errors.Join(err, r.stop()) }()
	if err := r.start(ctx); err != nil {
		return nil, err
	}
	if err := r.breakAll(ctx); err != nil {
		return nil, err
	}
	if err := r.judge(ctx); err != nil {
		return nil, err
	}
	return r.report, nil
}

func (r *run) say(format string, args ...any) {
	fmt.Fprintf(r.Out, "%5s  "+format+"\n", append([]any{time.Since(r.report.Began).Round(time.Second)}, args...)...)
}

// stop takes down what start brought up, in the opposite order.
func (r *run) stop() error {
	var errs []error
	for i := len(r.stops) - 1; i >= 0; i-- {
		errs = append(errs, r.stops[i]())
	}
	return errors.Join(errs...)
}

// start brings up all but the services.
func (r *run) start(ctx context.Context) error {
	var err error
	if r.store, err = startStore(ctx, filepath.Join(r.dir, "mongo")); err != nil {
		return err
	}
	r.stops = append(r.stops, func() error { return r.store.stop() })
	r.config = r.Config
	r.config.Mongo = config.Mongo{URI: secret.Text(r.store.process.URI()), Database: "shopstream"}
	r.config.Kafka.Brokers = r.Brokers
	r.config.Kafka.TopicPrefix = "chaos-" + strings.ToLower(ulid.Make().String()) + "."
	if len(r.Brokers) > 0 {
		r.broker = &external{addrs: r.Brokers, control: r.Control}
		r.stops = append(r.stops, r.removeTopics)
	} else {
		broker, err := startEmbedded(ctx, r.Binary, r.dir)
		if err != nil {
			return err
		}
		r.broker = broker
		r.stops = append(r.stops, broker.stop)
		r.config.Kafka.Brokers, r.config.Kafka.Replication = []string{broker.addr}, 1
	}
	r.topics = service.Topics(r.config)
	if _, err := service.ApplyTopics(ctx, r.config, catalog.Platforms); err != nil {
		return err
	}
	if err := r.startWorld(ctx); err != nil {
		return err
	}
	if r.client, err = mongodb.Connect(ctx, r.config.Mongo.URI, r.config.Mongo.Database, "shopstream-chaos"); err != nil {
		return err
	}
	r.stops = append(r.stops, func() error { return r.client.Close(context.WithoutCancel(ctx)) })
	return r.startOracle(context.WithoutCancel(ctx))
}

// startOracle begins to look at what is stored and published, until stop.
func (r *run) startOracle(ctx context.Context) (err error) {
	if r.versions, err = oracle.NewVersions(r.client.Raw(), mongodb.DocumentCollections()...); err != nil {
		return err
	}
	if r.watch, err = oracle.NewWatcher(kafka.ClientOptions(r.config.Kafka.Brokers), r.watched()); err != nil {
		return err
	}
	watching, cancel := context.WithCancel(ctx)
	var looking errgroup.Group
	looking.Go(func() error { r.watch.Run(watching); return nil })
	looking.Go(func() error { r.versions.Watch(watching, 2*time.Second); return nil })
	r.stops = append(r.stops, func() error {
		cancel()
		err := looking.Wait()
		r.versions.Close(ctx)
		return err
	})
	return nil
}

func (r *run) watched() oracle.Watched {
	w := oracle.Watched{Progress: r.topics.Progress()}
	for platform, kinds := range catalog.Platforms.Kinds() {
		for _, kind := range kinds {
			w.Raw = append(w.Raw, r.topics.Raw(platform, kind))
		}
	}
	for _, kind := range schemas.Kinds {
		w.Clean = append(w.Clean, r.topics.Clean(kind))
	}
	return w
}
