package schemas

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"github.com/shopstream/shopstream/internal/jsonscan"
)

// MarshalBSONValue writes the fields as a document, sorted by key. A value that is nested too deeply is ErrTooDeep; a key
// with a zero byte, which BSON has no form for, is an error as well, and so is a text that is no JSON.
func (p PlatformFields) MarshalBSONValue() (byte, []byte, error) {
	return p.AppendBSONValue(make([]byte, 0, len(p)+len(p)/4+64))
}

// AppendBSONValue is MarshalBSONValue, appending to b.
func (p PlatformFields) AppendBSONValue(b []byte) (byte, []byte, error) {
	text := []byte(p)
	if len(text) == 0 {
		text = []byte("{}")
	}
	s := jsonscan.New(text)
	b, err := appendMembers(b, s, 0)
	if err == nil {
		err = s.End()
	}
	if err != nil {
		return 0, nil, fmt.Errorf("encode platform field: %w", err)
	}
	return byte(bson.TypeEmbeddedDocument), b, nil
}

var errZeroByte = errors.New("a key has a zero byte")

// appendMembers appends the scanner's next value, an object or array, as a BSON document. levels counts the containers
// that its members stand in, the fields themselves aside; they are at most MaxFieldDepth, which bounds the recursion.
func appendMembers(b []byte, s *jsonscan.Scanner, levels int) ([]byte, error) {
	start := len(b)
	b = append(b, 0, 0, 0, 0) // its length, known at the end
	var err error
	if s.Next() == '[' {
		for i := range s.Array() {
			at := len(b)
			b = strconv.AppendInt(append(b, 0), int64(i), 10)
			if b, err = appendValue(append(b, 0), at, s, levels); err != nil {
				return nil, err
			}
		}
	} else {
		for key := range s.Object() {
			if bytes.IndexByte(key, 0) >= 0 {
				return nil, errZeroByte
			}
			if !utf8.Valid(key) {
				key = bytes.ToValidUTF8(key, []byte("\uFFFD"))
			}
			at := len(b)
			b = append(append(b, 0), key...)
			if b, err = appendValue(append(b, 0), at, s, levels); err != nil {
				return nil, err
			}
		}
	}
	if err := s.Err(); err != nil {
		return nil, err
	}
	b = append(b, 0)
	size := len(b) - start
	if size > math.MaxInt32 {
		return nil, errors.New("larger than a document")
	}
	binary.LittleEndian.PutUint32(b[start:], uint32(size)) //nolint:gosec // checked above
	return b, nil
}

// appendValue appends the scanner's next value and puts its BSON type at the offset at, where its element begins.
func appendValue(b []byte, at int, s *jsonscan.Scanner, levels int) ([]byte, error) {
	next := s.Next()
	if next != '{' && next != '[' {
		raw := s.Value()
		if err := s.Err(); err != nil {
			return nil, err
		}
		t, b := appendScalar(b, raw)
		b[at] = byte(t)
		return b, nil
	}
	if levels >= MaxFieldDepth {
		return nil, ErrTooDeep
	}
	b[at] = byte(bsoncore.TypeEmbeddedDocument)
	if next == '[' {
		b[at] = byte(bsoncore.TypeArray)
	}
	return appendMembers(b, s, levels+1)
}

// appendScalar appends a value that is neither object nor array.
func appendScalar(b, raw []byte) (bsoncore.Type, []byte) {
	switch raw[0] {
	case '"':
		inner := raw[1 : len(raw)-1]
		if bytes.IndexByte(inner, '\\') >= 0 || !utf8.Valid(inner) {
			text, _ := jsonscan.Text(raw)
			return bsoncore.TypeString, bsoncore.AppendString(b, text)
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(len(inner)+1)) //nolint:gosec // a document's length is checked
		return bsoncore.TypeString, append(append(b, inner...), 0)
	case 't', 'f':
		return bsoncore.TypeBoolean, bsoncore.AppendBoolean(b, raw[0] == 't')
	case 'n':
		return bsoncore.TypeNull, b
	}
	if n, ok := parseInt64(raw); ok {
		return bsoncore.TypeInt64, bsoncore.AppendInt64(b, n)
	}
	text := string(raw)
	if d, ok := parseDecimal(text); ok {
		return bsoncore.TypeDecimal128, d.appendBSON(b)
	}
	return bsoncore.TypeString, bsoncore.AppendString(b, text)
}

// parseInt64 returns a JSON number that an int64 holds as it is written.
func parseInt64(raw []byte) (int64, bool) {
	if len(raw) > 20 || raw[0] == '-' && raw[1] == '0' { // -0 and its fractions are none
		return 0, false
	}
	for _, c := range raw {
		if c == '.' || c == 'e' || c == 'E' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	return n, err == nil
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
	var fields FieldsBuilder
	for _, e := range elements {
		raw, err := appendJSON(nil, e.Value(), 0)
		if err != nil {
			return fmt.Errorf("decode platform fields: %w", err)
		}
		fields.Set(e.Key(), raw)
	}
	*p = fields.Fields()
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
			b = appendKey(b, e.Key())
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
