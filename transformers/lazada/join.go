package lazada

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// joined is what a page says of one order: its row of /orders/get, and its row of /orders/items/get.
type joined struct {
	id           string // "" for a row that does not say whose it is
	order, items read.Element
	fetchedAt    int64 // of the older of the two
}

// head returns the row that the document begins with: the order's, or without one its items'.
func (j *joined) head() read.Element {
	if j.order.Raw != nil {
		return j.order
	}
	return j.items
}

// walk reads both rows: member is called for the members of the order's, unit for the items. Items without their order are a
// parse error: they must not take the place of a whole one. What the items' row has beside the items stays together as items_row.
func (j *joined) walk(row *read.Row, member func(key string), unit func(i int, e read.Element)) {
	switch {
	case !row.Readable():
		return
	case j.order.Raw == nil:
		row.Fail("no row of " + pathOrders + " for these items")
		j.walkItems(&row.Object, unit)
		return
	}
	for key := range row.Scan.Object() {
		member(string(key))
	}
	if j.items.Raw == nil {
		return
	}
	if r := row.Beside("items_row", j.items); r != nil {
		j.walkItems(r, unit)
		row.KeepInside("items_row", r)
	}
}

func (j *joined) walkItems(r *read.Object, unit func(i int, e read.Element)) {
	for key := range r.Scan.Object() {
		switch key := string(key); key {
		case "order_id", "order_number": // the same
			keepOther(r, key, j.id)
		case "order_items":
			r.List(key, unit)
		default:
			r.Keep(key)
		}
	}
}

// joinOrders puts the rows of a page together by order, for the orders that the page is about, in the order of their rows. An
// order whose items were not answered is left out: the fetcher asks for them again, and the ledger shows what stays away. Two rows that contradict each other about one order are ErrConflict. Parts of other endpoints go to rest.
func joinOrders(page *schemas.Page, rest func(part *schemas.PagePart) error) ([]joined, error) {
	j := joiner{page: page, at: make(map[string]int)}
	for i := range page.Parts {
		part := &page.Parts[i]
		var err error
		switch {
		case read.Is(part, pathOrders):
			err = j.add(part, func(o *joined) *read.Element { return &o.order }, "data", "orders")
		case read.Is(part, pathItems):
			err = j.add(part, func(o *joined) *read.Element { return &o.items }, "data")
		default:
			err = rest(part)
		}
		if err != nil {
			return nil, fmt.Errorf("parts[%d]: %w", i, err)
		}
	}
	return slices.DeleteFunc(j.orders, func(o joined) bool { return o.id != "" && o.items.Raw == nil }), nil
}

type joiner struct {
	page   *schemas.Page
	orders []joined
	at     map[string]int // of orders, by id
}

// add adds the rows of a part, each as the side of its order that it is.
func (j *joiner) add(part *schemas.PagePart, side func(o *joined) *read.Element, place ...string) error {
	rows, err := list(part.Body, place...)
	if err != nil {
		return err
	}
	for _, e := range rows {
		id := orderID(e.Raw)
		if !read.About(j.page, id) {
			continue
		}
		at, known := j.at[id]
		if !known || id == "" {
			at = len(j.orders)
			j.at[id] = at
			j.orders = append(j.orders, joined{id: id, fetchedAt: part.FetchedAt})
		}
		o := &j.orders[at]
		switch mine := side(o); {
		case mine.Raw == nil:
			*mine = e
			o.fetchedAt = min(o.fetchedAt, part.FetchedAt)
		case !bytes.Equal(mine.Raw, e.Raw):
			return fmt.Errorf("%w: two rows of one order differ", transformers.ErrConflict)
		}
	}
	return nil
}

// orderID returns the id of the order that a row is about, or "".
func orderID(row []byte) (id string) {
	s := jsonscan.New(row)
	if s.Next() != '{' {
		return ""
	}
	for key := range s.Object() {
		if string(key) == "order_id" {
			return idOf(s.Value())
		}
	}
	return ""
}

// idOf returns the id in a JSON text, or "" when it is none.
func idOf(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	id, ok := read.ParseID(raw)
	if !ok || id == "0" {
		return ""
	}
	return id
}

// keepOther keeps an id unless it is the known one, which has a field already.
func keepOther(r *read.Object, name, known string) {
	e, ok := r.Value()
	if !ok || known != "" && idOf(e.Raw) == known {
		return
	}
	if _, isID := read.ParseID(e.Raw); !isID {
		r.Bad.Add(r.Prefix+name, "want an integer id")
	}
	r.KeepElement(name, e)
}
