package shopee

import (
	"encoding/json"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// maxEmpty is how many empty pages in a row of one list are followed while the platform says that there is more.
const maxEmpty = 10

// trail is what one page of a list hands to the next: enough to notice that the cursors go round in a circle, in constant
// space. It is Brent's method: one earlier cursor is kept as a mark and moved to the current one after 1, 2, 4, ... pages,
// so a circle of any length meets the mark within a few rounds.
type trail struct {
	Mark  string `json:"mark,omitempty"`
	Span  int    `json:"span"`  // pages until the mark moves
	Steps int    `json:"steps"` // pages since it moved
	Empty int    `json:"empty,omitempty"`

	// Part is the part of the chunk's window that this list reads, nil for all of it.
	Part *schemas.Window `json:"part,omitempty"`
}

// readTrail reads the carry of a list task; its first page has none.
func readTrail(t *schemas.Task) (trail, error) {
	tr := trail{}
	if len(t.Carry) > 0 {
		if err := json.Unmarshal(t.Carry, &tr); err != nil {
			return trail{}, platform.NewError(platform.Permanent, "bad_task", "the carry of the list task is not readable")
		}
	}
	tr.Span, tr.Steps = max(tr.Span, 1), max(tr.Steps, 1)
	return tr, nil
}

// window returns what the list reads.
func (tr trail) window(t *schemas.Task) schemas.Window {
	if tr.Part != nil {
		return *tr.Part
	}
	return t.Window
}

// encode returns the trail as a carry.
func (tr trail) encode() json.RawMessage {
	carry, err := json.Marshal(tr)
	if err != nil {
		panic(err) // numbers and text always encode
	}
	return carry
}

// follow drafts the continuation of a list at cursor, which the platform gave on t's page; empty says that this page had
// no rows.
func follow(t *schemas.Task, cursor string, empty bool) (*platform.Draft, error) {
	tr, err := readTrail(t)
	if err != nil {
		return nil, err
	}
	switch cursor {
	case "":
		return nil, malformed("cursor_missing", "the page says that there is more and gives no cursor")
	case t.Cursor, tr.Mark:
		return nil, malformed("cursor_loop", "the page gives a cursor that was followed before")
	}
	if tr.Steps >= tr.Span {
		tr.Mark, tr.Span, tr.Steps = cursor, tr.Span*2, 0
	}
	tr.Steps++
	if !empty {
		tr.Empty = 0
	} else if tr.Empty++; tr.Empty > maxEmpty {
		return nil, malformed("empty_pages", "too many empty pages in a row that say that there is more")
	}
	return &platform.Draft{Op: t.Op, Cursor: cursor, Carry: tr.encode()}, nil
}
