package endtoend

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/schemas"
)

// What shows that work goes on: pages, documents, and facts of the stages behind the fetcher.
const (
	fetched     = "fetcher"
	documented  = "documents"
	transformed = "transformer" // also of pages that hold no documents
	stored      = "sink"
)

var stages = []string{fetched, transformed, stored}

// watcher reads what is committed all the time and notes when it was published. It may miss facts, which the tracker deletes
// when it has taken them in, but no pages and documents.
type watcher struct {
	mu    sync.Mutex
	times map[string][]time.Time // by what it shows: the records' own times, by the clock that we share
	tasks map[string]bool        // of the pages
}

func watch(t *testing.T, b *bench) *watcher {
	t.Helper()
	w := &watcher{times: map[string][]time.Time{}, tasks: map[string]bool{}}
	raw, clean := b.rawTopics(), b.cleanTopics()
	cl := b.Client(t, kgo.ConsumeTopics(slices.Concat(raw, clean, []string{b.topics.Progress()})...), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(250*time.Millisecond), kgo.MaxConcurrentFetches(1))
	background(t, func(ctx context.Context) {
		for ctx.Err() == nil {
			cl.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
				switch {
				case slices.Contains(raw, r.Topic):
					w.note(fetched, r)
				case slices.Contains(clean, r.Topic):
					w.note(documented, r)
				default:
					var f schemas.Fact
					if json.Unmarshal(r.Value, &f) == nil && f.Stage != schemas.StageFetcher {
						w.note(f.Stage, r)
					}
				}
			})
		}
	})
	return w
}

func (w *watcher) note(stage string, r *kgo.Record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.times[stage] = append(w.times[stage], r.Timestamp)
	if stage == fetched {
		w.tasks[schemas.Header(r, schemas.HeaderTaskID)] = true
	}
}

// pages returns how many different pages are published.
func (w *watcher) pages() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.tasks)
}

// firstAfter returns how long after the moment the stage first published something, false if it has not.
func (w *watcher) firstAfter(stage string, moment time.Time) (time.Duration, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	first, found := time.Duration(0), false
	for _, at := range w.times[stage] {
		if d := at.Sub(moment); d > 0 && (!found || d < first) {
			first, found = d, true
		}
	}
	return first, found
}

// waitPages waits until the given share of all pages is published.
func (b *bench) waitPages(t *testing.T, share float64) {
	t.Helper()
	want := int(share * float64(b.truth.calls()))
	waitFor(t, patience, fmt.Sprintf("%d pages", want), func() bool { return b.watch.pages() >= want })
}

// standstills measures, for several interruptions, how long each stage published nothing.
type standstills map[string][]time.Duration

// since notes for each stage how long it took after the moment, if it has gone on at all, and returns that. The sink's time
// begins with the first document that it is given, which may be long after: lists come before orders.
func (s standstills) since(w *watcher, moment time.Time) map[string]time.Duration {
	took := map[string]time.Duration{}
	for _, stage := range stages {
		if d, ok := w.firstAfter(stage, moment); ok {
			if given, found := w.firstAfter(documented, moment); stage == stored && found && given < d {
				d -= given
			}
			s[stage] = append(s[stage], d)
			took[stage] = d
		}
	}
	return took
}

func (s standstills) String() string {
	var parts []string
	for _, stage := range stages {
		list := slices.Sorted(slices.Values(s[stage]))
		if len(list) == 0 {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s median %v, longest %v of %d", stage, list[len(list)/2].Round(time.Millisecond),
			list[len(list)-1].Round(time.Millisecond), len(list)))
	}
	return strings.Join(parts, "; ")
}

// readAll returns all committed records of a topic. Markers of transactions are read, too: they tell when all was seen.
func (b *bench) readAll(t *testing.T, topic string) []*kgo.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	adm := b.Admin(t)
	starts, err := adm.ListStartOffsets(ctx, topic)
	if err != nil {
		t.Fatal(err)
	}
	ends, err := adm.ListCommittedOffsets(ctx, topic)
	if err != nil {
		t.Fatal(err)
	}
	left := map[int32]int64{}
	ends.Each(func(end kadm.ListedOffset) {
		if start, ok := starts.Lookup(topic, end.Partition); !ok || start.Offset < end.Offset {
			left[end.Partition] = end.Offset
		}
	})
	cl := b.Client(t, kgo.ConsumeTopics(topic), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.KeepControlRecords(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(100*time.Millisecond))
	defer cl.Close()
	var all []*kgo.Record
	for len(left) > 0 {
		fetches := cl.PollFetches(ctx)
		if ctx.Err() != nil {
			t.Fatalf("read %s: partitions %v not read to their ends after %v", topic, left, patience)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if !r.Attrs.IsControl() {
				all = append(all, r)
			}
			if end, ok := left[r.Partition]; ok && r.Offset+1 >= end {
				delete(left, r.Partition)
			}
		})
	}
	return all
}

// waitConsumed waits until the group has committed all that is now on the topic.
func (b *bench) waitConsumed(t *testing.T, group, topic string) {
	t.Helper()
	last := map[int32]int64{}
	for _, r := range b.readAll(t, topic) {
		last[r.Partition] = max(last[r.Partition], r.Offset)
	}
	waitFor(t, patience, group+" to consume "+topic, func() bool {
		committed := b.Committed(t, group, topic)
		for partition, offset := range last {
			if committed[partition] <= offset {
				return false
			}
		}
		return true
	})
}
