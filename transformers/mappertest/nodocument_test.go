package mappertest

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestValuesWithoutDocumentHaveOneFateEach(t *testing.T) {
	t.Parallel()
	var answer any
	if err := json.Unmarshal([]byte(`{"id":"1","rows":[{"sum":2},{"sum":3,"photos":[]}]}`), &answer); err != nil {
		t.Fatal(err)
	}
	held := map[string]bool{"returns: return_id": true}
	good := map[string]fate{"id": {In: []string{"returns: return_id"}}, "rows[].sum": {NotHeld: "a call more"}, "rows[].photos": {NoValue: "none"}}
	for name, c := range map[string]struct {
		path string
		fate *fate // nil: no entry
		want string
	}{
		"as it should be":    {"id", &fate{NoValue: "names the call"}, ""},
		"a value left out":   {"rows[].sum", nil, "a.json rows[].sum has no entry"},
		"an empty list, too": {"rows[].photos", nil, "a.json rows[].photos has no entry"},
		"of no value":        {"row[].sum", &fate{NoValue: "x"}, "a.json row[].sum is no value of a sample that is looked for here"},
		"without a reason":   {"id", &fate{NotHeld: " "}, "a.json id wants one of in, not_held and no_value"},
		"two fates":          {"id", &fate{NotHeld: "x", NoValue: "x"}, "a.json id wants one of in, not_held and no_value"},
		"in no document": {
			"id", &fate{In: []string{"returns: return_id", "orders: id"}},
			`a.json id is said to be in "orders: id", which no document has`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := map[string]fate{}
			for path, f := range good {
				list[path] = f
			}
			if delete(list, c.path); c.fate != nil {
				list[c.path] = *c.fate
			}
			var want []string
			if c.want != "" {
				want = []string{c.want}
			}
			got := undecided(map[string][]string{"a.json": ends("", answer)}, map[string]map[string]fate{"a.json": list}, held)
			if !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	all := undecided(nil, map[string]map[string]fate{"gone.json": {"id": {NoValue: "x"}}}, nil)
	if len(all) != 1 || all[0] != "gone.json id is no value of a sample that is looked for here" {
		t.Errorf("a file that is gone: %q", all)
	}
}
