// Package read reads what platforms answer, member by member, for the mappers: a member is either read into a field of a
// document or kept verbatim, and one of another type than documented is a problem of the document, kept and named, never an
// error of the page.
package read

import (
	"encoding/json"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
)

// MaxKept is how many levels a kept value may have: fewer than a platform field, since some are kept inside objects.
const MaxKept = schemas.MaxFieldDepth - 8

// maxProblems bounds a document's validation errors.
const maxProblems = 50

// Element is a JSON value and how many levels it has.
type Element struct {
	Raw   []byte
	Depth int
}

// Elements reads the array to come.
func Elements(s *jsonscan.Scanner) []Element {
	var list []Element
	for range s.Array() {
		list = append(list, Element{s.Value(), s.Depth()})
	}
	return list
}

// Problems collects what is wrong with a document: names of members and what they should be, never what they are. Beside it,
// values that have no word of ours: see Unmapped.
type Problems struct {
	found    []string
	unmapped []schemas.Unmapped
}

// Add notes that the member name is not what it should be.
func (p *Problems) Add(name, what string) { p.found = append(p.found, name+": "+what) }

// List returns the Problems in an order that does not depend on the order of the members.
func (p *Problems) List() []string {
	slices.Sort(p.found)
	list := slices.Compact(p.found)
	if len(list) > maxProblems {
		more := len(list) - maxProblems
		list = append(list[:maxProblems:maxProblems], "and "+strconv.Itoa(more)+" more")
	}
	return list
}

// Object reads the members of one object. Its methods read the value of the member to come; one of another type is a
// problem, is kept verbatim and counts as absent. null is absence and no problem.
type Object struct {
	Scan   *jsonscan.Scanner
	Prefix string                // of members' names in Problems, such as item_list[0].
	Rest   schemas.FieldsBuilder // what was kept
	Bad    *Problems
}

// NewObject returns an Object that reads raw, which is an object, and names its members in bad behind prefix.
func NewObject(raw []byte, prefix string, bad *Problems) *Object {
	return &Object{Scan: jsonscan.New(raw), Prefix: prefix, Bad: bad}
}

// Keep keeps the member to come verbatim.
func (r *Object) Keep(name string) Element {
	e := Element{r.Scan.Value(), r.Scan.Depth()}
	r.KeepElement(name, e)
	return e
}

// KeepElement keeps e under name. What has too many levels for a document is kept as the text of its JSON.
func (r *Object) KeepElement(name string, e Element) {
	switch {
	case len(e.Raw) == 0 || e.Raw[0] == 'n':
	case e.Depth > MaxKept:
		r.Bad.Add(r.Prefix+name, "nested too deeply, kept as text")
		r.Rest.Set(name, Quote(e.Raw))
	default:
		r.Rest.Set(name, e.Raw)
	}
}

// Wrong marks e, which the member name has, as not what it should be, and keeps it.
func (r *Object) Wrong(name string, e Element, want string) {
	r.Bad.Add(r.Prefix+name, want)
	r.KeepElement(name, e)
}

// Value returns the value to come and whether it is there.
func (r *Object) Value() (Element, bool) {
	e := Element{r.Scan.Value(), r.Scan.Depth()}
	return e, len(e.Raw) > 0 && e.Raw[0] != 'n'
}

// Text reads a string. "" is absence.
func (r *Object) Text(name string) string {
	e, ok := r.Value()
	if !ok {
		return ""
	}
	text, ok := jsonscan.Text(e.Raw)
	if !ok {
		r.Wrong(name, e, "want a string")
	}
	return text
}

// ID reads an unsigned integer of up to 64 bits as its decimal text, from a number or a string. "" is absence.
func (r *Object) ID(name string) string {
	e, ok := r.Value()
	if !ok {
		return ""
	}
	id, ok := ParseID(e.Raw)
	if !ok {
		r.Wrong(name, e, "want an integer id")
	}
	return id
}

// Key reads an id that is a text. A number is taken, since it says what the row is about, and is a problem. "" is absence or
// an id that cannot be part of a key; want says what should be there, such as an order id.
func (r *Object) Key(name, want string) string {
	e, ok := r.Value()
	if !ok {
		return ""
	}
	return r.key(name, e, want)
}

// OptionalKey is Key for members of which an empty string is absence.
func (r *Object) OptionalKey(name, want string) string {
	e, ok := r.Value()
	if !ok || string(e.Raw) == `""` {
		return ""
	}
	return r.key(name, e, want)
}

func (r *Object) key(name string, e Element, want string) string {
	id, ok := "", false
	if e.Raw[0] == '"' {
		id, ok = TextID(e.Raw)
	} else if id, ok = ParseID(e.Raw); ok {
		r.Bad.Add(r.Prefix+name, "want a string")
	}
	if !ok {
		r.Wrong(name, e, "want "+want)
		return ""
	}
	return id
}

