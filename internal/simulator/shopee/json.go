package shopee

import (
	"strconv"
	"unicode/utf8"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// writer appends JSON. Numbers are written from integers, so that no amount and no id ever is a float.
type writer struct{ b []byte }

// next separates values: nothing before the first in an object or array, nothing after a name.
func (w *writer) next() {
	if n := len(w.b); n > 0 {
		switch w.b[n-1] {
		case '{', '[', ':':
		default:
			w.b = append(w.b, ',')
		}
	}
}

// name begins a member of an object; a value follows. Names are our own and need no escaping.
func (w *writer) name(name string) *writer {
	w.next()
	w.b = append(w.b, '"')
	w.b = append(w.b, name...)
	w.b = append(w.b, '"', ':')
	return w
}

func (w *writer) open(bracket byte) {
	w.next()
	w.b = append(w.b, bracket)
}

func (w *writer) close(bracket byte) { w.b = append(w.b, bracket) }

func (w *writer) null() {
	w.next()
	w.b = append(w.b, "null"...)
}

func (w *writer) int(v int64) {
	w.next()
	w.b = strconv.AppendInt(w.b, v, 10)
}

// intOrNull writes 0 as null.
func (w *writer) intOrNull(v int64) {
	if v == 0 {
		w.null()
		return
	}
	w.int(v)
}

func (w *writer) decimal(v int64, places int) {
	w.next()
	w.b = world.AppendDecimal(w.b, v, places)
}

func (w *writer) bool(v bool) {
	w.next()
	w.b = strconv.AppendBool(w.b, v)
}

// text writes a JSON string; what is no UTF-8 becomes U+FFFD.
func (w *writer) text(s string) {
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

// strings writes an array of strings.
func (w *writer) strings(values ...string) {
	w.open('[')
	for _, v := range values {
		w.text(v)
	}
	w.close(']')
}
