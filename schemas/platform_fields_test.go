package schemas

import (
	"encoding/json"
	"errors"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"
)

type fieldsHolder struct {
	Fields PlatformFields `json:"fields,omitempty" bson:"fields,omitempty"`
}

type texts = map[string]json.RawMessage

func build(fields texts) PlatformFields {
	var b FieldsBuilder
	for key, raw := range fields {
		b.Set(key, raw)
	}
	return b.Fields()
}

// members returns the fields' texts by key.
func members(t interface{ Fatal(...any) }, p PlatformFields) texts {
	var m texts
	if err := json.Unmarshal(p, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// throughBSON stores the fields and reads them again.
func throughBSON(p PlatformFields) (PlatformFields, bson.Raw, error) {
	doc, err := bson.Marshal(fieldsHolder{p})
	if err != nil {
		return nil, nil, err
	}
	var back fieldsHolder
	err = bson.Unmarshal(doc, &back)
	return back.Fields, doc, err
}

// parsed returns JSON as values that compare by meaning: numbers exactly.
func parsed(t interface{ Fatal(...any) }, raw []byte) any {
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return exact(v)
}

func exact(v any) any {
	switch v := v.(type) {
	case json.Number:
		r, ok := new(big.Rat).SetString(v.String())
		if !ok {
			return v
		}
		return "number " + r.String()
	case []any:
		for i := range v {
			v[i] = exact(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = exact(v[k])
		}
	}
	return v
}

func TestPlatformFieldsBSONTypes(t *testing.T) {
	t.Parallel()
	p := texts{
		"int": json.RawMessage(`9223372036854775807`), "low": json.RawMessage(`-9223372036854775808`), "uint": json.RawMessage(`18446744073709551615`),
		"minus zero": json.RawMessage(`-0`), "fraction": json.RawMessage(`0.250`), "exponent": json.RawMessage(`1.5e300`),
		"huge": json.RawMessage(strings.Repeat("7", 40)), "null": json.RawMessage(`null`), "none": nil,
		"$set": json.RawMessage(`{"$inc":{"a.b":1}}`), "a.b": json.RawMessage(`[ ]`), "": json.RawMessage(`""`), "bool": json.RawMessage(`false`),
		"text": json.RawMessage(`"\u00e9\ud83d\ude4f <b> \u0000 \u2028"`),
	}
	stored, doc, err := throughBSON(build(p))
	if err != nil {
		t.Fatal(err)
	}
	back := members(t, stored)
	for key, want := range map[string]bson.Type{
		"int": bson.TypeInt64, "low": bson.TypeInt64, "uint": bson.TypeDecimal128, "minus zero": bson.TypeDecimal128,
		"fraction": bson.TypeDecimal128, "exponent": bson.TypeDecimal128, "huge": bson.TypeString, "null": bson.TypeNull,
		"none": bson.TypeNull, "$set": bson.TypeEmbeddedDocument, "a.b": bson.TypeArray, "": bson.TypeString, "bool": bson.TypeBoolean,
	} {
		if got := doc.Lookup("fields", key).Type; got != want {
			t.Errorf("%q is a BSON %s, want %s", key, got, want)
		}
	}
	if got := string(back["fraction"]); got != "0.250" {
		t.Errorf("0.250 came back as %s", got)
	}
	p["huge"], p["none"] = json.RawMessage(`"`+strings.Repeat("7", 40)+`"`), json.RawMessage(`null`)
	for key, raw := range p {
		if !reflect.DeepEqual(parsed(t, back[key]), parsed(t, raw)) {
			t.Errorf("%q: %s came back as %s", key, raw, back[key])
		}
	}
	if len(back) != len(p) {
		t.Errorf("%d fields came back, want %d", len(back), len(p))
	}
}

func TestPlatformFieldsRefused(t *testing.T) {
	t.Parallel()
	nested := func(n int) json.RawMessage {
		return json.RawMessage(strings.Repeat(`{"a":[`, n/2) + strings.Repeat(`]}`, n/2))
	}
	for name, c := range map[string]struct {
		fields texts
		ok     bool
		is     error
	}{
		"deep enough":  {texts{"a": nested(MaxFieldDepth)}, true, nil},
		"too deep":     {texts{"a": nested(MaxFieldDepth + 2)}, false, ErrTooDeep},
		"far too deep": {texts{"a": nested(5000)}, false, ErrTooDeep},
		"zero in key":  {texts{"a\x00b": json.RawMessage(`1`)}, false, nil},
		"zero inside":  {texts{"a": json.RawMessage(`{"a\u0000b":1}`)}, false, nil},
		"not JSON":     {texts{"a": json.RawMessage(`{"a":`)}, false, nil},
		"NaN":          {texts{"a": json.RawMessage(`NaN`)}, false, nil},
		"two values":   {texts{"a": json.RawMessage(`1 2`)}, false, nil},
		"bad UTF-8":    {texts{"a\xff": json.RawMessage("\"\xff\"")}, true, nil},
	} {
		_, _, err := build(c.fields).MarshalBSONValue()
		if (err == nil) != c.ok || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	var p PlatformFields
	doc, err := bson.Marshal(bson.M{"a": bson.M{"b": bson.NewObjectID()}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.UnmarshalBSONValue(byte(bson.TypeEmbeddedDocument), doc); err == nil {
		t.Error("an ObjectID was read as JSON")
	}
}

func drawJSON(t *rapid.T, depth int) any {
	kinds := 5
	if depth > 0 {
		kinds = 7
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2:
		return rapid.String().Draw(t, "text")
	case 3:
		return json.Number(rapid.StringMatching(`-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,3})?`).Draw(t, "number"))
	case 4:
		return json.Number(rapid.StringMatching(`-?[1-9][0-9]{18,33}`).Draw(t, "large"))
	case 5:
		list := make([]any, rapid.IntRange(0, 4).Draw(t, "length"))
		for i := range list {
			list[i] = drawJSON(t, depth-1)
		}
		return list
	}
	members := map[string]any{}
	for range rapid.IntRange(0, 4).Draw(t, "members") {
		members[drawKey(t)] = drawJSON(t, depth-1)
	}
	return members
}

func drawKey(t *rapid.T) string {
	return strings.ReplaceAll(rapid.String().Draw(t, "key"), "\x00", "$.")
}

func TestPlatformFieldsComeBackEqual(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := texts{}
		for range rapid.IntRange(1, 5).Draw(t, "fields") {
			raw, err := json.Marshal(drawJSON(t, 4))
			if err != nil {
				t.Fatal(err)
			}
			in[drawKey(t)] = raw
		}
		text, err := json.Marshal(fieldsHolder{build(in)})
		if err != nil {
			t.Fatal(err)
		}
		var read fieldsHolder
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		back, _, err := throughBSON(read.Fields)
		if err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(fieldsHolder{back})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(parsed(t, text), parsed(t, again)) {
			t.Fatalf("%s\ncame back as\n%s", text, again)
		}
	})
}

func FuzzPlatformFieldsBSON(f *testing.F) {
	f.Add([]byte(`{"a":[1,2.5,{"b":null}],"$c":"x"}`))
	f.Add([]byte("{\"\\u0000\":1,\"\xff\":\"\xff\"}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p PlatformFields
		if err := json.Unmarshal(data, &p); err != nil || p == nil {
			return
		}
		_, doc, err := p.MarshalBSONValue()
		if err != nil {
			return
		}
		if err := bson.Raw(doc).Validate(); err != nil {
			t.Fatalf("%q: BSON is not valid: %v", data, err)
		}
		var back PlatformFields
		if err := back.UnmarshalBSONValue(byte(bson.TypeEmbeddedDocument), doc); err != nil {
			t.Fatalf("%q: %v", data, err)
		}
	})
}

func BenchmarkPlatformFieldsBSON(b *testing.B) {
	fields := texts{}
	for _, key := range []string{"active_qty", "add_on_deal", "consultation_id", "promotion_id", "promotion_list", "weight", "wholesale", "note", "edt_from", "payment_info"} {
		fields[key] = json.RawMessage(`[{"promotion_type":"flash_sale","promotion_id":779222207758537,"weight":0.25,"on":false}]`)
	}
	p := build(fields)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := p.MarshalBSONValue(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestPlatformFieldsText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"a":1,"b":[ ],"c":{"z":1,"a":"\u0061"}}`: `{"a":1,"b":[],"c":{"z":1,"a":"\u0061"}}`,
		` { "a" : 1.50 } `:                         `{"a":1.50}`,
		`{"b":1,"a":2}`:                            `{"a":2,"b":1}`,
		`{"a":1,"a":2}`:                            `{"a":2}`,
		`{"a":1,"b":3,"\u0061":2}`:                 `{"a":2,"b":3}`,
		`{"\u0061":1}`:                             `{"a":1}`,
		"{\"a\xff\":1}":                            "{\"a\uFFFD\":1}",
		"{\"\xff\":1,\"\xfe\":2}":                  "{\"\uFFFD\":2}",
		`{"a\u0000":1}`:                            `{"a\u0000":1}`,
		`{}`:                                       `null`,
		`null`:                                     `null`,
	} {
		var p PlatformFields
		if err := json.Unmarshal([]byte(in), &p); err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got, err := json.Marshal(p); err != nil || string(got) != want {
			t.Errorf("%s became %s (%v), want %s", in, got, err, want)
		}
	}
	for _, in := range []string{``, `[]`, `1`, `"a"`, `{"a":}`, `{"a":1`, `{"a":1}}`, `{"a":01}`, `nul`, `{"a":1,}`} {
		p := PlatformFields(`{"kept":1}`)
		if err := p.UnmarshalJSON([]byte(in)); err == nil {
			t.Errorf("%s was read", in)
		}
	}
}

func TestPlatformFieldsKeepNoPartOfTheInput(t *testing.T) {
	t.Parallel()
	in := []byte(`{"a":1}`)
	var p PlatformFields
	if err := p.UnmarshalJSON(in); err != nil {
		t.Fatal(err)
	}
	copy(in, "xxxxxxx")
	if string(p) != `{"a":1}` {
		t.Errorf("the fields became %s", p)
	}
}

func TestEmptyPlatformFieldsAreAbsent(t *testing.T) {
	t.Parallel()
	for _, p := range []PlatformFields{nil, {}} {
		if text, err := json.Marshal(fieldsHolder{p}); err != nil || string(text) != `{}` {
			t.Errorf("JSON is %s (%v)", text, err)
		}
		if _, doc, err := throughBSON(p); err != nil || len(doc) != 5 {
			t.Errorf("BSON is %s (%v)", doc, err)
		}
	}
	var p PlatformFields
	if err := p.UnmarshalBSONValue(byte(bson.TypeEmbeddedDocument), []byte{5, 0, 0, 0, 0}); err != nil || len(p) != 0 {
		t.Errorf("an empty document became %s (%v)", p, err)
	}
}

func TestFieldsBuilder(t *testing.T) {
	t.Parallel()
	var b FieldsBuilder
	if got := b.Fields(); got != nil {
		t.Errorf("nothing became %s", got)
	}
	for _, f := range []string{"c", "a", "b", "a", "\u00e9<"} {
		b.Set(f, json.RawMessage(`"`+f+`"`))
	}
	b.Set("a", nil)
	b.Delete("b")
	b.Delete("none")
	if got := b.Get("c"); string(got) != `"c"` {
		t.Errorf("c is %s", got)
	}
	if got := b.Get("b"); got != nil {
		t.Errorf("b is %s", got)
	}
	if got, want := string(b.Fields()), `{"a":null,"c":"c","é\u003c":"é<"}`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
