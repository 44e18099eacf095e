package mappertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/transformers"
)

// sources says which values of which answers a document's fields come from: by kind and field, such as
// get_order_detail: response.order_list[].order_sn. They are found by changing each value of the sample pages in turn and
// looking at what changes in the documents, so they cannot be wrong about what the mapper does.
type sources map[string]map[string][]string

// sourcesFile is where a mapper's sources are kept, for the documentation.
const sourcesFile = "sources.json"

// ours are fields that say where a document is from, not what it says.
var ours = []string{
	"_id", "platform", "channel_id", "shop_id", "hash", "version", "source", "chunk_id", "details_fetched_at", "synced_at", "is_valid",
	"validation_errors", "parse_error",
}

func (s sources) add(kind, field, from string) {
	if s[kind] == nil {
		s[kind] = map[string][]string{}
	}
	if !slices.Contains(s[kind][field], from) {
		s[kind][field] = append(s[kind][field], from)
	}
}

// checkSources compares the sources of all pages with the file, which says them to the documentation.
func checkSources(t *testing.T, m transformers.Mapper, pages []Page) {
	t.Helper()
	all := sources{}
	for i := range pages {
		if pages[i].Documents > 0 {
			pages[i].findSources(t, m, all)
		}
	}
	for _, fields := range all {
		for _, from := range fields {
			slices.Sort(from)
		}
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	file := filepath.Join("testdata", sourcesFile)
	if *update {
		if err := os.WriteFile(file, text, 0o644); err != nil { //nolint:gosec // a file for all to read
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file) //nolint:gosec // of the calling package's testdata
	if err != nil || !bytes.Equal(text, want) {
		t.Errorf("%s is not what the mapper does (%v): run with -update, then make generate", file, err)
	}
}

func (p *Page) findSources(t *testing.T, m transformers.Mapper, all sources) {
	t.Helper()
	parts := p.tree(t)
	base := p.fields(t, m, parts)
	for _, l := range parts.leaves() {
		set := other(l.value)
		l.set(set)
		changed := p.fields(t, m, parts)
		l.set(l.value)
		if len(changed) == 0 {
			continue // the page was rejected: it is about all fields and none
		}
		// What ties answers together decides about every field. Changed, it leaves documents that have problems: then only the
		// fields count that have taken the value itself.
		apart := changed["is_valid"] != base["is_valid"]
		for field := range maps.Keys(merge(base, changed)) {
			switch {
			case same(base[field], changed[field], fmt.Sprint(set)) || slices.Contains(ours, strings.TrimSuffix(field, "[]")):
			case strings.Contains(field, "platform_fields"):
			case apart && !strings.Contains("\n"+changed[field], fmt.Sprintf("\n%v\n", set)):
			default:
				all.add(p.Kind, field, p.origin(l.path))
			}
		}
	}
}

// same reports whether a field says the same, in whatever order, and has not taken the value that was set. Units that were one
// line and are two, since one of them says something else in another field, have the same values still, only more often.
func same(a, b, set string) bool {
	was, is := strings.Split(a, "\n"), strings.Split(b, "\n")
	slices.Sort(was)
	slices.Sort(is)
	if len(was) == len(is) || strings.Count("\n"+b, "\n"+set+"\n") > strings.Count("\n"+a, "\n"+set+"\n") {
		return slices.Equal(was, is)
	}
	return slices.Equal(slices.Compact(was), slices.Compact(is))
}

func merge(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// origin names a value by the last part of its request's path that is no id: parts[0].response.x becomes
// get_order_detail: response.x. Where all paths end with get, by the whole path.
func (p *Page) origin(leaf string) string {
	for i, part := range p.Parts {
		if rest, ok := strings.CutPrefix(leaf, fmt.Sprintf("parts[%d].", i)); ok {
			name := part.Path
			if strings.Trim(path.Base(name), "0123456789") == "" {
				name = path.Dir(name)
			}
			if path.Base(name) != "get" {
				name = path.Base(name)
			}
			return strings.TrimPrefix(name, "/") + ": " + rest
		}
	}
	return leaf
}

// fields returns the documents' values by field, of all documents together.
func (p *Page) fields(t *testing.T, m transformers.Mapper, parts tree) map[string]string {
	t.Helper()
	values := map[string]string{}
	for _, r := range Process(t, p.Platform, m, p.Record(t, parts.bodies(t)...)).Publish {
		var document map[string]any
		if err := json.Unmarshal(r.Value, &document); err != nil {
			t.Fatal(err)
		}
		if _, is := document["_id"]; !is {
			continue // the page's fact
		}
		for _, l := range leaves("", document, nil) {
			field := index.ReplaceAllString(strings.TrimPrefix(l.place, "."), "[]")
			values[field] += fmt.Sprintf("%v\n", l.value)
		}
	}
	return values
}
