package endtoend

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"

	"github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/schemas"
)

// status returns the run's status, "" when it cannot be read now.
func (b *bench) status(ctx context.Context) string {
	var run struct {
		Status string `bson:"status"`
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_ = b.collection("sync_runs").FindOne(ctx, bson.D{{Key: "_id", Value: planID}}).Decode(&run)
	return run.Status
}

// collection returns a collection as a majority of the servers has it.
func (b *bench) collection(name string) *mongo.Collection {
	return b.database.Collection(name, options.Collection().SetReadConcern(readconcern.Majority()))
}

// waitCompleted waits until the run has a final status, which must be that all went well.
func (b *bench) waitCompleted(t *testing.T) {
	t.Helper()
	status := ""
	waitFor(t, patience, "the run to end", func() bool {
		status = b.status(t.Context())
		return status != "" && status != schemas.RunPlanned && status != schemas.RunRunning
	})
	if status != schemas.RunCompleted {
		t.Errorf("the run is %s, want %s", status, schemas.RunCompleted)
	}
}

// check is the oracle: the store equals the truth, every page and document was published once, the ledger is closed, and
// nothing was given up. Nothing may be running any more.
func (b *bench) check(t *testing.T) {
	t.Helper()
	b.checkStore(t)
	b.checkLedger(t)
	b.checkPages(t)
	b.checkDeadLetters(t)
	b.checkVersions(t)
	b.checkCalls(t)
	b.checkNews(t)
}

// news is what the transformer says of a field or a value that it does not know.
var news = regexp.MustCompile(`level=WARN .* kind=\S+ field=\S+`)

// checkNews requires that no process met a field or a value that the mappers do not know: the simulator says nothing that the samples
// do not, and a warning about what is known would hide those that count.
func (b *bench) checkNews(t *testing.T) {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(b.dir, "run*.log"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("no logs in %s: %v", b.dir, err)
	}
	for _, name := range logs {
		said, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range bytes.Split(said, []byte("\n")) {
			if news.Match(line) {
				t.Errorf("%s: %s", filepath.Base(name), line)
			}
		}
	}
}

// checkOutcome is the oracle where calls and pages may be more than are needed: the store equals the truth, no document ever went
// back, every chunk is complete, and nothing was given up.
func (b *bench) checkOutcome(t *testing.T) {
	t.Helper()
	b.checkStore(t)
	b.checkDeadLetters(t)
	b.checkVersions(t)
	for _, c := range b.chunks(t) {
		if c.Status != "complete" {
			t.Errorf("chunk %s is %s", c.ID, c.Status)
		}
	}
}

// checkStore holds what is stored of each shop and kind against the truth.
func (b *bench) checkStore(t *testing.T) {
	t.Helper()
	b.checkStoreOf(t, schemas.Kinds...)
}

func (b *bench) checkStoreOf(t *testing.T, kinds ...string) {
	t.Helper()
	var wrong mistakes
	rows := 0
	for i := range b.shops {
		s := &b.shops[i]
		for _, kind := range kinds {
			c, err := oracle.Compare(t.Context(), oracle.World{URL: b.url, Client: client}, b.collection(mongodb.DocumentCollection(kind)), b.selection(s, kind))
			if err != nil {
				t.Fatal(err)
			}
			rows += c.There
			if !c.OK() {
				wrong.add("%s %s of shop %s: %d missing, %d duplicated, %d differing, %d there, %d found: %q", s.Platform, kind, s.ShopID,
					c.Missing, c.Duplicated, c.Differing, c.There, c.Found, c.Mistakes)
			}
		}
	}
	if rows == 0 {
		wrong.add("the platforms have nothing in these days")
	}
	wrong.report(t, "store")
	t.Logf("store: the platforms have %d rows of all kinds", rows)
}

// chunk is what the ledger says about one window.
type chunk struct {
	ID       string         `bson:"_id"`
	Platform string         `bson:"platform"`
	Kind     string         `bson:"kind"`
	ShopID   string         `bson:"shop_id"`
	Window   schemas.Window `bson:"window"`
	Status   string         `bson:"status"`
	Replayed int            `bson:"replayed"`
	Totals   struct {
		Tasks        int `bson:"tasks"`
		Documents    int `bson:"documents"`
		Inserted     int `bson:"inserted"`
		Updated      int `bson:"updated"`
		Unchanged    int `bson:"unchanged"`
		Stale        int `bson:"stale"`
		DeadLettered int `bson:"dead_lettered"`
		Listed       int `bson:"listed"`
		Answered     int `bson:"answered"`
		Gone         int `bson:"gone"`
		Skipped      int `bson:"skipped"`
	} `bson:"totals"`
}

// ofOrders reports whether it is a chunk of which the truth knows the extent.
func (c *chunk) ofOrders() bool { return c.Platform == schemas.Shopee && c.Kind == schemas.Orders }

func (c *chunk) window() window { return window{c.ShopID, c.Window.From, c.Window.To} }

func (b *bench) chunks(t *testing.T) []chunk {
	t.Helper()
	cursor, err := b.collection("sync_chunks").Find(t.Context(), bson.D{{Key: "plan_id", Value: planID}})
	var all []chunk
	if err == nil {
		err = cursor.All(t.Context(), &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// checkLedger compares each chunk with what its window must have taken.
func (b *bench) checkLedger(t *testing.T) {
	t.Helper()
	var wrong mistakes
	all := b.chunks(t)
	kinds, want := catalog.Platforms.Kinds(), 0
	for i := range b.shops {
		want += oracle.Chunks(kinds[b.shops[i].Platform], b.days)
	}
	if len(all) != want {
		wrong.add("%d chunks, want %d: one a day, kind and shop, and one for a shop's products", len(all), want)
	}
	replayed := 0
	for i := range all {
		c := &all[i]
		n := c.Totals
		stored := n.Inserted + n.Updated + n.Unchanged + n.Stale
		if c.Status != "complete" || n.Listed != n.Answered+n.Gone+n.Skipped || n.Documents != stored || n.DeadLettered != 0 {
			wrong.add("chunk %s is %s with %+v", c.ID, c.Status, n)
		}
		if e, exact := b.truth.windows[c.window()]; exact && c.ofOrders() && (n.Tasks != e.tasks() || n.Listed != e.orders ||
			n.Answered != e.orders || n.Documents != e.orders) {
			wrong.add("chunk %s has %+v, want %+v", c.ID, n, e)
		}
		replayed += c.Replayed
	}
	wrong.report(t, "ledger")
	t.Logf("ledger: %d chunks complete, %d facts came after their chunk had closed", len(all), replayed)
}

// checkTurns requires that of the first half of a platform's pages at least a quarter is of each of its two shops.
func (b *bench) checkTurns(t *testing.T) {
	t.Helper()
	pages := map[string][]*kgo.Record{} // by platform
	for _, topic := range b.rawTopics() {
		for _, r := range b.readAll(t, topic) {
			platform := schemas.Header(r, schemas.HeaderPlatform)
			pages[platform] = append(pages[platform], r)
		}
	}
	for platform, all := range pages {
		slices.SortFunc(all, func(x, y *kgo.Record) int { return x.Timestamp.Compare(y.Timestamp) })
		half := all[:len(all)/2]
		of := map[string]int{}
		for _, r := range half {
			of[schemas.Header(r, schemas.HeaderShop)]++
		}
		t.Logf("shops of the first %d pages of %s: %v", len(half), platform, of)
		for shop, n := range of {
			if len(of) != 2 || n < len(half)/4 {
				t.Errorf("of the first %d pages of %s, %d are of shop %s", len(half), platform, n, shop)
			}
		}
	}
}

// checkPages counts what read_committed readers see: each page once, as many as a chunk must have where that is known, and
// each of their documents once.
func (b *bench) checkPages(t *testing.T) {
	t.Helper()
	var wrong mistakes
	times := map[string]int{}
	perChunk := map[string]int{}
	for _, topic := range b.rawTopics() {
		for _, r := range b.readAll(t, topic) {
			times[schemas.Header(r, schemas.HeaderTaskID)]++
			perChunk[schemas.Header(r, schemas.HeaderChunkID)]++
		}
	}
	for task, n := range times {
		if n != 1 || task == "" {
			wrong.add("page of task %q was published %d times", task, n)
		}
	}
	for _, c := range b.chunks(t) {
		if e := b.truth.windows[c.window()]; c.ofOrders() && perChunk[c.ID] != e.tasks() {
			wrong.add("chunk %s has %d pages, want %d", c.ID, perChunk[c.ID], e.tasks())
		}
	}
	documents := map[string]int{}
	for _, topic := range b.cleanTopics() {
		for _, r := range b.readAll(t, topic) {
			documents[documentName(r)]++
		}
	}
	for name, n := range documents {
		if n != 1 {
			wrong.add("document %s was published %d times", name, n)
		}
	}
	wrong.report(t, "topics")
	t.Logf("topics: %d pages and %d documents, once each", len(times), len(documents))
}

// documentName tells an observation from all others of its run.
func documentName(r *kgo.Record) string {
	return schemas.Header(r, schemas.HeaderTaskID) + "/" + schemas.Header(r, schemas.HeaderIndex)
}

func (b *bench) checkDeadLetters(t *testing.T) {
	t.Helper()
	var wrong mistakes
	for _, of := range []string{"plans", "tasks", "delay", "raw", "clean", "progress"} {
		for _, r := range b.readAll(t, b.topics.DLQ(of)) {
			wrong.add("%s: %s: %s", r.Topic, schemas.Header(r, schemas.HeaderErrorClass), schemas.Header(r, schemas.HeaderError))
		}
	}
	wrong.report(t, "dead letters")
}

// mistakes are what a check finds wrong. The first ones are shown: there may be thousands.
type mistakes []string

func (m *mistakes) add(format string, args ...any) { *m = append(*m, fmt.Sprintf(format, args...)) }

func (m mistakes) report(t *testing.T, what string) {
	t.Helper()
	const shown = 5
	for _, text := range m[:min(shown, len(m))] {
		t.Errorf("%s: %s", what, text)
	}
	if len(m) > shown {
		t.Errorf("%s: and %d more mistakes", what, len(m)-shown)
	}
}
