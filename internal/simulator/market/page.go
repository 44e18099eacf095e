package market

import (
	"cmp"
	"container/heap"
	"iter"
	"slices"
)

// Position is where a row stands in a list that is sorted by a time: by At, then by day, index and ordinal.
type Position struct {
	At      int64 // unix seconds
	Ref     Ref   // the order the row comes from; of a product the Index alone
	Ordinal int   // among the rows of one order
}

func (p Position) compare(q Position) int {
	return cmp.Or(cmp.Compare(p.At, q.At), cmp.Compare(p.Ref.Day, q.Ref.Day), cmp.Compare(p.Ref.Index, q.Ref.Index),
		cmp.Compare(p.Ordinal, q.Ordinal))
}

// Cut says which rows of a sorted list make a page.
type Cut struct {
	Descending bool
	After      *Position // rows up to and with this one are left out; nil: none
	Skip       int       // so many of the rest are left out, too
	Limit      int
}

// Page sorts rows, whatever their order, and cuts a page. It keeps Skip+Limit rows in memory and looks at all of them: total
// counts them, with those that the cut leaves out; more says whether rows follow the page.
func Page(rows iter.Seq[Position], c Cut) (page []Position, total int, more bool) {
	before := func(p, q Position) bool { return (p.compare(q) < 0) != c.Descending && p != q }
	kept := &worst{before: before}
	want := c.Skip + c.Limit
	for p := range rows {
		total++
		switch {
		case c.After != nil && !before(*c.After, p):
		case len(kept.rows) <= want:
			heap.Push(kept, p)
		case before(p, kept.rows[0]):
			kept.rows[0] = p
			heap.Fix(kept, 0)
		}
	}
	slices.SortFunc(kept.rows, func(p, q Position) int {
		if before(p, q) {
			return -1
		}
		return 1
	})
	more = len(kept.rows) > want
	page = kept.rows[min(c.Skip, len(kept.rows)):min(want, len(kept.rows))]
	return page, total, more
}

// worst is a heap whose first row is the last of the list.
type worst struct {
	rows   []Position
	before func(p, q Position) bool
}

func (w *worst) Len() int           { return len(w.rows) }
func (w *worst) Less(i, j int) bool { return w.before(w.rows[j], w.rows[i]) }
func (w *worst) Swap(i, j int)      { w.rows[i], w.rows[j] = w.rows[j], w.rows[i] }
func (w *worst) Push(x any)         { w.rows = append(w.rows, x.(Position)) }

// Pop is heap.Interface's; nobody calls it.
func (w *worst) Pop() any {
	last := w.rows[len(w.rows)-1]
	w.rows = w.rows[:len(w.rows)-1]
	return last
}

// Place is where an order stands in lists sorted by creation or by change.
func (o *Order) Place(byUpdate bool) Position {
	at := o.Create
	if byUpdate {
		at = o.Update
	}
	return Position{At: at, Ref: o.Ref}
}
