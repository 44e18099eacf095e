package mongo

import (
	"encoding/json"
	"reflect"
	"testing"

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
	f.Fuzz(func(t *testing.T, data []byte) {
		want := new(schemas.Order)
		refusal := json.Unmarshal(data, want)
		got, err := order(data)
		switch {
		case (err == nil) != (refusal == nil):
			t.Fatalf("%q: %v, but the standard library says %v", data, err, refusal)
		case err == nil && !reflect.DeepEqual(got.value, want):
			t.Errorf("reads %q as\n%+v\nnot\n%+v", data, got.value, want)
		}
	})
}
