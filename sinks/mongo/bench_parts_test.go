package mongo

import (
	"encoding/json"
	"testing"

	"github.com/shopstream/shopstream/schemas"
)

// BenchmarkDecode compares the decoders.
func BenchmarkDecode(b *testing.B) {
	data := record(b, benchOrders(b)(1, 1, 1), 0).Value
	known, err := kinds()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("fast", func(b *testing.B) {
		for b.Loop() {
			if _, err := known[schemas.Orders].decode(data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("standard", func(b *testing.B) {
		for b.Loop() {
			if err := json.Unmarshal(data, new(schemas.Order)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkEncode measures what becomes of an order before it is sent.
func BenchmarkEncode(b *testing.B) {
	known, err := kinds()
	if err != nil {
		b.Fatal(err)
	}
	o := benchOrders(b)(1, 2, 2)
	seen := &observation{id: o.ID, doc: o, lineage: &o.Lineage}
	for name, a := range map[string]action{"insert": insert, "replace": replace} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := known[schemas.Orders].newWrite(seen, a, &stored{Version: "x"}, "now"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
