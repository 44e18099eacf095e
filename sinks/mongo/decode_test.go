package mongo

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/schemas"
)

// The fast decoder reads exactly what the standard library reads, and reads the same.
func FuzzDecode(f *testing.F) {
	value, err := json.Marshal(benchOrders(f)(1, 1, 1))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		string(value), `{}`, `null`, `{"_id":null}`, `{"_id":"a","_id":"b"}`, `{"_ID":"a"}`, "{\"_id\":\"\xff\"}", `{"_id":"\ud800"}`,
		`{"platform_fields":{"a":{"b":[1,2.50,1e400]}}}`, `{"is_cod":true}`, `{"line_items":[{"quantity":9223372036854775807}]}`,
		`{"line_items":[{"quantity":1.5}]}`, `{"buyer":null}`, `{} x`, `{"a":[[[[[]]]]]}`, `{"total_amount":"1.10"}`, `{"total_amount":""}`,
	} {
		f.Add([]byte(seed))
	}
	known, err := kinds()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		want := new(schemas.Order)
		refusal := json.Unmarshal(data, want)
		got, err := known[schemas.Orders].decode(data)
		switch {
		case (err == nil) != (refusal == nil):
			t.Fatalf("%q: %v, but the standard library says %v", data, err, refusal)
		case err == nil && !reflect.DeepEqual(got.value, want):
			t.Errorf("reads %q as\n%+v\nnot\n%+v", data, got.value, want)
		}
	})
}

// What the sink stores is what the driver would store.
func TestEncodeAsTheDriver(t *testing.T) {
	t.Parallel()
	known, err := kinds()
	if err != nil {
		t.Fatal(err)
	}
	order := benchOrders(t)
	orders := []*schemas.Order{{}, testOrder(1, 2, 3, "é\x00<")}
	for id := range 50 {
		orders = append(orders, order(id, 1, 1))
	}
	for _, o := range orders {
		want, err := bson.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := known[schemas.Orders].marshal(&observation{doc: o})
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("got %s (%v)\nwant %s", got, err, bson.Raw(want))
		}
	}
}

// The same for the examples of all kinds.
func TestEncodeExamplesAsTheDriver(t *testing.T) {
	t.Parallel()
	known, err := kinds()
	if err != nil {
		t.Fatal(err)
	}
	for name, k := range known {
		schema, _, _ := strings.Cut(k.schema, "/")
		text, err := os.ReadFile("../../schemas/examples/" + schema + ".json")
		if err != nil {
			t.Fatal(err)
		}
		d, err := k.decode(text)
		if err != nil {
			t.Fatal(err)
		}
		want, err := bson.Marshal(d.value)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.marshal(&observation{doc: d.value}); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got %s (%v)\nwant %s", name, got, err, bson.Raw(want))
		}
	}
}
