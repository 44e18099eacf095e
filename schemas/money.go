package schemas

import (
	"encoding/json"
	"fmt"
	"regexp"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Money is an exact decimal amount in units of its document's currency, as plain text: "-228500", "41.38". It is a string in
// JSON and a Decimal128 in MongoDB, and never a float anywhere. "" means absent.
type Money string

var plainDecimal = regexp.MustCompile(`^-?[0-9]{1,31}(\.[0-9]{1,12})?$`)

// ParseMoney takes a plain decimal such as a JSON number's text or a string's. Exponents, spaces, thousands separators, NaN
// and amounts that Decimal128 (34 digits) cannot hold exactly are errors.
func ParseMoney(s string) (Money, error) {
	if !plainDecimal.MatchString(s) {
		return "", fmt.Errorf("amount %.60q is not a plain decimal of at most 31.12 digits", s)
	}
	if _, err := bson.ParseDecimal128(s); err != nil {
		return "", fmt.Errorf("amount %.60q does not fit Decimal128: %w", s, err)
	}
	return Money(s), nil
}

// MarshalBSONValue writes the amount as Decimal128.
func (m Money) MarshalBSONValue() (byte, []byte, error) {
	d, err := bson.ParseDecimal128(string(m))
	if err != nil {
		return 0, nil, fmt.Errorf("amount %.60q: %w", string(m), err)
	}
	t, b, err := bson.MarshalValue(d)
	return byte(t), b, err
}

// UnmarshalBSONValue reads a Decimal128 back to the same digits that were written.
func (m *Money) UnmarshalBSONValue(t byte, data []byte) error {
	var d bson.Decimal128
	if err := bson.UnmarshalValue(bson.Type(t), data, &d); err != nil {
		return fmt.Errorf("amount: %w", err)
	}
	s, err := decimalText(d)
	if err != nil {
		return err
	}
	*m = Money(s)
	return nil
}

// UnmarshalJSON reads a JSON string and refuses what is not a plain decimal.
func (m *Money) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("amount: %w", err)
	}
	v, err := ParseMoney(s)
	if err != nil {
		return err
	}
	*m = v
	return nil
}

// decimalText writes d without an exponent: Decimal128's own text would turn 1.00E+3 up for some exponents.
func decimalText(d bson.Decimal128) (string, error) {
	i, exp, err := d.BigInt()
	if err != nil {
		return "", fmt.Errorf("amount is not a finite number: %w", err)
	}
	digits, sign := i.String(), ""
	if digits[0] == '-' {
		digits, sign = digits[1:], "-"
	} else if _, lo := d.GetBytes(); i.Sign() == 0 && lo == 0 {
		if hi, _ := d.GetBytes(); hi>>63 == 1 {
			sign = "-"
		}
	}
	for ; exp > 0; exp-- {
		digits += "0"
	}
	if exp == 0 {
		return sign + digits, nil
	}
	for len(digits) <= -exp {
		digits = "0" + digits
	}
	return sign + digits[:len(digits)+exp] + "." + digits[len(digits)+exp:], nil
}
