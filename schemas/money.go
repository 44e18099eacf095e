package schemas

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/internal/jsonscan"
)

// Money is an exact decimal amount in units of its document's currency, as plain text: "-228500", "41.38". It is a string in
// JSON and a Decimal128 in MongoDB, never a float, and keeps its digits, trailing zeros too. "" means absent.
//
// It has at most 31 digits before the point, 20 behind it and 34 in all, which Decimal128 holds exactly.
type Money string

const (
	moneyWhole  = 31
	moneyFrac   = 20
	moneyDigits = 34
)

var (
	errNoAmount    = fmt.Errorf("not a plain decimal amount of at most %d digits", moneyDigits)
	errAmountRange = fmt.Errorf("amount has more than %d digits before the point, %d behind it or %d in all", moneyWhole, moneyFrac, moneyDigits)
)

// ParseMoney takes a plain decimal. Exponents, spaces, thousands separators, leading zeros, NaN and amounts that Money cannot
// hold exactly are errors, which do not quote s: it may be anything.
func ParseMoney(s string) (Money, error) {
	d, ok := parseDecimal(s)
	if !ok || d.form == withExponent {
		return "", errNoAmount
	}
	return d.money(s)
}

// ParseMoneyJSON takes a JSON number or a JSON string that holds one. An exponent is written out exactly: 1.5e3 gives "1500".
func ParseMoneyJSON(raw []byte) (Money, error) {
	text := string(raw)
	if len(raw) > 0 && raw[0] == '"' {
		var ok bool
		if text, ok = jsonscan.Text(raw); !ok {
			return "", errNoAmount
		}
	}
	d, ok := parseDecimal(text)
	if !ok {
		return "", errNoAmount
	}
	if d.form == withExponent {
		if d.exp > moneyDigits || d.exp < -moneyDigits-moneyFrac {
			return "", errAmountRange
		}
		text = d.plain()
	}
	return d.money(text)
}

// money checks the bounds of the amount with the plain text s.
func (d decimal) money(s string) (Money, error) {
	whole, frac, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if len(whole) > moneyWhole || len(frac) > moneyFrac || len(whole)+len(frac) > moneyDigits {
		return "", errAmountRange
	}
	return Money(s), nil
}

// MarshalBSONValue writes the amount as Decimal128.
func (m Money) MarshalBSONValue() (byte, []byte, error) {
	return m.AppendBSONValue(make([]byte, 0, 16))
}

// AppendBSONValue is MarshalBSONValue, appending to b.
func (m Money) AppendBSONValue(b []byte) (byte, []byte, error) {
	d, ok := parseDecimal(string(m))
	if !ok {
		return 0, nil, errNoAmount
	}
	return byte(bson.TypeDecimal128), d.appendBSON(b), nil
}

// UnmarshalBSONValue reads a Decimal128 back to the same digits that were written, without an exponent.
func (m *Money) UnmarshalBSONValue(t byte, data []byte) error {
	if bson.Type(t) != bson.TypeDecimal128 || len(data) != 16 {
		return fmt.Errorf("amount is a BSON %s, not a decimal", bson.Type(t))
	}
	d, err := readDecimal(data)
	if err != nil {
		return fmt.Errorf("amount: %w", err)
	}
	if d.exp > moneyDigits || d.exp < -moneyDigits-moneyFrac {
		return fmt.Errorf("amount: %w", errAmountRange)
	}
	v, err := d.money(d.plain())
	if err != nil {
		return fmt.Errorf("amount: %w", err)
	}
	*m = v
	return nil
}

// UnmarshalJSON reads a JSON string and refuses what is not a plain decimal. null and "" give absence.
func (m *Money) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) || bytes.Equal(b, []byte(`""`)) {
		*m = ""
		return nil
	}
	s, ok := jsonscan.Text(b)
	if !ok {
		return errors.New("amount is not a string")
	}
	v, err := ParseMoney(s)
	if err != nil {
		return err
	}
	*m = v
	return nil
}
