package mappertest

import (
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/transformers"
)

// sources says where a document's fields come from, by kind and field, for the documentation: values of answers, such as
// `get_order_detail: response.order_list[].order_sn`, and in words what is no value. They are found by changing each value of the
// sample pages in turn and looking at what changes in the documents: see finder.
type sources map[string]map[string][]string

// sourcesFile is where a mapper's sources are kept, for the documentation.
const sourcesFile = "sources.json"

// What is the source of a field and no value of an answer.
const (
	fromRegion = "the shop's region"
	fromName   = "the names of the amounts' members"
)

// orElse stands before a source that counts where the field's others are empty.
const orElse = "else "

// plain leaves out what stands in for others, where it is also one of them.
func plain(from []string) []string {
	return slices.DeleteFunc(from, func(one string) bool {
		one, standsIn := strings.CutPrefix(one, orElse)
		return standsIn && slices.Contains(from, one)
	})
}

// ours are fields that say where a document is from, not what it says.
var ours = []string{
	"_id", "platform", "channel_id", "shop_id", "hash", "version", "source", "chunk_id", "details_fetched_at", "synced_at", "is_valid",
	"validation_errors", "parse_error",
}

// isOurs reports whether a field needs no source: what it holds is said by its meaning.
func isOurs(field string) bool {
	return slices.Contains(ours, strings.TrimSuffix(field, "[]")) || slices.Contains(strings.Split(field, "."), "platform_fields")
}

func (s sources) add(kind, field, from string) {
	if s[kind] == nil {
		s[kind] = map[string][]string{}
	}
	if !slices.Contains(s[kind][field], from) {
		s[kind][field] = append(s[kind][field], from)
	}
}

// checkSources compares the sources of all pages with the file, which says them to the documentation. Every field of every sample's
// document must have one that the page has or a page of the same calls.
func checkSources(t *testing.T, m transformers.Mapper, pages []Page) {
	t.Helper()
	all, samples := sources{}, samplesOf(t, pages)
	finders := make([]*finder, 0, len(pages))
	for i := range pages {
		if pages[i].Documents == 0 {
			continue
		}
		f := newFinder(t, m, &pages[i], samples)
		f.find()
		f.checkAlways()
		finders = append(finders, f)
		for field, from := range f.found {
			for _, from := range from {
				all.add(f.page.Kind, field, from)
			}
		}
	}
	for _, f := range finders {
		for _, field := range f.unexplained(all[f.page.Kind]) {
			t.Errorf("%s: %s has no source: no change of the answers changes it, and the page's Always does not name it", f.page.Name, field)
		}
	}
	for _, fields := range all {
		for field, from := range fields {
			slices.Sort(from)
			fields[field] = plain(from)
		}
	}
	golden(t, filepath.Join("testdata", sourcesFile), indented(t, all), "run with -update, then make generate")
}

// SourcesOf requires that a field comes from just these values, in the order of their names.
func SourcesOf(t *testing.T, kind, field string, want ...string) {
	t.Helper()
	var from sources
	readJSON(t, filepath.Join("testdata", sourcesFile), &from)
	if got := from[kind][field]; !slices.Equal(got, want) {
		t.Errorf("%s: %s comes from\n%s\nwant\n%s", kind, field, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// samplesOf returns the values that the samples have, by their origin: each is as good as another, words of a list of words too.
func samplesOf(t *testing.T, pages []Page) map[string][]any {
	t.Helper()
	samples := map[string][]any{}
	for i := range pages {
		p := &pages[i]
		for _, l := range p.tree(t).leaves() {
			if at := p.origin(l.path); l.value != nil && l.value != "" && !slices.Contains(samples[at], l.value) {
				samples[at] = append(samples[at], l.value)
			}
		}
	}
	for _, values := range samples {
		slices.SortFunc(values, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return samples
}

// origin names a value by its call and place: parts[0].response.x becomes get_order_detail: response.x. A name that is one of any is *.
func (p *Page) origin(leaf string) string {
	if at := strings.LastIndexByte(leaf, '.'); slices.Contains(p.AnyName, leaf[:max(at, 0)]) {
		leaf = leaf[:at] + ".*"
	}
	for i, part := range p.Parts {
		if rest, ok := strings.CutPrefix(leaf, fmt.Sprintf("parts[%d].", i)); ok {
			return part.call() + ": " + rest
		}
	}
	return leaf
}

// call names the part's call by the last part of its path that is no id. What many paths end with says nothing: get has the whole
// path before it, search what is searched.
func (p *Part) call() string {
	if p.Call != "" {
		return p.Call
	}
	request := strings.TrimPrefix(p.Path, "/")
	if strings.Trim(path.Base(request), "0123456789") == "" {
		request = path.Dir(request)
	}
	switch name := path.Base(request); name {
	case "get":
		return request
	case "search":
		return path.Join(path.Base(path.Dir(request)), name)
	default:
		return name
	}
}

// content is what a page's documents say, all of them together: the values by field, and how many rows each list has.
type content struct {
	values map[string][]any
	rows   map[string]int
}

func (p *Page) content(t *testing.T, mapper *transformers.Processor, parts tree) *content {
	t.Helper()
	c := &content{map[string][]any{}, map[string]int{}}
	for _, r := range run(t, mapper, p.Record(t, parts.bodies(t)...)).Publish {
		var document map[string]any
		if err := json.Unmarshal(r.Value, &document); err != nil {
			t.Fatal(err)
		}
		if _, is := document["_id"]; is { // else the page's fact
			c.read("", document)
		}
	}
	return c
}

func (c *content) read(field string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			if field != "" {
				key = field + "." + key
			}
			c.read(key, member)
		}
	case []any:
		if !isOurs(field) {
			c.rows[field] += len(v)
		}
		for _, row := range v {
			c.read(field+"[]", row)
		}
	default:
		c.values[field] = append(c.values[field], v)
	}
}

// texts returns a field's values in an order that does not depend on theirs.
func (c *content) texts(field string) []string {
	all := make([]string, len(c.values[field]))
	for i, v := range c.values[field] {
		all[i] = fmt.Sprint(v)
	}
	slices.Sort(all)
	return all
}

// differ returns the fields that say something else in the two, but for those that are ours.
func differ(a, b *content) (fields []string) {
	for _, c := range []*content{a, b} {
		for field := range c.values {
			if !isOurs(field) && !slices.Contains(fields, field) && !slices.Equal(a.texts(field), b.texts(field)) {
				fields = append(fields, field)
			}
		}
	}
	return fields
}

// takes reports whether the field says v in b, more often than in a.
func takes(a, b *content, field string, v any) bool {
	text := fmt.Sprint(v)
	number, err := strconv.ParseFloat(text, 64)
	return slices.ContainsFunc(extra(b.texts(field), a.texts(field)), func(has string) bool {
		n, errHas := strconv.ParseFloat(has, 64)
		return has == text || err == nil && errHas == nil && n == number
	})
}

// extra returns what a has and b has not, or less often.
func extra(a, b []string) (more []string) {
	b = slices.Clone(b)
	for _, text := range a {
		if at := slices.Index(b, text); at >= 0 {
			b = slices.Delete(b, at, at+1)
		} else {
			more = append(more, text)
		}
	}
	return more
}
