package shopee

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
)

// maxKept is how many levels a kept value may have: one less than a platform field, since some are kept inside an object.
const maxKept = schemas.MaxFieldDepth - 1

// maxProblems bounds a document's validation errors.
const maxProblems = 50

// element is a JSON value and how many levels it has.
type element struct {
	raw   []byte
	depth int
}

// elements reads the array to come.
func elements(s *jsonscan.Scanner) []element {
	var list []element
	for range s.Array() {
		list = append(list, element{s.Value(), s.Depth()})
	}
	return list
}

// problems collects what is wrong with a document: names of members and what they should be, never what they are.
type problems struct{ found []string }

func (p *problems) add(name, what string) { p.found = append(p.found, name+": "+what) }

// list returns the problems in an order that does not depend on the order of the members.
func (p *problems) list() []string {
	slices.Sort(p.found)
	list := slices.Compact(p.found)
	if len(list) > maxProblems {
		more := len(list) - maxProblems
		list = append(list[:maxProblems:maxProblems], "and "+strconv.Itoa(more)+" more")
	}
	return list
}

// reader reads the members of one object. Its methods read the value of the member to come; one of another type is a
// problem, is kept verbatim and counts as absent. null is absence and no problem.
type reader struct {
	s      *jsonscan.Scanner
	prefix string // of members' names in problems, such as item_list[0].
	rest   schemas.FieldsBuilder
	bad    *problems
}

func newReader(raw []byte, prefix string, bad *problems) *reader {
	return &reader{s: jsonscan.New(raw), prefix: prefix, bad: bad}
}

// keep keeps the member to come verbatim.
func (r *reader) keep(name string) element {
	e := element{r.s.Value(), r.s.Depth()}
	r.keepElement(name, e)
	return e
}

// keepElement keeps e under name. What has too many levels for a document is kept as the text of its JSON.
func (r *reader) keepElement(name string, e element) {
	switch {
	case len(e.raw) == 0 || e.raw[0] == 'n':
	case e.depth > maxKept:
		r.bad.add(r.prefix+name, "nested too deeply, kept as text")
		r.rest.Set(name, quote(e.raw))
	default:
		r.rest.Set(name, e.raw)
	}
}

func (r *reader) wrong(name string, e element, want string) {
	r.bad.add(r.prefix+name, want)
	r.keepElement(name, e)
}

// value returns the value to come and whether it is there.
func (r *reader) value() (element, bool) {
	e := element{r.s.Value(), r.s.Depth()}
	return e, len(e.raw) > 0 && e.raw[0] != 'n'
}

func (r *reader) text(name string) string {
	e, ok := r.value()
	if !ok {
		return ""
	}
	text, ok := jsonscan.Text(e.raw)
	if !ok {
		r.wrong(name, e, "want a string")
	}
	return text
}

// id reads an unsigned integer of up to 64 bits as its decimal text, from a number or a string. "" is absence.
func (r *reader) id(name string) string {
	e, ok := r.value()
	if !ok {
		return ""
	}
	id, ok := parseID(e.raw)
	if !ok {
		r.wrong(name, e, "want an integer id")
	}
	return id
}

// parseID returns the text of an id, or "" for an empty string.
func parseID(raw []byte) (string, bool) {
	text := string(raw)
	if raw[0] == '"' {
		text, _ = jsonscan.Text(raw)
		if text == "" {
			return "", true
		}
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return "", false
	}
	return strconv.FormatUint(n, 10), true
}

// time reads unix seconds; 0 is absence.
func (r *reader) time(name string) int64 {
	e, ok := r.value()
	if !ok {
		return 0
	}
	id, ok := parseID(e.raw)
	if id == "" && ok {
		return 0
	}
	seconds, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil || seconds >= schemas.MaxTime {
		r.wrong(name, e, "want a time in unix seconds")
		return 0
	}
	return seconds
}

func (r *reader) integer(name string) int64 {
	e, ok := r.value()
	if !ok {
		return 0
	}
	n, err := strconv.ParseInt(string(e.raw), 10, 64)
	if err != nil {
		r.wrong(name, e, "want an integer")
		return 0
	}
	return n
}

func (r *reader) bool(name string) *bool {
	e, ok := r.value()
	if !ok {
		return nil
	}
	switch string(e.raw) {
	case "true":
		return new(true)
	case "false":
		return new(false)
	}
	r.wrong(name, e, "want true or false")
	return nil
}

// money reads an amount from a number or a string. An empty string is absence.
func (r *reader) money(name string) schemas.Money {
	e, ok := r.value()
	if !ok || string(e.raw) == `""` {
		return ""
	}
	m, err := schemas.ParseMoneyJSON(e.raw)
	if err != nil {
		r.wrong(name, e, err.Error())
		return ""
	}
	return m
}

// moneyKept is money for amounts that a field is chosen from, so that each of them is kept as well.
func (r *reader) moneyKept(name string) schemas.Money {
	e := r.keep(name)
	if len(e.raw) == 0 || e.raw[0] == 'n' || string(e.raw) == `""` {
		return ""
	}
	m, err := schemas.ParseMoneyJSON(e.raw)
	if err != nil {
		r.bad.add(r.prefix+name, err.Error())
	}
	return m
}

// boolKept is bool for a member that is kept as well.
func (r *reader) boolKept(name string) *bool {
	e := r.keep(name)
	switch {
	case len(e.raw) == 0 || e.raw[0] == 'n':
		return nil
	case string(e.raw) == "true" || string(e.raw) == "false":
		return new(e.raw[0] == 't')
	}
	r.bad.add(r.prefix+name, "want true or false")
	return nil
}

// idKept is id for a member that is kept as well.
func (r *reader) idKept(name string) string {
	e := r.keep(name)
	if len(e.raw) == 0 || e.raw[0] == 'n' {
		return ""
	}
	id, ok := parseID(e.raw)
	if !ok {
		r.bad.add(r.prefix+name, "want an integer id")
	}
	return id
}

// object reads the object to come with read, once for each member; the members that read keeps stay together under name.
func (r *reader) object(name string, read func(in *reader, key string)) {
	if r.s.Next() != '{' {
		if e, ok := r.value(); ok {
			r.wrong(name, e, "want an object")
		}
		return
	}
	in := &reader{s: r.s, prefix: r.prefix + name + ".", bad: r.bad}
	for key := range r.s.Object() {
		read(in, string(key))
	}
	r.rest.Delete(name)
	if inside := in.rest.Fields(); len(inside) > 0 {
		r.rest.Set(name, json.RawMessage(inside))
	}
}

// list reads the array to come and calls read for its elements, which are objects. When one is not, the list is kept whole.
func (r *reader) list(name string, read func(i int, e element)) {
	e, ok := r.value()
	if !ok {
		return
	}
	if e.raw[0] != '[' {
		r.wrong(name, e, "want a list")
		return
	}
	allRead := true
	for i, row := range elements(jsonscan.New(e.raw)) {
		if row.raw[0] == '{' {
			read(i, row)
			continue
		}
		allRead = false
		r.bad.add(r.prefix+name+"["+strconv.Itoa(i)+"]", "want an object")
	}
	if !allRead {
		r.keepElement(name, e)
	}
}
