package endtoend

import (
	"syscall"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/shopstream/shopstream/internal/mongod"
)

const failovers = 3

// Again and again a primary is cut off, takes writes that nobody else has, and dies; the others elect a new primary, and the
// old one has to take its writes back when it returns. No order may be skipped because it was seen in between.
func TestFailoverLosesNoOrder(t *testing.T) {
	t.Parallel()
	set, err := mongod.StartSet(t.Context(), t.TempDir(), 3)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(set.Kill)
	b := setup(t, settings{shops: 3, days: 45, ordersPerDay: 110, rate: 300, mongo: set.URI()})
	p := b.start(t)
	b.plan(t)
	for n := range failovers {
		b.waitPages(t, 0.1+0.3*float64(n))
		b.failover(t, set)
	}
	if n, all := b.watch.pages(), b.truth.total().tasks(); n >= all {
		t.Errorf("all %d pages were fetched before the last failover ended: it came too late", all)
	}
	b.waitCompleted(t)
	p.stop(t)
	b.check(t)
}

// failover makes the primary lose writes that it had taken.
func (b *bench) failover(t *testing.T, set *mongod.Set) {
	t.Helper()
	old, err := set.Primary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before, err := set.RolledBack(old)
	if err != nil {
		t.Fatal(err)
	}
	direct, err := mongo.Connect(options.Client().ApplyURI(set.Member(old).URI()))
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Disconnect(t.Context()) //nolint:errcheck // its server is dead by then
	orders := direct.Database(b.database.Name()).Collection("orders")
	count := func() int64 {
		n, err := orders.EstimatedDocumentCount(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	b.freeze(t, set, old, syscall.SIGSTOP)
	frozen := count()
	waitFor(t, patience, "an order that only the primary has", func() bool { return count() > frozen })
	lost := count() - frozen
	// What the primary has taken must outlast its end, or there is nothing to take back.
	if err := direct.Database("admin").RunCommand(t.Context(), bson.D{{Key: "fsync", Value: 1}}).Err(); err != nil {
		t.Fatal(err)
	}
	set.Member(old).Kill()
	killed := time.Now()
	b.freeze(t, set, old, syscall.SIGCONT)
	primary, err := set.Primary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	elected := time.Since(killed)
	if err := set.Restart(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	after, err := set.RolledBack(old)
	if err != nil {
		t.Fatal(err)
	}
	if after <= before {
		t.Error("the old primary took nothing back: this was no failover with a loss")
	}
	var took time.Duration
	waitFor(t, patience, "the sink to go on", func() (ok bool) {
		took, ok = b.watch.firstAfter(stored, killed.Add(elected))
		return ok
	})
	t.Logf("member %d lost about %d orders, %d files kept; member %d elected after %v; documents are stored %v after that",
		old, lost, after-before, primary, elected.Round(time.Millisecond), took.Round(time.Millisecond))
}

// freeze sends a signal to all members but one.
func (b *bench) freeze(t *testing.T, set *mongod.Set, but int, signal syscall.Signal) {
	t.Helper()
	for i := range 3 {
		if i != but {
			if err := syscall.Kill(set.Member(i).PID(), signal); err != nil {
				t.Fatal(err)
			}
		}
	}
}
