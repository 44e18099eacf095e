package fetcher

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/producers/call"
)

// options keeps the embedded Options out of the Fetcher's own API.
type options = Options

// Fetcher does the tasks of one lane and platform. Process may be called by several lanes at once.
type Fetcher struct {
	options

	caller  call.Caller
	clock   *clock
	parking *parking
	metrics *metrics
	breaker *breaker
}

var _ stream.Processor = (*Fetcher)(nil)

// New checks the options and returns a fetcher. It does no I/O.
func New(o Options) (*Fetcher, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	o.setDefaults()
	m, err := newMetrics(o.Registry, o.Adapter.Platform(), o.Lane)
	if err != nil {
		return nil, err
	}
	return &Fetcher{
		options: o,
		caller:  call.Caller{HTTP: o.HTTP, Timeout: o.Timeout, Now: o.Now},
		clock:   &clock{now: o.Now},
		parking: &parking{now: o.Now, logger: o.Logger, shops: map[string]place{}},
		breaker: newBreaker(o.Now, o.Backoff),
		metrics: m,
	}, nil
}

// Process does the tasks of a batch, Parallel calls at a time. It makes no more calls than may begin before ctx's deadline
// and leaves the other tasks where they are. A batch should hold a few tasks for each call in flight: each one's page is
// kept in memory until the batch is published.
func (f *Fetcher) Process(ctx context.Context, batch []*kgo.Record) (stream.Result, error) {
	jobs := make([]*job, len(batch))
	for i, r := range batch {
		jobs[i] = newJob(r, f.Adapter.Platform())
	}
	f.probeOpen(ctx, jobs)
	if err := f.dispatch(ctx, jobs); err != nil {
		return stream.Result{}, err
	}
	f.judge(ctx, jobs)
	return f.result(jobs)
}

const (
	// spare is what is left of a batch's time after the last call has ended: for the probe that tells a failing task from
	// an outage.
	spare = 3 * time.Second
	// runUp is how long before that the last call begins, so that few calls are made for nothing.
	runUp = 2 * time.Second
	// patience is how long a batch without a deadline waits for the limiter.
	patience = 15 * time.Second
)

// schedule returns how long from now calls of the batch may begin, and when they end; end is 0 when ctx has no deadline.
func schedule(ctx context.Context) (begin, end time.Duration) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return patience, 0
	}
	left := time.Until(deadline)
	end = left - min(spare, left/6)
	return end - min(runUp, left/6), end
}
