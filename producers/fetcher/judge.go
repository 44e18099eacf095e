package fetcher

import (
	"context"
	"time"

	"github.com/shopstream/shopstream/producers/platform"
)

// judge decides what transient failures of the batch mean. A task that fails while the platform serves as many others on the
// same endpoint is to blame itself and spends an attempt. When the endpoint serves nobody, or few, and not even a probe, it
// is an outage: the tasks stay where they are and spend nothing, however long it takes.
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
	out := false
	for op, failures := range suspects {
		if served[op] >= len(failures) || f.probe(ctx, failures[0]) {
			continue
		}
		out = true
		until := f.Now().Add(f.Backoff << min(f.outages.Load(), 5))
		f.Logger.Warn("platform is out of order: its tasks wait", "platform", f.Adapter.Platform(), "op", op,
			"tasks", len(failures), "until", until, "error", failures[0].err)
		for _, j := range failures {
			j.fate, j.outage, j.until = unhandled, true, until
		}
	}
	switch {
	case out:
		f.outages.Add(1)
	case len(served) > 0:
		f.outages.Store(0)
	}
	f.metrics.outage(out)
}

// probe asks the failed job's endpoint for next to nothing and reports whether it answers. Without time or permission for
// a call the answer is no: waiting loses nothing.
func (f *Fetcher) probe(ctx context.Context, failed *job) bool {
	until := f.Now().Add(spare)
	if deadline, ok := ctx.Deadline(); ok {
		until = f.Now().Add(min(time.Until(deadline), spare))
	}
	if next, err := f.admit(ctx, until); err != nil || !next.IsZero() {
		return false
	}
	j := &job{record: failed.record, task: f.Adapter.Probe(&failed.task)}
	s, _ := f.Shops.Find(j.task.Platform, j.task.ChannelID, j.task.ShopID)
	_, _, err := f.call(ctx, j, s)
	if err == nil {
		return true
	}
	class := asError(err).Class
	return class == platform.Auth || class == platform.Permanent
}
