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
}

// follow drafts the continuation of a list at cursor, which the platform gave on t's page; empty says that this page had
// no rows.
func follow(t *schemas.Task, cursor string, empty bool) (*platform.Draft, error) {
	tr := trail{Span: 1, Steps: 1}
	if len(t.Carry) > 0 {
		if err := json.Unmarshal(t.Carry, &tr); err != nil {
			return nil, platform.NewError(platform.Permanent, "bad_task", "the carry of the list task is not readable")
		}
	}
	switch {
	case cursor == "":
		return nil, malformed("cursor_missing", "the page says that there is more and gives no cursor")
	case cursor == t.Cursor || cursor == tr.Mark:
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
	carry, err := json.Marshal(tr)
	if err != nil {
		return nil, platform.NewError(platform.Permanent, "bad_task", "the carry of the list task cannot be written")
	}
	return &platform.Draft{Op: t.Op, Window: t.Window, Cursor: cursor, Carry: carry}, nil
}
