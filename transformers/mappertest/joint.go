package mappertest

import (
	"slices"
	"strings"
)

// joinedWith returns the groups of other paths with the same id. A short one may be anything: the members must have the same name.
func (f *finder) joinedWith(g *group) (others []*group) {
	for _, o := range f.groups {
		if o != g && o.path != g.path && textOf(o.value) == textOf(g.value) && (joins(g.value) || g.isID() && o.name() == g.name()) {
			others = append(others, o)
		}
	}
	return others
}

func (g *group) name() string { return g.path[strings.LastIndexByte(g.path, '.')+1:] }

// isID reports whether the group has ids by the member's name.
func (g *group) isID() bool {
	id := textOf(g.value)
	return strings.HasSuffix(g.name(), "_id") && id != "" && id != "0"
}

// joint changes an id wherever it stands. Of the fields that this changes, those come from the group that change with it alone, or
// do not change like that without it; all do where the documents are no longer valid, since it holds them together. It reports
// false where the id stands nowhere else, or is none.
func (f *finder) joint(g *group, joined []*group, among []string) bool {
	own, id := f.page, textOf(g.value)
	inPage := slices.Contains(own.IDs, id) || slices.ContainsFunc(own.Parts, func(p Part) bool { return slices.Contains(strings.Split(p.Path, "/"), id) })
	if len(joined) == 0 && !inPage || id == "" {
		return false
	}
	to := otherTexts(id)[0]
	everywhere := append([]*group{g}, joined...)
	defer func() {
		f.page = own
		for _, o := range everywhere {
			o.back()
		}
	}()
	f.page = own.renamed(id, to)
	for _, o := range everywhere {
		o.set(like(o.value, to))
	}
	all := f.content()
	if !f.wellFormed(all) {
		return false
	}
	changed := f.changed(g.path, f.base, change{to, all}, among)
	g.back()
	without := f.content()
	f.page = own
	for _, o := range joined {
		o.back()
	}
	g.set(like(g.value, to))
	only := f.content()
	apart := !f.wellFormed(without) || !f.wellFormed(only)
	for _, field := range changed {
		if apart || !slices.Equal(without.texts(field), all.texts(field)) || !slices.Equal(only.texts(field), f.base.texts(field)) {
			f.add(field, f.quoted(g.path))
		}
	}
	return true
}

// renamed returns the page with another id among its own and in its paths.
func (p *Page) renamed(from, to string) *Page {
	q := *p
	q.IDs, q.Parts = slices.Clone(p.IDs), slices.Clone(p.Parts)
	for i, id := range q.IDs {
		if id == from {
			q.IDs[i] = to
		}
	}
	for i := range q.Parts {
		q.Parts[i].Path = strings.ReplaceAll(q.Parts[i].Path+"/", "/"+from+"/", "/"+to+"/")
		q.Parts[i].Path = strings.TrimSuffix(q.Parts[i].Path, "/")
	}
	return &q
}
