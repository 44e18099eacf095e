package read

import (
	"errors"
	"slices"
	"strings"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
)

// Answer walks the members of an answer's outermost object. member reads the value to come from s, or leaves it. An answer
// that is no JSON object is an error, which quotes nothing of it.
func Answer(body []byte, member func(s *jsonscan.Scanner, key string)) error {
	s := jsonscan.New(body)
	if s.Next() != '{' {
		return errors.New("answer is not an object")
	}
	for key := range s.Object() {
		member(s, string(key))
	}
	return s.End()
}

// Is reports whether a part is the answer of the endpoint whose path ends with suffix, whatever its query.
func Is(part *schemas.PagePart, suffix string) bool {
	path, _, _ := strings.Cut(part.Path, "?")
	return strings.HasSuffix(path, suffix)
}

// About reports whether a page is about the row with that id: its parts may have rows of others too. Rows that do not say
// whose they are belong to every page; they have one key and content in all of them.
func About(page *schemas.Page, id string) bool {
	return id == "" || len(page.IDs) == 0 || slices.Contains(page.IDs, id)
}
