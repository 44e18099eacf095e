package stream_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/kafkatest"
	"github.com/shopstream/shopstream/internal/stream"
)

// logbook keeps what a stage logs.
type logbook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// lines returns the warnings that have the words in them.
func (l *logbook) lines(words string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []string
	for line := range strings.Lines(l.buf.String()) {
		if strings.Contains(line, "level=WARN") && strings.Contains(line, words) {
			found = append(found, line)
		}
	}
	return found
}

const neverRead = "were deleted before this group read them"

// A group without a commit begins at what there is. Where that is not the topic's beginning, one line says what it never saw, since
// nobody else can know whether that is missed.
func TestNewGroupSaysWhatItNeverSaw(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		deleted   int64
		untilDone bool
		want      []string // parts of the one line, none for no line
	}{
		"a beginning that is gone":  {deleted: 4, want: []string{"partitions=[0]", "records_at_most=4", "group="}},
		"a beginning that is there": {},
		"work":                      {deleted: 4, untilDone: true}, // what is done is deleted
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, 2)
			b.tasksOn(t, 0, 10)
			b.tasksOn(t, 1, 10)
			if c.deleted > 0 {
				b.deleteBelow(t, 0, c.deleted)
			}
			log := &logbook{}
			options := func() stream.Options {
				o := b.options()
				o.UntilDone, o.Logger = c.untilDone, slog.New(slog.NewTextHandler(log, nil))
				o.Registerer = prometheus.NewRegistry()
				return o
			}
			work := func(_ context.Context, batch []*kgo.Record) (stream.Result, error) { return b.pageEach(batch), nil }
			s := start(t, options(), work)
			kafkatest.Eventually(t, "all committed", func() bool {
				at := b.Committed(t, b.group, b.tasks)
				return at[0] >= 10 && at[1] >= 10
			})
			s.stop(t)
			exactlyOnce(t, b.Read(t, kafkatest.AtLeast(20-int(c.deleted)), b.pages), 20-int(c.deleted))
			said := log.lines(neverRead)
			if (len(said) == 1) != (len(c.want) > 0) || len(said) > 1 {
				t.Fatalf("said %d times: %v", len(said), said)
			}
			for _, part := range append(c.want, b.tasks) {
				if len(said) > 0 && !strings.Contains(said[0], part) {
					t.Errorf("%q is not in %s", part, said[0])
				}
			}
			b.tasksOn(t, 0, 1)
			s = start(t, options(), work) // it has commits now
			b.Read(t, kafkatest.AtLeast(21-int(c.deleted)), b.pages)
			s.stop(t)
			if again := log.lines(neverRead); len(again) != len(said) {
				t.Errorf("said again: %v", again)
			}
		})
	}
}

// Still more that is gone before anything was committed is said, too.
func TestNewGroupSaysThatStillMoreIsGone(t *testing.T) {
	t.Parallel()
	b := setup(t, 1)
	b.tasksOn(t, 0, 10)
	b.deleteBelow(t, 0, 4)
	log := &logbook{}
	o := b.options()
	o.UntilDone, o.Logger = false, slog.New(slog.NewTextHandler(log, nil))
	s := start(t, o, func(_ context.Context, batch []*kgo.Record) (stream.Result, error) {
		if batch[0].Offset < 7 {
			b.deleteBelow(t, 0, 7)
			return stream.Result{}, errors.New("store is away") // rewinds to an offset that is no more
		}
		return b.pageEach(batch), nil
	})
	exactlyOnce(t, b.Read(t, kafkatest.AtLeast(3), b.pages), 3)
	s.stop(t)
	said := log.lines(neverRead)
	if len(said) != 2 || !strings.Contains(said[0], "records_at_most=4") || !strings.Contains(said[1], "records_at_most=7") {
		t.Errorf("said %d times: %v", len(said), said)
	}
}

// A partition that goes to another member and comes back is no news.
func TestNewGroupSaysOnceWhatItNeverSaw(t *testing.T) {
	t.Parallel()
	b := setupDeleting(t, 2)
	for p := range int32(2) {
		b.tasksOn(t, p, 10)
		b.deleteBelow(t, p, 10) // so that there is nothing to commit
	}
	work := func(_ context.Context, batch []*kgo.Record) (stream.Result, error) { return b.pageEach(batch), nil }
	log := &logbook{}
	o := b.options()
	o.UntilDone, o.Logger = false, slog.New(slog.NewTextHandler(log, nil))
	start(t, o, work)
	kafkatest.Eventually(t, "said", func() bool { return len(log.lines(neverRead)) > 0 })
	other := b.options()
	other.UntilDone = false
	second := start(t, other, work)
	kafkatest.Eventually(t, "one partition each", func() bool {
		return second.Health().Ready && b.membersWithPartitions(t) == 2 && b.groupState(t) == "Stable"
	})
	second.stop(t)
	b.tasksOn(t, 0, 1)
	b.tasksOn(t, 1, 1)
	b.Read(t, kafkatest.AtLeast(2), b.pages) // both are with the first one
	if said := log.lines(neverRead); len(said) != 1 || !strings.Contains(said[0], `partitions="[0 1]"`) || !strings.Contains(said[0], "records_at_most=20") {
		t.Errorf("said %d times: %v", len(said), said)
	}
}
