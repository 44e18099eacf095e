package mongo

import (
	"reflect"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/schemas"
)

func TestOutcomes(t *testing.T) {
	t.Parallel()
	unparsed := func(update, fetched int64) *schemas.Order {
		o := testOrder(1, update, fetched, "")
		o.IsValid, o.ParseError, o.TotalAmount = false, "not an order", ""
		return o
	}
	for _, c := range []struct {
		name   string
		first  []*schemas.Order
		second []*schemas.Order
		want   string
		status string // stored in the end
		at     int64  // fetched_at of the version stored in the end
	}{
		{"new", nil, []*schemas.Order{testOrder(1, 5, 1, "A")}, "inserted[0]", "A", 1},
		{"again", []*schemas.Order{testOrder(1, 5, 1, "A")}, []*schemas.Order{testOrder(1, 5, 1, "A")}, "unchanged[0]", "A", 1},
		{"newer", []*schemas.Order{testOrder(1, 5, 1, "A")}, []*schemas.Order{testOrder(1, 6, 1, "B")}, "updated[0]", "B", 1},
		{"older", []*schemas.Order{testOrder(1, 5, 1, "A")}, []*schemas.Order{testOrder(1, 4, 9, "B")}, "stale[0]", "A", 1},
		{"lift", []*schemas.Order{testOrder(1, 5, 1, "A")}, []*schemas.Order{testOrder(1, 5, 3, "A")}, "unchanged[0]", "A", 3},
		{"tie", []*schemas.Order{testOrder(1, 5, 1, "A")}, []*schemas.Order{testOrder(1, 5, 1, "B")}, "updated[0]", "B", 1},
		{
			"newest of a batch wins", nil,
			[]*schemas.Order{testOrder(1, 5, 2, "B"), testOrder(1, 5, 3, "C"), testOrder(1, 5, 1, "A"), testOrder(1, 5, 3, "C")},
			"inserted[3] unchanged[1] stale[0 2]", "C", 3,
		},
		{"unparsed alone", nil, []*schemas.Order{unparsed(5, 1)}, "inserted[0]", "", 1},
		{"unparsed over unparsed", []*schemas.Order{unparsed(5, 1)}, []*schemas.Order{unparsed(5, 2)}, "unchanged[0]", "", 2},
		{"parsed over unparsed", []*schemas.Order{unparsed(5, 1)}, []*schemas.Order{testOrder(1, 5, 2, "A")}, "updated[0]", "A", 2},
		{"unparsed over parsed", []*schemas.Order{testOrder(1, 5, 1, "A")}, []*schemas.Order{unparsed(5, 2)}, "updated[0]", "A", 1},
		{"older unparsed", []*schemas.Order{testOrder(1, 5, 3, "A")}, []*schemas.Order{unparsed(5, 2)}, "stale[0]", "A", 3},
		{
			"parsed and unparsed at once", nil,
			[]*schemas.Order{unparsed(5, 2), testOrder(1, 5, 1, "A")},
			"inserted[1] updated[0]", "A", 1,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.says(records(t, c.first...))
			if got := b.says(records(t, c.second...)); got != c.want {
				t.Errorf("said %q, want %q", got, c.want)
			}
			doc := b.get(testOrder(1, 0, 0, ""))
			if status, _ := doc["status"].(string); status != c.status {
				t.Errorf("status %q is stored, want %q", status, c.status)
			}
			if version := doc["version"].(string); version != schemas.Version(5, c.at, 1) && version != schemas.Version(6, c.at, 1) {
				t.Errorf("version %q is stored", version)
			}
		})
	}
}

// What a plan finds unchanged that only asks for what is missing is not written; what changed is taken, and what could not be
// parsed is missing.
func TestOnlyMissingWritesNothingThatIsThere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ask := func(o *schemas.Order) string {
		all := records(t, o)
		all[0].Headers = append(all[0].Headers, schemas.NewHeader(schemas.HeaderOnlyMissing, "true"))
		return b.says(all)
	}
	b.says(records(t, testOrder(1, 5, 1, "A")))
	was := b.get(testOrder(1, 0, 0, ""))
	if got := ask(testOrder(1, 5, 3, "A")); got != "unchanged[0]" {
		t.Errorf("unchanged: said %s", got)
	}
	if now := b.get(testOrder(1, 0, 0, "")); !reflect.DeepEqual(was, now) {
		t.Errorf("it was %v and is %v", was, now)
	}
	if got := ask(testOrder(1, 6, 4, "B")); got != "updated[0]" {
		t.Errorf("changed: said %s", got)
	}
	bad := testOrder(2, 5, 1, "")
	bad.ParseError, bad.IsValid = "not an order", false
	b.says(records(t, bad))
	if got := ask(testOrder(2, 5, 2, "A")); got != "updated[0]" {
		t.Errorf("over what could not be parsed: said %s", got)
	}
}

