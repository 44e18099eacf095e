package mappertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/transformers"
)

// noDocumentFile is a list in testdata that says, by file and path, what becomes of values that no document is made from: those
// of answers in the folder notFetched, which are to documented calls that are not made, and those of lists that only lead to
// other calls.
const (
	noDocumentFile = "nodocument.json"
	notFetched     = "notfetched"
)

// fate is what becomes of a value: exactly one of the three.
type fate struct {
	In      []string `json:"in"`       // "kind: field" of documents that hold the same fact, from other answers
	NotHeld string   `json:"not_held"` // it is worth something and no document has it: why
	NoValue string   `json:"no_value"` // it is worth nothing to a document: why
}

func checkNoDocument(t *testing.T, m transformers.Mapper, pages []Page) {
	t.Helper()
	var list map[string]map[string]fate
	readJSON(t, filepath.Join("testdata", noDocumentFile), &list)
	for _, problem := range undecided(noDocument(t, pages), list, heldFields(t, m, pages)) {
		t.Errorf("%s: %s", noDocumentFile, problem)
	}
}

// noDocument returns the paths of the values that no document is made from, by file. What a list has in common with another
// answer to the same call, of a page that gives documents, is looked at there.
func noDocument(t *testing.T, pages []Page) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", notFetched, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	values := map[string][]string{}
	for _, file := range files {
		var answer any
		readJSON(t, file, &answer)
		values[filepath.Base(file)] = ends("", answer)
	}
	mapped := map[string]bool{}
	for _, gives := range []bool{true, false} {
		for i := range pages {
			p := &pages[i]
			if (p.Documents > 0) != gives {
				continue
			}
			for n, answer := range p.tree(t) {
				for _, path := range ends("", answer) {
					if of := p.Parts[n].Path + " " + path; gives {
						mapped[of] = true
					} else if !mapped[of] {
						values[p.Parts[n].File] = append(values[p.Parts[n].File], path)
					}
				}
			}
		}
	}
	return values
}

// heldFields returns what documents have, as kind: field: what the samples' have, also those that depend on several values or
// on the shop; what has a source, also where the samples leave it empty; and the mapper's Fields.
func heldFields(t *testing.T, m transformers.Mapper, pages []Page) map[string]bool {
	t.Helper()
	held := map[string]bool{}
	for i := range pages {
		if p := &pages[i]; p.Documents > 0 {
			for field := range p.content(t, processor(t, p.Platform, m, nil), p.tree(t)).values {
				held[p.Kind+": "+field] = true
			}
		}
	}
	var from sources
	readJSON(t, filepath.Join("testdata", sourcesFile), &from)
	for kind, fields := range from {
		for field := range fields {
			held[kind+": "+field] = true
		}
	}
	for kind, paths := range m.Fields() {
		for _, path := range paths {
			held[kind+": "+path] = true
		}
	}
	return held
}

func readJSON(t *testing.T, file string, to any) {
	t.Helper()
	text, err := os.ReadFile(file) //nolint:gosec // of the calling package's testdata
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(to); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// undecided returns what is wrong with the list: values that it leaves out, entries of no value, and entries that say
// nothing, or name a field that is not held.
func undecided(values map[string][]string, list map[string]map[string]fate, held map[string]bool) (problems []string) {
	at := map[string]bool{}
	for file, paths := range values {
		for _, path := range paths {
			at[file+" "+path] = true
			if _, listed := list[file][path]; !listed {
				problems = append(problems, fmt.Sprintf("%s %s has no entry", file, path))
			}
		}
	}
	for file, entries := range list {
		for path, f := range entries {
			place := file + " " + path
			if !at[place] {
				problems = append(problems, place+" is no value of a sample that is looked for here")
			}
			said := 0
			for _, is := range []bool{len(f.In) > 0, strings.TrimSpace(f.NotHeld) != "", strings.TrimSpace(f.NoValue) != ""} {
				if is {
					said++
				}
			}
			if said != 1 {
				problems = append(problems, place+" wants one of in, not_held and no_value")
			}
			for _, field := range f.In {
				if !held[field] {
					problems = append(problems, fmt.Sprintf("%s is said to be in %q, which no document has", place, field))
				}
			}
		}
	}
	slices.Sort(problems)
	return slices.Compact(problems)
}

// ends returns the paths of the plain values of v, with [] for any index, and of what is empty, since it holds something in
// other answers.
func ends(at string, v any) (paths []string) {
	switch v := v.(type) {
	case map[string]any:
		for name, inside := range v {
			paths = append(paths, ends(at+"."+name, inside)...)
		}
	case []any:
		for _, inside := range v {
			paths = append(paths, ends(at+"[]", inside)...)
		}
	}
	if len(paths) == 0 {
		return []string{strings.TrimPrefix(at, ".")}
	}
	return paths
}
