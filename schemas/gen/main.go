// Command gen writes the JSON Schemas of what crosses the topics, from the Go types and their comments. It runs in the
// folder of package schemas: see its go:generate line.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/shopstream/shopstream/schemas"
)

func main() {
	files, err := generate("github.com/shopstream/shopstream/schemas", ".", "../transformers")
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
	for name, text := range files {
		if err := os.WriteFile(name, text, 0o644); err != nil { //nolint:gosec // a source file
			fmt.Fprintln(os.Stderr, "gen:", err)
			os.Exit(1)
		}
	}
}

// records are the types that have a schema, by its file's name.
var records = map[string]any{
	"plan":        schemas.Plan{},
	"task":        schemas.Task{},
	"page":        schemas.Page{},
	"fact":        schemas.Fact{},
	"order":       schemas.Order{},
	"product":     schemas.Product{},
	"transaction": schemas.Transaction{},
	"return":      schemas.Return{},
	"tracking":    schemas.OrderTracking{},
}

// generate returns the schema files, and docs/data.md, by their paths from the folder of package schemas. source is the folder
// of package schemas and base the import path of the folder that source is relative to; mappers is the folder of the mappers.
func generate(base, source, mappers string) (map[string][]byte, error) {
	r := &jsonschema.Reflector{
		AllowAdditionalProperties: true, // members are added without a new schema
		Mapper:                    special,
	}
	if err := r.AddGoComments(base, source, jsonschema.WithFullComment()); err != nil {
		return nil, fmt.Errorf("read comments: %w", err)
	}
	for key, text := range r.CommentMap {
		r.CommentMap[key] = strings.Join(strings.Fields(text), " ")
	}
	files := map[string][]byte{}
	for name, v := range records {
		var text bytes.Buffer
		enc := json.NewEncoder(&text)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(r.Reflect(v)); err != nil {
			return nil, fmt.Errorf("encode schema of %s: %w", name, err)
		}
		files[filepath.Join("json", name+".schema.json")] = text.Bytes()
	}
	found, err := readSources(mappers)
	if err != nil {
		return nil, fmt.Errorf("read the mappers' sources: %w", err)
	}
	files[filepath.Join("..", "docs", "data.md")] = describeData(r, found)
	return files, nil
}

// special gives the types a schema whose JSON is not what their Go type looks like.
func special(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[schemas.Money]():
		return &jsonschema.Schema{Type: "string", Pattern: `^-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,20})?$`}
	case reflect.TypeFor[schemas.PlatformFields]():
		return &jsonschema.Schema{Type: "object"}
	}
	return nil
}
