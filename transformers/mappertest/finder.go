package mappertest

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/transformers"
)

// finder finds the sources of the fields of a page's documents. Values that stand in the same place of several rows and are the
// same change together, so that units which make up one line still do; and an id by which answers are put together changes in all
// of them, and in the page's ids and paths.
type finder struct {
	t       *testing.T
	mapper  *transformers.Processor
	page    *Page
	samples map[string][]any

	parts  tree
	groups []*group
	base   *content
	found  map[string][]string // by field
	orElse bool                // what is found stands in for the sources that are known
}

// group is the leaves of one path that have one value.
type group struct {
	path   string
	value  any
	leaves []leaf
}

func (g *group) set(v any) {
	for _, l := range g.leaves {
		l.set(v)
	}
}

// back sets what the leaves had.
func (g *group) back() { g.set(g.value) }

func newFinder(t *testing.T, m transformers.Mapper, p *Page, samples map[string][]any) *finder {
	t.Helper()
	f := &finder{t: t, mapper: processor(t, p.Platform, m, nil), page: p, samples: samples, parts: p.tree(t), found: map[string][]string{}}
	f.base = f.content()
	for _, l := range f.parts.leaves() {
		at := slices.IndexFunc(f.groups, func(g *group) bool { return g.path == l.path && g.value == l.value })
		if at < 0 {
			at = len(f.groups)
			f.groups = append(f.groups, &group{path: l.path, value: l.value})
		}
		f.groups[at].leaves = append(f.groups[at].leaves, l)
	}
	return f
}

func (f *finder) find() {
	for _, g := range f.groups {
		f.try(g, nil)
		f.named(g)
	}
	f.counts()
	f.region(nil)
	f.fallbacks()
	f.unsampled()
	f.anyNames()
}

func (f *finder) content() *content { return f.page.content(f.t, f.mapper, f.parts) }

func (f *finder) add(field, from string) {
	if f.orElse {
		from = orElse + from
	}
	if !slices.Contains(f.found[field], from) {
		f.found[field] = append(f.found[field], from)
	}
}

// quoted is how a value is written among sources.
func (f *finder) quoted(path string) string { return "`" + f.page.origin(path) + "`" }

// wellFormed reports whether as many documents are valid as were.
func (f *finder) wellFormed(c *content) bool {
	return slices.Equal(c.texts("is_valid"), f.base.texts("is_valid"))
}

// change is what the documents say when a group has another value.
type change struct {
	to any
	*content
}

// changes returns what the documents say with each other value of the group that leaves them valid: the samples' where it has to be
// one of a list, or may be.
func (f *finder) changes(g *group) (all []change) {
	defer g.back()
	for _, values := range [][]any{others(g.value), f.samples[f.page.origin(g.path)]} {
		for _, v := range values {
			if v == g.value {
				continue
			}
			g.set(v)
			if c := f.content(); f.wellFormed(c) {
				all = append(all, change{v, c})
			}
		}
		if len(all) > 0 && !isWord(g.value) {
			break
		}
	}
	return all
}

// try changes a group, and looks at the fields in among, or at all.
func (f *finder) try(g *group, among []string) {
	if !f.joint(g, f.joinedWith(g), among) {
		f.alone(g, among)
	}
}

// alone changes a group. Where no other value leaves the documents valid, only the fields count that have taken the value itself:
// about the others that says nothing.
func (f *finder) alone(g *group, among []string) {
	all := f.changes(g)
	for _, c := range all {
		f.note(g.path, f.base, c, among)
	}
	if len(all) > 0 || among != nil {
		return
	}
	v := spoiled(g.value)
	g.set(v)
	c := f.content()
	g.back()
	for _, field := range differ(f.base, c) {
		if takes(f.base, c, field, v) {
			f.add(field, f.quoted(g.path))
		}
	}
}

// note takes a path for a source of what its change changes, of the fields in among, or of any.
func (f *finder) note(path string, from *content, c change, among []string) {
	for _, field := range f.changed(path, from, c, among) {
		f.add(field, f.quoted(path))
	}
}

// changed returns the fields that a change of path changes. Where rows come or go, such as a parcel with its first id, others come or
// go with them: only those count that have taken the value. The names of amounts come from the members' names.
func (f *finder) changed(path string, from *content, c change, among []string) (fields []string) {
	sameRows := maps.Equal(from.rows, c.rows)
	for _, field := range differ(from, c.content) {
		switch {
		case among != nil && !slices.Contains(among, field):
		case !sameRows && slices.ContainsFunc(extra(c.texts(field), from.texts(field)), func(text string) bool { return names(path, text) }):
			f.add(field, fromName)
		case sameRows || takes(from, c.content, field, c.to):
			fields = append(fields, field)
		}
	}
	return fields
}

// names reports whether a value of a path can be named so.
func names(path, name string) bool { return name != "" && strings.HasSuffix(path, "."+name) }

// named looks for fields that hold the name of the group's member, and do no more without it.
func (f *finder) named(g *group) {
	for field := range f.base.values {
		if isOurs(field) || !slices.ContainsFunc(f.base.texts(field), func(text string) bool { return names(g.path, text) }) {
			continue
		}
		g.set(nil)
		c := f.content()
		g.back()
		if gone := extra(f.base.texts(field), c.texts(field)); len(gone) > 0 && names(g.path, gone[0]) {
			f.add(field, fromName)
		}
	}
}

// checkAlways takes the page's Always for sources, once they are true: nothing else is a source of the field, and all values are
// the one that is named.
func (f *finder) checkAlways() {
	for field, value := range f.page.Always {
		if from := f.found[field]; len(from) > 0 {
			f.t.Errorf("%s: %s is said to be always %s, and comes from %q", f.page.Name, field, value, from)
		}
		texts := slices.Compact(f.base.texts(field))
		if len(texts) != 1 || texts[0] != value {
			f.t.Errorf("%s: %s is said to be always %s, and is %q", f.page.Name, field, value, texts)
		}
		f.add(field, "always `"+value+"` in `"+f.page.Parts[0].call()+"`")
	}
}

// unexplained returns the fields of the page's documents that have no source here, nor any of all sources in the page's calls.
func (f *finder) unexplained(all map[string][]string) (fields []string) {
	for field := range f.base.values {
		known := len(f.found[field]) > 0 || slices.ContainsFunc(f.page.Parts, func(p Part) bool {
			return slices.ContainsFunc(all[field], func(from string) bool { return strings.Contains(from, "`"+p.call()+": ") })
		})
		if !known && !isOurs(field) {
			fields = append(fields, field)
		}
	}
	slices.Sort(fields)
	return fields
}
