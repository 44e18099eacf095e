package mappertest

import (
	"fmt"
	"slices"
)

// counts repeats the last row of each list: a number that is then one more, in a document with as many of them, counts rows.
func (f *finder) counts() {
	for _, l := range lists(f.parts) {
		l.set(append(slices.Clone(l.rows), l.rows[len(l.rows)-1]))
		c := f.content()
		l.set(l.rows)
		for field, values := range f.base.values {
			was, numbers := sum(values)
			if is, _ := sum(c.values[field]); numbers && !isOurs(field) && len(c.values[field]) == len(values) && is == was+1 {
				f.add(field, "how many of "+f.quoted(l.path)+" are alike")
			}
		}
	}
}

func sum(values []any) (all float64, numbers bool) {
	for _, v := range values {
		n, number := v.(float64)
		if !number {
			return 0, false
		}
		all += n
	}
	return all, true
}

// rowList is a list of objects in a page.
type rowList struct {
	path string // ends with []
	rows []any
	set  func([]any)
}

func lists(parts tree) (all []rowList) {
	var walk func(place string, v any, set func([]any))
	walk = func(place string, v any, set func([]any)) {
		switch v := v.(type) {
		case map[string]any:
			for key, member := range v {
				walk(place+"."+key, member, func(rows []any) { v[key] = rows })
			}
		case []any:
			if len(v) == 0 {
				return
			}
			if _, objects := v[0].(map[string]any); objects && set != nil {
				all = append(all, rowList{pattern(place) + "[]", v, set})
			}
			for i, row := range v {
				walk(fmt.Sprintf("%s[%d]", place, i), row, func(rows []any) { v[i] = rows })
			}
		}
	}
	for i, part := range parts {
		walk(fmt.Sprintf("parts[%d]", i), part, nil)
	}
	return all
}
