package jsonscan

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestObjectYieldsMembers(t *testing.T) {
	t.Parallel()
	s := New([]byte(` { "a" : 1 , "b\u0063":[1, {"x":"}]"}], "skipped": {"y":[]}, "d":"" } `))
	got := map[string]string{}
	for key := range s.Object() {
		if name := string(key); name != "skipped" {
			got[name] = string(s.Value())
		}
	}
	if err := s.End(); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"a": "1", "bc": `[1, {"x":"}]"}]`, "d": `""`}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("member %q: got %q, want %q", k, got[k], v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d members, want %d", len(got), len(want))
	}
}

func TestArrayYieldsElements(t *testing.T) {
	t.Parallel()
	s := New([]byte(`[1,null,[true]]`))
	var got []string
	var depths []int
	for range s.Array() {
		got = append(got, string(s.Value()))
		depths = append(depths, s.Depth())
	}
	if err := s.End(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, []string{"1", "null", "[true]"}) || !slices.Equal(depths, []int{0, 0, 1}) {
		t.Errorf("got %q with depths %v", got, depths)
	}
}

func TestErrorsAreSticky(t *testing.T) {
	t.Parallel()
	s := New([]byte(`{"a":tru}`))
	for range s.Object() {
		s.Value()
	}
	if err := s.Err(); err == nil || err.Error() != "byte 5: want true" {
		t.Errorf("got error %v", err)
	}
	if s.Value() != nil || s.Next() != 0 {
		t.Error("the scanner goes on after an error")
	}
}

// samples are texts at the border of what JSON is; each is compared with encoding/json.
var samples = []string{
	``, ` `, `{}`, `[]`, `[ ]`, `{ }`, `{"a":1}`, `{"a":1,}`, `{,}`, `[1,]`, `[,1]`, `[1 2]`, `{"a" 1}`, `{"a":}`, `{a:1}`,
	`nul`, `null`, `nullx`, `true false`, `-`, `-0`, `-0.0`, `01`, `1.`, `.5`, `1e`, `1e+`, `1e5`, `1E-5`, `+1`, `NaN`, `Infinity`,
	`"a`, `"\u12"`, `"\u12g4"`, `"\ud800"`, `"\x"`, "\"\x01\"", "\"\xff\"", `"\"`, `[}`, `{]`, `{"a":[}`, `[[]`, `[]]`, `{"a":{"b":[1,{"c":null}]}}`,
	"\ufeff{}", "[1]\x00", `{"a":1}{"b":2}`, `{"":"","":1}`, strings.Repeat("[", 300) + strings.Repeat("]", 300),
	strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth), strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1),
}

func TestTakesWhatEncodingJSONTakes(t *testing.T) {
	t.Parallel()
	for _, text := range samples {
		compare(t, []byte(text))
	}
}

func FuzzValue(f *testing.F) {
	for _, text := range samples[:len(samples)-2] {
		f.Add([]byte(text))
	}
	f.Fuzz(compare)
}

func compare(t *testing.T, text []byte) {
	s := New(text)
	value := s.Value()
	err := s.End()
	if ok := json.Valid(text); ok != (err == nil) {
		t.Fatalf("%.100q: encoding/json says valid=%v, the scanner says %v", text, ok, err)
	}
	if err != nil {
		return
	}
	if !bytes.Equal(value, bytes.Trim(text, " \t\r\n")) {
		t.Fatalf("%.100q: the value is %.100q", text, value)
	}
	if value[0] == '"' {
		var want string
		if err := json.Unmarshal(value, &want); err != nil {
			t.Fatal(err)
		}
		if got, ok := Text(value); !ok || got != want {
			t.Fatalf("%.100q: text %q, want %q", value, got, want)
		}
	}
	walk(t, value)
}

// walk reads a value by its parts, which must give the same members as encoding/json.
func walk(t *testing.T, value []byte) {
	s := New(value)
	switch value[0] {
	case '{':
		var want map[string]json.RawMessage
		if err := json.Unmarshal(value, &want); err != nil {
			t.Fatal(err)
		}
		got := map[string]json.RawMessage{}
		for key := range s.Object() {
			name := strings.ToValidUTF8(string(key), "\uFFFD")
			got[name] = s.Value()
		}
		if len(got) > len(want) {
			t.Fatalf("%.100q: got %d members, want %d", value, len(got), len(want))
		}
	case '[':
		var want []json.RawMessage
		if err := json.Unmarshal(value, &want); err != nil {
			t.Fatal(err)
		}
		n := 0
		for i := range s.Array() {
			if !bytes.Equal(s.Value(), bytes.Trim(want[i], " \t\r\n")) {
				t.Fatalf("%.100q: element %d differs", value, i)
			}
			n++
		}
		if n != len(want) {
			t.Fatalf("%.100q: got %d elements, want %d", value, n, len(want))
		}
	default:
		return
	}
	if err := s.End(); err != nil {
		t.Fatalf("%.100q: %v", value, err)
	}
}

func BenchmarkValue(b *testing.B) {
	text := []byte(`{"orders":[` + strings.Repeat(`{"name":"Linen shirt","price":99000,"rows":[{"id":23620853561}],"none":null},`, 999) + `1]}`)
	b.Run("scanner", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if New(text).Value() == nil {
				b.Fatal("not valid")
			}
		}
	})
	b.Run("json.Valid", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if !json.Valid(text) {
				b.Fatal("not valid")
			}
		}
	})
}
