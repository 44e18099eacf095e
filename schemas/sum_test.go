package schemas

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSum(t *testing.T) {
	t.Parallel()
	nines := Money(strings.Repeat("9", 31))
	for _, c := range []struct {
		amounts []Money
		want    Money
		err     error
	}{
		{nil, "", nil},
		{[]Money{"", ""}, "", nil},
		{[]Money{"", "5"}, "5", nil},
		{[]Money{"159.00", "-15.9", "38.0"}, "181.10", nil},
		{[]Money{"0.1", "0.2"}, "0.3", nil},
		{[]Money{"1", "-1.00"}, "0.00", nil},
		{[]Money{"-1.00", "1"}, "0.00", nil},
		{[]Money{"-0.00"}, "0.00", nil},
		{[]Money{"-5", "3"}, "-2", nil},
		{[]Money{"-5", "-3.25"}, "-8.25", nil},
		{[]Money{"120000.00", "0", "0"}, "120000.00", nil},
		{[]Money{nines, "1"}, "", errAmountRange},
		{[]Money{nines, "0.999"}, nines + ".999", nil},
		{[]Money{nines, "0.0001"}, "", errAmountRange},
		{[]Money{nines, nines}, "", errAmountRange},
		{[]Money{nines, "0.000000000001"}, "", errAmountRange},
		{[]Money{nines + ".999", "-" + nines, "0.01"}, "1.009", nil},
		{[]Money{"1", "1e5"}, "", errNoAmount},
		{[]Money{"1,000"}, "", errNoAmount},
	} {
		if got, err := Sum(c.amounts...); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%q: got %q, %v; want %q, %v", c.amounts, got, err, c.want, c.err)
		}
	}
}

// TestSumIsExact compares with arithmetic on fractions.
func TestSumIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amounts := []Money{drawMoney(t), drawMoney(t), drawMoney(t)}
		want := new(big.Rat)
		for _, m := range amounts {
			r, _ := new(big.Rat).SetString(string(m))
			want.Add(want, r)
		}
		sum, err := Sum(amounts...)
		if err != nil {
			if !errors.Is(err, errAmountRange) {
				t.Fatal(err)
			}
			return
		}
		if got, ok := new(big.Rat).SetString(string(sum)); !ok || got.Cmp(want) != 0 {
			t.Fatalf("%q is %q, not %s", amounts, sum, want.FloatString(12))
		}
		if _, err := ParseMoney(string(sum)); err != nil {
			t.Fatalf("%q is no amount: %v", sum, err)
		}
		if back, err := Sum(sum, amounts[2].Negated(), amounts[1].Negated()); err == nil {
			first, _ := new(big.Rat).SetString(string(amounts[0]))
			if got, _ := new(big.Rat).SetString(string(back)); got.Cmp(first) != 0 {
				t.Fatalf("%q taken off again is %q", amounts[1:], back)
			}
		}
	})
}

func TestSign(t *testing.T) {
	t.Parallel()
	for m, want := range map[Money]int{"": 0, "0": 0, "0.00": 0, "-0.0": 0, "5": 1, "0.01": 1, "-0.01": -1, "-10": -1} {
		if got := m.Sign(); got != want {
			t.Errorf("%q: %d, want %d", m, got, want)
		}
	}
	for m, want := range map[Money]Money{"": "", "0": "0", "0.00": "0.00", "5": "-5", "-5.10": "5.10"} {
		if got := m.Negated(); got != want {
			t.Errorf("%q: %q, want %q", m, got, want)
		}
	}
}

func TestHundredth(t *testing.T) {
	t.Parallel()
	for m, want := range map[Money]Money{
		"": "", "0": "0.00", "5": "0.05", "7950": "79.50", "-7950": "-79.50", "-1": "-0.01", "7950.5": "79.505", "100": "1.00",
		"12345678901234567890": "123456789012345678.90", "0.1234567890123456789": "", "1,000": "", "1e3": "",
	} {
		got, err := m.Hundredth()
		if got != want || (err == nil) != (want != "" || m == "") {
			t.Errorf("%q: got %q, %v; want %q", m, got, err, want)
		}
	}
}
