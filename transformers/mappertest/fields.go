package mappertest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
)

// fieldsFile is where a mapper keeps its Fields. It is written from the samples and from the file of this name in testdata,
// which has what is documented and in no sample, and the paths that end with .*.
const fieldsFile = "fields.json"

// checkFields compares the mapper's Fields with what the samples' documents keep.
func checkFields(t *testing.T, m transformers.Mapper, pages []Page) {
	t.Helper()
	more, err := os.ReadFile(filepath.Join("testdata", fieldsFile))
	if err != nil {
		t.Fatal(err)
	}
	kept := transformers.ParseFields(more)
	for i := range pages {
		p := &pages[i]
		if p.Documents == 0 {
			continue
		}
		for _, text := range p.documents(t, m, p.bodies(t)...) {
			schemas.EachKept(p.decode(t, text), func(place string, fields schemas.PlatformFields) {
				var v any
				if err := json.Unmarshal(fields, &v); err != nil {
					t.Fatal(err)
				}
				kept[p.Kind] = keptPaths(t, kept[p.Kind], place, v)
			})
		}
	}
	for _, paths := range kept {
		slices.Sort(paths)
	}
	golden(t, fieldsFile, indented(t, kept), "run with -update and read the diff")
}

// keptPaths adds the paths of the members of v to list.
func keptPaths(t *testing.T, list []string, at string, v any) []string {
	t.Helper()
	if slices.Contains(list, at+".*") {
		return list
	}
	switch v := v.(type) {
	case map[string]any:
		for name, inside := range v {
			if strings.ContainsAny(name, ".[]*") {
				t.Fatalf("%s has a member %q, whose name no path can have: its paths must end with .*", at, name)
			}
			if path := at + "." + name; !slices.Contains(list, path) {
				list = append(list, path)
			}
			list = keptPaths(t, list, at+"."+name, inside)
		}
	case []any:
		for _, inside := range v {
			list = keptPaths(t, list, at+"[]", inside)
		}
	}
	return list
}

// Known requires that documents of a kind may keep members of these names at a place. What a mapper reads is no news where it leaves
// it as it is, which it may do in documents that no sample makes.
func Known(t *testing.T, m transformers.Mapper, kind, place string, names ...string) {
	t.Helper()
	for _, name := range names {
		if path := place + "." + name; name != "" && !slices.Contains(m.Fields()[kind], path) {
			t.Errorf("%s: %s would be called unknown: testdata/%s has what is in no sample", kind, path, fieldsFile)
		}
	}
}
