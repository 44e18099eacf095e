package mappertest

import (
	"maps"
	"slices"
	"strings"
)

// region gives the shop other regions.
func (f *finder) region(among []string) {
	for _, region := range []string{"SG", "TH", "VN"} {
		q := *f.page
		q.Region = region
		for _, field := range differ(f.base, q.content(f.t, f.mapper, f.parts)) {
			if among == nil || slices.Contains(among, field) {
				f.add(field, fromRegion)
			}
		}
	}
}

// fallbacks takes away all that is a source of a field. Where the field then still says something, or does once what is empty is not,
// it comes from another value, which stands in for the others.
func (f *finder) fallbacks() {
	base, groups := f.base, f.groups
	f.orElse = true
	defer func() { f.orElse = false }()
	for field, from := range maps.Clone(f.found) {
		var known, rest []*group
		for _, g := range groups {
			if slices.Contains(from, f.quoted(g.path)) {
				known = append(known, g)
			} else {
				rest = append(rest, g)
			}
		}
		if len(known) == 0 || len(base.values[field]) == 0 {
			continue
		}
		for _, g := range known {
			g.set(nil)
		}
		f.groups = rest
		if f.base = f.content(); len(f.base.values[field]) < len(base.values[field]) {
			rest = f.filling(field)
		}
		if f.wellFormed(base) && len(rest) > 0 {
			for _, g := range rest {
				f.try(g, []string{field})
			}
			f.region([]string{field})
		}
		for _, g := range known {
			g.back()
		}
	}
	f.base, f.groups = base, groups
}

// filling returns the groups without a value, if the field says something once they have one.
func (f *finder) filling(field string) (empty []*group) {
	for _, g := range f.groups {
		if g.value == nil || g.value == "" {
			empty = append(empty, g)
			g.set("x")
		}
	}
	c := f.content()
	for _, g := range empty {
		g.back()
	}
	if len(c.values[field]) > len(f.base.values[field]) {
		return empty
	}
	return nil
}

// unsampled adds the page's Unsampled values: each must be a source.
func (f *finder) unsampled() {
	for path, v := range f.page.Unsampled {
		var undo []func()
		for _, l := range lists(f.parts) {
			rest, inside := strings.CutPrefix(path, l.path+".")
			if !inside {
				continue
			}
			name, member := nest(rest, v)
			for _, row := range l.rows {
				if o := row.(map[string]any); o[name] == nil {
					o[name] = member
					undo = append(undo, func() { delete(o, name) })
				}
			}
		}
		c := f.content()
		changed := f.changed(path, f.base, change{v, c}, nil)
		for _, field := range changed {
			f.add(field, f.quoted(path)+", which no sample has")
		}
		if len(changed) == 0 || !f.wellFormed(c) {
			f.t.Errorf("%s: %s is said to be in no sample and a source, and is none", f.page.Name, path)
		}
		for _, f := range undo {
			f()
		}
	}
}

// nest returns the first member of a path from an object, and what it is for the path to lead to v.
func nest(path string, v any) (name string, member any) {
	name, rest, deeper := strings.Cut(path, ".")
	if deeper {
		inside, of := nest(rest, v)
		v = map[string]any{inside: of}
	}
	if list, is := strings.CutSuffix(name, "[]"); is {
		return list, []any{v}
	}
	return name, v
}

// anyNames checks the page's AnyName: a member that no sample has changes what the members do that are there.
func (f *finder) anyNames() {
	for _, place := range f.page.AnyName {
		var undo []func()
		eachObject(f.parts, func(at string, o map[string]any) {
			if at == place {
				o["brand_new"] = "x"
				undo = append(undo, func() { delete(o, "brand_new") })
			}
		})
		changed := differ(f.base, f.content())
		for field, from := range f.found {
			if is := slices.Contains(from, f.quoted(place+".brand_new")); is != slices.Contains(changed, field) {
				f.t.Errorf("%s: a member of %s with another name changes %q, not what the others do: %s", f.page.Name, place, changed, field)
			}
		}
		for _, f := range undo {
			f()
		}
	}
}
