package endtoend

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/schemas"
)

// listPaths are parts of the paths of calls for lists; what has none of them is a call for details.
var listPaths = []string{
	"get_order_list", "get_item_list", "get_escrow_list", "get_wallet_transaction_list", "get_return_list",
	"/search", "/statements", "/withdrawals", "/unsettled",
	"/orders/get", "/products/get", "/finance/", "getreverseordersforseller",
}

// TestPlanAgainAsksForNothingThatIsStored copies some days of all kinds from all platforms and plans them again: only for what
// is missing, then twice by update time. Nothing has changed, so no details may be asked for; nor may anything be written for
// what is not missing. In the end one document of each kind and platform is gone or unreadable, and is what is fetched.
func TestPlanAgainAsksForNothingThatIsStored(t *testing.T) {
	t.Parallel()
	b := setup(t, settings{
		platforms: []string{schemas.Shopee, schemas.TikTok, schemas.Lazada}, // whose listPaths are
		shops:     1, days: 12, ordersPerDay: 6, lasts: 6 * time.Second, unlimited: true,
	})
	p := b.start(t)
	b.plan(t)
	b.waitCompleted(t)
	documents := b.documents(t)

	lists, details := b.callsOf(t, func() { b.planAs(t, "again", "--only-missing") })
	if details != 0 || lists == 0 {
		t.Errorf("only what is missing: %d calls for lists, %d for details", lists, details)
	}
	for name, was := range documents {
		same(t, name, was, b.snapshot(t, name))
	}
	b.checkSkipped(t, "again")

	// The first sweep finds what changed in these days and was created before them.
	_, first := b.callsOf(t, func() { b.planAs(t, "sweep", "--time-field", "update_time", "--kind", "orders,returns,tracking") })
	lists, details = b.callsOf(t, func() { b.planAs(t, "sweep-again", "--time-field", "update_time", "--kind", "orders,returns,tracking") })
	t.Logf("calls for details: %d by the first sweep, %d by the second", first, details)
	if details != 0 || lists == 0 {
		t.Errorf("sweep again: %d calls for lists, %d for details", lists, details)
	}

	lost := b.lose(t, documents)
	_, details = b.callsOf(t, func() { b.planAs(t, "mend", "--only-missing") })
	t.Logf("%d documents were lost or unreadable: %d calls for details", lost, details)
	p.stop(t)
	b.checkStore(t)
	b.checkDeadLetters(t)
	for _, id := range []string{"again", "sweep", "sweep-again", "mend"} {
		for _, c := range b.chunksOf(t, id) {
			if c.Status != "complete" {
				t.Errorf("chunk %s is %s: %+v", c.ID, c.Status, c.Totals)
			}
		}
	}
}

// planAs plans the bench's days again, and waits until that is done.
func (b *bench) planAs(t *testing.T, id string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"plan", "--id", id, "--from", b.from, "--to", b.to}, args...)...)
	cmd.Env, cmd.Dir = b.env, b.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("plan %s: %v\n%s", id, err, out)
	}
	waitFor(t, patience, "plan "+id+" to end", func() bool {
		var run struct {
			Status string `bson:"status"`
		}
		_ = b.collection("sync_runs").FindOne(t.Context(), bson.D{{Key: "_id", Value: id}}).Decode(&run)
		return run.Status != "" && run.Status != schemas.RunPlanned && run.Status != schemas.RunRunning
	})
}

// callsOf counts the calls that the platforms get while f runs.
func (b *bench) callsOf(t *testing.T, f func()) (lists, details int) {
	t.Helper()
	world := oracle.World{URL: b.url, Client: client}
	before, err := world.Calls(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f()
	after, err := world.Calls(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for path, calls := range after {
		n := calls.Calls - before[path].Calls
		isList := slices.ContainsFunc(listPaths, func(part string) bool { return strings.Contains(path, part) })
		switch {
		case isList:
			lists += n
		case n > 0:
			t.Logf("%d calls of %s", n, path)
			details += n
		}
	}
	return lists, details
}

// checkSkipped fails when a chunk of the plan has anything but what is stored already.
func (b *bench) checkSkipped(t *testing.T, id string) {
	t.Helper()
	skipped := map[string]int{}
	all := b.chunksOf(t, id)
	for _, c := range all {
		n := c.Totals
		skipped[c.Platform+" "+c.Kind] += n.Skipped
		if c.Status != "complete" || n.Inserted+n.Updated > 0 || n.Listed != n.Answered+n.Gone+n.Skipped {
			t.Errorf("chunk %s is %s with %+v", c.ID, c.Status, n)
		}
	}
	t.Logf("skipped of %d chunks: %v", len(all), skipped)
	for _, of := range []string{
		"shopee orders", "shopee products", "shopee transactions", "shopee returns", "shopee tracking",
		"tiktok products", "tiktok tracking", "lazada orders", "lazada tracking",
	} {
		if skipped[of] == 0 {
			t.Errorf("nothing was skipped of %s", of)
		}
	}
}

// lose removes a document of each kind and platform, and makes another one unreadable.
func (b *bench) lose(t *testing.T, documents map[string]map[string]bson.M) (lost int) {
	t.Helper()
	for name, all := range documents {
		harmed := map[string]int{} // by platform
		for id, d := range all {
			platform, _ := d["platform"].(string)
			filter := bson.D{{Key: "_id", Value: id}}
			var err error
			switch harmed[platform] {
			case 0:
				_, err = b.database.Collection(name).DeleteOne(t.Context(), filter)
			case 1:
				_, err = b.database.Collection(name).UpdateOne(t.Context(), filter, bson.D{{Key: "$set", Value: bson.D{
					{Key: "parse_error", Value: "unreadable"}, {Key: "is_valid", Value: false}, {Key: "hash", Value: "0"},
				}}})
			default:
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			harmed[platform]++
			lost++
		}
	}
	return lost
}

// chunksOf returns the chunks of a plan.
func (b *bench) chunksOf(t *testing.T, id string) []chunk {
	t.Helper()
	var all []chunk
	cursor, err := b.collection("sync_chunks").Find(t.Context(), bson.D{{Key: "plan_id", Value: id}})
	if err == nil {
		err = cursor.All(t.Context(), &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}
