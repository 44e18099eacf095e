package lazada

import (
	"strconv"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// maxProductOffset is the largest offset that the platform takes in a list of products.
const maxProductOffset = 10000

// productListCall asks for a page, by update time. The order of the list is not documented and cannot be chosen, so there is
// no seek; offsets are called outdated, and work.
func (a *Adapter) productListCall(t *schemas.Task) (call, error) {
	_, w, err := listWindow(t)
	if err != nil {
		return call{}, err
	}
	from, err := offset(t)
	if err != nil {
		return call{}, err
	}
	return newCall(productsPath,
		"filter", "all", "options", "1",
		"update_after", iso(w.From-1), "update_before", iso(w.To),
		"offset", strconv.Itoa(from), "limit", strconv.Itoa(a.pageSize(t.Op)),
	), nil
}

// readProductList reads a page, whose first row must be the last of the page before and whose total must be the same: else
// rows joined or left the list, and it is read from its beginning. Once it changed under every attempt its window is halved: a
// shorter list is read faster, so it is more likely to hold still.
func (a *Adapter) readProductList(t *schemas.Task, data []byte) (platform.Answer, error) {
	m, ok := members(data, "total_products", "products")
	if !ok {
		return platform.Answer{}, badShape("the page of the list holds no data")
	}
	total, ok := count(m[0])
	if !ok || m[1] == nil {
		return platform.Answer{}, badShape("the page of the list lacks total_products or products")
	}
	rows, err := rowsOf(m[1], "products", "item_id")
	if err != nil {
		return platform.Answer{}, err
	}
	tr, w, err := listWindow(t)
	if err != nil {
		return platform.Answer{}, err
	}
	from, err := offset(t)
	if err != nil {
		return platform.Answer{}, err
	}
	listed, whole := ids(rows), int64(total)
	answer := platform.Answer{Page: true, Listed: listed, Answered: listed}
	size := a.pageSize(t.Op)
	switch {
	case !begins(names(rows), tr.Tail) || tr.Total != nil && *tr.Total != whole:
		answer.Next, answer.Children, err = tr.Reread(t, w)
	case from+len(rows) >= total:
		answer.Total = &whole
	case len(rows) <= len(tr.Tail):
		err = platform.Malformed("no_progress", "the page says that there is more and brings no new product")
	case total > maxProductOffset+size:
		answer.Children, err = platform.Halved(t.Op, w, nil)
	default:
		overlap := min(1, size-1)
		tr.Tail, tr.Total = names(rows[len(rows)-overlap:]), &whole
		answer.Next, err = nextOffset(t, tr, w, from+len(rows)-overlap, &answer)
	}
	if err != nil {
		return platform.Answer{}, err
	}
	return answer, nil
}

// nextOffset drafts the page at an offset, or halves of the window when the platform does not take it.
func nextOffset(t *schemas.Task, tr platform.Trail, w schemas.Window, to int, answer *platform.Answer) (*platform.Draft, error) {
	if to > maxProductOffset {
		halves, err := platform.Halved(t.Op, w, nil)
		answer.Children = halves
		return nil, err
	}
	return tr.Follow(t, strconv.Itoa(to), false)
}