// A mapping of a higher revision wins over the same page as read by a lower one, and never the other way round.
func TestHigherRevisionWins(t *testing.T) {
	t.Parallel()
	b := setup(t)
	revised := func(fetched int64, revision int, status string) *schemas.Order {
		o := testOrder(1, 5, fetched, status)
		o.Version = schemas.Version(5, fetched, revision)
		return o
	}
	b.says(records(t, revised(2, 1, "A")))
	for _, c := range []struct {
		o    *schemas.Order
		want string
	}{
		{revised(2, 2, "B"), "updated[0]"},   // re-transformed
		{revised(2, 1, "A"), "stale[0]"},     // a process of the last release
		{revised(1, 9, "C"), "stale[0]"},     // an older page, whatever the revision
		{revised(2, 3, "B"), "unchanged[0]"}, // says the same
	} {
		if got := b.says(records(t, c.o)); got != c.want {
			t.Errorf("%s: said %s, want %s", c.o.Version, got, c.want)
		}
	}
	if doc := b.get(revised(0, 0, "")); doc["status"] != "B" || doc["version"] != schemas.Version(5, 2, 3) {
		t.Errorf("stored %v at %v", doc["status"], doc["version"])
	}
}

// A page that arrives late must not win over one that confirmed the stored content after it was fetched.
func TestLatePageDoesNotWinOverConfirmedContent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.says(records(t, testOrder(1, 5, 1, "A")))
	b.says(records(t, testOrder(1, 5, 3, "A")))
	if got := b.says(records(t, testOrder(1, 5, 2, "B"))); got != "stale[0]" {
		t.Errorf("the late page is %s", got)
	}
}

func TestChangeSetsUnsetsAndKeeps(t *testing.T) {
	t.Parallel()
	b := setup(t)
	o := testOrder(1, 5, 1, "A")
	cod := true
	o.IsCOD, o.Buyer, o.ValidationErrors = &cod, &schemas.Buyer{Name: "N"}, []string{"total"}
	b.says(records(t, o))
	_, err := b.client.Collection("orders").UpdateOne(t.Context(), bson.D{{Key: "_id", Value: o.ID}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "crm_note", Value: "call back"}}}})
	if err != nil {
		t.Fatal(err)
	}
	o = testOrder(1, 6, 1, "B")
	o.PaidTime = "2024-02-01T00:00:00+07:00"
	if got := b.says(records(t, o)); got != "updated[0]" {
		t.Fatalf("said %s", got)
	}
	doc := b.get(o)
	for _, gone := range []string{"is_cod", "buyer", "validation_errors"} {
		if v, ok := doc[gone]; ok {
			t.Errorf("%s is still there: %v", gone, v)
		}
	}
	if doc["crm_note"] != "call back" || doc["paid_time"] != o.PaidTime || doc["synced_at"] != "2023-11-15T05:13:20.123+07:00" {
		t.Errorf("stored %v", doc)
	}
	if d, ok := doc["total_amount"].(bson.Decimal128); !ok || d.String() != "41.380" {
		t.Errorf("total_amount is %v", doc["total_amount"])
	}
}

func TestNoteOfWhatCouldNotBeParsed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.says(records(t, testOrder(1, 5, 1, "A")))
	bad := testOrder(1, 5, 3, "")
	bad.ParseError, bad.IsValid, bad.OrderID = "items is no list", false, ""
	for i, want := range []string{"updated[0]", "unchanged[0]"} {
		if got := b.says(records(t, bad)); got != want {
			t.Errorf("time %d: said %s, want %s", i, got, want)
		}
	}
	doc := b.get(bad)
	note, _ := doc["last_parse_error"].(bson.D)
	if len(note) == 0 || note[0].Value != "items is no list" || doc["status"] != "A" || doc["parse_error"] != nil {
		t.Errorf("stored %v", doc)
	}
	b.says(records(t, testOrder(1, 5, 2, "B")))
	if b.get(bad)["last_parse_error"] == nil {
		t.Error("an observation older than the note removed it")
	}
	b.says(records(t, testOrder(1, 5, 4, "B")))
	if v := b.get(bad)["last_parse_error"]; v != nil {
		t.Errorf("an observation newer than the note left it: %v", v)
	}
}
