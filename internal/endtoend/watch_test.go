package endtoend

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/schemas"
)

// What shows that work goes on: pages, documents, and facts of the stages behind the fetcher.
const (
	fetched     = schemas.StageFetcher
	documented  = oracle.Documents
	transformed = schemas.StageTransformer // also of pages that hold no documents
	stored      = schemas.StageSink
)

var stages = []string{fetched, transformed, stored}

// watch begins to note what is published, until the test ends.
func watch(t *testing.T, b *bench) *oracle.Watcher {
	t.Helper()
	w, err := oracle.NewWatcher(b.Options(), oracle.Watched{Raw: b.rawTopics(), Clean: b.cleanTopics(), Progress: b.topics.Progress()})
	if err != nil {
		t.Fatal(err)
	}
	background(t, w.Run)
	return w
}

// waitPages waits until the given share of all pages is published.
func (b *bench) waitPages(t *testing.T, share float64) {
	t.Helper()
	want := int(share * float64(b.truth.calls()))
	waitFor(t, patience, fmt.Sprintf("%d pages", want), func() bool { return b.watch.Pages() >= want })
}

// checkInterrupted fails unless pages were still to come at nine of ten interruptions, at which so many were there. It is asked once
// all are there.
func (b *bench) checkInterrupted(t *testing.T, pages ...int) {
	t.Helper()
	all, n := b.watch.Pages(), 0
	for _, there := range pages {
		if there < all {
			n++
		}
	}
	t.Logf("%d of %d interruptions fell while pages were to be fetched, the last one at %d of %d pages", n, len(pages), pages[len(pages)-1], all)
	if n*10 < len(pages)*9 {
		t.Errorf("only %d of %d interruptions interrupted any fetching", n, len(pages))
	}
}

// standstills measures, for several interruptions, how long each stage published nothing.
type standstills map[string][]time.Duration

// since notes for each stage how long it took after the moment, if it has gone on at all, and returns that. The sink's time
// begins with the first document that it is given, which may be long after: lists come before orders.
func (s standstills) since(w *oracle.Watcher, moment time.Time) map[string]time.Duration {
	took := map[string]time.Duration{}
	for _, stage := range stages {
		if d, ok := w.FirstAfter(stage, moment); ok {
			if given, found := w.FirstAfter(documented, moment); stage == stored && found && given < d {
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

// readAll returns all committed records of a topic.
func (b *bench) readAll(t *testing.T, topic string) []*kgo.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	all, err := oracle.Committed(ctx, b.Options(), topic)
	if err != nil {
		t.Fatal(err)
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
