package shopee

import (
	"errors"
	"fmt"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/read"
)

// answer takes the envelope off: inside reads what stands under response. An answer that is an error is none of a page.
func answer(body []byte, inside func(s *jsonscan.Scanner)) error {
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
	err = answer(body, func(s *jsonscan.Scanner) {
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

// response returns what stands under response, which begins with the byte that open is.
func response(body []byte, open byte) (e read.Element, err error) {
	err = answer(body, func(s *jsonscan.Scanner) {
		e = read.Element{Raw: s.Value(), Depth: s.Depth()}
	})
	if err == nil && (len(e.Raw) == 0 || e.Raw[0] != open) {
		err = fmt.Errorf("answer has no response that begins with %c", open)
	}
	return e, err
}

// row is a row of an answer and when that was fetched.
type row struct {
	read.Element
	fetchedAt int64
}

// rowsOf returns the rows of the lists response.<name> of the page's answers whose path ends with suffix.
func rowsOf(page *schemas.Page, suffix, name string) (rows []row, err error) {
	for i := range page.Parts {
		if part := &page.Parts[i]; read.Is(part, suffix) {
			elements, err := list(part.Body, name)
			if err != nil {
				return nil, fmt.Errorf("parts[%d]: %w", i, err)
			}
			for _, e := range elements {
				rows = append(rows, row{e, part.FetchedAt})
			}
		}
	}
	return rows, nil
}

// member returns the text of an object's member that identifies what the object is about, "" when it has none that could.
func member(object []byte, name string) (id string) {
	s := jsonscan.New(object)
	if s.Next() != '{' {
		return ""
	}
	for key := range s.Object() {
		if string(key) == name {
			id = idOf(s.Value())
		}
	}
	return id
}

// idOf returns an id that is a text or a number, or "".
func idOf(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	if raw[0] == '"' {
		id, _ := read.TextID(raw)
		return id
	}
	id, _ := read.ParseID(raw)
	return id
}
