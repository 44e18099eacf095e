package mappertest

import (
	"bytes"
	"encoding/json"
	"flag"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
)

// Fuzz feeds bytes in place of each part's body: no panic, and documents or a rejected page.
func Fuzz(f *testing.F, m transformers.Mapper, pages []Page) {
	f.Helper()
	boundMinimizing(f)
	bodies := make([][][]byte, len(pages))
	processors := make([]*transformers.Processor, len(pages))
	for i := range pages {
		processors[i] = processor(f, pages[i].Platform, m, nil)
		for n, body := range pages[i].bodies(f) {
			var compact bytes.Buffer
			if err := json.Compact(&compact, body); err != nil {
				f.Fatal(err)
			}
			bodies[i] = append(bodies[i], compact.Bytes())
			f.Add(i, n, compact.Bytes())
		}
	}
	f.Fuzz(func(t *testing.T, page, part int, body []byte) {
		i := ((page % len(pages)) + len(pages)) % len(pages)
		p, all := &pages[i], append([][]byte(nil), bodies[i]...)
		all[((part%len(all))+len(all))%len(all)] = body
		for _, r := range run(t, processors[i], p.Record(t, all...)).Publish {
			if schemas.Header(r, schemas.HeaderIndex) == "" {
				continue
			}
			d := New(p.Kind)
			if err := json.Unmarshal(r.Value, d); err != nil {
				t.Fatalf("a document is no JSON of its kind: %v", err)
			}
			if _, err := bson.Marshal(d); err != nil {
				t.Fatalf("a document cannot be stored: %v", err)
			}
			if l := d.Trace(); l.IsValid == (len(l.ValidationErrors) > 0 || l.ParseError != "") {
				t.Fatalf("a document is valid: %v, with the reasons %q %s", l.IsValid, l.ValidationErrors, l.ParseError)
			}
		}
	})
}

// boundMinimizing bounds how long the fuzzer tries to shorten what it found interesting, unless the command line says so. By
// default that is a minute each, in which it tries nothing new; answers are long, so it would do hardly anything else.
func boundMinimizing(f *testing.F) {
	f.Helper()
	limit := flag.Lookup("test.fuzzminimizetime")
	if limit == nil || limit.Value.String() != limit.DefValue {
		return
	}
	if err := limit.Value.Set("20x"); err != nil {
		f.Fatal(err)
	}
}
