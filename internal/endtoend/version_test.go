package endtoend

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/internal/service"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
)

// platformClock only moves when it is told to, so that what is fetched after a move is the latest there is.
type platformClock struct{ at atomic.Int64 } // unix seconds

func (c *platformClock) now() time.Time { return time.Unix(c.at.Load(), 0) }

// flag gives a process this clock, or one that is off by so much.
func (c *platformClock) flag(off time.Duration) string {
	return "--clock-offset=" + (time.Until(c.now()).Round(time.Second) + off).String()
}

func (c *platformClock) move(d time.Duration) { c.at.Add(int64(d / time.Second)) }

// TestReplayWhileNewerDataIsWritten moves transformer and sink back to the first page and document while the platforms go on
// and the latest is being fetched. What is old may not win at any moment, and the latest is there in the end, soon.
func TestReplayWhileNewerDataIsWritten(t *testing.T) {
	t.Parallel()
	clock := &platformClock{}
	clock.at.Store(time.Now().Add(-20 * time.Hour).Unix()) // later than all planned days, whose orders are on their way
	b := setup(t, settings{
		shops: 1, days: 8, ordersPerDay: 20, lasts: 4 * time.Second, unlimited: true, tokenTTL: 1000 * time.Hour, now: clock.now,
	})
	often := b.watchVersions(t, 50*time.Millisecond)
	kinds := []string{schemas.Orders, schemas.Returns, schemas.Tracking}
	refresh := func(id string) time.Duration {
		began := time.Now()
		b.planAs(t, id, "--kind", strings.Join(kinds, ","), "--lane", "live")
		return time.Since(began)
	}
	p := b.run(t, nil, "all", clock.flag(0))
	refresh("old")
	p.stop(t)

	for _, name := range []string{"planner", "delay", "tracker"} {
		b.run(t, nil, name)
	}
	// A platform takes no call that is hours away from its clock, so the fetcher is begun anew with each move, by that clock.
	var fetcher *process
	move := func(d time.Duration) {
		if fetcher != nil {
			fetcher.stop(t)
		}
		clock.move(d)
		fetcher = b.run(t, nil, "fetcher", clock.flag(0))
	}
	transformer, sink := b.run(t, nil, "transformer"), b.run(t, nil, "sink")
	move(9 * time.Hour)
	alone := refresh("newer")

	transformer.stop(t)
	sink.stop(t)
	b.reset(t, earliest, b.topics.Group("transformer"), b.rawTopics()...)
	b.reset(t, earliest, b.topics.Group("sink"), b.cleanTopics()...)
	move(9 * time.Hour)
	transformer, sink = b.run(t, nil, "transformer"), b.run(t, nil, "sink")
	beside := refresh("newest")
	t.Logf("the latest was there after %v, and %v beside the replay", alone, beside)
	if beside > alone+15*time.Second {
		t.Errorf("the replay held up the latest: it took %v, and %v without", beside, alone)
	}
	for _, topic := range b.rawTopics() {
		b.waitConsumed(t, b.topics.Group("transformer"), topic)
	}
	for _, topic := range b.cleanTopics() {
		b.waitConsumed(t, b.topics.Group("sink"), topic)
	}
	b.waitConsumed(t, b.topics.Group("tracker"), b.topics.Progress())
	transformer.stop(t)
	sink.stop(t)

	for _, id := range []string{"newer", "newest"} {
		updated := 0
		for _, c := range b.chunksOf(t, id) {
			updated += c.Totals.Updated
			if c.Status != "complete" {
				t.Errorf("chunk %s is %s: %+v", c.ID, c.Status, c.Totals)
			}
		}
		t.Logf("plan %s changed %d documents", id, updated)
		if updated == 0 {
			t.Errorf("plan %s changed nothing: the test proves nothing", id)
		}
	}
	if !slices.ContainsFunc(b.chunksOf(t, "old"), func(c chunk) bool { return c.Replayed > 0 }) {
		t.Error("nothing was replayed")
	}
	b.checkStoreOf(t, kinds...)
	b.checkDeadLetters(t)
	b.checkVersions(t)
	wrong, samples := often.Mistakes()
	mistakes(wrong).report(t, "versions")
	t.Logf("versions: %d more samples", samples)
}

// watchVersions looks at the versions until the test ends.
func (b *bench) watchVersions(t *testing.T, pause time.Duration) *oracle.Versions {
	t.Helper()
	v, err := oracle.NewVersions(b.database, mongodb.DocumentCollections()...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close(context.Background()) })
	background(t, func(ctx context.Context) { v.Watch(ctx, pause) })
	return v
}

