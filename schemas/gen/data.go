package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/shopstream/shopstream/schemas"
)

const dataHead = `# The documents

<!-- Written by "make generate" from package schemas and from what the mappers' tests find out; change it there. -->

What is stored of each kind of data, and where each field comes from on each platform. The collections are
` + "`orders`, `products`, `transactions`, `returns` and `order_tracking_status`" + `; the same documents are on the topics
` + "`clean.<kind>`" + `, as JSON with money as text.

## For subscribers of clean topics

- A record is an *observation*: the document as it was when it was fetched. The same document comes again whenever it is fetched
  again, and records of one key may come in any order.
- Keep, for each key, the observation with the highest ` + "`version`" + `: versions are texts that sort.
- Read with ` + "`isolation.level=read_committed`" + `: what is not committed may be taken back.
- ` + "`is_valid: false`" + ` marks a document in which something is not as the platform documents it; ` + "`validation_errors`" + ` names
  it. With ` + "`parse_error`" + ` hardly anything could be read: such an observation never replaces one that was.
- Fields that are absent are unknown or do not apply; there are no nulls. ` + "`platform_fields`" + ` holds, verbatim, whatever the
  platform said beyond the fields below.

Money is exact, in units of the document's currency: text in JSON, Decimal128 in MongoDB. Times are ISO 8601 with an offset, in
the configured zone.

## Where a field comes from

Each platform's cell names values of answers, as ` + "`call: path`" + `, with ` + "`[]`" + ` for every element of a list. Where there are several, each
has a part in it: they are added up, joined or compared. What is behind *else* stands in for those before it where they are absent.
Tests find them by changing the values of sample answers one after the other, and fail for a field that has none. In words:

- **not given**: no answer that the document is made of says it, or nothing is taken for it; the field is absent.
- **set by shopstream**: it says which document this is, or where, when and how it was made.
- **the shop's region**: what is configured for the shop, or what its platform said of it. It decides the currency where no answer says
  one; on Lazada also the zone of times that name none, and whether the amounts of returns are in cents, as everywhere but in Vietnam.
- **how many of … are alike**: every unit is listed by itself; those that differ in nothing but ids, and on Lazada in the parcel that they
  are in, are one line.
- **always**: it follows from the call.
- **which no sample has**: it is read where an answer has it.
`

// kinds are the documents' types, in the order in which they are described.
var kinds = []struct {
	kind string
	of   any
}{
	{schemas.Orders, schemas.Order{}},
	{schemas.Products, schemas.Product{}},
	{schemas.Transactions, schemas.Transaction{}},
	{schemas.Returns, schemas.Return{}},
	{schemas.Tracking, schemas.OrderTracking{}},
}

// sources is what a mapper's tests found out: what each field of each kind comes from, as it is to stand in the document.
type sources map[string]map[string][]string

// readSources reads what the mappers below root found out, by platform.
func readSources(root string) (map[string]sources, error) {
	all := map[string]sources{}
	files, err := filepath.Glob(filepath.Join(root, "*", "testdata", "sources.json"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := os.ReadFile(file) //nolint:gosec // of this repository
		if err != nil {
			return nil, err
		}
		var s sources
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		all[filepath.Base(filepath.Dir(filepath.Dir(file)))] = s
	}
	return all, nil
}

// describeData writes docs/data.md.
func describeData(r *jsonschema.Reflector, found map[string]sources) []byte {
	var b bytes.Buffer
	b.WriteString(dataHead)
	for _, k := range kinds {
		schema := r.Reflect(k.of)
		fmt.Fprintf(&b, "\n## %s\n\n| field | meaning | from |\n|---|---|---|\n", k.kind)
		root := schema.Definitions[strings.TrimPrefix(schema.Ref, "#/$defs/")]
		writeFields(&b, schema.Definitions, root, "", k.kind, found)
	}
	return b.Bytes()
}

func writeFields(b *bytes.Buffer, all jsonschema.Definitions, of *jsonschema.Schema, prefix, kind string, found map[string]sources) {
	for at := of.Properties.Oldest(); at != nil; at = at.Next() {
		name, p := prefix+at.Key, at.Value
		ref := p.Ref
		if p.Items != nil {
			name += "[]"
			ref = p.Items.Ref
		}
		inner := all[strings.TrimPrefix(ref, "#/$defs/")]
		nested := inner != nil && inner.Properties != nil
		var from string
		switch {
		case prefix == "" && ours[at.Key]:
			from = "set by shopstream"
		case at.Key == "platform_fields":
			from = "all that has no field of its own"
		case nested:
			from = "the fields below"
		default:
			from = origins(kind, name, found)
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, strings.ReplaceAll(p.Description, "|", "\\|"), from)
		if nested {
			writeFields(b, all, inner, name+".", kind, found)
		}
	}
}

// ours are the fields that every document has beside what the platform says.
var ours = func() map[string]bool {
	names := map[string]bool{}
	for _, t := range []reflect.Type{reflect.TypeFor[schemas.Identity](), reflect.TypeFor[schemas.Lineage]()} {
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			names[name] = true
		}
	}
	return names
}()

// most is how many sources of a field a platform's cell names. The others are in the file that the mapper's tests write.
const most = 10

// origins says where a field comes from, platform by platform: those of schemas first.
func origins(kind, field string, found map[string]sources) string {
	platforms := slices.Clone(schemas.Platforms)
	for _, platform := range slices.Sorted(maps.Keys(found)) {
		if !slices.Contains(platforms, platform) {
			platforms = append(platforms, platform)
		}
	}
	var parts []string
	for _, platform := range platforms {
		if found[platform] == nil {
			continue
		}
		from, stands := split(found[platform][kind][field])
		if more := len(from) - most; more > 0 {
			from = append(from[:most], fmt.Sprintf("and %d more: [all](../transformers/%s/testdata/sources.json)", more, platform))
		}
		if len(from) == 0 {
			from = []string{"not given"}
		}
		cell := strings.Join(from, ", ")
		if len(stands) > 0 {
			cell += "; else " + strings.Join(stands, ", ")
		}
		parts = append(parts, "**"+platform+"** "+cell)
	}
	return strings.Join(parts, "<br>")
}

// split parts a field's sources from those that stand in for them.
func split(all []string) (from, stands []string) {
	for _, one := range all {
		if one, standsIn := strings.CutPrefix(one, "else "); standsIn {
			stands = append(stands, one)
		} else {
			from = append(from, one)
		}
	}
	return from, stands
}
