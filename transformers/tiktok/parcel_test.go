package tiktok

import (
	"testing"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/mappertest"
)

// What units say against their parcel, or about none, stays with them.
func TestWhatUnitsSayIsKnown(t *testing.T) {
	t.Parallel()
	m := Mapper{}
	mappertest.Known(t, m, schemas.Orders, "line_items[].platform_fields", append(unitWords[:], "package_id", "currency")...)
	mappertest.Known(t, m, schemas.Orders, "platform_fields", orderWords[:]...)
	mappertest.Known(t, m, schemas.Tracking, "platform_fields.line_items[]", append(unitWords[:], "id")...)
	mappertest.Known(t, m, schemas.Tracking, "platform_fields", append(orderWords[:], "line_items")...)
	mappertest.Known(t, m, schemas.Products, "variants[].platform_fields", "currency")
}
