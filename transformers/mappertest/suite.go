package mappertest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
)

var update = flag.Bool("update", false, "write the golden files")

// Run runs the suite for the pages. schemaDir is the folder of the JSON Schemas, seen from the calling package.
func Run(t *testing.T, m transformers.Mapper, schemaDir string, pages []Page) {
	t.Helper()
	for _, p := range pages {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			t.Run("golden", func(t *testing.T) { p.golden(t, m) })
			t.Run("valid", func(t *testing.T) { p.valid(t, m, schemaDir) })
			if p.Documents == 0 {
				return
			}
			t.Run("through BSON", func(t *testing.T) { p.throughBSON(t, m) })
			t.Run("nothing is lost", func(t *testing.T) { p.nothingLost(t, m) })
			t.Run("unknown members stay", func(t *testing.T) { p.unknownStay(t, m) })
			t.Run("wrong types stay", func(t *testing.T) { p.wrongTypesStay(t, m) })
		})
	}
	t.Run("fields", func(t *testing.T) { t.Parallel(); checkFields(t, m, pages) })
	t.Run("sources", func(t *testing.T) { t.Parallel(); checkSources(t, m, pages) })
	t.Run("words", func(t *testing.T) { t.Parallel(); checkWords(t, m, pages) })
	t.Run("no document", func(t *testing.T) { t.Parallel(); checkNoDocument(t, m, pages) })
}

// golden compares everything that the page gives with its golden file.
func (p *Page) golden(t *testing.T, m transformers.Mapper) {
	type record struct {
		Topic, Key string
		Headers    []string
		Value      json.RawMessage
	}
	var got []record
	result := Process(t, p.Platform, m, p.Record(t, p.bodies(t)...))
	for _, r := range result.Rejected {
		t.Fatalf("the page was rejected as %s: %v", r.Class, r.Err)
	}
	for _, r := range result.Publish {
		out := record{Topic: r.Topic, Key: string(r.Key), Value: r.Value}
		for _, h := range r.Headers {
			out.Headers = append(out.Headers, h.Key+"="+string(h.Value))
		}
		got = append(got, out)
	}
	if len(got)-1 != p.Documents {
		t.Errorf("%d documents, want %d", len(got)-1, p.Documents)
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(got); err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("testdata", p.Name+".golden.json"), text.Bytes(), "run with -update and read the diff")
}

// golden compares text with a file of the calling package, which -update writes. When it differs, next is what to do about it.
func golden(t *testing.T, file string, text []byte, next string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, text, 0o644); err != nil { //nolint:gosec // a file for all to read
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file) //nolint:gosec // of the calling package
	if err != nil || !bytes.Equal(text, want) {
		t.Errorf("%s is not what the mapper does with the samples (%v); %s. Got:\n%s", file, err, next, text)
	}
}

// indented is v as a file has it.
func indented(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// valid checks that the samples' documents fit the schema and have no complaints.
func (p *Page) valid(t *testing.T, m transformers.Mapper, schemaDir string) {
	name, _, _ := strings.Cut(New(p.Kind).Schema(), "/")
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(schemaDir, name+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range p.documents(t, m, p.bodies(t)...) {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		d := p.decode(t, text)
		if l := d.Trace(); !l.IsValid || l.ParseError != "" {
			t.Errorf("%s: %q %s", d.Key(), l.ValidationErrors, l.ParseError)
		}
	}
}

func (p *Page) decode(t *testing.T, text []byte) schemas.Document {
	t.Helper()
	d := New(p.Kind)
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(d); err != nil {
		t.Fatal(err)
	}
	return d
}

// throughBSON checks that a document comes back from the store as it went in.
func (p *Page) throughBSON(t *testing.T, m transformers.Mapper) {
	for _, text := range p.documents(t, m, p.bodies(t)...) {
		d, back := p.decode(t, text), New(p.Kind)
		stored, err := bson.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if err := bson.Unmarshal(stored, back); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(d, back) {
			t.Errorf("%s came back as\n%+v, not\n%+v", d.Key(), back, d)
		}
	}
}

// nothingLost changes each value of the page in turn, also to one that is no good: a document must change as well.
func (p *Page) nothingLost(t *testing.T, m transformers.Mapper) {
	parts, mapper := p.tree(t), processor(t, p.Platform, m, nil)
	content := func() string {
		var all []string
		for _, r := range run(t, mapper, p.Record(t, parts.bodies(t)...)).Publish {
			if schemas.Header(r, schemas.HeaderIndex) != "" {
				d := p.decode(t, r.Value)
				all = append(all, d.Key(), d.Trace().Hash)
			}
		}
		return strings.Join(all, "\n")
	}
	base, used := content(), map[string]bool{}
	for _, l := range parts.leaves() {
		_, listed := p.Dropped[l.path]
		if !listed && !slices.ContainsFunc(others(l.value), func(v any) bool { l.set(v); return content() != base }) {
			t.Errorf("%s may be any of %v without changing a document", l.place, others(l.value))
		}
		l.set(spoiled(l.value))
		same := content() == base
		l.set(l.value)
		if same && !listed {
			t.Errorf("%s may change without changing a document", l.place)
		} else if same {
			used[l.path] = true
		}
	}
	for path := range p.Dropped {
		if !used[path] {
			t.Errorf("%s is listed as dropped and is not", path)
		}
	}
}

// unknownStay adds a member to every object of the page and looks for its text.
func (p *Page) unknownStay(t *testing.T, m transformers.Mapper) {
	parts := p.tree(t)
	places := []string{}
	eachObject(parts, func(at string, o map[string]any) {
		if !slices.Contains(p.Envelope, at) {
			o["brand_new"] = json.RawMessage(fmt.Sprintf(`{"mark-%d":18446744073709551616.10}`, len(places)))
			places = append(places, at)
		}
	})
	all := bytes.Join(raw(p.documents(t, m, parts.bodies(t)...)), nil)
	for i, place := range places {
		if !bytes.Contains(all, []byte(fmt.Sprintf(`{"mark-%d":18446744073709551616.10}`, i))) {
			t.Errorf("an unknown member of %s is lost", place)
		}
	}
}

func raw(texts []json.RawMessage) [][]byte {
	all := make([][]byte, len(texts))
	for i := range texts {
		all[i] = texts[i]
	}
	return all
}

// wrongTypesStay gives each value another type: the page must still give as many documents, and one of them must keep the value.
func (p *Page) wrongTypesStay(t *testing.T, m transformers.Mapper) {
	const mark = `{"wrong":["type"]}`
	parts := p.tree(t)
	for _, l := range parts.leaves() {
		if p.Dropped[l.path] != "" || p.Loose[l.path] != "" {
			continue
		}
		l.set(json.RawMessage(mark))
		documents := p.documents(t, m, parts.bodies(t)...)
		l.set(l.value)
		if len(documents) < p.Documents {
			t.Errorf("%s of another type: %d documents, want %d", l.place, len(documents), p.Documents)
		}
		if !bytes.Contains(bytes.Join(raw(documents), nil), []byte(mark)) {
			t.Errorf("%s of another type is lost", l.place)
		}
	}
}
