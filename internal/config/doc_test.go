package config

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/internal/service/catalog"
)

var update = flag.Bool("update", false, "write docs/config.md anew")

const docFile = "../../docs/config.md"

const docHead = `# Settings

<!-- Written by "make generate" from internal/config; change the comments there. -->

Every setting has a key. It is read from these places, each overriding the ones before it: the default below, the YAML file
(` + "`shopstream.yaml`, or what `--config` names" + `), ` + "`.env`, `.env.$SHOPSTREAM_ENV`" + `, the environment, and
` + "`--set key=value`" + `. A key that does not exist is an error, and all mistakes are named at once; ` + "`shopstream config`" + `
checks the settings and prints those in effect, without secrets.

`

// TestDocIsCurrent compares docs/config.md with what the code says.
func TestDocIsCurrent(t *testing.T) {
	t.Parallel()
	want := docHead + doc(t)
	if *update {
		if err := os.WriteFile(docFile, []byte(want), 0o644); err != nil { // a file for all to read
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(docFile)
	if err != nil || string(got) != want {
		t.Errorf("docs/config.md is not what package config says: run make generate (%v)", err)
	}
}

// doc describes all fields, a section for each part of the Config.
func doc(t *testing.T) string {
	t.Helper()
	comments := comments(t)
	c := Default(catalog.Platforms.Rates())
	platforms := pointers(c.Platforms)
	var b strings.Builder
	section := ""
	for _, f := range fields(&c, platforms) {
		parts := strings.Split(f.key, ".")
		if head := strings.Join(parts[:max(1, len(parts)-1)], "."); head != section {
			section = head
			fmt.Fprintf(&b, "## %s\n\n", section)
		}
		meaning, ok := comments[typeField(parts)]
		if !ok {
			t.Errorf("%s has no comment in config.go", f.key)
		}
		env := envPrefix + strings.ToUpper(strings.ReplaceAll(f.key, ".", delim))
		fmt.Fprintf(&b, "### `%s`\n\n`%s` %s\n\n- default: %s\n- takes: %s\n- environment: `%s`\n\n", f.key, parts[len(parts)-1], meaning, shown(f.defaultText()), f.allowed, env)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// defaultText is text, but shows the default of a secret, which is none.
func (f field) defaultText() string {
	if s, ok := f.target.(interface{ Reveal() string }); ok {
		return s.Reveal()
	}
	return f.text()
}

func shown(value string) string {
	if value == "" {
		return "empty"
	}
	return "`" + value + "`"
}

// typeField returns the place in config.go of a key: kafka.topic_prefix is Kafka.TopicPrefix.
func typeField(parts []string) string {
	switch {
	case len(parts) == 1:
		return "config." + plain(parts[0])
	case parts[0] == "platforms":
		return "platform." + plain(parts[2])
	}
	return plain(parts[0]) + "." + plain(parts[1])
}

func plain(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// comments returns the fields' comments in config.go by lower-case type and field, in one line each and without the field's
// name, with which Go's comments begin.
func comments(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "config.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		fields, ok := spec.Type.(*ast.StructType)
		if !ok {
			return true
		}
		for _, f := range fields.Fields.List {
			if text := strings.Join(strings.Fields(f.Doc.Text()), " "); text != "" && len(f.Names) == 1 {
				all[plain(spec.Name.Name)+"."+plain(f.Names[0].Name)] = strings.TrimPrefix(text, f.Names[0].Name+" ")
			}
		}
		return true
	})
	return all
}

// TestEveryFieldHasAKey keeps a field from being added that nobody can set.
func TestEveryFieldHasAKey(t *testing.T) {
	t.Parallel()
	c := Default(map[string]int{"shopee": 1})
	platforms := pointers(c.Platforms)
	settable := map[string]bool{}
	for _, f := range fields(&c, platforms) {
		settable[typeField(strings.Split(f.key, "."))] = true
	}
	var check func(typ reflect.Type)
	check = func(typ reflect.Type) {
		for i := range typ.NumField() {
			f := typ.Field(i)
			switch {
			case f.Type.Kind() == reflect.Struct && f.Type != reflect.TypeFor[Zone]():
				check(f.Type)
			case f.Type == reflect.TypeFor[map[string]Platform]():
				check(reflect.TypeFor[Platform]())
			case !settable[plain(typ.Name())+"."+plain(f.Name)]:
				t.Errorf("%s.%s has no key", typ.Name(), f.Name)
			}
		}
	}
	check(reflect.TypeFor[Config]())
}
