package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
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

// sources is what a mapper's tests found out: the values that each field of each kind comes from.
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
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, strings.ReplaceAll(p.Description, "|", "\\|"), origins(kind, name, found))
		if inner != nil && inner.Properties != nil {
			writeFields(b, all, inner, name+".", kind, found)
		}
	}
}

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
		if from := found[platform][kind][field]; len(from) > 0 {
			quoted := make([]string, len(from))
			for i, f := range from {
				quoted[i] = "`" + f + "`"
			}
			const most = 6
			if more := len(quoted) - most; more > 0 {
				quoted = append(slices.Clip(quoted[:most]), fmt.Sprintf("and %d more", more))
			}
			parts = append(parts, "**"+platform+"** "+strings.Join(quoted, ", "))
		}
	}
	return strings.Join(parts, "<br>")
}
