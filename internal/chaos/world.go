package chaos

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafka"
	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/internal/simulator/world"
	"github.com/shopstream/shopstream/schemas"
)

// startWorld serves the platforms, and chooses the rates so that the copy lasts as long as the faults: they take a good part of it. The simulator itself has
// no limit: what calls are repeated after kills is not what this is about.
func (r *run) startWorld(ctx context.Context) (err error) {
	shops := filepath.Join(r.dir, "shops.yaml")
	if r.sim, err = simulator.New(simulator.Options{
		Addr: "127.0.0.1:0", Seed: int64(r.Seed), Shops: r.Shops, Days: r.Days + 2, OrdersPerDay: r.Orders, //nolint:gosec // any bits do
	}); err != nil {
		return err
	}
	if err := r.sim.Listen(ctx); err != nil {
		return err
	}
	if err := r.sim.WriteShopsFile(shops, r.sim.URL()); err != nil {
		return err
	}
	serve, cancel := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() { served <- r.sim.Run(serve) }()
	r.stops = append(r.stops, func() error { cancel(); return <-served })
	rates, err := r.rates(ctx)
	if err != nil {
		return err
	}
	r.crew, err = newCrew(r.Binary, r.dir, len(r.Brokers) > 0, r.environment(shops, rates))
	return err
}

// working is the part of the time in which the copy can be expected to go on, faults being what they are.
const working = 0.85

// rates returns how many calls a minute are allowed on each platform.
func (r *run) rates(ctx context.Context) (map[string]int, error) {
	calls := map[string]int{}
	list := r.sim.Shops()
	for i := range list {
		s := &list[i]
		kinds, err := oracle.LeastCalls(ctx, r.truth(), r.selection(s, ""), r.window.Edges(), false)
		if err != nil {
			return nil, err
		}
		for _, n := range kinds {
			calls[s.Platform] += n
		}
	}
	rates := map[string]int{}
	for platform, n := range calls {
		r.least += n
		rates[platform] = int(float64(n)/(working*r.Duration.Minutes())) + 1
	}
	r.report.Least = r.least
	return rates, nil
}

func (r *run) truth() oracle.World { return oracle.World{URL: r.sim.URL()} }

func (r *run) selection(s *world.Shop, kind string) oracle.Selection {
	edges := r.window.Edges()
	return oracle.Selection{
		Platform: s.Platform, ChannelID: s.ChannelID, ShopID: s.ShopID, Kind: kind,
		From: edges[0], To: edges[len(edges)-1], By: schemas.CreateTime,
	}
}

// environment is ours with the settings of the run, and none but those that say how to reach a Kafka that is not its own.
func (r *run) environment(shops string, rates map[string]int) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "SHOPSTREAM_") && !strings.HasPrefix(v, "SHOPSTREAM_KAFKA__")
	})
	env = append(env,
		"SHOPSTREAM_KAFKA__BROKERS="+strings.Join(r.config.Kafka.Brokers, ","),
		"SHOPSTREAM_KAFKA__TOPIC_PREFIX="+r.topics.Prefix,
		"SHOPSTREAM_MONGO__URI="+r.config.Mongo.URI.Reveal(),
		"SHOPSTREAM_MONGO__DATABASE="+r.config.Mongo.Database,
		"SHOPSTREAM_SHOPS__FILE="+shops,
		"SHOPSTREAM_SHOPS__KEY_FILE="+filepath.Join(r.dir, "shopstream.key"),
		"SHOPSTREAM_TOPICS__PARTITIONS="+strconv.Itoa(r.config.Topics.Partitions),
		"SHOPSTREAM_HTTP__ADDR=",
	)
	for platform, rate := range rates {
		// The ceiling is pinned: refusals here are faults, and what would be learnt from them would only make the run longer.
		for _, key := range []string{"RATE", "CEILING"} {
			env = append(env, "SHOPSTREAM_PLATFORMS__"+strings.ToUpper(platform)+"__"+key+"="+strconv.Itoa(rate))
		}
	}
	return env
}

// removeTopics leaves nothing behind on a Kafka that is not the run's own.
func (r *run) removeTopics() error {
	ctx, cancel := context.WithTimeout(context.Background(), brokerStart)
	defer cancel()
	cl, err := kgo.NewClient(kafka.ClientOptions(r.config.Kafka.Brokers)...)
	if err != nil {
		return fmt.Errorf("remove topics: %w", err)
	}
	defer cl.Close()
	adm := kadm.NewClient(cl)
	topics, err := adm.ListTopics(ctx)
	if err != nil {
		return fmt.Errorf("remove topics: %w", err)
	}
	names := slices.DeleteFunc(topics.Names(), func(name string) bool { return !strings.HasPrefix(name, r.topics.Prefix) })
	if len(names) == 0 {
		return nil
	}
	if _, err := adm.DeleteTopics(ctx, names...); err != nil {
		return fmt.Errorf("remove topics: %w", err)
	}
	return nil
}
