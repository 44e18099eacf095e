package ratelimit

import (
	"context"
	"flag"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
	"github.com/shopstream/shopstream/internal/wait"
)

func TestMain(m *testing.M) {
	// They wait far more than they compute, so more of them can go on at once than there are processors.
	flag.Parse()
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
	mongodtest.Main(m)
}

// store returns a collection for cells; majority as in the program.
func store(t *testing.T) *mongo.Collection {
	t.Helper()
	return mongodtest.Database(t).Collection("rate_limits", options.Collection().SetWriteConcern(writeconcern.Majority()))
}

// process is one process's limiter, with a clock of its own, that is stopped at times.
type process struct {
	*Limiter
	mu     sync.Mutex
	rand   *rand.Rand
	offset time.Duration
	stops  float64       // the probability that a wait takes longer
	longer time.Duration // at the most
}

func newProcess(t *testing.T, seed uint64, cells *mongo.Collection, rule Rule, change func(*Options)) *process {
	t.Helper()
	p := &process{rand: rand.New(rand.NewPCG(seed, 1))}
	p.offset = time.Duration(p.rand.Int64N(int64(2*time.Hour))) - time.Hour
	o := Options{
		Rules: map[string]Rule{"p": rule}, Cells: cells, Now: p.now, Wait: p.wait,
		Logger: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(),
	}
	if change != nil {
		change(&o)
	}
	var err error
	p.Limiter, err = New(o)
	require.NoError(t, err)
	return p
}

func (p *process) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Add(p.offset)
}

// jump moves the process's clock forward.
func (p *process) jump(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.offset += d
}

func (p *process) wait(ctx context.Context, d time.Duration) error {
	p.mu.Lock()
	if p.stops > 0 && p.rand.Float64() < p.stops {
		d = max(d, 0) + time.Duration(p.rand.Int64N(int64(p.longer)))
	}
	p.mu.Unlock()
	return wait.For(ctx, d)
}

// record notes when calls began, by the one clock that counts.
type record struct {
	mu    sync.Mutex
	began []time.Time
}

func (r *record) add() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.began = append(r.began, time.Now())
}

func (r *record) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.began)
}

// worst returns by how many calls the fullest interval of a second or more is above rate·t, and how long that one is.
func (r *record) worst(l Limit) (above float64, span time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.SortFunc(r.began, time.Time.Compare)
	above = -1e9
	for i := range r.began {
		for j := i; j < len(r.began); j++ {
			t := max(time.Second, r.began[j].Sub(r.began[i]))
			if over := float64(j-i+1) - t.Minutes()*float64(l.Rate); over > above {
				above, span = over, t
			}
		}
	}
	return above, span
}

// used returns the part of the rate that was used between the first and the last call. Call worst before.
func (r *record) used(l Limit) float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := len(r.began) - 1
	return float64(last) / (r.began[last].Sub(r.began[0]).Minutes() * float64(l.Rate))
}

// slots returns how many moments of the process had that outcome.
func (p *process) slots(outcome string) int {
	var m dto.Metric
	if err := p.metrics.slots.WithLabelValues("p", outcome).Write(&m); err != nil {
		return -1
	}
	return int(m.GetCounter().GetValue())
}

// rate returns the calls a minute that the platform's app makes at most, as the process shows it.
func (p *process) rate(platform string) float64 {
	var m dto.Metric
	if err := p.metrics.ceiling.WithLabelValues(platform).Write(&m); err != nil {
		return -1
	}
	return m.GetGauge().GetValue()
}
