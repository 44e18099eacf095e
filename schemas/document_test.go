package schemas

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// fill sets every field below v, so that a field that is added to a document is part of the tests.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case Money:
		v.SetString("1234.50")
		return
	case PlatformFields:
		v.Set(reflect.ValueOf(PlatformFields(`{"a":[1,0.5,"<&>",null]}`)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.Repeat("x", *n) + " <é>")
	case reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic("fill " + v.Type().String())
	}
}

func fullOrder() *Order {
	var o Order
	n := 0
	fill(reflect.ValueOf(&o).Elem(), &n)
	return &o
}

// documents returns an empty document of each kind.
func documents() []Document {
	return []Document{&Order{}, &Product{}, &Transaction{}, &Return{}, &OrderTracking{}}
}

// Documents of all kinds come back from JSON and from the store as they were, money to the digit.
func TestDocumentsThroughJSONAndBSON(t *testing.T) {
	t.Parallel()
	for i, empty := range documents() {
		full := documents()[i]
		n := 0
		fill(reflect.ValueOf(full).Elem(), &n)
		for name, in := range map[string]Document{"full": full, "empty": empty} {
			text, err := Encode(in)
			if err != nil {
				t.Fatal(err)
			}
			a, b := documents()[i], documents()[i]
			if err := json.Unmarshal(text, a); err != nil {
				t.Fatal(err)
			}
			doc, err := bson.Marshal(a)
			if err != nil {
				t.Fatal(err)
			}
			if err := bson.Unmarshal(doc, b); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(in, b) {
				t.Errorf("%s %s changed:\n%+v\n%+v", name, in.Schema(), in, b)
			}
		}
	}
}

func TestEncodeIsJSONOfTheDocument(t *testing.T) {
	t.Parallel()
	for _, o := range []*Order{fullOrder(), {}} {
		got, err := Encode(o)
		if err != nil {
			t.Fatal(err)
		}
		if len(o.Hash) != 32 {
			t.Errorf("hash %q", o.Hash)
		}
		want, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(parsed(t, got), parsed(t, want)) {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
}

func TestHashIsOfTheContent(t *testing.T) {
	t.Parallel()
	hash := func(change func(o *Order)) string {
		o := fullOrder()
		change(o)
		if _, err := Encode(o); err != nil {
			t.Fatal(err)
		}
		return o.Hash
	}
	base := hash(func(*Order) {})
	if got := hash(func(o *Order) {
		o.Version, o.Hash, o.Source, o.ChunkID, o.SyncedAt, o.DetailsFetchedAt = "", "h", "s", "c", "", "d"
	}); got != base {
		t.Error("the hash depends on lineage")
	}
	if got := hash(func(o *Order) {
		o.PlatformFields = PlatformFields(` { "a" : [ 1, 0.5,"<&>",null ] } `)
	}); got != base {
		t.Error("the hash depends on white space")
	}
	for name, change := range map[string]func(o *Order){
		"validity": func(o *Order) { o.IsValid = false },
		"errors":   func(o *Order) { o.ValidationErrors = nil },
		"status":   func(o *Order) { o.Status = "y" },
		"money":    func(o *Order) { o.LineItems[1].Price = "1234.51" },
		"fields":   func(o *Order) { o.Packages[0].PlatformFields = PlatformFields(`{"a":2}`) },
	} {
		if hash(change) == base {
			t.Errorf("the hash does not depend on %s", name)
		}
	}
}

func TestEncodeWantsLineageLast(t *testing.T) {
	t.Parallel()
	if _, err := Encode(&misplaced{}); err == nil {
		t.Error("a document with members behind its lineage was encoded")
	}
}

type misplaced struct {
	Identity
	Lineage
	After string `json:"after"`
}

func (*misplaced) Schema() string { return "misplaced/1" }

func TestVersionSorts(t *testing.T) {
	t.Parallel()
	versions := []string{
		Version(0, 1, 1), Version(1717640911, 1718100000123, 1), Version(1717640911, 1718100000123, 2),
		Version(1717640911, 1718100000124, 1), Version(1717640912, 1, 1), Version(MaxTime-1, 9999999999999, 9999),
	}
	for i := 1; i < len(versions); i++ {
		if versions[i-1] >= versions[i] || len(versions[i]) != len(versions[0]) {
			t.Errorf("%s does not sort before %s", versions[i-1], versions[i])
		}
	}
	if got := FormatTime(MaxTime-1, time.FixedZone("", 14*3600)); !bytes.HasPrefix([]byte(got), []byte("9999-")) {
		t.Errorf("the last time is %s", got)
	}
}
