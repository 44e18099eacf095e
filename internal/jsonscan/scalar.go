package jsonscan

import (
	"encoding/json"
	"unicode/utf8"
)

// scalar reads a string, number, boolean or null.
func (s *Scanner) scalar() {
	switch c := s.Next(); {
	case c == '"':
		s.str()
	case c == '-' || c >= '0' && c <= '9':
		s.number()
	case c == 't':
		s.literal("true")
	case c == 'f':
		s.literal("false")
	case c == 'n':
		s.literal("null")
	default:
		s.fail("a value")
	}
}

func (s *Scanner) literal(word string) {
	if len(s.text)-s.pos < len(word) || string(s.text[s.pos:s.pos+len(word)]) != word {
		s.fail(word)
		return
	}
	s.pos += len(word)
}

// stops marks the bytes that may not pass unseen inside a string.
var stops = func() (t [256]bool) {
	for c := range 0x20 {
		t[c] = true
	}
	t['"'], t['\\'] = true, true
	return t
}()

// str reads a string and reports whether it has escapes.
func (s *Scanner) str() (escaped bool) {
	text, i := s.text, s.pos+1
	for {
		for i < len(text) && !stops[text[i]] {
			i++
		}
		if s.pos = i; i >= len(text) {
			s.fail("the end of a string")
			return escaped
		}
		switch text[i] {
		case '"':
			s.pos++
			return escaped
		case '\\':
			escaped = true
			if i = s.escape(i + 1); s.err != nil {
				return escaped
			}
		default:
			s.fail("no control character in a string")
			return escaped
		}
	}
}

// escape checks what follows a backslash, from offset i, and returns the offset behind it.
func (s *Scanner) escape(i int) int {
	if i >= len(s.text) {
		s.fail("an escape")
		return i
	}
	switch s.text[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		if len(s.text)-i > 4 && hex(s.text[i+1]) && hex(s.text[i+2]) && hex(s.text[i+3]) && hex(s.text[i+4]) {
			return i + 5
		}
	}
	s.fail("an escape")
	return i
}

func hex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func (s *Scanner) number() {
	if s.text[s.pos] == '-' {
		s.pos++
	}
	if s.pos < len(s.text) && s.text[s.pos] == '0' {
		s.pos++
	} else {
		s.digits()
	}
	if s.at('.') {
		s.pos++
		s.digits()
	}
	if s.at('e') || s.at('E') {
		s.pos++
		if s.at('+') || s.at('-') {
			s.pos++
		}
		s.digits()
	}
}

func (s *Scanner) at(c byte) bool { return s.pos < len(s.text) && s.text[s.pos] == c }

func (s *Scanner) digits() {
	start := s.pos
	for s.pos < len(s.text) && s.text[s.pos] >= '0' && s.text[s.pos] <= '9' {
		s.pos++
	}
	if s.pos == start {
		s.fail("a digit")
	}
}

// Text returns the content of a JSON string as valid UTF-8 (what is none becomes U+FFFD). It reports false when raw is no
// string.
func Text(raw []byte) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return "", false
	}
	inner := raw[1 : len(raw)-1]
	plain := utf8.Valid(inner)
	for _, c := range inner {
		plain = plain && !stops[c]
	}
	if plain {
		return string(inner), true
	}
	var text string
	err := json.Unmarshal(raw, &text)
	return text, err == nil
}
