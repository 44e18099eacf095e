package lazada

import (
	"testing"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/mappertest"
)

// What lines do not all say alike stays with each of them.
func TestWhatLinesSayIsKnown(t *testing.T) {
	t.Parallel()
	m := Mapper{}
	mappertest.Known(t, m, schemas.Orders, "line_items[].platform_fields", saidNames[:]...)
	mappertest.Known(t, m, schemas.Returns, "lines[].platform_fields", returnNames[:]...)
	for _, units := range []string{"platform_fields.order_items[]", "packages[].platform_fields.order_items[]"} {
		mappertest.Known(t, m, schemas.Tracking, units, "currency", "status")
	}
}
