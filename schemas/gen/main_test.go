package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/shopstream/shopstream/schemas"
)

func TestCommittedSchemasAreGenerated(t *testing.T) {
	t.Parallel()
	files, err := generate("github.com/shopstream/shopstream/schemas/gen", "..", "../../transformers")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the types say: run go generate ./schemas", name)
		}
	}
	committed, err := filepath.Glob("../json/*")
	if err != nil {
		t.Fatal(err)
	}
	if len(committed) != len(records) {
		t.Errorf("%d files are committed, %d generated", len(committed), len(records))
	}
}

// Every member of every record says what it means: the schemas are read without the code.
func TestEveryMemberIsDescribed(t *testing.T) {
	t.Parallel()
	type schema struct {
		Definitions map[string]struct {
			Properties map[string]struct{ Description string }
		} `json:"$defs"`
	}
	for _, kind := range []string{"order", "product", "transaction", "return", "tracking"} {
		text, err := os.ReadFile(filepath.Join("..", "json", kind+".schema.json"))
		if err != nil {
			t.Fatal(err)
		}
		var s schema
		if err := json.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		for name, of := range s.Definitions {
			for member, p := range of.Properties {
				if p.Description == "" {
					t.Errorf("%s: %s.%s has no description", kind, name, member)
				}
			}
		}
	}
}

// A platform that schemas does not name is described like the others, behind them.
func TestNewPlatformIsDescribed(t *testing.T) {
	t.Parallel()
	found := map[string]sources{}
	for _, platform := range []string{"another", schemas.Lazada, schemas.Shopee} {
		found[platform] = sources{schemas.Orders: {"status": {"`" + platform + "_status`"}}}
	}
	found["another"][schemas.Orders]["status"] = []string{"`another_status`", "else `code`", "else the shop's region"}
	const want = "**shopee** `shopee_status`<br>**lazada** `lazada_status`<br>**another** `another_status`; else `code`, the shop's region"
	if got := origins(schemas.Orders, "status", found); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
