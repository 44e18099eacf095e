package schemas

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// decimal is a number as Decimal128 holds it: ± coefficient × 10^exp, the coefficient below 10^34.
type decimal struct {
	neg    bool
	hi, lo uint64 // the coefficient
	exp    int
	form   decimalForm
}

// decimalForm says how a number was written.
type decimalForm int

const (
	integer decimalForm = iota
	fraction
	withExponent
)

// The exponents of Decimal128.
const (
	decimalMinExp = -6176
	decimalMaxExp = 6111
	decimalBias   = 6176
)

// parseDecimal reads a number in JSON's grammar. It reports false when s is none, or when Decimal128 cannot hold it with
// just these digits and this exponent.
func parseDecimal(s string) (d decimal, ok bool) {
	if d.neg = strings.HasPrefix(s, "-"); d.neg {
		s = s[1:]
	}
	if len(s) == 0 || len(s) > 1 && s[0] == '0' && s[1] >= '0' && s[1] <= '9' {
		return d, false
	}
	i, whole, digits := 0, 0, 0
	for ; i < len(s); i++ {
		c := s[i]
		if c == '.' && d.form == integer && i > 0 {
			d.form, whole = fraction, i
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		if digits > 0 || c != '0' {
			digits++
		}
		if digits > moneyDigits {
			return d, false
		}
		d.push(uint64(c - '0'))
	}
	if i == 0 {
		return d, false
	}
	if d.form == fraction {
		if d.exp = whole + 1 - i; d.exp == 0 {
			return d, false
		}
	}
	if i == len(s) {
		return d, d.exp >= decimalMinExp
	}
	ok = d.readExponent(s[i:]) // changes d; which of the two a return evaluates first is not specified
	return d, ok
}

// readExponent adds an exponent such as e-5. More than five digits are refused: nothing that large is held anyway.
func (d *decimal) readExponent(s string) bool {
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	sign := 1
	if len(s) > 0 && (s[0] == '+' || s[0] == '-') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	if len(s) == 0 || len(s) > 5 {
		return false
	}
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
		n = 10*n + int(c-'0')
	}
	d.form = withExponent
	d.exp += sign * n
	return d.exp >= decimalMinExp && d.exp <= decimalMaxExp
}

// push appends a digit to the coefficient.
func (d *decimal) push(digit uint64) {
	over, lo := bits.Mul64(d.lo, 10)
	lo, carry := bits.Add64(lo, digit, 0)
	d.hi, d.lo = d.hi*10+over+carry, lo
}

// digits returns the coefficient in decimal.
func (d decimal) digits() string {
	const ten19 = 10_000_000_000_000_000_000
	if d.hi == 0 {
		return strconv.FormatUint(d.lo, 10)
	}
	// The high word has at most 49 bits, so it is below 10^19 and the quotient fits.
	quo, rem := bits.Div64(d.hi, d.lo, ten19)
	low := strconv.FormatUint(rem, 10)
	return strconv.FormatUint(quo, 10) + strings.Repeat("0", 19-len(low)) + low
}

// plain writes the number without an exponent. The caller bounds exp.
func (d decimal) plain() string {
	digits, sign := d.digits(), ""
	if d.neg {
		sign = "-"
	}
	switch {
	case d.exp == 0 || digits == "0" && d.exp > 0:
		return sign + digits
	case d.exp > 0:
		return sign + digits + strings.Repeat("0", d.exp)
	}
	if missing := 1 - d.exp - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	return sign + digits[:len(digits)+d.exp] + "." + digits[len(digits)+d.exp:]
}

// json writes the number as JSON, plainly where that stays short.
func (d decimal) json() string {
	if d.exp <= 0 && d.exp >= -2*moneyDigits {
		return d.plain()
	}
	sign := ""
	if d.neg {
		sign = "-"
	}
	return sign + d.digits() + "e" + strconv.Itoa(d.exp)
}

// appendBSON appends the 16 bytes of the Decimal128.
func (d decimal) appendBSON(b []byte) []byte {
	hi := d.hi | uint64(d.exp+decimalBias)<<49 //nolint:gosec // parseDecimal bounds the exponent
	if d.neg {
		hi |= 1 << 63
	}
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(b, d.lo), hi)
}

// readDecimal reads the 16 bytes of a Decimal128; infinities and NaN are errors.
func readDecimal(b []byte) (decimal, error) {
	lo, hi := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	i, exp, err := bson.NewDecimal128(hi, lo).BigInt()
	if err != nil {
		return decimal{}, errors.New("not a finite number")
	}
	d := decimal{neg: hi>>63 == 1, exp: exp}
	if i.Sign() != 0 {
		d.hi, d.lo = hi&(1<<49-1), lo
	}
	if len(d.digits()) > moneyDigits {
		d.hi, d.lo = 0, 0 // by the standard, coefficients above the bound mean 0
	}
	return d, nil
}
