package lazada

import (
	"math"
	"strconv"
	"time"
)

// forever is later than every time.
const forever = int64(math.MaxInt32) * 1000

// span is a half-open stretch of time that a caller gave with one or both ends.
type span struct {
	from, to int64 // unix seconds
	given    bool
}

func (s span) holds(at int64) bool { return at >= s.from && at < s.to }

// span reads <name>_after and <name>_before. Whether they belong to what is between them is the server's choice.
func (a *API) span(c *call, name string) (span, *refusal) {
	s := span{to: forever}
	for end, at := range map[string]*int64{"_after": &s.from, "_before": &s.to} {
		text := c.params.Get(name + end)
		if text == "" {
			continue
		}
		t, ok := parseTime(text)
		if !ok {
			return span{}, errDate
		}
		*at = t
		s.given = s.given || end == "_after"
		switch {
		case a.endsOutside && end == "_after":
			*at++
		case !a.endsOutside && end == "_before":
			*at++
		}
	}
	return s, nil
}

// parseTime reads ISO 8601 with an offset.
func parseTime(text string) (int64, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Unix(), true
		}
	}
	return 0, false
}

// page is which rows a caller of a list wants.
type page struct{ skip, size int }

// page reads offset and limit, both of which have a value for when they are not there.
func (c *call) page(furthest, largest, usual int) (page, *refusal) {
	p := page{size: usual}
	var ok bool
	if p.skip, ok = c.number("offset", 0, 0, furthest); !ok {
		return p, errOffset
	}
	if p.size, ok = c.number("limit", usual, 1, largest); !ok {
		return p, errLimit
	}
	return p, nil
}

// number reads a parameter that is usual if it is not there, and lies in [lo, hi].
func (c *call) number(name string, usual, lo, hi int) (int, bool) {
	text := c.params.Get(name)
	if text == "" {
		return usual, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= lo && n <= hi
}
