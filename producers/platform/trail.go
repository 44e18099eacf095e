package platform

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/shopstream/shopstream/schemas"
)

const (
	// maxEmpty is how many empty pages in a row of one list are followed while the platform says that there is more.
	maxEmpty = 10
	// maxRounds is how often a list is begun anew, because it changed while it was read, before it is cut or left alone for a while;
	// maxWaits how often it is left alone.
	maxRounds = 5
	maxWaits  = 3
)

// Trail is what one page of a list hands to the next in its task's carry: enough to notice, in bounded space, that a list
// goes round in a circle or moved while it was read.
type Trail struct {
	// Circles are noticed by Brent's method: one earlier cursor is kept as a mark and moved to the current one after 1, 2,
	// 4, ... pages, so a circle of any length meets the mark within a few rounds.
	Mark  string `json:"mark,omitempty"`
	Span  int    `json:"span"`  // pages until the mark moves
	Steps int    `json:"steps"` // pages since it moved
	Empty int    `json:"empty,omitempty"`

	Part  *schemas.Window `json:"part,omitempty"`  // the part of the chunk's window that this list reads, nil for all of it
	Rows  int             `json:"rows,omitempty"`  // rows so far, for lists whose end gives a total
	Total *int64          `json:"total,omitempty"` // rows of the whole list, as an earlier page gave it
	Tail  []string        `json:"tail,omitempty"`  // the last rows of the page before, which this page must repeat
	Round int             `json:"round,omitempty"` // how often the list was begun anew

	Own json.RawMessage `json:"own,omitempty"` // what else the adapter hands on
}

// ReadTrail reads the carry of a list task; its first page has none.
func ReadTrail(t *schemas.Task) (Trail, error) {
	tr := Trail{}
	if len(t.Carry) > 0 {
		if err := json.Unmarshal(t.Carry, &tr); err != nil {
			return Trail{}, NewError(Permanent, "bad_task", "the carry of the list task is not readable")
		}
	}
	tr.Span, tr.Steps = max(tr.Span, 1), max(tr.Steps, 1)
	return tr, nil
}

// Window returns what the list reads.
func (tr Trail) Window(t *schemas.Task) schemas.Window {
	if tr.Part != nil {
		return *tr.Part
	}
	return t.Window
}

// Encode returns the trail as a carry.
func (tr Trail) Encode() json.RawMessage {
	carry, err := json.Marshal(tr)
	if err != nil {
		panic(err) // numbers and text always encode
	}
	return carry
}

// Follow drafts the continuation of a list at cursor, which the platform gave on t's page; empty says that this page had
// no rows.
func (tr Trail) Follow(t *schemas.Task, cursor string, empty bool) (*Draft, error) {
	switch cursor {
	case "":
		return nil, Malformed("cursor_missing", "the page says that there is more and gives no cursor")
	case t.Cursor, tr.Mark:
		return nil, Malformed("cursor_loop", "the page gives a cursor that was followed before")
	}
	if tr.Steps >= tr.Span {
		tr.Mark, tr.Span, tr.Steps = cursor, tr.Span*2, 0
	}
	tr.Steps++
	if !empty {
		tr.Empty = 0
	} else if tr.Empty++; tr.Empty > maxEmpty {
		return nil, Malformed("empty_pages", "too many empty pages in a row that say that there is more")
	}
	return &Draft{Op: t.Op, Cursor: cursor, Carry: tr.Encode()}, nil
}

// Again drafts the same list from its beginning, because it changed while it was read. Every few times it is a transient error
// first, so that the task waits and the list may come to rest, and in the end a permanent one.
func (tr Trail) Again(t *schemas.Task) (*Draft, error) {
	tr.Round++
	w := tr.Window(t)
	switch {
	case tr.Round > maxRounds*(maxWaits+1):
		return nil, NewError(Permanent, "list_unstable", fmt.Sprintf("%s of seconds %d to %d changed each of the %d times that it was read: "+
			"plan these days again, under a new id", t.Op, w.From, w.To, tr.Round))
	case tr.Round > maxRounds && tr.Round%maxRounds == 1 && t.Attempt == 0:
		return nil, Malformed("list_unstable", fmt.Sprintf("%s of seconds %d to %d changed each of the %d times that it was read",
			t.Op, w.From, w.To, tr.Round))
	}
	return &Draft{Op: t.Op, Carry: Trail{Part: tr.Part, Round: tr.Round, Own: tr.Own}.Encode()}, nil
}

