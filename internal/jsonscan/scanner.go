// Package jsonscan walks JSON text without building values from it: members and elements come out as slices of the input,
// so that numbers keep every digit and unknown members can be handed on as they were written.
//
// It takes exactly the texts that encoding/json takes, and like it leaves bad UTF-8 inside strings to the caller. It never
// recurses, so that hostile nesting costs no stack.
package jsonscan

import (
	"fmt"
	"iter"
)

// MaxDepth is how many levels of arrays and objects one value may have, as in encoding/json.
const MaxDepth = 10000

// SyntaxError says where a text stops being JSON. It never quotes the text.
type SyntaxError struct {
	Offset int    // in bytes, from the start of the scanner's text
	Want   string // what should stand there
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("byte %d: want %s", e.Offset, e.Want) }

// Scanner reads one JSON text from front to back. After an error it yields nothing more: loops just end, and Err or End
// says why. The slices that it returns are parts of the text.
type Scanner struct {
	text  []byte
	pos   int
	err   error
	depth int
	open  []byte // reused by Value: the brackets that are open

	escaped bool // the key that was read last has escapes
}

// New returns a Scanner at the start of text.
func New(text []byte) *Scanner { return &Scanner{text: text} }

// Err returns the first error, or nil.
func (s *Scanner) Err() error { return s.err }

// End returns the first error, or one when more than white space is left.
func (s *Scanner) End() error {
	if s.space(); s.err == nil && s.pos < len(s.text) {
		s.fail("the end")
	}
	return s.err
}

// Next returns the first byte of the value to come, which tells its type ('-' or a digit for numbers), or 0 when there is
// none.
func (s *Scanner) Next() byte {
	s.space()
	if s.err != nil || s.pos >= len(s.text) {
		return 0
	}
	return s.text[s.pos]
}

// Depth returns how many levels of arrays and objects the value had that Value returned last: 0 for a plain one.
func (s *Scanner) Depth() int { return s.depth }

// Escaped reports whether the key that Object yielded last is written with escapes. Ask before the member's value is read.
func (s *Scanner) Escaped() bool { return s.escaped }

// Object walks the object to come and yields its keys, unescaped. The loop's body reads the member's value, or leaves it
// and the value is passed over. A key is valid until the next step. After a break the scanner stands inside the object.
func (s *Scanner) Object() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if !s.take('{', "an object") {
			return
		}
		if s.taken('}') {
			return
		}
		for {
			key := s.key()
			if s.err != nil {
				return
			}
			at := s.pos
			if !yield(key) || !s.passed(at) {
				return
			}
			if s.taken('}') || !s.take(',', "a comma or a closing brace") {
				return
			}
		}
	}
}

// Array walks the array to come and yields the elements' indexes; see Object.
func (s *Scanner) Array() iter.Seq[int] {
	return func(yield func(int) bool) {
		if !s.take('[', "an array") {
			return
		}
		if s.taken(']') {
			return
		}
		for i := 0; ; i++ {
			at := s.pos
			if !yield(i) || !s.passed(at) {
				return
			}
			if s.taken(']') || !s.take(',', "a comma or a closing bracket") {
				return
			}
		}
	}
}

// passed reads the value at the offset at unless the loop's body did.
func (s *Scanner) passed(at int) bool {
	if s.err == nil && s.pos == at {
		s.Value()
	}
	return s.err == nil
}

// Value reads the value to come, checks it and returns its text without the white space around it; nil after an error.
func (s *Scanner) Value() []byte {
	s.space()
	start := s.pos
	s.open, s.depth = s.open[:0], 0
	if start < len(s.text) && s.err == nil && s.text[start] != '{' && s.text[start] != '[' {
		if s.scalar(); s.err != nil {
			return nil
		}
		return s.text[start:s.pos]
	}
	for s.err == nil {
		if c := s.Next(); c == '{' || c == '[' {
			s.begin(c)
			if s.closes() {
				if s.closed() {
					return s.text[start:s.pos]
				}
			} else if c == '{' {
				s.key()
			}
			continue
		}
		s.scalar()
		if s.closed() {
			return s.text[start:s.pos]
		}
	}
	return nil
}

func (s *Scanner) begin(c byte) {
	s.pos++
	s.open = append(s.open, c+2) // in ASCII both closing brackets are the opening one plus two
	s.depth = max(s.depth, len(s.open))
	if len(s.open) > MaxDepth {
		s.fail("fewer levels")
	}
}

// closes reports whether the container that was opened last ends here.
func (s *Scanner) closes() bool {
	return s.err == nil && s.Next() == s.open[len(s.open)-1]
}

// closed reads what may follow a value inside of Value: closing brackets, then a comma and perhaps a key. It reports
// whether the outermost container is closed.
func (s *Scanner) closed() bool {
	for s.err == nil {
		if len(s.open) == 0 {
			return true
		}
		if s.closes() {
			s.pos++
			s.open = s.open[:len(s.open)-1]
			continue
		}
		if !s.take(',', "a comma or a closing bracket") {
			return false
		}
		if s.open[len(s.open)-1] == '}' {
			s.key()
		}
		return false
	}
	return false
}

// key reads a member's key and the colon after it, and returns the key unescaped.
func (s *Scanner) key() []byte {
	if s.space(); s.pos >= len(s.text) || s.text[s.pos] != '"' {
		s.fail("a key")
		return nil
	}
	start := s.pos
	s.escaped = s.str()
	raw := s.text[start:s.pos]
	if !s.take(':', "a colon") {
		return nil
	}
	if !s.escaped {
		return raw[1 : len(raw)-1]
	}
	key, ok := Text(raw)
	if !ok {
		s.fail("a key")
	}
	return []byte(key)
}

// taken reads c when it comes next.
func (s *Scanner) taken(c byte) bool {
	if s.Next() != c {
		return false
	}
	s.pos++
	return true
}

func (s *Scanner) take(c byte, want string) bool {
	if s.taken(c) {
		return true
	}
	s.fail(want)
	return false
}

func (s *Scanner) space() {
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\n', '\r', '\t':
			s.pos++
		default:
			return
		}
	}
}

func (s *Scanner) fail(want string) {
	if s.err == nil {
		s.err = &SyntaxError{Offset: s.pos, Want: want}
	}
}
