package transformers

import (
	"encoding/json"
	"slices"
	"strings"
)

// Fields are the members of answers that documents keep in platform fields, by kind: paths as they are in the documents, such
// as line_items[].platform_fields.item_tax[].tax_rate. A path that ends with .* is of an object whose members' names are data;
// all of them are known.
type Fields map[string][]string

// ParseFields reads a mapper's file of Fields, which is part of the program; it panics when it is none.
func ParseFields(text []byte) Fields {
	var f Fields
	if err := json.Unmarshal(text, &f); err != nil {
		panic("fields of a mapper: " + err.Error())
	}
	return f
}

// member is what is known of a member: of the objects that it is, or that its list holds, at any depth of lists.
type member struct {
	name   string
	inside []*member // by name
	open   bool      // names inside are data
}

// find returns the member inside with that name, nil when it is not known. Names mostly come in order: the search begins at
// next, and returns where the one for the name after it begins.
func (m *member) find(name []byte, next int) (found *member, after int) {
	for ; next < len(m.inside) && m.inside[next].name <= string(name); next++ {
		if m.inside[next].name == string(name) {
			return m.inside[next], next + 1
		}
	}
	if i, is := m.search(name); is {
		return m.inside[i], i + 1
	}
	return nil, next
}

func (m *member) search(name []byte) (int, bool) {
	return slices.BinarySearchFunc(m.inside, name, func(in *member, name []byte) int {
		switch { // operators compare without a copy of the name
		case in.name < string(name):
			return -1
		case in.name > string(name):
			return 1
		}
		return 0
	})
}

// add returns the member inside with that name, which is known from now on.
func (m *member) add(name string) *member {
	i, is := m.search([]byte(name))
	if !is {
		m.inside = slices.Insert(m.inside, i, &member{name: name})
	}
	return m.inside[i]
}

// places has the known members of platform fields, by where these stand in a document.
type places map[string]*member

// ours ends the place of platform fields in a document.
const ours = "platform_fields"

func newPlaces(paths []string) places {
	all := places{}
	for _, path := range paths {
		place, rest, found := strings.Cut(path, ours+".")
		if !found {
			continue
		}
		place += ours
		if all[place] == nil {
			all[place] = &member{}
		}
		at := all[place]
		for name := range strings.SplitSeq(rest, ".") {
			if name == "*" {
				at.open = true
				break
			}
			at = at.add(strings.TrimRight(name, "[]"))
		}
	}
	return all
}

// nothing is what is known where nothing is.
var nothing = &member{}

// at returns what is known of the platform fields at a place.
func (p places) at(place string) *member {
	if m := p[place]; m != nil {
		return m
	}
	return nothing
}
