package conformance

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// epoch is when the worlds' windows begin.
const epoch = 1717200000

// now is the platform's time in all tests.
var now = time.Unix(1717900000, 0)

// Row is one order, product, transaction, return or parcel's order of a world.
type Row struct {
	ID    string // 19 digits: more than a float holds
	Time  int64  // unix seconds; whatever a list selects by, this is it
	State State
}

// State says what details calls answer about a row. Lists name it in any case.
type State int

// The states of rows.
const (
	Present State = iota
	Omitted       // it is left out of the answer
	Refused       // a call for it alone says that it does not exist; of several, the platform decides
)

// World is what a platform knows, in the order in which its lists give it: by time and id.
type World struct {
	Rows []Row
	Text bool // ids that the platform gives as numbers come as text
}

// NewWorld makes a world of n rows, one a second.
func NewWorld(n int) *World {
	w := &World{}
	for i := range n {
		w.Rows = append(w.Rows, Row{ID: strconv.FormatInt(9007199254740993000+int64(i), 10), Time: epoch + int64(i)})
	}
	return w
}

// Between returns the rows whose time is at least from and at most to.
func (w *World) Between(from, to int64) []Row {
	return slices.DeleteFunc(slices.Clone(w.Rows), func(r Row) bool { return r.Time < from || r.Time > to })
}

// Find returns the row of that id.
func (w *World) Find(id string) (Row, bool) {
	i := slices.IndexFunc(w.Rows, func(r Row) bool { return r.ID == id })
	if i < 0 {
		return Row{}, false
	}
	return w.Rows[i], true
}

// ID writes an id as JSON, in one of the types in which platforms give ids that are numbers.
func (w *World) ID(id string) string {
	if w.Text {
		return strconv.Quote(id)
	}
	return id
}

// Slice returns n rows from the offset on, and whether there are more.
func Slice(rows []Row, offset, n int) (page []Row, more bool) {
	from, to := min(offset, len(rows)), min(offset+n, len(rows))
	return rows[from:to], to < len(rows)
}

// Cursor returns a cursor behind a row, and After where a list goes on at a cursor, also when that row has left; "" is its
// beginning.
func Cursor(row Row) string { return fmt.Sprintf("%d-%s", row.Time, row.ID) }

// After is described at [Cursor].
func After(rows []Row, cursor string) int {
	if i := slices.IndexFunc(rows, func(r Row) bool { return Cursor(r) > cursor }); i >= 0 {
		return i
	}
	return len(rows)
}

// change takes a row out, puts one in or moves one to the end, and returns the id of the row that it touched.
func (w *World) change(random *rand.Rand) string {
	at := random.IntN(len(w.Rows))
	row := w.Rows[at]
	switch random.IntN(3) {
	case 0:
		w.Rows = slices.Delete(slices.Clone(w.Rows), at, at+1)
	case 1:
		row = Row{ID: strconv.FormatInt(9107199254740993000+int64(random.IntN(1000)), 10), Time: row.Time}
		w.Rows = slices.Insert(slices.Clone(w.Rows), at+1, row)
	default:
		w.Rows = append(slices.Delete(slices.Clone(w.Rows), at, at+1), Row{ID: row.ID, Time: w.Rows[len(w.Rows)-1].Time + 1})
	}
	return row.ID
}
