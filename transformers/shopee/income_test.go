package shopee

import (
	"maps"
	"slices"
	"testing"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/mappertest"
)

// Amounts of zero stay with the rest.
func TestAmountsOfZeroAreKnown(t *testing.T) {
	t.Parallel()
	mappertest.Known(t, Mapper{}, schemas.Transactions, "platform_fields.order_income", slices.Collect(maps.Keys(incomeAmounts))...)
}
