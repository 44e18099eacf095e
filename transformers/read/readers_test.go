package read

import (
	"strings"
	"testing"
)

// row reads {"x":value} with do and returns what was kept and what is wrong.
func row(t *testing.T, value string, do func(r *Object)) (kept, bad string) {
	t.Helper()
	r := NewObject([]byte(`{"x":`+value+`}`), "", &Problems{})
	for range r.Scan.Object() {
		do(r)
	}
	if err := r.Scan.End(); err != nil {
		t.Fatal(err)
	}
	return string(r.Rest.Fields()), strings.Join(r.Bad.List(), "; ")
}

func TestLooseID(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ value, id, kept, bad string }{
		{`"18446744073709551617"`, "18446744073709551617", "", ""},
		{`18446744073709551615`, "18446744073709551615", "", ""},
		{`"A-7"`, "A-7", "", ""},
		{`""`, "", "", ""},
		{`"0"`, "", "", ""},
		{`0`, "", "", ""},
		{`null`, "", "", ""},
		{`1.5`, "", `{"x":1.5}`, "x: want an id"},
		{`"a b"`, "", `{"x":"a b"}`, "x: want an id"},
		{`{"a":1}`, "", `{"x":{"a":1}}`, "x: want an id"},
	} {
		var id string
		kept, bad := row(t, c.value, func(r *Object) { id = r.LooseID("x") })
		if id != c.id || kept != c.kept || bad != c.bad {
			t.Errorf("%s: id %q, kept %s, bad %q", c.value, id, kept, bad)
		}
	}
}

func TestMillis(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value string
		ms    int64
		bad   string
	}{
		{`1718090000456`, 1718090000456, ""},
		{`"1718090000456"`, 1718090000456, ""},
		{`0`, 0, ""},
		{`""`, 0, ""},
		{`null`, 0, ""},
		{`-1`, 0, "x: want a time in unix milliseconds"},
		{`253370764800000`, 0, "x: want a time in unix milliseconds"},
		{`"soon"`, 0, "x: want a time in unix milliseconds"},
	} {
		var ms int64
		kept, bad := row(t, c.value, func(r *Object) { ms = r.Millis("x") })
		if ms != c.ms || bad != c.bad || (kept != "") != (bad != "") {
			t.Errorf("%s: %d, kept %s, bad %q", c.value, ms, kept, bad)
		}
	}
}

func TestParts(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", MaxKept) + strings.Repeat("]", MaxKept)
	for _, c := range []struct{ value, names, kept, bad string }{
		{`[{"name":"a"},{"name":"b"}]`, "ab", "", ""},
		{`[{"name":"a"},{"name":"b","y":2}]`, "ab", `{"x":[{},{"y":2}]}`, ""},
		{`[]`, "", "", ""},
		{`null`, "", "", ""},
		{`[{"name":"a"},7]`, "", `{"x":[{"name":"a"},7]}`, "x[1]: want an object"},
		{`{"name":"a"}`, "", `{"x":{"name":"a"}}`, "x: want a list"},
		{`[{"name":{}}]`, "", `{"x":[{"name":{}}]}`, "x[0].name: want a string"},
		{`[{"y":` + deep + `}]`, "", `{"x":"[{\"y\":` + deep + `}]"}`, "x: nested too deeply, kept as text"},
	} {
		var names string
		kept, bad := row(t, c.value, func(r *Object) {
			names = ""
			r.Parts("x", func(in *Object) {
				for key := range in.Scan.Object() {
					if key := string(key); key == "name" {
						names += in.Text(key)
					} else {
						in.Keep(key)
					}
				}
			})
		})
		if names != c.names || kept != c.kept || bad != c.bad {
			t.Errorf("%s: names %q, kept %s, bad %q", c.value, names, kept, bad)
		}
	}
}
