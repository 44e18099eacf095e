package endtoend

import (
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"

	"github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/mongod"
)

const (
	failovers = 3
	members   = 3
)

// Again and again a primary is cut off, takes writes that nobody else has, and dies; the others elect a new primary, and the
// old one has to take its writes back when it returns. No document may be skipped because it was seen in between. In the end one
// steps down, as it does for an upgrade.
func TestFailoverLosesNoDocument(t *testing.T) {
	t.Parallel()
	set, err := mongod.StartSet(t.Context(), t.TempDir(), members)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(set.Kill)
	// The rate leaves work for several times as long as the failovers take, since fetching goes on meanwhile.
	b := setup(t, settings{shops: 2, days: 20, ordersPerDay: 50, lasts: 4 * time.Minute, mongo: set.URI()})
	p := b.start(t)
	b.plan(t)
	for n := range failovers {
		b.waitPages(t, 0.05+0.1*float64(n))
		b.failover(t, set)
	}
	b.stepDown(t, set)
	pages := b.watch.Pages()
	b.waitCompleted(t)
	b.checkInterrupted(t, pages)
	p.stop(t)
	b.check(t)
	b.checkTurns(t)
}

// failover makes the primary lose writes that it had taken.
func (b *bench) failover(t *testing.T, set *mongod.Set) {
	t.Helper()
	old, lost := b.cutOff(t, set)
	before, err := set.RolledBack(old)
	if err != nil {
		t.Fatal(err)
	}
	set.Member(old).Kill()
	killed := time.Now()
	restartOthers(t, set, old)
	primary, err := set.Primary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	elected := time.Since(killed)
	if err := set.Restart(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	after := before
	waitFor(t, patience, "the old primary to take its writes back", func() bool {
		if after, err = set.RolledBack(old); err != nil {
			t.Fatal(err)
		}
		return after > before
	})
	var took time.Duration
	waitFor(t, patience, "the sink to go on", func() (ok bool) {
		took, ok = b.watch.FirstAfter(stored, killed.Add(elected))
		return ok
	})
	t.Logf("member %d lost about %d documents, %d files kept; member %d elected after %v; documents are stored %v after that",
		old, lost, after-before, primary, elected.Round(time.Millisecond), took.Round(time.Millisecond))
}

// stepDown has the primary hand over to another member.
func (b *bench) stepDown(t *testing.T, set *mongod.Set) {
	t.Helper()
	old, err := set.Primary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	direct, err := mongo.Connect(options.Client().ApplyURI(set.Member(old).URI()))
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Disconnect(t.Context()) //nolint:errcheck // nothing is in flight
	down := bson.D{{Key: "replSetStepDown", Value: 60}, {Key: "secondaryCatchUpPeriodSecs", Value: 10}}
	waitFor(t, patience, "the primary to step down", func() bool { // not before another can take over
		return direct.Database("admin").RunCommand(t.Context(), down).Err() == nil
	})
	stepped := time.Now()
	primary := old
	waitFor(t, patience, "another primary", func() bool {
		if primary, err = set.Primary(t.Context()); err != nil {
			t.Fatal(err)
		}
		return primary != old
	})
	var took time.Duration
	waitFor(t, patience, "the sink to go on", func() (ok bool) {
		took, ok = b.watch.FirstAfter(stored, stepped)
		return ok
	})
	t.Logf("member %d stepped down for %d; documents are stored %v after that", old, primary, took.Round(time.Millisecond))
	if took > goesOn {
		t.Errorf("the sink went on after %v, at most %v are promised", took, goesOn)
	}
}

// cutOff kills all members but the primary, and returns it once it has documents that they do not have, and how many these are.
// A primary without a majority soon stops being one, so that may take some tries. (Freezing the others would not do: what
// the primary has sent them waits in their sockets until they go on.)
func (b *bench) cutOff(t *testing.T, set *mongod.Set) (primary int, lost int64) {
	t.Helper()
	waitFor(t, patience, "documents that only the primary has", func() bool {
		var err error
		if primary, err = set.Primary(t.Context()); err != nil {
			t.Fatal(err)
		}
		direct, err := mongo.Connect(options.Client().ApplyURI(set.Member(primary).URI()))
		if err != nil {
			t.Fatal(err)
		}
		defer direct.Disconnect(t.Context()) //nolint:errcheck // nothing is in flight
		for i := range members {
			if i != primary {
				set.Member(i).Kill()
			}
		}
		// Counted after their end: what they were just being given may have reached them.
		shared := b.count(t, direct)
		for isPrimary(t, direct) {
			if lost = b.count(t, direct) - shared; lost > 0 {
				// They must outlast the server's end, or there is nothing to take back.
				if err := direct.Database("admin").RunCommand(t.Context(), bson.D{{Key: "fsync", Value: 1}}).Err(); err != nil {
					t.Fatal(err)
				}
				return true
			}
			time.Sleep(50 * time.Millisecond) // between two looks
		}
		restartOthers(t, set, primary)
		return false
	})
	return primary, lost
}

func isPrimary(t *testing.T, direct *mongo.Client) bool {
	t.Helper()
	var hello struct {
		Primary bool `bson:"isWritablePrimary"`
	}
	if err := direct.Database("admin").RunCommand(t.Context(), bson.D{{Key: "hello", Value: 1}}).Decode(&hello); err != nil {
		t.Fatal(err)
	}
	return hello.Primary
}

// count returns how many documents of all kinds a server has, whether or not others have them.
func (b *bench) count(t *testing.T, direct *mongo.Client) (sum int64) {
	t.Helper()
	for _, name := range mongodb.DocumentCollections() {
		c := direct.Database(b.database.Name()).Collection(name, options.Collection().SetReadConcern(readconcern.Local()))
		n, err := c.CountDocuments(t.Context(), bson.D{})
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	return sum
}

// restartOthers starts all members but one again.
func restartOthers(t *testing.T, set *mongod.Set, but int) {
	t.Helper()
	for i := range members {
		if i == but {
			continue
		}
		if err := set.Restart(t.Context(), i); err != nil {
			t.Fatal(err)
		}
	}
}
