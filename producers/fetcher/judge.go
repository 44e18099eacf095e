package fetcher

import (
	"context"
	"time"

	"github.com/shopstream/shopstream/producers/platform"
)

// probeOpen asks each endpoint whose circuit has been open for long enough for next to nothing, if a task of the batch needs it:
// one that answers is closed, so that the tasks are done in this batch.
func (f *Fetcher) probeOpen(ctx context.Context, jobs []*job) {
	asked := map[string]bool{}
	for _, j := range jobs {
		op := j.task.Op
		if j.fate != unhandled || asked[op] {
			continue
		}
		if _, _, due := f.breaker.state(op); !due {
			continue
		}
		if s, known := f.Shops.Find(j.task.Platform, j.task.ChannelID, j.task.ShopID); !known || !s.Enabled {
			continue // nobody to ask for
		}
		asked[op] = true
		ok, atLeast := f.probe(ctx, j)
		if ok {
			f.Logger.Info("platform is in order again", "platform", f.Adapter.Platform(), "op", op, "after", f.breaker.reset(op))
		} else {
			f.breaker.trip(op, atLeast)
		}
	}
}

// held puts the job off if its endpoint's circuit is open.
func (f *Fetcher) held(j *job) bool {
	until, open, _ := f.breaker.state(j.task.Op)
	if open {
		j.outage, j.until = true, until
	}
	return open
}

// judge decides what transient failures of the batch mean. A task that fails while the platform serves as many others on the
// same endpoint is to blame itself and spends an attempt. When the endpoint serves nobody, or few, and not even a probe, it
// is an outage: its circuit opens, and the tasks stay where they are and spend nothing, however long it takes.
func (f *Fetcher) judge(ctx context.Context, jobs []*job) {
	suspects := map[string][]*job{}
	served := map[string]int{}
	for _, j := range jobs {
		switch {
		case j.fate == failed:
			suspects[j.task.Op] = append(suspects[j.task.Op], j)
		case j.served:
			served[j.task.Op]++
		}
	}
	for op, failures := range suspects {
		if served[op] >= len(failures) {
			continue
		}
		ok, atLeast := f.probe(ctx, failures[0])
		if ok {
			continue
		}
		for _, j := range failures {
			atLeast = max(atLeast, asError(j.err).RetryAfter)
		}
		until, first := f.breaker.trip(op, atLeast)
		if first {
			f.Logger.Warn("platform is out of order: its tasks wait", "platform", f.Adapter.Platform(), "op", op,
				"tasks", len(failures), "until", until, "error", failures[0].err)
		}
		for _, j := range failures {
			j.fate, j.outage, j.until = unhandled, true, until
		}
	}
	f.metrics.outage(f.breaker.count())
}

// probe asks the job's endpoint for next to nothing and reports whether it answers, and if not, how long it wants to be left
// alone. Without time or permission for a call the answer is no: waiting loses nothing.
func (f *Fetcher) probe(ctx context.Context, about *job) (ok bool, retryAfter time.Duration) {
	until := f.Now().Add(spare)
	if deadline, ok := ctx.Deadline(); ok {
		until = f.Now().Add(min(time.Until(deadline), spare))
	}
	j := &job{record: about.record, task: f.Adapter.Probe(&about.task)}
	if denial, err := f.admit(ctx, j, until, spare); err != nil || denial != nil {
		return false, 0
	}
	s, _ := f.Shops.Find(j.task.Platform, j.task.ChannelID, j.task.ShopID)
	_, _, err := f.call(ctx, j, s)
	if err == nil {
		return true, 0
	}
	e := asError(err)
	return e.Class == platform.Auth || e.Class == platform.Permanent, e.RetryAfter
}
