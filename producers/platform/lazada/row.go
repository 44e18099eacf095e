package lazada

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/producers/platform"
)

// row is an element of a list, verbatim, and the id that it is about.
type row struct {
	id   string
	text []byte
}

// rowsOf reads a list of objects that are told apart by the member named key. A row without an id could never be accounted
// for, so it makes the page an error.
func rowsOf(list []byte, what, key string) ([]row, error) {
	texts, ok := elements(list)
	if !ok {
		return nil, badShape(what + " are not a list")
	}
	rows := make([]row, len(texts))
	for i, text := range texts {
		m, ok := members(text, key)
		if !ok {
			return nil, badShape(what + " hold a row that is no object")
		}
		id, ok := number(m[0])
		if !ok {
			return nil, badShape(what + " hold a row without " + key)
		}
		rows[i] = row{id, text}
	}
	return rows, nil
}

// ids returns the ids of rows, each once, in order.
func ids(rows []row) []string {
	seen := make(map[string]bool, len(rows))
	unique := make([]string, 0, len(rows))
	for _, r := range rows {
		if !seen[r.id] {
			seen[r.id] = true
			unique = append(unique, r.id)
		}
	}
	return unique
}

// names returns the ids of rows as they come.
func names(rows []row) []string {
	all := make([]string, len(rows))
	for i, r := range rows {
		all[i] = r.id
	}
	return all
}

// pick returns the rows of some ids.
func pick(rows []row, ids []string) []row {
	wanted := make(map[string]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	var picked []row
	for _, r := range rows {
		if wanted[r.id] {
			picked = append(picked, r)
		}
	}
	return picked
}

// wrap puts rows between the begin and the end of the envelope that they come in.
func wrap(begin string, rows []row, end string) json.RawMessage {
	var b bytes.Buffer
	b.WriteString(begin)
	for i, r := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(r.text)
	}
	b.WriteString(end)
	return b.Bytes()
}

// elements returns the elements of an array.
func elements(list []byte) ([][]byte, bool) {
	s := jsonscan.New(list)
	var all [][]byte
	for range s.Array() {
		all = append(all, s.Value())
	}
	return all, s.End() == nil
}

// members returns the values of an object's members with these names, nil for those that are absent or null.
func members(object []byte, wanted ...string) ([][]byte, bool) {
	values := make([][]byte, len(wanted))
	s := jsonscan.New(object)
	for key := range s.Object() {
		for i, name := range wanted {
			if string(key) == name {
				if values[i] = s.Value(); string(values[i]) == "null" {
					values[i] = nil
				}
				break
			}
		}
	}
	return values, s.End() == nil
}

// number reads a whole number of any size that stands as a number or as a text: the platform does both, even for one field.
func number(raw []byte) (string, bool) {
	digits := plain(raw)
	return digits, digits != "" && strings.Trim(digits, "0123456789") == ""
}

// count reads a number of rows.
func count(raw []byte) (int, bool) {
	digits, ok := number(raw)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 32)
	return int(n), err == nil
}

// plain returns a text's content, or any other value as it is written, "" for none.
func plain(raw []byte) string {
	if text, ok := jsonscan.Text(raw); ok {
		return text
	}
	return string(raw)
}

func badShape(detail string) *platform.Error { return platform.Malformed("bad_shape", detail) }