// ParseID returns the text of an id, or "" for an empty string.
func ParseID(raw []byte) (string, bool) {
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

// Time reads unix seconds; 0 is absence.
func (r *Object) Time(name string) int64 {
	e, ok := r.Value()
	if !ok {
		return 0
	}
	id, ok := ParseID(e.Raw)
	if id == "" && ok {
		return 0
	}
	seconds, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil || seconds >= schemas.MaxTime {
		r.Wrong(name, e, "want a time in unix seconds")
		return 0
	}
	return seconds
}

// Int reads an integer. 0 is absence.
func (r *Object) Int(name string) int64 {
	e, ok := r.Value()
	if !ok {
		return 0
	}
	n, err := strconv.ParseInt(string(e.Raw), 10, 64)
	if err != nil {
		r.Wrong(name, e, "want an integer")
		return 0
	}
	return n
}

// Count reads an integer of which 0 says something, such as a stock; nil is absence.
func (r *Object) Count(name string) *int64 {
	e, ok := r.Value()
	if !ok {
		return nil
	}
	n, err := strconv.ParseInt(string(e.Raw), 10, 64)
	if err != nil {
		r.Wrong(name, e, "want an integer")
		return nil
	}
	return &n
}

// Bool reads true or false; nil is absence.
func (r *Object) Bool(name string) *bool {
	e, ok := r.Value()
	if !ok {
		return nil
	}
	switch string(e.Raw) {
	case "true":
		return new(true)
	case "false":
		return new(false)
	}
	r.Wrong(name, e, "want true or false")
	return nil
}

// Money reads an amount from a number or a string. An empty string is absence.
func (r *Object) Money(name string) schemas.Money {
	e, ok := r.Value()
	if !ok || string(e.Raw) == `""` {
		return ""
	}
	m, err := schemas.ParseMoneyJSON(e.Raw)
	if err != nil {
		r.Wrong(name, e, err.Error())
		return ""
	}
	return m
}

// MoneyKept is money for amounts that a field is chosen from, so that each of them is kept as well.
func (r *Object) MoneyKept(name string) schemas.Money {
	e := r.Keep(name)
	if len(e.Raw) == 0 || e.Raw[0] == 'n' || string(e.Raw) == `""` {
		return ""
	}
	m, err := schemas.ParseMoneyJSON(e.Raw)
	if err != nil {
		r.Bad.Add(r.Prefix+name, err.Error())
	}
	return m
}

// BoolKept is bool for a member that is kept as well.
func (r *Object) BoolKept(name string) *bool {
	e := r.Keep(name)
	switch {
	case len(e.Raw) == 0 || e.Raw[0] == 'n':
		return nil
	case string(e.Raw) == "true" || string(e.Raw) == "false":
		return new(e.Raw[0] == 't')
	}
	r.Bad.Add(r.Prefix+name, "want true or false")
	return nil
}

// IDKept is id for a member that is kept as well.
func (r *Object) IDKept(name string) string {
	e := r.Keep(name)
	if len(e.Raw) == 0 || e.Raw[0] == 'n' {
		return ""
	}
	id, ok := ParseID(e.Raw)
	if !ok {
		r.Bad.Add(r.Prefix+name, "want an integer id")
	}
	return id
}

// Inside reads the object to come with read, once for each member; the members that read keeps stay together under name.
func (r *Object) Inside(name string, read func(in *Object, key string)) {
	if r.Scan.Next() != '{' {
		if e, ok := r.Value(); ok {
			r.Wrong(name, e, "want an object")
		}
		return
	}
	in := &Object{Scan: r.Scan, Prefix: r.Prefix + name + ".", Bad: r.Bad}
	for key := range r.Scan.Object() {
		read(in, string(key))
	}
	r.Rest.Delete(name)
	r.KeepInside(name, in)
}

// KeepInside keeps together under name what in has kept, if anything.
func (r *Object) KeepInside(name string, in *Object) {
	if inside := in.Rest.Fields(); len(inside) > 0 {
		r.Rest.Set(name, json.RawMessage(inside))
	}
}

// List reads the array to come and calls read for its elements, which are objects. When one is not, the list is kept whole.
func (r *Object) List(name string, read func(i int, e Element)) {
	e, ok := r.Value()
	if !ok {
		return
	}
	if e.Raw[0] != '[' {
		r.Wrong(name, e, "want a list")
		return
	}
	allRead := true
	for i, row := range Elements(jsonscan.New(e.Raw)) {
		if row.Raw[0] == '{' {
			read(i, row)
			continue
		}
		allRead = false
		r.Bad.Add(r.Prefix+name+"["+strconv.Itoa(i)+"]", "want an object")
	}
	if !allRead {
		r.KeepElement(name, e)
	}
}

// Quote returns the JSON string that holds the text of raw.
func Quote(raw []byte) json.RawMessage {
	text, err := json.Marshal(string(raw))
	if err != nil { // a string always has a JSON form
		return nil
	}
	return text
}

// TextID returns the content of a JSON string when it can be part of a key.
func TextID(raw []byte) (string, bool) {
	var id string
	if err := json.Unmarshal(raw, &id); err != nil || id == "" || len(id) > 100 {
		return "", false
	}
	for _, c := range id {
		if c == utf8.RuneError || unicode.IsSpace(c) || !unicode.IsPrint(c) {
			return "", false
		}
	}
	return id, true
}
