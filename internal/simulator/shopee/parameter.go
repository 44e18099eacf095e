package shopee

import (
	"iter"
	"math"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/market"
)

const (
	longestWindow = 15 * market.Date
	maxPage       = 100
	usualPage     = 40
	maxDetails    = 50
)

// span is a pair of times a caller gave, made half-open; the zero span if it gave none.
type span struct {
	from, to int64
	given    bool
}

// holds says whether a moment is in the span. One that was not given holds everything.
func (s span) holds(at int64) bool { return !s.given || at >= s.from && at < s.to }

// spanRule says what a pair of times may be.
type spanRule struct {
	longest          int64 // 0: without end
	tooLong, swapped *refusal
}

var usualSpan = spanRule{longest: longestWindow, tooLong: badParam("the time range is over 15 days"), swapped: badParam("the time range ends before it begins")}

// span reads <name>_from and <name>_to: both or none of them.
func (a *API) span(c *call, name string, rule spanRule) (span, *refusal) {
	if !c.query.Has(name+"_from") && !c.query.Has(name+"_to") {
		return span{}, nil
	}
	from, refused := c.integer(name+"_from", 0, math.MaxInt32*1000)
	if refused != nil {
		return span{}, refused
	}
	to, refused := c.integer(name+"_to", 0, math.MaxInt32*1000)
	if refused != nil {
		return span{}, refused
	}
	switch {
	case to < from:
		return span{}, rule.swapped
	case rule.longest != 0 && to-from > rule.longest:
		return span{}, rule.tooLong
	}
	if !a.toExclusive {
		to++
	}
	return span{from, to, true}, nil
}

// integer reads a parameter that must be there and lie in [lo, hi].
func (c *call) integer(name string, lo, hi int64) (int64, *refusal) {
	v, err := strconv.ParseInt(c.query.Get(name), 10, 64)
	if err != nil || v < lo || v > hi {
		return 0, badParam(name + " must be from " + strconv.FormatInt(lo, 10) + " to " + strconv.FormatInt(hi, 10))
	}
	return v, nil
}

// optional is integer with a value for when the parameter is not there.
func (c *call) optional(name string, lo, hi, usual int64) (int64, *refusal) {
	if !c.query.Has(name) {
		return usual, nil
	}
	return c.integer(name, lo, hi)
}

// wants reads a boolean parameter; what is none is false.
func (c *call) wants(name string) bool {
	v, err := strconv.ParseBool(c.query.Get(name))
	return err == nil && v
}

// names reads a comma-joined parameter of 1 to 50 entries.
func (c *call) names(name string) ([]string, *refusal) {
	list := c.query.Get(name)
	if list == "" {
		return nil, badParam(name + " is missing")
	}
	names := strings.Split(list, ",")
	if len(names) > maxDetails {
		return nil, badParam(name + " must have from 1 to 50 entries")
	}
	return names, nil
}

// page is which rows a caller of a numbered list wants.
type page struct{ skip, size int }

// page reads page_no, counted from first, and page_size. Both have a value for when they are not there.
func (c *call) page(first int64) (page, *refusal) {
	number, refused := c.optional("page_no", first, 1<<31, first)
	if refused != nil {
		return page{}, refused
	}
	size, refused := c.optional("page_size", 1, maxPage, usualPage)
	if refused != nil {
		return page{}, refused
	}
	return page{skip: int(number-first) * int(size), size: int(size)}, nil
}

// cut takes a page out of rows. more says whether rows follow it.
func cut[T any](rows iter.Seq[T], p page) (got []T, more bool) {
	skip := p.skip
	for row := range rows {
		if skip > 0 {
			skip--
			continue
		}
		if len(got) == p.size {
			return got, true
		}
		got = append(got, row)
	}
	return got, false
}
