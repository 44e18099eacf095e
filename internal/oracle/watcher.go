package oracle

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/schemas"
)

// Documents is what a [Watcher] notes the transformer's documents under. Its facts, which also tell of pages without any
// document, and those of other stages are noted under the stage's name, the fetcher's pages under [schemas.StageFetcher].
const Documents = "documents"

// Watched are the topics that a [Watcher] reads.
type Watched struct {
	Raw, Clean []string
	Progress   string
}

// Watcher reads what is committed all the time and notes when it was published. It may miss facts, which the tracker deletes
// when it has taken them in, but no pages and documents.
type Watcher struct {
	topics Watched
	client *kgo.Client

	mu    sync.Mutex
	times map[string][]time.Time // by what it shows: the records' own times, by the clock that we share
	tasks map[string]bool        // of the pages
}

// NewWatcher makes a watcher; client is what a client needs to reach the broker.
func NewWatcher(client []kgo.Opt, topics Watched) (*Watcher, error) {
	cl, err := kgo.NewClient(slices.Concat(client, []kgo.Opt{
		kgo.ConsumeTopics(slices.Concat(topics.Raw, topics.Clean, []string{topics.Progress})...), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(250 * time.Millisecond), kgo.MaxConcurrentFetches(1),
	})...)
	if err != nil {
		return nil, fmt.Errorf("watch topics: %w", err)
	}
	return &Watcher{topics: topics, client: cl, times: map[string][]time.Time{}, tasks: map[string]bool{}}, nil
}

// Run reads until ctx is done, and closes the client.
func (w *Watcher) Run(ctx context.Context) {
	defer w.client.CloseAllowingRebalance()
	for ctx.Err() == nil {
		w.client.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
			switch {
			case slices.Contains(w.topics.Raw, r.Topic):
				w.note(schemas.StageFetcher, r)
			case slices.Contains(w.topics.Clean, r.Topic):
				w.note(Documents, r)
			default:
				var f schemas.Fact
				if json.Unmarshal(r.Value, &f) == nil && f.Stage != schemas.StageFetcher {
					w.note(f.Stage, r)
				}
			}
		})
	}
}

func (w *Watcher) note(what string, r *kgo.Record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.times[what] = append(w.times[what], r.Timestamp)
	if what == schemas.StageFetcher {
		w.tasks[schemas.Header(r, schemas.HeaderTaskID)] = true
	}
}

// Pages returns how many different pages are published.
func (w *Watcher) Pages() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.tasks)
}

// FirstAfter returns how long after the moment something was first published, false if it was not.
func (w *Watcher) FirstAfter(what string, moment time.Time) (time.Duration, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	first, found := time.Duration(0), false
	for _, at := range w.times[what] {
		if d := at.Sub(moment); d > 0 && (!found || d < first) {
			first, found = d, true
		}
	}
	return first, found
}

// Times returns when something was published, in order.
func (w *Watcher) Times(what string) []time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.SortedFunc(slices.Values(w.times[what]), time.Time.Compare)
}
