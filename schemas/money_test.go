package schemas

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"
)

func TestParseMoney(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("9", 31)
	for in, ok := range map[string]bool{
		"0": true, "-0": true, "0.00": true, "-228500": true, "41.38": true, "1.50": true, long: true, long + ".123": true,
		"0.12345678901234567890": true, "59.980000000000004": true, "-" + long + ".999": true,
		"": false, "-": false, ".5": false, "5.": false, "+5": false, "1e5": false, "1E5": false, "1,000": false, "1 000": false,
		"007": false, "-00": false, "00.5": false, "NaN": false, "Infinity": false, "0x10": false, "1.2.3": false, " 1": false, "1 ": false,
		"１": false, "--1": false, "1-": false, "1_000": false, "12\x00": false,
		long + "0": false, long + ".1234": false, "0.123456789012345678901": false, "1e999999": false,
	} {
		m, err := ParseMoney(in)
		if (err == nil) != ok || ok && string(m) != in {
			t.Errorf("%q: got %q, %v", in, m, err)
		}
		if err != nil && len(in) > 3 && strings.Contains(err.Error(), in) {
			t.Errorf("%q: the error quotes it: %v", in, err)
		}
	}
}

func TestParseMoneyJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`228500`: "228500", `41.38`: "41.38", `"41.380"`: "41.380", `-1.5`: "-1.5", `1e5`: "100000", `1.5E3`: "1500", `1.234e1`: "12.34",
		`1.234e-2`: "0.01234", `-5e-3`: "-0.005", `0e5`: "0", `0.0e1`: "0", `-0`: "-0", `"1e2"`: "100", `10e0`: "10", `1.50e1`: "15.0",
		`1e30`: "1" + strings.Repeat("0", 30), `"1,000"`: "", `"1.000,50"`: "", `"12 VND"`: "", `true`: "", `null`: "", `{}`: "", `[1]`: "", `""`: "",
		`1e31`: "", `1e-21`: "", `1e99999`: "", `1e-99999`: "", `1e999999999999999999999`: "", `NaN`: "", `"NaN"`: "", `"`: "",
		`0.1000000000000000055511151231257827021181583404541015625`: "",
	} {
		m, err := ParseMoneyJSON([]byte(in))
		if string(m) != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v; want %q", in, m, err, want)
		}
	}
}

func drawMoney(t *rapid.T) Money {
	whole := rapid.StringMatching(`0|[1-9][0-9]{0,30}`).Draw(t, "whole")
	frac := rapid.StringMatching(`[0-9]{0,20}`).Draw(t, "fraction")
	frac = frac[:min(len(frac), moneyDigits-len(whole))]
	s := rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign") + whole
	if frac != "" {
		s += "." + frac
	}
	m, err := ParseMoney(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return m
}

type moneyHolder struct {
	Amount Money `json:"amount,omitempty" bson:"amount,omitempty"`
}

func TestMoneyKeepsEveryDigit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := moneyHolder{drawMoney(t)}
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var a, b moneyHolder
		if err := json.Unmarshal(text, &a); err != nil {
			t.Fatal(err)
		}
		doc, err := bson.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if err := bson.Unmarshal(doc, &b); err != nil {
			t.Fatal(err)
		}
		if b != in {
			t.Fatalf("%q came back as %q", in.Amount, b.Amount)
		}
		driver, err := bson.ParseDecimal128(string(in.Amount))
		if err != nil {
			t.Fatal(err)
		}
		if got := bson.Raw(doc).Lookup("amount").Decimal128(); got != driver {
			t.Fatalf("%q is %v in BSON, the driver says %v", in.Amount, got, driver)
		}
	})
}

func TestExponentsAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,6})?[eE][+-]?[0-9]{1,2}`).Draw(t, "number")
		m, err := ParseMoneyJSON([]byte(s))
		if err != nil {
			t.Skip("out of bounds")
		}
		got, ok := new(big.Rat).SetString(string(m))
		want, okWant := new(big.Rat).SetString(s)
		if !ok || !okWant || got.Cmp(want) != 0 {
			t.Fatalf("%s became %s", s, m)
		}
		if again, err := ParseMoney(string(m)); err != nil || again != m {
			t.Fatalf("%s became %s, which is no money: %v", s, m, err)
		}
	})
}

func TestMoneyFromForeignDecimals(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"1E+3": "1000", "1.00E+3": "1000", "0E+5": "0", "-0E+3": "-0", "-0E-2": "-0.00", "5E-12": "0.000000000005", "12E-1": "1.2",
		"NaN": "", "Infinity": "", "-Infinity": "", "1E+6000": "", "1E-6000": "", "1E-21": "", "1E+31": "",
	} {
		d, err := bson.ParseDecimal128(in)
		if err != nil {
			t.Fatal(in, err)
		}
		_, data, err := bson.MarshalValue(d)
		if err != nil {
			t.Fatal(in, err)
		}
		var m Money
		err = m.UnmarshalBSONValue(byte(bson.TypeDecimal128), data)
		if string(m) != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v; want %q", in, m, err, want)
		}
	}
	var m Money
	if err := m.UnmarshalBSONValue(byte(bson.TypeDouble), make([]byte, 8)); err == nil {
		t.Error("a float was read as money")
	}
	if err := m.UnmarshalBSONValue(byte(bson.TypeDecimal128), make([]byte, 3)); err == nil {
		t.Error("three bytes were read as money")
	}
	if _, _, err := Money("abc").MarshalBSONValue(); err == nil {
		t.Error("text was written as money")
	}
}

func FuzzDecimalBytes(f *testing.F) {
	f.Add(make([]byte, 16))
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x5f"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var m Money
		if err := m.UnmarshalBSONValue(byte(bson.TypeDecimal128), data); err != nil {
			return
		}
		if again, err := ParseMoney(string(m)); err != nil || again != m {
			t.Fatalf("read %q, which is no money: %v", m, err)
		}
	})
}

func TestMoneyJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{`"1.50"`: "1.50", `""`: "", `null`: "", `1.5`: "!", `"1e5"`: "!", `"x"`: "!", `{}`: "!"} {
		var m Money
		err := json.Unmarshal([]byte(in), &m)
		if (err != nil) != (want == "!") || err == nil && string(m) != want {
			t.Errorf("%s: got %q, %v", in, m, err)
		}
	}
}
