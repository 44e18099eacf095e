// Package bsonstruct encodes structs into BSON as bson.Marshal does, byte for byte, for a fraction of the time: what their
// tags say is worked out once for each type, and everything is appended to one buffer.
//
// What it does not know by heart (strings, int64, bool, structs, pointers to and slices of them) it leaves to the driver.
package bsonstruct

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Appender is a type that appends its own BSON value and says of which BSON type it is. The bytes are those of its
// MarshalBSONValue.
type Appender interface {
	AppendBSONValue(b []byte) (bsonType byte, appended []byte, err error)
}

// Encoder encodes structs of one type. It is safe for concurrent use.
type Encoder struct {
	of     reflect.Type
	fields []field
}

type field struct {
	index     int
	inline    *Encoder
	header    []byte // of its element: the type, filled in later, the name and a zero byte
	omitEmpty bool
	append    appendFunc
}

// appendFunc appends a value and returns its type.
type appendFunc func(b []byte, v reflect.Value) (bson.Type, []byte, error)

// New returns the encoder of the struct type t. All fields of it need a bson tag with a name, or inline; the only other
// option is omitempty, for strings, slices, maps, numbers, booleans and pointers.
func New(t reflect.Type) (*Encoder, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("encoder of %s: no struct", t)
	}
	e := &Encoder{of: t}
	for i := range t.NumField() {
		f, err := newField(t.Field(i))
		if err != nil {
			return nil, fmt.Errorf("encoder of %s: field %s: %w", t, t.Field(i).Name, err)
		}
		f.index = i
		e.fields = append(e.fields, f)
	}
	return e, nil
}

func newField(sf reflect.StructField) (f field, err error) {
	name, option, _ := strings.Cut(sf.Tag.Get("bson"), ",")
	switch {
	case !sf.IsExported():
		return f, errors.New("not exported")
	case option == "inline" && name == "":
		f.inline, err = New(sf.Type)
		return f, err
	case name == "" || name == "-" || option != "" && option != "omitempty":
		return f, errors.New("unknown tag")
	}
	f.header = append(append([]byte{0}, name...), 0)
	if f.omitEmpty = option != ""; f.omitEmpty {
		if sf.Type.Kind() == reflect.Struct || sf.Type.Kind() == reflect.Interface || sf.Type.Implements(reflect.TypeFor[bson.Zeroer]()) {
			return f, errors.New("omitempty of this type")
		}
	}
	f.append = appenderOf(sf.Type)
	return f, nil
}

// appenderOf returns how values of type t are appended.
func appenderOf(t reflect.Type) appendFunc {
	switch {
	case t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(reflect.TypeFor[Appender]()):
		return appendItself
	case t.Implements(reflect.TypeFor[bson.ValueMarshaler]()), t.Implements(reflect.TypeFor[bson.Marshaler]()):
		return appendByDriver
	case t == reflect.TypeFor[string]():
		return appendString
	case t == reflect.TypeFor[int64]():
		return func(b []byte, v reflect.Value) (bson.Type, []byte, error) {
			return bson.TypeInt64, binary.LittleEndian.AppendUint64(b, uint64(v.Int())), nil //nolint:gosec // its bits
		}
	case t == reflect.TypeFor[bool]():
		return appendBool
	case t.Kind() == reflect.Pointer:
		return appenderOfPointer(appenderOf(t.Elem()))
	case t.Kind() == reflect.Slice && (t.Elem() == reflect.TypeFor[string]() || t.Elem().Kind() == reflect.Struct):
		return appenderOfSlice(appenderOf(t.Elem()))
	case t.Kind() == reflect.Struct:
		if e, err := New(t); err == nil {
			return e.append
		}
	}
	return appendByDriver
}

func appendItself(b []byte, v reflect.Value) (bson.Type, []byte, error) {
	t, b, err := v.Addr().Interface().(Appender).AppendBSONValue(b)
	return bson.Type(t), b, err
}

func appendByDriver(b []byte, v reflect.Value) (bson.Type, []byte, error) {
	t, value, err := bson.MarshalValue(v.Interface())
	return t, append(b, value...), err
}

func appendString(b []byte, v reflect.Value) (bson.Type, []byte, error) {
	s := v.String()
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s)+1)) //nolint:gosec // the document's length is checked
	return bson.TypeString, append(append(b, s...), 0), nil
}

func appendBool(b []byte, v reflect.Value) (bson.Type, []byte, error) {
	if v.Bool() {
		return bson.TypeBoolean, append(b, 1), nil
	}
	return bson.TypeBoolean, append(b, 0), nil
}

func appenderOfPointer(elem appendFunc) appendFunc {
	return func(b []byte, v reflect.Value) (bson.Type, []byte, error) {
		if v.IsNil() {
			return bson.TypeNull, b, nil
		}
		return elem(b, v.Elem())
	}
}

func appenderOfSlice(elem appendFunc) appendFunc {
	return func(b []byte, v reflect.Value) (bson.Type, []byte, error) {
		if v.IsNil() {
			return bson.TypeNull, b, nil
		}
		start := len(b)
		b = append(b, 0, 0, 0, 0)
		for i := range v.Len() {
			at := len(b)
			b = append(strconv.AppendInt(append(b, 0), int64(i), 10), 0)
			t, appended, err := elem(b, v.Index(i))
			if err != nil {
				return 0, nil, err
			}
			b = appended
			b[at] = byte(t)
		}
		b, err := end(b, start)
		return bson.TypeArray, b, err
	}
}

// Append appends the document that doc, a pointer to a struct of the encoder's type, is stored as.
func (e *Encoder) Append(b []byte, doc any) ([]byte, error) {
	v := reflect.ValueOf(doc)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Type().Elem() != e.of {
		return nil, fmt.Errorf("encoder of %s: got %T", e.of, doc)
	}
	_, b, err := e.append(b, v.Elem())
	return b, err
}

func (e *Encoder) append(b []byte, v reflect.Value) (bson.Type, []byte, error) {
	start := len(b)
	b, err := e.appendFields(append(b, 0, 0, 0, 0), v)
	if err != nil {
		return 0, nil, err
	}
	b, err = end(b, start)
	return bson.TypeEmbeddedDocument, b, err
}

func (e *Encoder) appendFields(b []byte, v reflect.Value) ([]byte, error) {
	for i := range e.fields {
		f := &e.fields[i]
		value := v.Field(f.index)
		if f.inline != nil {
			var err error
			if b, err = f.inline.appendFields(b, value); err != nil {
				return nil, err
			}
			continue
		}
		if f.omitEmpty && empty(value) {
			continue
		}
		at := len(b)
		t, appended, err := f.append(append(b, f.header...), value)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", f.header[1:len(f.header)-1], err)
		}
		b = appended
		b[at] = byte(t)
	}
	return b, nil
}

func empty(v reflect.Value) bool {
	if k := v.Kind(); k == reflect.String || k == reflect.Slice || k == reflect.Map || k == reflect.Array {
		return v.Len() == 0
	}
	return v.IsZero()
}

// end closes the document or array that begins at start.
func end(b []byte, start int) ([]byte, error) {
	b = append(b, 0)
	size := len(b) - start
	if size > math.MaxInt32 {
		return nil, errors.New("larger than a document")
	}
	binary.LittleEndian.PutUint32(b[start:], uint32(size)) //nolint:gosec // checked above
	return b, nil
}
