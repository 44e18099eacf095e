package world

import "strconv"

// AppendDecimal writes units × 10^-places as a plain decimal without needless zeros, which is also how a JSON number of
// that value reads: (4130, 2) is 41.3, (1500, 2) is 15, (228500, 0) is 228500. places is 0 to 9.
func AppendDecimal(b []byte, units int64, places int) []byte {
	if units < 0 {
		b, units = append(b, '-'), -units
	}
	scale := int64(1)
	for range places {
		scale *= 10
	}
	b = strconv.AppendInt(b, units/scale, 10)
	rest := units % scale
	if rest == 0 {
		return b
	}
	b = append(b, '.')
	for rest > 0 {
		scale /= 10
		b = append(b, byte('0'+rest/scale)) //nolint:gosec // one digit
		rest %= scale
	}
	return b
}

// Decimal is AppendDecimal as text.
func Decimal(units int64, places int) string { return string(AppendDecimal(nil, units, places)) }
