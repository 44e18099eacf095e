package transformers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
)

// Options configures a Processor. Mappers must be set.
type Options struct {
	Topics  schemas.Topics
	Zone    *time.Location   // of the documents' times; nil is UTC
	Now     func() time.Time // for the facts' time, which is for people; nil is time.Now
	Mappers map[string]Mapper
	// MaxBytes is how large a document's JSON may be; 0 is no bound. It must be below what the clean topics take, or one
	// document would stop its partition. The page of a larger one is rejected.
	MaxBytes int

	Registerer prometheus.Registerer // metrics are kept to itself if nil
	Logger     *slog.Logger          // nil is silence
}

// Processor is the transformer stage: raw records in, observations and one fact a page out. For each page it publishes the
// page's documents in their order, then its fact; pages follow each other as in the batch. Work is spread over the CPUs.
//
// Rejected are pages that are none, whose op nobody knows, whose rows contradict each other or that give a document larger
// than a record may be. A page of a newer schema is an error: the partition waits for a newer version.
//
// Members that no mapper knows are counted, and logged once each: see Mapper.Fields.
type Processor struct {
	topics   schemas.Topics
	zone     *time.Location
	now      func() time.Time
	mappers  map[string]Mapper
	maxBytes int
	drift    *drift
}

var _ stream.Processor = (*Processor)(nil)

// New returns a Processor.
func New(o Options) (*Processor, error) {
	if len(o.Mappers) == 0 {
		return nil, errors.New("transformer has no mappers")
	}
	p := &Processor{topics: o.Topics, zone: o.Zone, now: o.Now, mappers: o.Mappers, maxBytes: o.MaxBytes}
	if p.zone == nil {
		p.zone = time.UTC
	}
	if p.now == nil {
		p.now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	var err error
	if p.drift, err = newDrift(o.Mappers, o.Registerer, o.Logger); err != nil {
		return nil, err
	}
	return p, nil
}

// Inputs returns the raw topics that the mappers can read, sorted.
func (p *Processor) Inputs() []string {
	var topics []string
	for platform, m := range p.mappers {
		for _, kind := range m.Kinds() {
			topics = append(topics, p.topics.Raw(platform, kind))
		}
	}
	slices.Sort(topics)
	return topics
}

// Process implements stream.Processor. When ctx ends it postpones what is left.
func (p *Processor) Process(ctx context.Context, batch []*kgo.Record) (stream.Result, error) {
	outcomes := p.run(ctx, batch)
	var result stream.Result
	type partition struct {
		topic string
		n     int32
	}
	cut := map[partition]bool{}
	for i, r := range batch {
		at, out := partition{r.Topic, r.Partition}, &outcomes[i]
		switch {
		case cut[at]:
		case !out.done:
			cut[at] = true
			result.Postponed = append(result.Postponed, stream.Postponement{From: r, Until: p.now()})
		case out.panicked != nil:
			panic(out.panicked) // in the caller's goroutine, where it can find out which record it is
		case errors.Is(out.err, errNewer):
			return stream.Result{}, fmt.Errorf("transform %s: %w", source(r), out.err)
		case out.err != nil:
			result.Rejected = append(result.Rejected, stream.Rejection{Record: r, Class: class(out.err), Err: fmt.Errorf("transform page: %w", out.err)})
		default:
			result.Publish = append(result.Publish, out.publish...)
		}
	}
	return result, nil
}

// outcome is what became of one record.
type outcome struct {
	done     bool
	publish  []*kgo.Record
	err      error
	panicked any
}

// run transforms the records, each on its own, until ctx is done.
func (p *Processor) run(ctx context.Context, batch []*kgo.Record) []outcome {
	outcomes := make([]outcome, len(batch))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(batch)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(batch) {
					return
				}
				p.one(batch[i], &outcomes[i])
			}
		})
	}
	wg.Wait()
	return outcomes
}

func (p *Processor) one(r *kgo.Record, out *outcome) {
	out.done = true
	defer func() {
		if v := recover(); v != nil {
			out.panicked = fmt.Sprintf("%v\n\n%s", v, debug.Stack())
		}
	}()
	out.publish, out.err = p.page(r)
}

// page returns what the page of r gives: its observations and its fact.
func (p *Processor) page(r *kgo.Record) ([]*kgo.Record, error) {
	if err := checkSchema(schemas.Header(r, schemas.HeaderSchema), schemas.PageSchema); err != nil {
		return nil, err
	}
	from, err := p.origin(r)
	if err != nil {
		return nil, err
	}
	mapper := p.mappers[from.Platform]
	if mapper == nil || !slices.Contains(mapper.Kinds(), from.Kind) {
		return nil, fmt.Errorf("%w: no mapper for platform %.40q, kind %.40q", ErrUnknownOp, from.Platform, from.Kind)
	}
	page, err := decodePage(r.Value)
	if err != nil {
		return nil, err
	}
	if page.TaskID != from.TaskID {
		return nil, errors.New("the page's task_id is not its header's")
	}
	documents, err := mapper.Documents(from, page)
	if err != nil {
		return nil, err
	}
	return p.publish(r, from, documents)
}

// class says what kind of error gave a page up.
func class(err error) string {
	switch {
	case errors.Is(err, ErrUnknownOp):
		return ClassUnknown
	case errors.Is(err, ErrConflict):
		return ClassConflict
	case errors.Is(err, errTooLarge):
		return ClassTooLarge
	}
	return stream.ClassUndecodable
}