// Reread is Again for a list of the window w. Once that has changed a few times it drafts two lists of half the window each, which
// are read in less time, and so are more likely to hold still.
func (tr Trail) Reread(t *schemas.Task, w schemas.Window) (next *Draft, halves []Draft, err error) {
	if tr.Round < maxRounds || w.To-w.From < 2 {
		next, err = tr.Again(t)
		return next, nil, err
	}
	halves, err = Halved(t.Op, w, tr.Own)
	return nil, halves, err
}

// Page numbers give no hold when rows leave a list while it is read: all that follow move up, and one slips from the next page
// to the one that was read before. So each page overlaps the one before. Page n, counted from 0, is asked for with n rows less
// than the platform's maximum: page n of that size begins exactly n rows before the last page ended, and those rows must be
// the same.

// StairSize returns how many rows to ask for on page n of a list by page numbers, whose platform allows most at a time.
func StairSize(most, n int) int { return most - n }

// StairPage returns the number, from 0, of the page that a task asks for.
func StairPage(t *schemas.Task) (int, error) {
	if t.Cursor == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(t.Cursor)
	if err != nil || n < 0 {
		return 0, NewError(Permanent, "bad_task", "the cursor of the list task is no page number")
	}
	return n, nil
}

// Climb drafts what follows a page of a list by page numbers: the next page, the list from its beginning when this page does
// not repeat the end of the one before, or two lists of half the window when that goes on or the pages have become too small. rows names all
// rows of the page in order, most is the platform's largest page, more says that the platform has more.
func (tr Trail) Climb(t *schemas.Task, rows []string, most int, more bool) (next *Draft, halves []Draft, err error) {
	n, err := StairPage(t)
	if err != nil {
		return nil, nil, err
	}
	if len(rows) < n || !slices.Equal(rows[:n], tr.Tail) {
		return tr.Reread(t, tr.Window(t))
	}
	if !more {
		return nil, nil, nil
	}
	if n++; n > most/4 {
		halves, err = Halved(t.Op, tr.Window(t), tr.Own)
		return nil, halves, err
	}
	if len(rows) < n {
		return nil, nil, Malformed("short_page", "the page has fewer rows than were asked for and says that there is more")
	}
	tr.Tail = rows[len(rows)-n:]
	next, err = tr.Follow(t, strconv.Itoa(n), len(rows) == 0)
	return next, nil, err
}

// Halved drafts two lists of op that read one half of the window each, because a list of the whole has more rows than the
// platform gives. A window of one second cannot be halved: that is an error that names it.
func Halved(op string, w schemas.Window, own json.RawMessage) ([]Draft, error) {
	if w.To-w.From < 2 {
		return nil, NewError(Permanent, "window_full", fmt.Sprintf("second %d has more rows than %s gives", w.From, op))
	}
	return Windows(op, w, (w.To-w.From+1)/2, own), nil
}

// Windows drafts lists of op that read contiguous, nearly equal parts of the window of at most span seconds.
func Windows(op string, w schemas.Window, span int64, own json.RawMessage) []Draft {
	length := w.To - w.From
	n := max((length+span-1)/span, 1)
	drafts := make([]Draft, 0, n)
	from := w.From
	for i := int64(1); i <= n; i++ {
		to := w.From + length/n*i + min(i, length%n)
		part := Trail{Part: &schemas.Window{From: from, To: to}, Own: own}
		drafts = append(drafts, Draft{Op: op, Carry: part.Encode(), Continues: true})
		from = to
	}
	return drafts
}
