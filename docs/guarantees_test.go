// Package docs_test holds the documentation against the code that it names.
package docs_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	named    = regexp.MustCompile(`\bTest[A-Z]\w*`)
	declared = regexp.MustCompile(`(?m)^func (Test[A-Z]\w*)\(`)
)

// A guarantee whose test was renamed or removed is one that nothing proves.
func TestGuaranteesNameTestsThatThereAre(t *testing.T) {
	t.Parallel()
	there := map[string]bool{}
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		content, err := fs.ReadFile(root, path)
		for _, found := range declared.FindAllSubmatch(content, -1) {
			there[string(found[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("guarantees.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range named.FindAllString(string(page), -1) {
		if !there[name] {
			t.Errorf("guarantees.md names %s, which there is not", name)
		}
	}
}
