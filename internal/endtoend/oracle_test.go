package endtoend

import (
	"context"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"

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
	b.versions.check(t)
	b.checkCalls(t)
}

type order struct {
	ID          string          `bson:"_id"`
	Platform    string          `bson:"platform"`
	ShopID      string          `bson:"shop_id"`
	OrderID     string          `bson:"order_id"`
	Status      string          `bson:"status"`
	CreateTime  string          `bson:"create_time"`
	UpdateTime  string          `bson:"update_time"`
	TotalAmount bson.Decimal128 `bson:"total_amount"`
	IsValid     bool            `bson:"is_valid"`
	LineItems   []struct {
		Quantity int64 `bson:"quantity"`
	} `bson:"line_items"`
}

// row reads the order the way the simulator's truth is written.
func (o *order) row() (row, error) {
	created, err := time.Parse(time.RFC3339, o.CreateTime)
	if err != nil {
		return row{}, err
	}
	updated, err := time.Parse(time.RFC3339, o.UpdateTime)
	if err != nil {
		return row{}, err
	}
	r := row{
		ID: o.OrderID, CreateTime: created.Unix(), UpdateTime: updated.Unix(), Status: o.Status,
		TotalAmount: o.TotalAmount.String(), Lines: len(o.LineItems),
	}
	for _, l := range o.LineItems {
		r.Quantity += l.Quantity
	}
	return r, nil
}

// equal compares amounts as numbers: 10.50 is 10.5.
func (r row) equal(other row) bool {
	one, ok1 := new(big.Rat).SetString(r.TotalAmount)
	two, ok2 := new(big.Rat).SetString(other.TotalAmount)
	r.TotalAmount, other.TotalAmount = "", ""
	return ok1 && ok2 && one.Cmp(two) == 0 && r == other
}

func (b *bench) checkStore(t *testing.T) {
	t.Helper()
	cursor, err := b.collection("orders").Find(t.Context(), bson.D{})
	if err != nil {
		t.Fatal(err)
	}
	defer cursor.Close(t.Context()) //nolint:errcheck // read to its end
	var wrong mistakes
	seen := map[string]string{}
	for cursor.Next(t.Context()) {
		var o order
		if err := cursor.Decode(&o); err != nil {
			t.Fatal(err)
		}
		name := o.Platform + " " + o.ShopID + " " + o.OrderID
		if other, doubled := seen[name]; doubled {
			wrong.add("order %s is stored twice: as %s and as %s", name, other, o.ID)
		}
		seen[name] = o.ID
		want, known := b.truth.orders[o.ShopID][o.OrderID]
		got, err := o.row()
		switch {
		case !known || o.Platform != schemas.Shopee:
			wrong.add("order %s is stored, but the platform does not have it in these days", name)
		case err != nil || !o.IsValid:
			wrong.add("order %s is not valid: %v", name, err)
		case !got.equal(want):
			wrong.add("order %s is stored as %+v, the platform has %+v", name, got, want)
		}
	}
	if err := cursor.Err(); err != nil {
		t.Fatal(err)
	}
	orders := 0
	for shop, rows := range b.truth.orders {
		for id := range rows {
			orders++
			if _, stored := seen[schemas.Shopee+" "+shop+" "+id]; !stored {
				wrong.add("order %s of shop %s is missing", id, shop)
			}
		}
	}
	wrong.report(t, "store")
	t.Logf("store: %d orders, the platform has %d", len(seen), orders)
}

// chunk is what the ledger says about one window.
type chunk struct {
	ID       string         `bson:"_id"`
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
	} `bson:"totals"`
}

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
	if len(all) != len(b.truth.windows) {
		wrong.add("%d chunks, want one for each of %d days of shops", len(all), len(b.truth.windows))
	}
	replayed := 0
	for i := range all {
		c := &all[i]
		e, known := b.truth.windows[c.window()]
		n := c.Totals
		stored := n.Inserted + n.Updated + n.Unchanged + n.Stale
		if !known || c.Status != "complete" || n.Tasks != e.tasks() || n.Listed != e.orders || n.Answered != e.orders ||
			n.Documents != e.orders || stored != e.orders || n.DeadLettered != 0 {
			wrong.add("chunk %s is %s with %+v, want complete with %+v", c.ID, c.Status, n, e)
		}
		replayed += c.Replayed
	}
	wrong.report(t, "ledger")
	t.Logf("ledger: %d chunks complete, %d facts came after their chunk had closed", len(all), replayed)
}

// checkPages counts what read_committed readers see: each page once, as many as each chunk must have, and each of their
// documents once.
func (b *bench) checkPages(t *testing.T) {
	t.Helper()
	var wrong mistakes
	times := map[string]int{}
	perChunk := map[string]int{}
	for _, r := range b.readAll(t, b.topics.Raw(schemas.Shopee, schemas.Orders)) {
		times[schemas.Header(r, schemas.HeaderTaskID)]++
		perChunk[schemas.Header(r, schemas.HeaderChunkID)]++
	}
	for task, n := range times {
		if n != 1 || task == "" {
			wrong.add("page of task %q was published %d times", task, n)
		}
	}
	for _, c := range b.chunks(t) {
		if e := b.truth.windows[c.window()]; perChunk[c.ID] != e.tasks() {
			wrong.add("chunk %s has %d pages, want %d", c.ID, perChunk[c.ID], e.tasks())
		}
	}
	documents := map[string]int{}
	for _, r := range b.readAll(t, b.topics.Clean(schemas.Orders)) {
		documents[documentName(r)]++
	}
	for name, n := range documents {
		if n != 1 {
			wrong.add("document %s was published %d times", name, n)
		}
	}
	if e := b.truth.total(); len(times) != e.tasks() || len(documents) != e.orders {
		wrong.add("%d pages with %d documents, want %d with %d", len(times), len(documents), e.tasks(), e.orders)
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
