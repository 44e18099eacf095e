package lazada

import (
	"strconv"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// reverseListCall asks for a page of returns, refunds and cancellations by the time of their lines.
func (a *Adapter) reverseListCall(t *schemas.Task) (call, error) {
	_, w, err := listWindow(t)
	if err != nil {
		return call{}, err
	}
	n, err := platform.StairPage(t)
	if err != nil {
		return call{}, err
	}
	size, err := a.reverseSize(t, n)
	if err != nil {
		return call{}, err
	}
	times := "ReverseOrderLineTimeRange"
	if t.TimeField == schemas.UpdateTime {
		times = "ReverseOrderLineModifiedTimeRange"
	}
	return newCall(reversePath,
		"page_no", strconv.Itoa(n+1), "page_size", strconv.Itoa(size),
		times+"Start", strconv.FormatInt((w.From-1)*1000, 10), times+"End", strconv.FormatInt(w.To*1000, 10),
	), nil
}

// reverseSize returns how many rows page n asks for.
func (a *Adapter) reverseSize(t *schemas.Task, n int) (int, error) {
	size := platform.StairSize(a.pageSize(t.Op), n)
	if size < 1 {
		return 0, badTask("the page number of the list is larger than its pages")
	}
	return size, nil
}

// readReverseList reads a page. The list ends when its rows are as many as the platform says.
func (a *Adapter) readReverseList(t *schemas.Task, result []byte, r platform.Response) (platform.Answer, error) {
	m, err := a.result(result, r, "total", "items")
	if err != nil {
		return platform.Answer{}, err
	}
	total, ok := count(m[0])
	if !ok || m[1] == nil {
		return platform.Answer{}, badShape("the page of the list lacks total or items")
	}
	rows, err := rowsOf(m[1], "returns", "reverse_order_id")
	if err != nil {
		return platform.Answer{}, err
	}
	tr, _, err := listWindow(t)
	if err != nil {
		return platform.Answer{}, err
	}
	n, err := platform.StairPage(t)
	if err != nil {
		return platform.Answer{}, err
	}
	size, err := a.reverseSize(t, n)
	if err != nil {
		return platform.Answer{}, err
	}
	more := n*size+len(rows) < total
	if more && len(rows) < size && begins(names(rows), tr.Tail) {
		// Page numbers would then count in other steps than ours.
		return platform.Answer{}, platform.Malformed("short_page",
			"the page says that there is more and has fewer rows than were asked for: give "+t.Op+" a smaller page size")
	}
	listed := ids(rows)
	answer := platform.Answer{Page: true, Listed: listed, Answered: listed}
	if answer.Next, answer.Children, err = tr.Climb(t, names(rows), a.pageSize(t.Op), more); err != nil {
		return platform.Answer{}, err
	}
	if answer.Next == nil && len(answer.Children) == 0 {
		whole := int64(total)
		answer.Total = &whole
	}
	return answer, nil
}
