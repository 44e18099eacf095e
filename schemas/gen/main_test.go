package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestCommittedSchemasAreGenerated(t *testing.T) {
	t.Parallel()
	files, err := generate("github.com/shopstream/shopstream/schemas/gen", "..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", "json", name))
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
	if len(committed) != len(files) {
		t.Errorf("%d files are committed, %d generated", len(committed), len(files))
	}
}
