package schemas

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shopstream/shopstream/internal/jsonscan"
)

// PlatformFields holds what a platform says that has no field of its own here, verbatim: the text of a JSON object, empty
// when there is nothing. Its keys are sorted and each is there once, in JSON and in BSON, so that equal fields are equal
// bytes. It is made by reading JSON or BSON or by a FieldsBuilder, and never changed.
//
// In BSON integers are int64, other numbers Decimal128, and a number that neither holds exactly is its own text: never a
// float. Reading gives back equal JSON (numbers by value, that text as a string).
type PlatformFields []byte

// MaxFieldDepth is how many levels of arrays and objects a value in PlatformFields may have. MongoDB takes 100 for a whole
// document; the rest is for what stands around it.
const MaxFieldDepth = 90

// ErrTooDeep says that a platform field has more levels than MaxFieldDepth: no document can hold it.
var ErrTooDeep = fmt.Errorf("nested deeper than %d levels", MaxFieldDepth)

// MarshalJSON returns the text itself, which is not to be changed, and null when there is none.
func (p PlatformFields) MarshalJSON() ([]byte, error) {
	if len(p) == 0 {
		return []byte("null"), nil
	}
	return p, nil
}

// UnmarshalJSON reads a JSON object; its values keep their text. Of two members with one key the last counts.
func (p *PlatformFields) UnmarshalJSON(data []byte) error {
	s := jsonscan.New(data)
	if s.Next() == 'n' {
		s.Value()
		*p = nil
		return s.End()
	}
	var last []byte
	members, sorted := 0, true
	for key := range s.Object() {
		sorted = sorted && (members == 0 || bytes.Compare(last, key) < 0) && !s.Escaped() && utf8.Valid(key)
		last = append(last[:0], key...)
		members++
	}
	if err := s.End(); err != nil {
		return fmt.Errorf("platform fields: %w", err)
	}
	switch {
	case members == 0:
		*p = nil
	case sorted: // as whatever was written here is
		*p = bytes.Clone(bytes.TrimSpace(data)) // a decoder may use data again
	default:
		var b FieldsBuilder
		s = jsonscan.New(data)
		for key := range s.Object() {
			b.Set(string(key), s.Value())
		}
		*p = b.Fields()
	}
	return nil
}

// FieldsBuilder puts PlatformFields together. Its zero value holds nothing.
type FieldsBuilder struct{ fields []field }

type field struct {
	key string
	raw []byte
}

// Set sets a field to a JSON text, in place of the one that it had. An empty text is null. The text has to be JSON, which
// is checked only when the fields are encoded; it is not copied before Fields.
func (b *FieldsBuilder) Set(key string, raw json.RawMessage) {
	if b.fields == nil {
		b.fields = make([]field, 0, 16)
	}
	b.fields = append(b.fields, field{strings.ToValidUTF8(key, "\uFFFD"), raw})
}

// Get returns the text of a field, nil when it was not set.
func (b *FieldsBuilder) Get(key string) json.RawMessage {
	for _, f := range slices.Backward(b.fields) {
		if f.key == key {
			return f.raw
		}
	}
	return nil
}

// Delete takes a field out again.
func (b *FieldsBuilder) Delete(key string) {
	b.fields = slices.DeleteFunc(b.fields, func(f field) bool { return f.key == key })
}

// Fields returns what was set.
func (b *FieldsBuilder) Fields() PlatformFields {
	if len(b.fields) == 0 {
		return nil
	}
	slices.SortStableFunc(b.fields, func(a, c field) int { return strings.Compare(a.key, c.key) })
	size := 2
	for _, f := range b.fields {
		size += len(f.key) + len(f.raw) + 8
	}
	text := append(make([]byte, 0, size), '{')
	for i, f := range b.fields {
		if i+1 < len(b.fields) && b.fields[i+1].key == f.key {
			continue // set again
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = appendKey(text, f.key)
		if len(f.raw) > 0 {
			text = append(text, f.raw...)
		} else {
			text = append(text, "null"...)
		}
	}
	return append(text, '}')
}

// appendKey appends a member's key, which is valid UTF-8, and its colon.
func appendKey(b []byte, key string) []byte {
	for _, c := range []byte(key) {
		if c < 0x20 || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			quoted, err := json.Marshal(key)
			if err != nil { // a string always has a JSON form
				panic(err)
			}
			return append(append(b, quoted...), ':')
		}
	}
	b = append(append(b, '"'), key...)
	return append(b, '"', ':')
}

var errNotObject = errors.New("platform fields are not a document")
