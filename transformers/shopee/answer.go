package shopee

import (
	"errors"
	"fmt"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/transformers/read"
)

// response takes the envelope off an answer: inside reads what stands under response. An answer that is an error is no page.
func response(body []byte, inside func(s *jsonscan.Scanner)) error {
	var code string
	err := read.Answer(body, func(s *jsonscan.Scanner, key string) {
		switch key {
		case "error":
			code, _ = jsonscan.Text(s.Value())
		case "response":
			inside(s)
		}
	})
	if err == nil && code != "" {
		err = fmt.Errorf("answer is the error %.60q", code)
	}
	return err
}

// list returns the rows of the list response.<name>. An answer without it is not what the op answers.
func list(body []byte, name string) (rows []read.Element, err error) {
	found := false
	err = response(body, func(s *jsonscan.Scanner) {
		if s.Next() != '{' {
			return
		}
		for key := range s.Object() {
			if string(key) == name && s.Next() == '[' {
				found, rows = true, read.Elements(s)
			}
		}
	})
	if err == nil && !found {
		err = errors.New("answer has no list response." + name)
	}
	return rows, err
}
