package tiktok

import (
	"errors"
	"fmt"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/transformers/read"
)

// open takes the envelope off an answer: inside reads the object that stands under data. An answer that is an error is no
// page. Rows that were taken over from an earlier answer have no code.
func open(body []byte, inside func(s *jsonscan.Scanner)) error {
	var code []byte
	var wrong bool
	said := false
	err := read.Answer(body, func(s *jsonscan.Scanner, key string) {
		switch key {
		case "code":
			code = s.Value()
			said = true
		case "data":
			said = true
			switch s.Next() {
			case '{':
				inside(s)
			case 'n':
			default:
				wrong = true
			}
		}
	})
	switch {
	case err != nil:
		return err
	case !said:
		return errors.New("answer has neither code nor data")
	case !success(code):
		return fmt.Errorf("answer is the error %s", quotable(code))
	case wrong:
		return errors.New("data is not an object")
	}
	return nil
}

// success reports whether a code, which may be missing, says that the call succeeded.
func success(code []byte) bool {
	switch string(code) {
	case "", "null", "0", `"0"`, `""`:
		return true
	}
	return false
}

// quotable returns an error code, which says nothing about anybody, unless it is something else.
func quotable(code []byte) string {
	if id, ok := read.ParseLooseID(code); ok && len(id) <= 20 {
		return id
	}
	return "of unknown form"
}

// rows returns the rows of the list data.<name>. An answer without rows may leave the list out.
func rows(body []byte, name string) (rows []read.Element, err error) {
	wrong := false
	err = open(body, func(s *jsonscan.Scanner) {
		for key := range s.Object() {
			if string(key) != name {
				continue
			}
			switch s.Next() {
			case '[':
				rows = read.Elements(s)
			case 'n':
			default:
				wrong = true
			}
		}
	})
	if err == nil && wrong {
		err = errors.New("data." + name + " is not a list")
	}
	return rows, err
}
