package schemas

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/shopstream/shopstream/internal/jsonscan"
)

// PlatformFields holds what a platform says that has no field of its own here, verbatim. In JSON and BSON its keys are
// sorted, so that equal fields are equal bytes.
//
// In BSON integers are int64, other numbers Decimal128, and a number that neither holds exactly is its own text: never a
// float. Reading gives back equal JSON (numbers by value, that text as a string).
type PlatformFields map[string]json.RawMessage

// MaxFieldDepth is how many levels of arrays and objects a value in PlatformFields may have. MongoDB takes 100 for a whole
// document; the rest is for what stands around it.
const MaxFieldDepth = 90

// ErrTooDeep says that a platform field has more levels than MaxFieldDepth: no document can hold it.
var ErrTooDeep = fmt.Errorf("nested deeper than %d levels", MaxFieldDepth)

// MarshalJSON writes the fields sorted by key, their values as they are.
func (p PlatformFields) MarshalJSON() ([]byte, error) {
	if p == nil {
		return []byte("null"), nil
	}
	size := 2
	for key, value := range p {
		size += len(key) + len(value) + 4
	}
	b := append(make([]byte, 0, size), '{')
	for i, key := range p.keys() {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendKey(b, key); err != nil {
			return nil, err
		}
		if value := p[key]; len(value) > 0 {
			b = append(b, value...)
		} else {
			b = append(b, "null"...)
		}
	}
	return append(b, '}'), nil
}

func (p PlatformFields) keys() []string {
	keys := make([]string, 0, len(p))
	for key := range p {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// appendKey appends a member's key and its colon.
func appendKey(b []byte, key string) ([]byte, error) {
	for _, c := range []byte(key) {
		if c < 0x20 || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			quoted, err := json.Marshal(key)
			if err != nil {
				return nil, err
			}
			return append(append(b, quoted...), ':'), nil
		}
	}
	b = append(append(b, '"'), key...)
	return append(b, '"', ':'), nil
}

// UnmarshalJSON reads a JSON object; its values keep their text.
func (p *PlatformFields) UnmarshalJSON(data []byte) error {
	s := jsonscan.New(append([]byte(nil), data...)) // a decoder may use data again
	if s.Next() == 'n' {
		s.Value()
		*p = nil
		return s.End()
	}
	// Growing a map step by step costs more than all the rest. The members of nested objects count too, hence the bound.
	fields := make(PlatformFields, min(1+bytes.Count(data, []byte(`,"`)), 40))
	for key := range s.Object() {
		fields[string(key)] = s.Value()
	}
	if err := s.End(); err != nil {
		return fmt.Errorf("platform fields: %w", err)
	}
	*p = fields
	return nil
}

var errNotObject = errors.New("platform fields are not a document")