// TestNewMappingReplacesWhatTheLastOneMade lets another release transform the pages of a finished run again, then the first
// one once more, as while a release is taken back. The platforms' versions are the same all the time, so it is the mapping's
// revision that decides.
func TestNewMappingReplacesWhatTheLastOneMade(t *testing.T) {
	t.Parallel()
	b := setup(t, settings{shops: 1, days: 4, ordersPerDay: 15, lasts: 4 * time.Second, unlimited: true})
	p := b.start(t)
	b.plan(t)
	b.waitCompleted(t)
	p.stop(t)
	before := b.documents(t)

	b.transformAgain(t, func() (stop func()) { return b.runNextRelease(t) })
	revised := b.documents(t)
	var wrong mistakes
	for name, all := range before {
		if len(all) == 0 || len(revised[name]) != len(all) {
			wrong.add("%s: %d documents, there were %d", name, len(revised[name]), len(all))
		}
		for id, was := range all {
			if problem := notRevised(was, revised[name][id]); problem != "" {
				wrong.add("%s %s: %s", name, id, problem)
			}
		}
	}
	wrong.report(t, "after the new mapping")

	b.transformAgain(t, func() (stop func()) {
		p := b.run(t, nil, "transformer")
		return func() { p.stop(t) }
	})
	for name, was := range revised {
		same(t, name, was, b.snapshot(t, name))
	}
	b.checkDeadLetters(t)
	b.checkVersions(t)
}

// transformAgain lets a transformer do all pages again, and waits until what it makes is stored.
func (b *bench) transformAgain(t *testing.T, transformer func() (stop func())) {
	t.Helper()
	b.reset(t, earliest, b.topics.Group("transformer"), b.rawTopics()...)
	sink, tracker := b.run(t, nil, "sink"), b.run(t, nil, "tracker")
	stop := transformer()
	for _, topic := range b.rawTopics() {
		b.waitConsumed(t, b.topics.Group("transformer"), topic)
	}
	for _, topic := range b.cleanTopics() {
		b.waitConsumed(t, b.topics.Group("sink"), topic)
	}
	b.waitConsumed(t, b.topics.Group("tracker"), b.topics.Progress())
	stop()
	sink.stop(t)
	tracker.stop(t)
}

const nextWord = "as the next release says it"

// nextMapper is a mapping of the next revision, with another word for the status.
type nextMapper struct{ transformers.Mapper }

func (m nextMapper) Documents(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	documents, err := m.Mapper.Documents(from, page)
	for i := range documents {
		documents[i].Revision++
		reflect.ValueOf(documents[i].Document).Elem().FieldByName("UnifiedStatus").SetString(nextWord)
	}
	return documents, err
}

// notRevised says in what a document is not the one that it was, as the next mapping sees it.
func notRevised(was, is bson.M) string {
	oldVersion, _ := was["version"].(string)
	newVersion, _ := is["version"].(string)
	update, fetched, revision, ok := schemas.ParseVersion(oldVersion)
	if !ok || newVersion != schemas.Version(update, fetched, revision+1) {
		return "version " + oldVersion + " became " + newVersion
	}
	if is["unified_status"] != nextWord || is["hash"] == was["hash"] {
		return "content is as it was"
	}
	was, is = maps.Clone(was), maps.Clone(is)
	// Pages overlap, so that the same may be there twice, of the same moment: either may be the source.
	for _, field := range []string{"unified_status", "version", "hash", "synced_at", "source", "chunk_id"} {
		delete(was, field)
		delete(is, field)
	}
	if !reflect.DeepEqual(was, is) {
		return "other fields changed"
	}
	return ""
}

// runNextRelease runs the transformer of the next release in this process. It returns what stops it.
func (b *bench) runNextRelease(t *testing.T) (stop func()) {
	t.Helper()
	platforms := slices.Clone(catalog.Platforms)
	for i := range platforms {
		platforms[i].Mapper = nextMapper{platforms[i].Mapper}
	}
	c, err := config.Load(config.Source{Dir: b.dir, Environ: b.env, Platforms: platforms.Rates()})
	if err != nil {
		t.Fatal(err)
	}
	c.Shops.KeyFile = filepath.Join(b.dir, "shopstream.key") // the program itself runs there
	which := slices.DeleteFunc(slices.Clone(service.All), func(s service.Service) bool { return s.Name != "transformer" })
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var ended sync.WaitGroup
	ended.Go(func() {
		err := service.Run(ctx, service.Env{Config: c, Log: slog.New(slog.DiscardHandler), Platforms: platforms}, which)
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Error("the next release:", err)
		}
	})
	stop = sync.OnceFunc(func() {
		cancel()
		ended.Wait()
	})
	t.Cleanup(stop)
	return stop
}
