package lazada

import (
	"strconv"
	"time"

	"github.com/shopstream/shopstream/transformers/read"
)

// said is a member of a line that has a field of the whole document, by its value and verbatim.
type said struct {
	value string
	time  int64 // of times, in unix seconds
	kept  read.Element
}

// sayTime reads a time to come; what is none is kept.
func sayTime(r *read.Object, name string, site *time.Location) (s said) {
	e, ok := r.Value()
	if !ok {
		return said{}
	}
	seconds, ok := read.ParseSiteTime(e.Raw, site)
	switch {
	case !ok:
		r.Wrong(name, e, "want a time")
	case seconds != 0:
		s = said{value: strconv.FormatInt(seconds, 10), time: seconds, kept: e}
	}
	return s
}

// sayID reads an id to come; what is none is kept.
func sayID(r *read.Object, name string) said {
	e, ok := r.Value()
	if !ok {
		return said{}
	}
	id, ok := read.ParseID(e.Raw)
	if !ok {
		r.Wrong(name, e, "want an integer id")
		return said{}
	}
	return said{value: id, kept: e}
}

// sayText reads a text or number to come; what is none is kept.
func sayText(r *read.Object, name string) said {
	e, ok := r.Value()
	if !ok {
		return said{}
	}
	text, ok := read.ParseCode(e.Raw)
	if !ok {
		r.Wrong(name, e, "want a string")
		return said{}
	}
	return said{value: text, kept: e}
}

// agree returns what n lines say for the whole: the one that wins, of those that say anything the first. What they do not all
// say alike is kept by each of them too, as name. of returns what line i says and what it keeps.
func agree(name string, n int, of func(i int) (*said, *read.Object), wins func(a, b said) bool) (whole said, alike bool) {
	alike = true
	for i := range n {
		s, _ := of(i)
		first, _ := of(0)
		alike = alike && s.value == first.value
		if s.value != "" && (whole.value == "" || wins(*s, whole)) {
			whole = *s
		}
	}
	for i := range n {
		if s, rest := of(i); !alike && s.value != "" {
			rest.KeepElement(name, s.kept)
		}
	}
	return whole, alike
}

func earlier(a, b said) bool { return a.time < b.time }
func later(a, b said) bool   { return a.time > b.time }
