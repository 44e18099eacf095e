package mongo

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/internal/bench"
)

const (
	benchDocuments = 10000
	benchBatch     = 1000
	benchWriters   = 2 // on both sides
	benchRounds    = 7
)

// BenchmarkSink holds the sink against the limit: the same documents, indexes, write concern and server, two writers each,
// in turns, whoever begins. A ratio is the median of the rounds' ratios, so that a load that comes and goes hits both sides.
//
// Phases of a round: new documents; observations equal to what is stored, which cost a read; the same content fetched once
// more, where the version that is stored has to be raised; changed content. The limit writes all documents in each phase:
// what changes nothing is held against its writing over documents that exist.
func BenchmarkSink(b *testing.B) {
	r := newRounds(b)
	for i := range benchRounds {
		if i%2 == 0 {
			r.limitTurn()
			r.sinkTurn()
		} else {
			r.sinkTurn()
			r.limitTurn()
		}
	}
	r.report()
}

// rounds collects the figures of all rounds.
type rounds struct {
	*bundle
	b       *testing.B
	limit   limit
	figures map[string][]figure

	observed map[string][][]*kgo.Record
	encoded  map[string]func(context.Context, int) error // writes one batch
}

// figure is what one phase of one round took.
type figure struct{ perSecond, here, server float64 } // documents a second; µs of CPU a document

func newRounds(b *testing.B) *rounds {
	b.Helper()
	s := setup(b)
	r := &rounds{
		bundle: s, b: b, limit: newLimit(b, s.client.Raw().Name()), figures: map[string][]figure{},
		observed: map[string][][]*kgo.Record{
			"new": observations(b, 1, 1), "raised": observations(b, 1, 2), "changed": observations(b, 2, 3),
		},
		encoded: map[string]func(context.Context, int) error{},
	}
	syncedAt := s.sink.syncedAt()
	first, second := upserts(b, 1, 1, syncedAt), upserts(b, 2, 3, syncedAt)
	r.encoded["new"] = func(ctx context.Context, i int) error { return r.limit.write(ctx, first[i]) }
	r.encoded["changed"] = func(ctx context.Context, i int) error { return r.limit.write(ctx, second[i]) }
	r.checkSame()
	return r
}

// checkSame fails when both sides do not store the same bytes.
func (r *rounds) checkSame() {
	order := benchOrders(r.b)(0, 1, 1)
	r.empty()
	if err := r.encoded["new"](r.b.Context(), 0); err != nil {
		r.b.Fatal(err)
	}
	want := r.limit.get(r.b, order)
	r.empty()
	r.process(r.observed["new"][0])
	if got := r.limit.get(r.b, order); got != want {
		r.b.Fatalf("the limit stores\n%s\nand the sink\n%s", want, got)
	}
}

func (r *rounds) empty() {
	if err := r.limit.orders.Drop(r.b.Context()); err != nil {
		r.b.Fatal(err)
	}
	if err := r.client.EnsureIndexes(r.b.Context()); err != nil {
		r.b.Fatal(err)
	}
}

func (r *rounds) limitTurn() {
	r.empty()
	for _, phase := range []string{"new", "changed"} {
		r.measure("limit "+phase, benchWriters, func(i int) error { return r.encoded[phase](r.b.Context(), i) })
	}
}

// sinkTurn runs the sink as the service does: one batch after another, which the sink divides among its writers.
func (r *rounds) sinkTurn() {
	r.empty()
	for _, phase := range []struct{ name, records string }{
		{"new", "new"}, {"unchanged", "new"}, {"raised", "raised"}, {"changed", "changed"},
	} {
		r.measure(phase.name, 1, func(i int) error {
			result, err := r.sink.Process(r.b.Context(), r.observed[phase.records][i])
			if err == nil && len(result.Rejected) > 0 {
				err = result.Rejected[0].Err
			}
			return err
		})
	}
}

// measure calls do for every batch, in lanes that work at the same time.
func (r *rounds) measure(name string, lanes int, do func(batch int) error) {
	server := r.serverCPU()
	var running sync.WaitGroup
	cpu, start := bench.CPU(), time.Now()
	for lane := range lanes {
		running.Go(func() {
			for i := lane; i < benchDocuments/benchBatch; i += lanes {
				if err := do(i); err != nil {
					r.b.Error(err)
				}
			}
		})
	}
	running.Wait()
	took, used := time.Since(start), bench.CPU()-cpu
	r.figures[name] = append(r.figures[name], figure{
		perSecond: benchDocuments / took.Seconds(),
		here:      float64(used.Microseconds()) / benchDocuments,
		server:    (r.serverCPU() - server) / benchDocuments,
	})
}

// serverCPU returns the processor time in µs that the server has used so far.
func (r *rounds) serverCPU() float64 {
	var status struct {
		Extra struct {
			User   float64 `bson:"user_time_us"`
			System float64 `bson:"system_time_us"`
		} `bson:"extra_info"`
	}
	err := r.client.Raw().RunCommand(r.b.Context(), bson.D{{Key: "serverStatus", Value: 1}}).Decode(&status)
	if err != nil {
		r.b.Fatal(err)
	}
	return status.Extra.User + status.Extra.System
}

func (r *rounds) median(name string, of func(figure) float64) float64 {
	values := make([]float64, len(r.figures[name]))
	for i, f := range r.figures[name] {
		values[i] = of(f)
	}
	return bench.Median(values)
}

// ratio returns the median of the rounds' ratios of two phases.
func (r *rounds) ratio(name, to string) float64 {
	values := make([]float64, benchRounds)
	for i := range values {
		values[i] = r.figures[name][i].perSecond / r.figures[to][i].perSecond
	}
	return bench.Median(values)
}

func (r *rounds) report() {
	perSecond := func(f figure) float64 { return f.perSecond }
	here := func(f figure) float64 { return f.here }
	server := func(f figure) float64 { return f.server }
	for _, name := range []string{"limit new", "limit changed", "new", "changed", "raised", "unchanged"} {
		r.b.Logf("%-14s %6.0f documents/s, each %5.1f µs of CPU here and %5.1f µs in the server", name,
			r.median(name, perSecond), r.median(name, here), r.median(name, server))
	}
	bench.Report(r.b, "limit_docs_per_s", r.median("limit new", perSecond))
	bench.Report(r.b, "limit_client_us_per_doc", r.median("limit new", here))
	bench.Report(r.b, "limit_server_us_per_doc", r.median("limit new", server))
	bench.Report(r.b, "sink_new_vs_limit", r.ratio("new", "limit new"))
	bench.Report(r.b, "sink_changed_vs_limit", r.ratio("changed", "limit changed"))
	bench.Report(r.b, "sink_unchanged_vs_limit", r.ratio("unchanged", "limit changed"))
	bench.Report(r.b, "sink_raised_vs_limit", r.ratio("raised", "limit changed"))
	bench.Report(r.b, "sink_client_us_per_doc", r.median("new", here))
	bench.Report(r.b, "sink_server_us_per_doc", r.median("new", server))
}
