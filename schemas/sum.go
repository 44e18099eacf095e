package schemas

import "math/bits"

// Sum adds amounts exactly; absent ones count as nothing, and the sum of none is absent. It has as many digits behind the
// point as the amount that has most. A sum that Money cannot hold, and an amount that is none, are errors.
func Sum(amounts ...Money) (Money, error) {
	var total decimal
	some := false
	for _, m := range amounts {
		if m == "" {
			continue
		}
		d, ok := parseDecimal(string(m))
		if !ok || d.form == withExponent {
			return "", errNoAmount
		}
		if !some {
			total, some = d, true
			continue
		}
		if total, ok = total.plus(d); !ok {
			return "", errAmountRange
		}
	}
	if !some {
		return "", nil
	}
	if total.hi == 0 && total.lo == 0 {
		total.neg = false
	}
	return total.money(total.plain())
}

// Negated returns the amount with the other sign. Absence, and zero, stay what they are.
func (m Money) Negated() Money {
	switch {
	case m.Sign() == 0:
		return m
	case m[0] == '-':
		return m[1:]
	}
	return "-" + m
}

// Sign returns -1, 0 or 1 for an amount below, at or above zero. Absence is 0.
func (m Money) Sign() int {
	for i := range len(m) {
		if m[i] >= '1' && m[i] <= '9' {
			if m[0] == '-' {
				return -1
			}
			return 1
		}
	}
	return 0
}

// Hundredth returns the amount that m is when it counts cents: "7950" gives "79.50". Absence stays absence. An amount that is
// none, or has more digits behind the point than Money can hold, is an error.
func (m Money) Hundredth() (Money, error) {
	if m == "" {
		return "", nil
	}
	d, ok := parseDecimal(string(m))
	if !ok || d.form == withExponent {
		return "", errNoAmount
	}
	d.exp -= 2
	return d.money(d.plain())
}

// plus adds e, exactly. It reports false when that takes more digits than a coefficient can have while it is added up, which
// are at least as many as Money has.
func (d decimal) plus(e decimal) (decimal, bool) {
	for ; d.exp > e.exp; d.exp-- {
		if d.hi>>58 != 0 { // ten times as much would not fit
			return d, false
		}
		d.push(0)
	}
	for ; e.exp > d.exp; e.exp-- {
		if e.hi>>58 != 0 {
			return e, false
		}
		e.push(0)
	}
	if d.neg == e.neg {
		var carry uint64
		d.lo, carry = bits.Add64(d.lo, e.lo, 0)
		d.hi, carry = bits.Add64(d.hi, e.hi, carry)
		return d, carry == 0 && d.hi>>62 == 0 // so that digits can divide it
	}
	if d.hi < e.hi || d.hi == e.hi && d.lo < e.lo {
		d, e = e, d
	}
	var borrow uint64
	d.lo, borrow = bits.Sub64(d.lo, e.lo, 0)
	d.hi, _ = bits.Sub64(d.hi, e.hi, borrow)
	return d, true
}
