package schemas

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compileSchema returns the committed JSON Schema of that name.
func compileSchema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("json", name+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

func TestExamples(t *testing.T) {
	t.Parallel()
	for name, into := range map[string]any{
		"plan": &Plan{}, "task": &Task{}, "page": &Page{}, "fact": &Fact{},
		"order": &Order{}, "product": &Product{}, "transaction": &Transaction{}, "return": &Return{}, "tracking": &OrderTracking{},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("examples", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			s := compileSchema(t, name)
			if err := validate(t, s, text); err != nil {
				t.Errorf("the example is not valid: %v", err)
			}
			dec := json.NewDecoder(bytes.NewReader(text))
			dec.DisallowUnknownFields()
			if err := dec.Decode(into); err != nil {
				t.Fatalf("the example has other members than the type: %v", err)
			}
			again, err := json.Marshal(into)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(parsed(t, text), parsed(t, again)) {
				t.Errorf("the example came back as %s", again)
			}
			if err := validate(t, s, []byte(`{}`)); err == nil {
				t.Error("an empty object is valid: the schema requires nothing")
			}
		})
	}
}

func TestOrderSchema(t *testing.T) {
	t.Parallel()
	s := compileSchema(t, "order")
	for name, o := range map[string]*Order{"full": fullOrder(), "empty": {}} {
		text, err := Encode(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, s, text); err != nil {
			t.Errorf("%s order: %v", name, err)
		}
	}
	text, err := Encode(fullOrder())
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{`1234.50`, `"1,234.50"`, `"1e5"`, `""`} {
		bad := strings.Replace(string(text), `"total_amount":"1234.50"`, `"total_amount":`+wrong, 1)
		if validate(t, s, []byte(bad)) == nil {
			t.Errorf("the amount %s is valid", wrong)
		}
	}
	if !bytes.Contains(mustRead(t, "json/order.schema.json"), []byte("what the buyer pays")) {
		t.Error("the schema does not have the comments of the fields")
	}
}

func mustRead(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
