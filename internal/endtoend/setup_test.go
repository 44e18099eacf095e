package endtoend

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.uber.org/goleak"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/internal/mongod"
	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/internal/simulator/world"
	"github.com/shopstream/shopstream/schemas"
)

const (
	seed       = 7
	partitions = 6
	planID     = "backfill"

	// patience bounds a whole run, which takes as long as its calls at the allowed rate, and more while things are away: a task that
	// fails in two batches waits for eleven minutes. It asserts nothing about speed.
	patience = 20 * time.Minute
)

// binary is the program under test.
var binary string

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "shopstream-endtoend-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a folder for temporary files
	binary = filepath.Join(dir, "shopstream")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", binary, "github.com/shopstream/shopstream")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	// They wait far more than they compute, so all of them can go on at once, whatever the number of processors.
	flag.Parse()
	if err := flag.Set("test.parallel", "4"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// settings are what tests choose.
type settings struct {
	platforms                 []string      // nil: all that are simulated
	shops, days, ordersPerDay int           // shops of each platform
	lasts                     time.Duration // at the least: the rates that the program is allowed are chosen by it
	// unlimited leaves the simulator without a limit, for tests that count calls or are about other refusals.
	unlimited bool
	parts     int              // partitions of each topic; 0: six
	tokenTTL  time.Duration    // life of an access token; 0: the simulator's default, longer than any test
	now       func() time.Time // clock of the platforms and what happens there; nil: the wall's, and nothing happens
	mongo     string           // address of a store that the test itself runs; "": one for it alone
}

// bench is an installation: everything but the processes, which tests start themselves.
type bench struct {
	*kafkatest.Broker
	settings
	topics    schemas.Topics
	store     *mongod.Process // nil when the test runs its own
	url       string          // of the simulator
	shops     []world.Shop
	from, to  string      // the plan's days
	edges     []time.Time // their beginnings, and the end of the last
	truth     *truth
	rates     map[string]int  // calls a minute that the program is allowed, by platform
	database  *mongo.Database // for looking at
	dir       string
	env       []string
	processes int // started so far
	watch     *oracle.Watcher
	versions  *oracle.Versions
}

// setup makes everything ready for processes. Whatever it starts ends with the test.
func setup(t *testing.T, s settings) *bench {
	t.Helper()
	b := &bench{Broker: kafkatest.Start(t), settings: s, topics: kafkatest.Topics(), dir: t.TempDir()}
	b.parts = cmp.Or(b.parts, partitions)
	b.CreateAll(t, b.topics, int32(b.parts))
	b.simulate(t)
	uri := s.mongo
	if uri == "" {
		var err error
		if b.store, err = mongod.Start(t.Context(), mongod.Options{Dir: filepath.Join(b.dir, "mongod")}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = b.store.Stop() })
		uri = b.store.URI()
	}
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetServerSelectionTimeout(5 * time.Second))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	b.database = client.Database("shopstream")
	b.env = append(environment(),
		"SHOPSTREAM_KAFKA__BROKERS="+strings.Join(b.Addrs(), ","),
		"SHOPSTREAM_KAFKA__TOPIC_PREFIX="+b.topics.Prefix,
		"SHOPSTREAM_MONGO__URI="+uri,
		"SHOPSTREAM_SHOPS__FILE="+filepath.Join(b.dir, "shops.yaml"),
		"SHOPSTREAM_TOPICS__PARTITIONS="+strconv.Itoa(b.parts),
		"SHOPSTREAM_HTTP__ADDR=127.0.0.1:0",
		"SHOPSTREAM_LOG__LEVEL=debug", // shown when a test fails
	)
	for platform, rate := range b.rates {
		b.env = append(b.env, "SHOPSTREAM_PLATFORMS__"+strings.ToUpper(platform)+"__RATE="+strconv.Itoa(rate))
	}
	b.watch = watch(t, b)
	b.versions = sample(t, b.database)
	return b
}

// environment is ours without settings of the program.
func environment() []string {
	var kept []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "SHOPSTREAM_") {
			kept = append(kept, v)
		}
	}
	return kept
}

// simulate serves a world whose orders do not change, and reads the truth about the days that are planned: all but the
// last two, whose lists the platform may still be adding to.
func (b *bench) simulate(t *testing.T) {
	t.Helper()
	o := simulator.Options{
		Addr: "127.0.0.1:0", Platforms: b.settings.platforms, Seed: seed, Shops: b.settings.shops, Days: b.days + 2, OrdersPerDay: b.ordersPerDay,
		WriteShops: filepath.Join(b.dir, "shops.yaml"), TokenTTL: b.tokenTTL, Now: time.Now,
	}
	if b.now != nil {
		o.Now, o.Clock = b.now, simulator.ClockReal
	}
	days := plannedDays(b.days)
	b.edges, b.from, b.to = days.Edges(), days.First(), days.Last()
	b.allow(t, o)
	server, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var served sync.WaitGroup
	served.Go(func() {
		if err := server.Run(ctx); err != nil {
			t.Errorf("simulator: %v", err)
		}
	})
	t.Cleanup(func() { cancel(); served.Wait() })
	b.url = server.URL()
	if !b.unlimited {
		for platform, rate := range b.rates {
			b.control(t, http.MethodPost, "limits", fmt.Sprintf(`{"platform":%q,"rate":%d}`, platform, spare(rate)), nil)
		}
	}
	waitFor(t, time.Minute, "the shops file", func() bool {
		_, err := os.Stat(o.WriteShops)
		return err == nil
	})
}

// plannedDays are n days that end with the day before yesterday.
func plannedDays(n int) oracle.Days { return oracle.FullDays(time.Now().AddDate(0, 0, -1), n) }

// spare is what a platform takes of a program that is allowed the rate: calls in flight arrive as they like, so its limit is no
// clock for ours.
func spare(rate int) int { return (rate*21 + 19) / 20 }

// allow reads the truth of the world and chooses the rate of each platform so that its calls last as long as the test wants.
func (b *bench) allow(t *testing.T, o simulator.Options) {
	t.Helper()
	server, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server.Handler())
	defer web.Close()
	b.shops = server.Shops()
	b.truth = b.readTruth(t, oracle.World{URL: web.URL, Client: client})
	b.rates = map[string]int{}
	for platform, calls := range b.truth.least {
		b.rates[platform] = int(float64(calls)/b.lasts.Minutes()) + 1
	}
}

// plan starts the backfill of all shops.
func (b *bench) plan(t *testing.T) {
	t.Helper()
	b.do(t, "plan", "--id", planID, "--from", b.from, "--to", b.to)
}

// do runs one of the program's verbs to its end, which must be a good one.
func (b *bench) do(t *testing.T, words ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, words...)
	cmd.Env, cmd.Dir = b.env, b.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", words[0], err, out)
	}
}

// waitFor polls the condition until it holds, and fails the test when that takes too long.
func waitFor(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(limit)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("waited %v for: %s", limit, what)
		case <-t.Context().Done():
			t.Fatalf("test ended before: %s", what)
		case <-tick.C:
		}
	}
}

// background runs f until the test ends, and waits for it.
func background(t *testing.T, f func(context.Context)) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); f(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
}
