package transformers

import (
	"bytes"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
)

// walk goes through JSON that is known to be valid, which is why it checks nothing: it looks at each byte of each document that
// was just encoded, and checking them again would show in what the stage can do. On other text it finds nonsense, but ends.
type walk struct {
	text []byte
	pos  int
	path []byte // of the value to come

	found func(in, name []byte) // called with each unknown member and the path of what it is in, which are valid during the call
}

// fields walks through what a document keeps at place, of which at is known. Inside of unknown members nothing is looked for.
func (w *walk) fields(place string, kept schemas.PlatformFields, at *member) {
	w.text, w.pos, w.path = kept, 0, append(w.path[:0], place...)
	w.value(at)
}

// value passes over the value to come, of which at is known.
func (w *walk) value(at *member) {
	switch c := w.next(); {
	case c == '{' && !at.open:
		w.object(at)
	case c == '[' && !at.open:
		w.pos++
		n := len(w.path)
		w.path = append(w.path, "[]"...)
		for c := w.next(); c != ']' && c != 0; c = w.next() {
			if c == ',' {
				w.pos++
			}
			before := w.pos
			if w.value(at); w.pos == before {
				return // no JSON
			}
		}
		w.pos++
		w.path = w.path[:n]
	default:
		w.skip()
	}
}

func (w *walk) object(at *member) {
	w.pos++
	n, after := len(w.path), 0
	for c := w.next(); c != '}' && c != 0; c = w.next() {
		if c == ',' {
			w.pos++
			w.next()
		}
		name := w.name()
		var in *member
		if in, after = at.find(name, after); in == nil {
			w.found(w.path, name)
			w.skip()
			continue
		}
		if c := w.next(); c != '{' && c != '[' {
			w.skip()
			continue
		}
		w.path = append(append(w.path, '.'), name...)
		w.value(in)
		w.path = w.path[:n]
	}
	w.pos++
}

// next passes over white space and returns the byte behind it, 0 at the end.
func (w *walk) next() byte {
	for ; w.pos < len(w.text); w.pos++ {
		if c := w.text[w.pos]; c > ' ' {
			return c
		}
	}
	return 0
}

// name passes over a member's name and the colon.
func (w *walk) name() []byte {
	start := w.pos
	w.str()
	raw := w.text[start:w.pos]
	w.next()
	w.pos++
	if bytes.IndexByte(raw, '\\') >= 0 {
		text, _ := jsonscan.Text(raw)
		return []byte(text)
	}
	return bytes.Trim(raw, `"`)
}

// str passes over a string.
func (w *walk) str() {
	for w.pos++; w.pos < len(w.text); w.pos++ {
		switch w.text[w.pos] {
		case '\\':
			w.pos++
		case '"':
			w.pos++
			return
		}
	}
	w.pos = len(w.text)
}

// skip passes over a value, whatever it is.
func (w *walk) skip() {
	if w.next() == '"' {
		w.str()
		return
	}
	for depth := 0; w.pos < len(w.text); {
		switch w.text[w.pos] {
		case '"':
			w.str()
			continue
		case '{', '[':
			depth++
		case '}', ']', ',':
			switch c := w.text[w.pos]; {
			case depth == 0:
				return
			case c != ',':
				if depth--; depth == 0 {
					w.pos++
					return
				}
			}
		}
		w.pos++
	}
}
