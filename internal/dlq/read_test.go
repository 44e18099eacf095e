package dlq

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/schemas"
)

func TestListChoosesAndIsBounded(t *testing.T) {
	t.Parallel()
	r := setup(t, 2)
	document := &kgo.Record{
		Topic: r.topics.Clean(schemas.Products), Key: []byte("k"), Value: []byte(`{`),
		Headers: []kgo.RecordHeader{
			schemas.NewHeader(schemas.HeaderPlatform, schemas.Lazada), schemas.NewHeader(schemas.HeaderKind, schemas.Products),
			schemas.NewHeader(schemas.HeaderShop, "shop-2"), schemas.NewHeader(schemas.HeaderSource, "raw/0/7"),
		},
	}
	page := r.put(r.letter(r.page(1), death{stage: "transformer", class: "conflict", text: "row 3: another row", ago: time.Hour}))[0]
	doc := r.put(r.letter(document, death{stage: "sink", class: "refused", text: "too many\x1b[31m levels\nof fields", ago: 2 * time.Hour}))[0]
	bare := r.put(&kgo.Record{Topic: r.topics.DLQ("tasks"), Value: []byte("no letter of ours")})[0]

	for name, c := range map[string]struct {
		f    Filter
		want []*kgo.Record
	}{
		"all":              {Filter{}, []*kgo.Record{bare, page, doc}},
		"stage":            {Filter{Stages: []string{"sink", "tracker"}}, []*kgo.Record{doc}},
		"class":            {Filter{Reasons: []string{"Conflict"}}, []*kgo.Record{page}},
		"text":             {Filter{Reasons: []string{"MANY", "nothing"}}, []*kgo.Record{doc}},
		"platform":         {Filter{Platforms: []string{schemas.Shopee}}, []*kgo.Record{page}},
		"shop":             {Filter{Shops: []string{"shop-2"}}, []*kgo.Record{doc}},
		"kind":             {Filter{Kinds: []string{schemas.Orders}}, []*kgo.Record{page}},
		"plan":             {Filter{Plans: []string{"plan"}}, []*kgo.Record{page}},
		"older":            {Filter{Before: clock.Add(-90 * time.Minute)}, []*kgo.Record{doc}},
		"newer":            {Filter{After: clock.Add(-90 * time.Minute), Stages: []string{"transformer"}}, []*kgo.Record{page}},
		"id":               {Filter{IDs: []ID{r.id(doc)}}, []*kgo.Record{doc}},
		"id and more":      {Filter{IDs: []ID{r.id(doc)}, Stages: []string{"transformer"}}, nil},
		"id there is not":  {Filter{IDs: []ID{{"raw", 0, 4711}}}, nil},
		"one of each list": {Filter{Stages: []string{"sink"}, Platforms: []string{schemas.Shopee}}, nil},
	} {
		var want []ID
		for _, l := range c.want {
			want = append(want, r.id(l))
		}
		if got := r.list(c.f); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}

	list, err := r.List(t.Context(), Filter{}, 2)
	if err != nil || list.Total != 3 || len(list.Letters) != 2 {
		t.Fatalf("%d of %d, %v", len(list.Letters), list.Total, err)
	}
	var out bytes.Buffer
	if err := list.Write(&out); err != nil || !strings.Contains(out.String(), "and 1 more") {
		t.Errorf("%v\n%s", err, out.String())
	}
	out.Reset()
	if list, err = r.List(t.Context(), Filter{Stages: []string{"sink"}}, 2); err == nil {
		err = list.Write(&out)
	}
	if lines := strings.Split(out.String(), "\n"); err != nil || len(lines) != 3 || strings.Contains(lines[1], "\x1b") || list.Letters[0].Page != "raw/0/7" {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// An operator with 40,000 dead letters sees three causes.
func TestGroupShowsCauses(t *testing.T) {
	t.Parallel()
	r := setup(t, 3)
	const n = 40_000
	var letters []*kgo.Record
	for i := range n {
		d := death{stage: "fetcher", class: "permanent", text: fmt.Sprintf(`order 2405%08dAB: status 403: "shop %d" may not`, i, i)}
		consumed := r.page(i)
		switch i % 4 {
		case 0:
			d = death{stage: "transformer", class: "conflict", text: fmt.Sprintf("transform page: row %d: another row has the same key", i%100)}
		case 1:
			d = death{stage: "sink", class: "refused", text: fmt.Sprintf("document has %d bytes, 16777216 are allowed", 17_000_000+i)}
		}
		d.ago = time.Duration(i) * time.Second
		letters = append(letters, r.letter(consumed, d))
	}
	r.put(letters...)
	groups, err := r.Group(t.Context(), Filter{})
	if err != nil || groups.Total != n || len(groups.Groups) != 3 {
		t.Fatalf("%d letters of %d causes, want %d of 3: %v, %+v", groups.Total, len(groups.Groups), n, err, groups.Groups[:min(5, len(groups.Groups))])
	}
	first := groups.Groups[0]
	if first.Count != n/2 || first.Stage != "fetcher" || first.Error != `order N: status 403: "…" may not` || first.Kind != schemas.Orders {
		t.Errorf("the most frequent is %+v", first)
	}
	if want := clock.Add(-(n - 1) * time.Second); !first.Oldest.Equal(want) || !first.Newest.Equal(clock.Add(-2*time.Second)) || first.Example != r.id(letters[2]) {
		t.Errorf("from %v to %v, example %v", first.Oldest, first.Newest, first.Example)
	}
	var out bytes.Buffer
	if err := groups.Write(&out, 2); err != nil || !strings.Contains(out.String(), "and 1 more causes") || !strings.Contains(out.String(), "40000 open dead letters") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestNormalised(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                     "",
		"syntax error at byte 1234":            "syntax error at byte N",
		`value "a \" b" is not "c"`:            `value "…" is not "…"`,
		"code 17: gone":                        "code 17: gone",
		"HTTP 500 after 3 tries":               "HTTP 500 after N tries",
		"page t.raw/3/17 of p|x|1..2#0.1 died": "page N of N died",
		"đơn 24ĐH7 hỏng":                       "đơn N hỏng",
	} {
		if got := normalised(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
	if got := normalised(strings.Repeat("ệ", 500)); len([]rune(got)) != 160 {
		t.Errorf("%d characters", len([]rune(got)))
	}
}

func TestParseID(t *testing.T) {
	t.Parallel()
	topics := schemas.Topics{Prefix: "shop.stream."}
	for _, text := range []string{"dlq.raw/3/17", "shop.stream.dlq.raw/3/17"} {
		if id, err := ParseID(text, topics); err != nil || id != (ID{"raw", 3, 17}) || id.String() != "dlq.raw/3/17" {
			t.Errorf("%s is %v, %v", text, id, err)
		}
	}
	for _, text := range []string{"", "raw/3/17", "dlq.raw/3", "dlq.raw/3/-1", "dlq.raw/a/1", "dlq./1/1", "dlq.handled/0/1", "x.dlq.raw/1/1", "dlq.raw/9999999999/1"} {
		if id, err := ParseID(text, topics); err == nil {
			t.Errorf("%q is %v", text, id)
		}
	}
}

func TestShow(t *testing.T) {
	t.Parallel()
	r := setup(t, 2)
	letter := r.put(r.letter(r.page(1), death{stage: "transformer", class: "conflict", text: "row 3: another row"}))[0]
	binary := r.put(r.letter(&kgo.Record{Topic: r.topics.Clean(schemas.Orders), Value: []byte("\xff\x1b[2J")}, death{stage: "sink", class: "undecodable"}))[0]
	large := r.put(r.letter(&kgo.Record{
		Topic: r.topics.Progress(), Value: []byte(`{"x":"` + strings.Repeat("y", 2*shownBytes) + `"}`),
	}, death{stage: "tracker", class: "undecodable"}))[0]

	d, err := r.Show(t.Context(), r.id(letter))
	if err != nil || d.Handled != nil || d.TaskID != "plan|shopee|c|s|orders|1..2#1" || len(d.Headers) != len(r.page(1).Headers) {
		t.Fatalf("%+v, %v", d, err)
	}
	var out bytes.Buffer
	if err := d.Write(&out, false); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{r.id(letter).String(), "open", "row 3: another row", "conflict", "buyers' data", `"task_id": "plan|`, d.Source} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	out.Reset()
	var back struct {
		ID    string
		Value schemas.Page
	}
	if err := WriteJSON(&out, d); err != nil || json.Unmarshal(out.Bytes(), &back) != nil || back.ID != r.id(letter).String() || back.Value.TaskID != d.TaskID {
		t.Errorf("%v, %+v of\n%s", err, back, out.String())
	}

	out.Reset()
	if d, err = r.Show(t.Context(), r.id(binary)); err == nil {
		err = d.Write(&out, false)
	}
	if err != nil || strings.Contains(out.String(), "\x1b") || !strings.Contains(out.String(), `"\xff\x1b[2J"`) {
		t.Errorf("%v\n%q", err, out.String())
	}
	for _, all := range []bool{false, true} {
		out.Reset()
		if d, err = r.Show(t.Context(), r.id(large)); err == nil {
			err = d.Write(&out, all)
		}
		if whole := out.Len() > 2*shownBytes; err != nil || whole != all || strings.Contains(out.String(), "--full") == all {
			t.Errorf("full %v: %v, %d bytes", all, err, out.Len())
		}
	}
	for _, id := range []ID{{"raw", 0, 99}, {"raw", 99, 0}, {"rumours", 0, 0}} {
		if _, err := r.Show(t.Context(), id); !errors.Is(err, ErrNone) {
			t.Errorf("%v: %v", id, err)
		}
	}
}

func TestEscapedIsTheSameJSON(t *testing.T) {
	t.Parallel()
	wild := "đơn\u009b2J \u202e\u200b \U000E0041 \u00a0 😀"
	text, err := json.Marshal(map[string]string{"x": wild})
	if err != nil {
		t.Fatal(err)
	}
	shown := escaped(text)
	var back map[string]string
	if err := json.Unmarshal(shown, &back); err != nil || back["x"] != wild {
		t.Errorf("%v: %q is %q", err, wild, back["x"])
	}
	if strings.ContainsAny(string(shown), "\u009b\u202e\u200b\U000E0041") || !bytes.Contains(shown, []byte("đơn")) || !bytes.Contains(shown, []byte("😀")) {
		t.Errorf("%s", shown)
	}
}

func TestMissingTopicsAreNamed(t *testing.T) {
	t.Parallel()
	r := setup(t, 1)
	r.options.Topics.Prefix = "other."
	if _, err := r.List(t.Context(), Filter{}, 1); err == nil || !strings.Contains(err.Error(), "topics apply") {
		t.Error(err)
	}
}
