package fetcher

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/stream"
)

// options keeps the embedded Options out of the Fetcher's own API.
type options = Options

// Fetcher does the tasks of one lane and platform. Process may be called by several lanes at once.
type Fetcher struct {
	options

	clock   *clock
	parking *parking
	metrics *metrics
	limits  refusals
	outages atomic.Int32 // batches in a row in which the platform served nobody
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
		clock:   &clock{now: o.Now},
		parking: &parking{now: o.Now, logger: o.Logger, shops: map[string]place{}},
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
	if err := f.dispatch(ctx, jobs); err != nil {
		return stream.Result{}, err
	}
	f.judge(ctx, jobs)
	return f.result(jobs)
}

// spare is what is left of a batch's time after the last call: for the probe that tells a failing task from an outage.
const spare = 3 * time.Second

// callDeadline returns when the batch's last call must have ended; ok is false when ctx has no deadline.
func (f *Fetcher) callDeadline(ctx context.Context) (deadline time.Time, ok bool) {
	deadline, ok = ctx.Deadline()
	if !ok {
		return time.Time{}, false
	}
	// ctx counts by the machine's clock, the rest by f.Now, which a test may have replaced.
	left := time.Until(deadline)
	return f.Now().Add(left - min(spare, left/6)), true
}

// patience is how long a batch without a deadline waits for the limiter.
const patience = 15 * time.Second
