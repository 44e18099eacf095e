package read

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/schemas"
)

// Sum adds two amounts exactly; an absent one adds nothing. It reports false when the sum is more than Money holds.
func Sum(a, b schemas.Money) (schemas.Money, bool) {
	switch {
	case a == "":
		return b, true
	case b == "":
		return a, true
	}
	return add(string(a), string(b))
}

// Difference takes b off a exactly. It reports false when one is absent, or the difference is more than Money holds.
func Difference(a, b schemas.Money) (schemas.Money, bool) {
	if a == "" || b == "" {
		return "", false
	}
	minus, negative := strings.CutPrefix(string(b), "-")
	if !negative {
		minus = "-" + string(b)
	}
	return add(string(a), minus)
}

// add adds plain decimals. The sum has as many digits behind the point as the one that has more.
func add(a, b string) (schemas.Money, bool) {
	wholeA, fracA, _ := strings.Cut(a, ".")
	wholeB, fracB, _ := strings.Cut(b, ".")
	scale := max(len(fracA), len(fracB))
	a = wholeA + fracA + zeros(scale-len(fracA))
	b = wholeB + fracB + zeros(scale-len(fracB))
	const held = 18 // digits, so that a sum fits an int64 too
	if len(a) <= held && len(b) <= held {
		x, errX := strconv.ParseInt(a, 10, 64)
		y, errY := strconv.ParseInt(b, 10, 64)
		if errX != nil || errY != nil {
			return "", false
		}
		return point(strconv.FormatInt(x+y, 10), scale)
	}
	x, okX := new(big.Int).SetString(a, 10)
	y, okY := new(big.Int).SetString(b, 10)
	if !okX || !okY {
		return "", false
	}
	return point(x.Add(x, y).String(), scale)
}

func zeros(n int) string { return strings.Repeat("0", n) }

// point puts the decimal point before the last scale digits of a whole number.
func point(digits string, scale int) (schemas.Money, bool) {
	digits, negative := strings.CutPrefix(digits, "-")
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = zeros(missing) + digits
	}
	if scale > 0 {
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if negative {
		digits = "-" + digits
	}
	m, err := schemas.ParseMoney(digits)
	return m, err == nil
}
