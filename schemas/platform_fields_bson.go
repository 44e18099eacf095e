package schemas

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"github.com/shopstream/shopstream/internal/jsonscan"
)

// MarshalBSONValue writes the fields as a document, sorted by key. A value that is nested too deeply is ErrTooDeep; a key
// with a zero byte, which BSON has no form for, is an error as well.
func (p PlatformFields) MarshalBSONValue() (byte, []byte, error) {
	size := 16
	for key, value := range p {
		size += len(key) + len(value) + 8
	}
	start, b := bsoncore.AppendDocumentStart(make([]byte, 0, size))
	for _, key := range p.keys() {
		var err error
		if b, err = appendField(b, key, p[key]); err != nil {
			return 0, nil, fmt.Errorf("encode platform field: %w", err)
		}
	}
	b, err := bsoncore.AppendDocumentEnd(b, start)
	return byte(bson.TypeEmbeddedDocument), b, err
}

func appendField(b []byte, key string, value []byte) ([]byte, error) {
	if len(value) == 0 {
		value = []byte("null")
	}
	s := jsonscan.New(value)
	b, err := appendElement(b, key, s, 0)
	if err != nil {
		return nil, err
	}
	return b, s.End()
}

// appendElement appends the scanner's next value under key. levels counts the containers it stands in; they are at most
// MaxFieldDepth, which bounds the recursion.
func appendElement(b []byte, key string, s *jsonscan.Scanner, levels int) ([]byte, error) {
	if strings.IndexByte(key, 0) >= 0 {
		return nil, errors.New("a key has a zero byte")
	}
	next := s.Next()
	if (next == '{' || next == '[') && levels >= MaxFieldDepth {
		return nil, ErrTooDeep
	}
	switch next {
	case '{':
		start, b := bsoncore.AppendDocumentElementStart(b, key)
		for name := range s.Object() {
			var err error
			if b, err = appendElement(b, strings.ToValidUTF8(string(name), "\uFFFD"), s, levels+1); err != nil {
				return nil, err
			}
		}
		return closeElement(b, start, s)
	case '[':
		start, b := bsoncore.AppendArrayElementStart(b, key)
		for i := range s.Array() {
			var err error
			if b, err = appendElement(b, strconv.Itoa(i), s, levels+1); err != nil {
				return nil, err
			}
		}
		return closeElement(b, start, s)
	}
	raw := s.Value()
	if err := s.Err(); err != nil {
		return nil, err
	}
	return appendScalar(b, key, raw), nil
}

func closeElement(b []byte, start int32, s *jsonscan.Scanner) ([]byte, error) {
	if err := s.Err(); err != nil {
		return nil, err
	}
	return bsoncore.AppendDocumentEnd(b, start)
}

func appendScalar(b []byte, key string, raw []byte) []byte {
	switch raw[0] {
	case '"':
		text, _ := jsonscan.Text(raw)
		return bsoncore.AppendStringElement(b, key, text)
	case 't', 'f':
		return bsoncore.AppendBooleanElement(b, key, raw[0] == 't')
	case 'n':
		return bsoncore.AppendNullElement(b, key)
	}
	text := string(raw)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && text != "-0" {
		return bsoncore.AppendInt64Element(b, key, n)
	}
	if d, ok := parseDecimal(text); ok {
		return d.appendBSON(bsoncore.AppendHeader(b, bsoncore.TypeDecimal128, key))
	}
	return bsoncore.AppendStringElement(b, key, text)
}

// UnmarshalBSONValue reads a document back into JSON texts. Types that JSON has no form for are errors: nobody writes them
// here.
func (p *PlatformFields) UnmarshalBSONValue(t byte, data []byte) error {
	if bson.Type(t) == bson.TypeNull {
		*p = nil
		return nil
	}
	if bson.Type(t) != bson.TypeEmbeddedDocument {
		return errNotObject
	}
	elements, err := bsoncore.Document(data).Elements()
	if err != nil {
		return fmt.Errorf("decode platform fields: %w", err)
	}
	fields := make(PlatformFields, len(elements))
	for _, e := range elements {
		raw, err := appendJSON(nil, e.Value(), 0)
		if err != nil {
			return fmt.Errorf("decode platform fields: %w", err)
		}
		fields[e.Key()] = raw
	}
	*p = fields
	return nil
}

// appendJSON appends the JSON text of v; see appendElement.
func appendJSON(b []byte, v bsoncore.Value, levels int) ([]byte, error) {
	switch v.Type {
	case bsoncore.TypeEmbeddedDocument, bsoncore.TypeArray:
		if levels >= MaxFieldDepth {
			return nil, ErrTooDeep
		}
		return appendContainer(b, v, levels)
	case bsoncore.TypeString:
		return appendText(b, v.StringValue())
	case bsoncore.TypeBoolean:
		return strconv.AppendBool(b, v.Boolean()), nil
	case bsoncore.TypeNull:
		return append(b, "null"...), nil
	case bsoncore.TypeInt32:
		return strconv.AppendInt(b, int64(int32(binary.LittleEndian.Uint32(v.Data))), 10), nil //nolint:gosec // its bits
	case bsoncore.TypeInt64:
		return strconv.AppendInt(b, v.Int64(), 10), nil
	case bsoncore.TypeDecimal128:
		d, err := readDecimal(v.Data)
		if err != nil {
			return nil, err
		}
		return append(b, d.json()...), nil
	default:
		return nil, fmt.Errorf("a value is a BSON %s", v.Type)
	}
}

func appendContainer(b []byte, v bsoncore.Value, levels int) ([]byte, error) {
	elements, err := bsoncore.Document(v.Data).Elements()
	if err != nil {
		return nil, err
	}
	object := v.Type == bsoncore.TypeEmbeddedDocument
	if object {
		b = append(b, '{')
	} else {
		b = append(b, '[')
	}
	for i, e := range elements {
		if i > 0 {
			b = append(b, ',')
		}
		if object {
			if b, err = appendKey(b, e.Key()); err != nil {
				return nil, err
			}
		}
		if b, err = appendJSON(b, e.Value(), levels+1); err != nil {
			return nil, err
		}
	}
	if object {
		return append(b, '}'), nil
	}
	return append(b, ']'), nil
}

// appendText appends a JSON string without escaping what only HTML minds.
func appendText(b []byte, text string) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		return nil, err
	}
	return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...), nil
}
