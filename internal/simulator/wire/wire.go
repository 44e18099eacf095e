// Package wire writes the JSON that simulated platforms answer with, member by member, so that each platform's ways with
// types and missing members are easy to show. It never holds an amount or an id in a float.
package wire

import (
	"strconv"
	"unicode/utf8"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// Writer appends JSON. The zero value is ready. Commas come by themselves.
type Writer struct{ b []byte }

// New makes a writer with room for size bytes.
func New(size int) *Writer { return &Writer{b: make([]byte, 0, size)} }

// Bytes is what was written so far; it is valid until the next write.
func (w *Writer) Bytes() []byte { return w.b }

// Cut takes back all but the first size bytes.
func (w *Writer) Cut(size int) { w.b = w.b[:size] }

// next separates values: nothing before the first in an object or array, nothing after a name.
func (w *Writer) next() {
	if n := len(w.b); n > 0 {
		switch w.b[n-1] {
		case '{', '[', ':':
		default:
			w.b = append(w.b, ',')
		}
	}
}

// Name begins a member of an object; a value follows. Names are our own and need no escaping.
func (w *Writer) Name(name string) *Writer {
	w.next()
	w.b = append(w.b, '"')
	w.b = append(w.b, name...)
	w.b = append(w.b, '"', ':')
	return w
}

// Open begins an object or array with its bracket.
func (w *Writer) Open(bracket byte) {
	w.next()
	w.b = append(w.b, bracket)
}

// Close ends one with its bracket.
func (w *Writer) Close(bracket byte) { w.b = append(w.b, bracket) }

// Null writes null.
func (w *Writer) Null() {
	w.next()
	w.b = append(w.b, "null"...)
}

// Int writes a number.
func (w *Writer) Int(v int64) {
	w.next()
	w.b = strconv.AppendInt(w.b, v, 10)
}

// IntOrNull writes 0 as null.
func (w *Writer) IntOrNull(v int64) {
	if v == 0 {
		w.Null()
		return
	}
	w.Int(v)
}

// Decimal writes v × 10^-places as a number without needless zeros.
func (w *Writer) Decimal(v int64, places int) {
	w.next()
	w.b = world.AppendDecimal(w.b, v, places)
}

// Literal writes JSON as it is, for numbers that are to have a certain form.
func (w *Writer) Literal(json string) {
	w.next()
	w.b = append(w.b, json...)
}

// Bool writes a boolean.
func (w *Writer) Bool(v bool) {
	w.next()
	w.b = strconv.AppendBool(w.b, v)
}

// Text writes a JSON string; what is no UTF-8 becomes U+FFFD.
func (w *Writer) Text(s string) {
	w.next()
	w.b = append(w.b, '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			w.b = append(w.b, '\\', byte(c))
		case c == '\n':
			w.b = append(w.b, '\\', 'n')
		case c < 0x20:
			const hex = "0123456789abcdef"
			w.b = append(w.b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			w.b = utf8.AppendRune(w.b, c)
		}
	}
	w.b = append(w.b, '"')
}

// Strings writes an array of strings.
func (w *Writer) Strings(values ...string) {
	w.Open('[')
	for _, v := range values {
		w.Text(v)
	}
	w.Close(']')
}

// IntText writes a number as a string, as platforms do with ids.
func (w *Writer) IntText(v int64) { w.Text(strconv.FormatInt(v, 10)) }

// DecimalText writes v × 10^-places as a string without needless zeros.
func (w *Writer) DecimalText(v int64, places int) { w.Text(world.Decimal(v, places)) }

// Member writes a member with a text, the most common one.
func (w *Writer) Member(name, value string) { w.Name(name).Text(value) }
