package lazada

import (
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// fixed writes an amount with two digits behind the point, which the platform also does where money has no cents.
func fixed(units int64, places int) string {
	whole, digits, _ := strings.Cut(world.Decimal(units, places), ".")
	return whole + "." + (digits + "00")[:2]
}

// grouped is fixed with commas between thousands.
func grouped(units int64, places int) string {
	text := fixed(units, places)
	first := 0
	if units < 0 {
		first = 1
	}
	for at := len(text) - 6; at > first; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// number writes an amount as a number of one of the forms that were seen: 38.00 or 38.0 or, for nothing, 0.
func number(w *wire.Writer, units int64, places int, form uint64) {
	text := fixed(units, places)
	switch {
	case units == 0 && form&1 == 0:
		text = "0"
	case form&2 == 0:
		text = strings.TrimSuffix(text, "0")
	}
	w.Literal(text)
}
