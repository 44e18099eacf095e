// Package mappertest is one suite of tests for every platform's mapper: what is documented for pages of samples must hold for
// all of them. A mapper's own tests are for what is particular to its platform.
package mappertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
)

// Part is one answer of a page: a file of the calling package's testdata.
type Part struct {
	Path string // of the request
	File string
	Call string // names the call for the documentation, where it is not how the path ends: of several that give the same rows
}

// Page is a page of samples.
type Page struct {
	Name     string // of the test and of its golden file, <Name>.golden.json
	Platform string
	Kind, Op string
	Region   string
	IDs      []string
	Parts    []Part

	// Documents is how many documents the page gives.
	Documents int
	// Dropped names values that may change without changing a document, and why: paths such as parts[0].request_id, with []
	// for any index.
	Dropped map[string]string
	// Envelope names the objects whose unknown members may be lost, since they stand around the rows: paths as above.
	Envelope []string
	// Always names fields of the page's documents that have one value whatever the answers say.
	Always map[string]string
	// AnyName names objects whose members have any names: paths as above.
	AnyName []string
	// Unsampled are values that the mapper reads and the page's samples do not have, by path: as above.
	Unsampled map[string]any
	// Loose names values that a document cannot keep when they have another type than documented, and why.
	Loose map[string]string
	// Open names values that decide about a type or a status by some of their words only, since there are always new ones, and why.
	Open map[string]string
	// New names the fields for which the samples have words that the mapper does not know, and why.
	New map[string]string
}

const fetchedAt = 1718100000123

// bodies reads the parts' files.
func (p *Page) bodies(t testing.TB) [][]byte {
	t.Helper()
	bodies := make([][]byte, len(p.Parts))
	for i, part := range p.Parts {
		body, err := os.ReadFile(filepath.Join("testdata", part.File))
		if err != nil {
			t.Fatal(err)
		}
		bodies[i] = body
	}
	return bodies
}

// Record returns the page as a raw record with these bodies, which stand in it as they are, also when they are no JSON.
func (p *Page) Record(t testing.TB, bodies ...[]byte) *kgo.Record {
	t.Helper()
	chunk := schemas.ChunkID("p", p.Platform, "main", "555", p.Kind, schemas.Window{From: 1717200000, To: 1717286400})
	task := schemas.Task{
		TaskID: chunk + "#0.0", PlanID: "p", ChunkID: chunk, Platform: p.Platform, ChannelID: "main", ShopID: "555",
		Kind: p.Kind, Op: p.Op,
	}
	page := schemas.Page{TaskID: task.TaskID, IDs: p.IDs, Region: p.Region, Window: schemas.Window{From: 1717200000, To: 1717286400}}
	for i, part := range p.Parts {
		page.Parts = append(page.Parts, schemas.PagePart{
			Path: part.Path, FetchedAt: fetchedAt + int64(i), Body: json.RawMessage(fmt.Sprintf(`"BODY %d"`, i)),
		})
	}
	r, err := task.PageRecord("test.raw."+p.Platform+"."+p.Kind, &page)
	if err != nil {
		t.Fatal(err)
	}
	for i, body := range bodies {
		r.Value = bytes.Replace(r.Value, []byte(fmt.Sprintf(`"BODY %d"`, i)), body, 1)
	}
	r.Partition, r.Offset = 3, 42
	return r
}

// Process runs the record through a processor with the mapper.
func Process(t testing.TB, platform string, m transformers.Mapper, r *kgo.Record) stream.Result {
	t.Helper()
	return run(t, processor(t, platform, m, nil), r)
}

// processor returns a processor with the mapper, which registers its metrics at to, if anywhere.
func processor(t testing.TB, platform string, m transformers.Mapper, to prometheus.Registerer) *transformers.Processor {
	t.Helper()
	p, err := transformers.New(transformers.Options{
		Topics: schemas.Topics{Prefix: "test."}, Zone: time.FixedZone("", 7*3600),
		Now: func() time.Time { return time.UnixMilli(1718100001000) }, Mappers: map[string]transformers.Mapper{platform: m},
		Registerer: to,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func run(t testing.TB, p *transformers.Processor, r *kgo.Record) stream.Result {
	t.Helper()
	result, err := p.Process(context.Background(), []*kgo.Record{r})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// documents returns the JSON of the page's documents, which must all come out.
func (p *Page) documents(t testing.TB, m transformers.Mapper, bodies ...[]byte) []json.RawMessage {
	t.Helper()
	result := Process(t, p.Platform, m, p.Record(t, bodies...))
	for _, r := range result.Rejected {
		t.Fatalf("the page was rejected as %s: %v", r.Class, r.Err)
	}
	var documents []json.RawMessage
	for _, r := range result.Publish[:len(result.Publish)-1] {
		documents = append(documents, r.Value)
	}
	return documents
}

// New returns an empty document of a kind.
func New(kind string) schemas.Document {
	switch kind {
	case schemas.Orders:
		return new(schemas.Order)
	case schemas.Products:
		return new(schemas.Product)
	case schemas.Transactions:
		return new(schemas.Transaction)
	case schemas.Returns:
		return new(schemas.Return)
	case schemas.Tracking:
		return new(schemas.OrderTracking)
	}
	return nil
}

// leaf is a plain value of a page: where it stands and how to set it.
type leaf struct {
	path  string // with [] for indexes
	place string // with the indexes
	value any
	set   func(any)
}

var index = regexp.MustCompile(`\[[0-9]+\]`)

// pattern is a place without the indexes behind its part.
func pattern(place string) string {
	head, rest := place, ""
	if i := bytes.IndexByte([]byte(place), ']'); i >= 0 {
		head, rest = place[:i+1], place[i+1:]
	}
	return head + index.ReplaceAllString(rest, "[]")
}

func leaves(place string, v any, set func(any)) []leaf {
	var all []leaf
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			all = append(all, leaves(place+"."+key, member, func(x any) { v[key] = x })...)
		}
	case []any:
		for i, row := range v {
			all = append(all, leaves(fmt.Sprintf("%s[%d]", place, i), row, func(x any) { v[i] = x })...)
		}
	default:
		all = append(all, leaf{pattern(place), place, v, set})
	}
	return all
}

// tree is the parts of a page, decoded.
type tree []any

func (p *Page) tree(t testing.TB) tree {
	t.Helper()
	var parts tree
	for _, body := range p.bodies(t) {
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.UseNumber()
		var v any
		if err := dec.Decode(&v); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, v)
	}
	return parts
}

func (parts tree) leaves() []leaf {
	var all []leaf
	for i, part := range parts {
		all = append(all, leaves(fmt.Sprintf("parts[%d]", i), part, nil)...)
	}
	return all
}

func (parts tree) bodies(t testing.TB) [][]byte {
	t.Helper()
	bodies := make([][]byte, len(parts))
	for i, part := range parts {
		body, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		bodies[i] = body
	}
	return bodies
}

// eachObject calls do with every object of the parts and its path, those inside first.
func eachObject(parts tree, do func(path string, o map[string]any)) {
	var walk func(place string, v any)
	walk = func(place string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, member := range v {
				walk(place+"."+key, member)
			}
			do(pattern(place), v)
		case []any:
			for i, row := range v {
				walk(fmt.Sprintf("%s[%d]", place, i), row)
			}
		}
	}
	for i, part := range parts {
		walk(fmt.Sprintf("parts[%d]", i), part)
	}
}
