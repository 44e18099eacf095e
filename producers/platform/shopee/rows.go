package shopee

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// badShape is the error of an answer that is not built as documented.
func badShape(detail string) *platform.Error { return platform.Malformed("bad_shape", detail) }

func badTask(detail string) *platform.Error {
	return platform.NewError(platform.Permanent, "bad_task", detail)
}

// members returns the values of an object's members of these names, as they are written; nil for one that is not there.
func members(object []byte, names ...string) ([][]byte, bool) {
	values := make([][]byte, len(names))
	s := jsonscan.New(object)
	for key := range s.Object() {
		if i := slices.Index(names, string(key)); i >= 0 {
			values[i] = s.Value()
		}
	}
	return values, s.End() == nil
}

// member returns the id that an object's member is, and reads no further.
func member(object []byte, name string) string {
	s := jsonscan.New(object)
	for key := range s.Object() {
		if string(key) == name {
			return id(s.Value())
		}
	}
	return ""
}

// id reads an id, which is text or a whole number: "" for anything else.
func id(raw []byte) string {
	if text, ok := jsonscan.Text(raw); ok {
		return text
	}
	for _, c := range raw {
		if c < '0' || c > '9' {
			return ""
		}
	}
	return string(raw)
}

// seconds reads a time in unix seconds: 0 for anything else.
func seconds(raw []byte) int64 {
	n, err := strconv.ParseInt(id(raw), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// row is a row of a list: its id, and itself as it is written.
type row struct {
	id   string
	text []byte
}

// readRows reads a list of objects whose member key is their id; null is an empty list. A row without an id could never be
// accounted for, so it makes the answer an error.
func readRows(list []byte, key string) ([]row, error) {
	rows := []row{}
	if string(list) == "null" {
		return rows, nil
	}
	s := jsonscan.New(list)
	for range s.Array() {
		text := s.Value()
		r := row{id: member(text, key), text: text}
		if s.Err() == nil && r.id == "" {
			return nil, badShape("a row without " + key)
		}
		rows = append(rows, r)
	}
	if list == nil || s.End() != nil {
		return nil, badShape("no list of rows with " + key)
	}
	return rows, nil
}

// ids returns the rows' ids, each once, in order.
func ids(rows []row) []string {
	seen := make(map[string]bool, len(rows))
	all := []string{}
	for _, r := range rows {
		if !seen[r.id] {
			seen[r.id] = true
			all = append(all, r.id)
		}
	}
	return all
}

// of returns the rows with these ids.
func of(rows []row, ids []string) []row {
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return !slices.Contains(ids, r.id) })
}

// wrap puts rows into the platform's envelope, as the list of that name.
func wrap(name string, rows []row) json.RawMessage {
	b := bytes.NewBufferString(`{"response":{"` + name + `":[`)
	for i, r := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(r.text)
	}
	b.WriteString(`]}}`)
	return b.Bytes()
}

// unasked returns the ids that were asked for and not answered. What was not asked for makes the answer an error.
func unasked(asked, answered []string) (lacking []string, err error) {
	for _, id := range answered {
		if !slices.Contains(asked, id) {
			return nil, platform.Malformed("not_asked", "the answer holds something that was not asked for")
		}
	}
	return slices.DeleteFunc(slices.Clone(asked), func(id string) bool { return slices.Contains(answered, id) }), nil
}

// alone drafts what an answer to several ids left out: once more, each alone. What is missing when it was asked for alone
// stays unanswered, for the ledger to show.
func alone(t *schemas.Task, lacking []string) []platform.Draft {
	if len(t.IDs) < 2 {
		return nil
	}
	drafts := platform.Batches(t.Op, lacking, 1)
	for i := range drafts {
		drafts[i].Parts = t.Parts
	}
	return drafts
}

// askIDs checks that a task asks for 1 to most ids.
func askIDs(t *schemas.Task, most int) error {
	if n := len(t.IDs); n == 0 || n > most {
		return badTask(t.Op + " asks for " + strconv.Itoa(n) + " ids, not 1 to " + strconv.Itoa(most))
	}
	return nil
}

// askWindow sets the range of time of a list. Whether its ends count is not documented, so the half-open window [from, to)
// is asked for as from-1 to `to`, which covers its seconds either way. What lies outside is listed and fetched like the
// rest: a document fetched twice is free.
func askWindow(t *schemas.Task, query url.Values, from, to string) error {
	tr, err := platform.ReadTrail(t)
	if err != nil {
		return err
	}
	w := tr.Window(t)
	if w.To <= w.From {
		return badTask("the window of the list is empty")
	}
	query.Set(from, strconv.FormatInt(w.From-1, 10))
	query.Set(to, strconv.FormatInt(w.To, 10))
	return nil
}

// page is a page of a list.
type page struct {
	trail platform.Trail
	rows  []row
	more  bool
}

// readPage reads a page whose rows are in the member list, and whose member more says whether the list goes on. A list that
// is left out is an error: only the platform's word ends a list.
func readPage(t *schemas.Task, data []byte, list, more, key string) (p page, err error) {
	values, ok := members(data, list, more)
	if !ok || values[0] == nil || values[1] == nil {
		return page{}, badShape("the page of the list lacks " + list + " or " + more)
	}
	if p.trail, err = platform.ReadTrail(t); err != nil {
		return page{}, err
	}
	if p.more, err = strconv.ParseBool(string(values[1])); err != nil {
		return page{}, badShape("the page's " + more + " is neither true nor false")
	}
	p.rows, err = readRows(values[0], key)
	return p, err
}

// stalled is the error of a page without rows that says that there is more: asked again it may be a page, while taken for
// one it would look as if the rows before it had moved.
func (p page) stalled() error {
	if p.more && len(p.rows) == 0 {
		return platform.Malformed("short_page", "the page has no rows and says that there is more")
	}
	return nil
}

// behind returns the rows that follow those of the page before which this page must repeat, and whether it does.
func (p page) behind() (fresh []row, ok bool) {
	n := len(p.trail.Tail)
	if len(p.rows) < n {
		return nil, false
	}
	for i, id := range p.trail.Tail {
		if p.rows[i].id != id {
			return nil, false
		}
	}
	return p.rows[n:], true
}

// climb goes on behind a page of a list by page numbers, of which most rows may be asked for. It sets the answer's Next, or
// its Children if the list must be halved, and returns the rows that no page before had: none when the list is read anew.
func (p page) climb(t *schemas.Task, names []string, most int) (answer platform.Answer, fresh []row, err error) {
	if err := p.stalled(); err != nil {
		return answer, nil, err
	}
	n, err := platform.StairPage(t)
	if err != nil {
		return answer, nil, err
	}
	answer.Page = true
	answer.Next, answer.Children, err = p.trail.Climb(t, names, most, p.more)
	if err != nil {
		return platform.Answer{}, nil, err
	}
	if answer.Children == nil && (answer.Next == nil || answer.Next.Cursor != "") {
		fresh = p.rows[n:]
	}
	return answer, fresh, nil
}

// askPage sets page number and size of a list by page numbers, of which the first has the number first.
func askPage(t *schemas.Task, query url.Values, most, first int) error {
	n, err := platform.StairPage(t)
	if err != nil {
		return err
	}
	size := platform.StairSize(most, n)
	if size < 1 {
		return badTask("the list has no page of that number")
	}
	query.Set("page_no", strconv.Itoa(n+first))
	query.Set("page_size", strconv.Itoa(size))
	return nil
}
