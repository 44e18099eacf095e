package shopee

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/shopstream/shopstream/schemas"
)

// dropped lists the members that may change without changing the document, and why.
var dropped = map[string]string{}

// leaf is a plain value of an answer: where it stands and how to set it.
type leaf struct {
	path  string
	value any
	set   func(any)
}

func leaves(path string, v any, set func(any)) []leaf {
	var all []leaf
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			all = append(all, leaves(path+"."+key, member, func(x any) { v[key] = x })...)
		}
	case []any:
		for i, row := range v {
			all = append(all, leaves(fmt.Sprintf("%s[%d]", path, i), row, func(x any) { v[i] = x })...)
		}
	default:
		all = append(all, leaf{strings.TrimPrefix(path, "."), v, set})
	}
	return all
}

// other returns another value of the same type that is as good as v.
func other(v any) any {
	switch v := v.(type) {
	case json.Number:
		return json.Number("7" + v.String())
	case string:
		return v + "x"
	case bool:
		return !v
	}
	return "something"
}

// TestNothingIsLost changes each value of each sample order in turn: the document must change as well, and a value that is
// none of the document's own must be in it verbatim.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	dec := json.NewDecoder(bytes.NewReader(sample(t, "order_detail.json")))
	dec.UseNumber()
	var answer struct {
		Response struct {
			OrderList []map[string]any `json:"order_list"`
		} `json:"response"`
	}
	if err := dec.Decode(&answer); err != nil {
		t.Fatal(err)
	}
	hash := func(order any) string {
		row, err := json.Marshal(order)
		if err != nil {
			t.Fatal(err)
		}
		return documents(t, string(row))[0].Hash
	}
	tried := 0
	used := map[string]bool{}
	for n, order := range answer.Response.OrderList {
		base := hash(order)
		for _, l := range leaves("", order, nil) {
			l.set(other(l.value))
			same := hash(order) == base
			l.set(l.value)
			tried++
			if _, listed := dropped[l.path]; same && !listed {
				t.Errorf("order %d: %s may change without changing the document", n, l.path)
			} else if same {
				used[l.path] = true
			}
		}
		if hash(order) != base {
			t.Fatal("the test did not put a value back")
		}
	}
	for path := range dropped {
		if !used[path] {
			t.Errorf("%s is listed as dropped and is not", path)
		}
	}
	if tried < 200 {
		t.Errorf("only %d values were tried", tried)
	}
}

// TestUnknownMembersStayVerbatim adds a member to every object of the sample orders and looks for its text.
func TestUnknownMembersStayVerbatim(t *testing.T) {
	t.Parallel()
	var answer struct {
		Response struct {
			OrderList []any `json:"order_list"`
		} `json:"response"`
	}
	if err := json.Unmarshal(sample(t, "order_detail.json"), &answer); err != nil {
		t.Fatal(err)
	}
	objects := 0
	var add func(v any) any
	add = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for key := range v {
				v[key] = add(v[key])
			}
			v["brand_new"] = json.RawMessage(fmt.Sprintf(`{"mark-%d":18446744073709551616.10}`, objects))
			objects++
		case []any:
			for i := range v {
				v[i] = add(v[i])
			}
		}
		return v
	}
	// Through float64 this loses nothing that matters here: only the marks are looked for.
	var rows []string
	for _, order := range answer.Response.OrderList {
		row, err := json.Marshal(add(order))
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, string(row))
	}
	var all strings.Builder
	for _, o := range documents(t, strings.Join(rows, ",")) {
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	for i := range objects {
		if mark := fmt.Sprintf(`{"mark-%d":18446744073709551616.10}`, i); strings.Count(all.String(), mark) != 1 {
			t.Errorf("mark %d of %d is in the documents %d times", i, objects, strings.Count(all.String(), mark))
		}
	}
}

// TestWrongTypesAreMarkedAndKept gives each value of the first order another type: the order must stay, be marked with the
// member's name if we know its type, and keep the value.
func TestWrongTypesAreMarkedAndKept(t *testing.T) {
	t.Parallel()
	dec := json.NewDecoder(bytes.NewReader(sample(t, "order_detail.json")))
	dec.UseNumber()
	var answer struct {
		Response struct {
			OrderList []map[string]any `json:"order_list"`
		} `json:"response"`
	}
	if err := dec.Decode(&answer); err != nil {
		t.Fatal(err)
	}
	order := answer.Response.OrderList[0]
	const mark = `{"wrong":["type"]}`
	marked := 0
	for _, l := range leaves("", order, nil) {
		l.set(json.RawMessage(mark))
		row, err := json.Marshal(order)
		if err != nil {
			t.Fatal(err)
		}
		l.set(l.value)
		got := documents(t, string(row))[0]
		text, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, []byte(mark)) {
			t.Errorf("%s: the value is lost", l.path)
		}
		if l.path != "order_sn" && got.OrderID == "" {
			t.Errorf("%s: the order's id is lost", l.path)
		}
		if !got.IsValid {
			marked++
			if !strings.Contains(strings.Join(got.ValidationErrors, "\n"), l.path+": ") {
				t.Errorf("%s is not named in %q", l.path, got.ValidationErrors)
			}
		}
	}
	if marked < 40 {
		t.Errorf("only %d values of a wrong type were noticed", marked)
	}
}

func TestSamplesAreValid(t *testing.T) {
	t.Parallel()
	orderSchema, err := jsonschema.NewCompiler().Compile("../../schemas/json/order.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range process(t, pageRecord(t, OpOrderDetail, sample(t, "order_detail.json"))).Publish[:4] {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(r.Value))
		if err != nil {
			t.Fatal(err)
		}
		if err := orderSchema.Validate(v); err != nil {
			t.Errorf("%s: %v", r.Key, err)
		}
	}
	for i, o := range documents(t, strings.Trim(string(sampleRows(t)), "[]")) {
		if !o.IsValid || o.ParseError != "" {
			t.Errorf("order %d: %q %s", i, o.ValidationErrors, o.ParseError)
		}
		if o.Schema() != schemas.OrderSchema {
			t.Errorf("order %d has schema %s", i, o.Schema())
		}
	}
}

func sampleRows(t testing.TB) json.RawMessage {
	t.Helper()
	var answer struct {
		Response struct {
			OrderList json.RawMessage `json:"order_list"`
		} `json:"response"`
	}
	if err := json.Unmarshal(sample(t, "order_detail.json"), &answer); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Compact(&b, answer.Response.OrderList); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
