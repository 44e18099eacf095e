package lazada

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// A list of orders is read by seek, oldest first: a page begins at the time of the last row of the page before, so that rows
// that leave or move to a later time while the list is read shift no others. Whether the bound itself counts is not
// documented, so it is set a second before that row, which then comes again. Only where rows of one second fill a page,
// offsets lead on.

// maxOffset is the largest offset that the platform takes.
const maxOffset = 5000

// seat is where a page of orders begins.
type seat struct {
	after  int64 // unix seconds; rows of later seconds come for sure, rows of this one perhaps
	offset int   // rows of that range to pass over
}

func (s seat) cursor() string { return strconv.FormatInt(s.after, 10) + "/" + strconv.Itoa(s.offset) }

func readSeat(t *schemas.Task, w schemas.Window) (seat, error) {
	if t.Cursor == "" {
		return seat{after: w.From - 1}, nil
	}
	after, offset, _ := strings.Cut(t.Cursor, "/")
	var s seat
	var errAfter, errOffset error
	s.after, errAfter = strconv.ParseInt(after, 10, 64)
	s.offset, errOffset = strconv.Atoi(offset)
	if errAfter != nil || errOffset != nil || s.offset < 0 || s.offset > maxOffset {
		return seat{}, badTask("the cursor of the order list is no time and offset")
	}
	return s, nil
}

// timeField names the parameters and the member of rows that a list of orders goes by.
func timeField(t *schemas.Task) (parameter, member string) {
	if t.TimeField == schemas.UpdateTime {
		return "update", "updated_at"
	}
	return "created", "created_at"
}

// orderListCall asks for a page. What lies outside the window because its ends are widened is listed and fetched like the
// rest: a document fetched twice is free.
func (a *Adapter) orderListCall(t *schemas.Task) (call, error) {
	_, w, err := listWindow(t)
	if err != nil {
		return call{}, err
	}
	s, err := readSeat(t, w)
	if err != nil {
		return call{}, err
	}
	parameter, member := timeField(t)
	return newCall(ordersPath,
		parameter+"_after", iso(s.after), parameter+"_before", iso(w.To),
		"sort_by", member, "sort_direction", "ASC",
		"offset", strconv.Itoa(s.offset), "limit", strconv.Itoa(a.pageSize(t.Op)),
	), nil
}

// orderPage is a page of a list of orders.
type orderPage struct {
	rows  []row
	total int // rows of the range that the page begins
}

func readOrderPage(data []byte) (orderPage, error) {
	m, ok := members(data, "countTotal", "count", "orders")
	if !ok {
		return orderPage{}, badShape("the page of the list holds no data")
	}
	total, ok := count(m[0])
	if !ok || m[2] == nil {
		return orderPage{}, badShape("the page of the list lacks countTotal or orders")
	}
	rows, err := rowsOf(m[2], "orders", "order_id")
	if err != nil {
		return orderPage{}, err
	}
	if n, ok := count(m[1]); m[1] != nil && (!ok || n != len(rows)) {
		return orderPage{}, badShape("the page of the list has another number of orders than its count says")
	}
	return orderPage{rows, total}, nil
}

// readOrderList reads a page of a list. The list ends only when its rows are as many as the platform says.
func (a *Adapter) readOrderList(t *schemas.Task, data []byte) (platform.Answer, error) {
	page, err := readOrderPage(data)
	if err != nil {
		return platform.Answer{}, err
	}
	tr, w, err := listWindow(t)
	if err != nil {
		return platform.Answer{}, err
	}
	s, err := readSeat(t, w)
	if err != nil {
		return platform.Answer{}, err
	}
	fresh := slices.DeleteFunc(slices.Clone(page.rows), func(r row) bool { return slices.Contains(tr.Tail, r.id) })
	answer := platform.Answer{Page: true, Listed: ids(page.rows), Children: a.orderDetails(t.Op, fresh)}
	if s.offset > 0 && !begins(names(page.rows), tr.Tail) {
		next, halves, err := tr.Reread(t, w)
		if halves != nil { // they list this page's rows again
			return platform.Answer{Children: halves}, nil
		}
		answer.Next = next
		return answer, err
	}
	if err := tally(&tr, page.total-s.offset, len(page.rows), len(fresh)); err != nil {
		return platform.Answer{}, err
	}
	switch {
	case s.offset+len(page.rows) >= page.total:
		answer.Total = tr.Total
		return answer, nil
	case len(fresh) == 0 && (s.offset > 0 || len(page.rows) < a.pageSize(t.Op)):
		// A full page may repeat the one before where offsets had to end; offsets then lead on from here.
		return platform.Answer{}, platform.Malformed("no_progress", "the page says that there is more and brings no new order")
	}
	answer.Next, err = a.nextOrders(t, tr, s, page.rows)
	return answer, err
}

// begins reports whether all begins with first.
func begins(all, first []string) bool {
	return len(all) >= len(first) && slices.Equal(all[:len(first)], first)
}

// tally counts a page in. left is how many rows the platform has from the page's first on, fresh how many of the page's were
// not on the page before. Rows that leave the list lower its total; a row that moves to a later page is counted twice, so
// what raises the number of rows does not raise the total.
func tally(tr *platform.Trail, left, rows, fresh int) error {
	whole := int64(tr.Rows + left - (rows - fresh))
	total := max(whole, 0)
	if tr.Total != nil {
		var before int64
		if err := json.Unmarshal(tr.Own, &before); err != nil {
			return badTask("the carry of the order list lacks its number of rows")
		}
		total = max(*tr.Total-max(before-whole, 0), 0)
	}
	tr.Total, tr.Own = &total, strconv.AppendInt(nil, whole, 10)
	tr.Rows += fresh
	return nil
}

// nextOrders drafts the page that follows one of rows that began at s.
func (a *Adapter) nextOrders(t *schemas.Task, tr platform.Trail, s seat, rows []row) (*platform.Draft, error) {
	times, err := rowTimes(t, rows)
	if err != nil {
		return nil, err
	}
	last := times[len(times)-1]
	repeated, _ := slices.BinarySearch(times, last-1) // from here on rows come again with a seek
	overlap := min(1, a.pageSize(t.Op)-1)
	further := seat{s.after, s.offset + len(rows) - overlap}
	seek := seat{after: last - 1}
	switch {
	// A page that is mostly of its last two seconds would come again mostly.
	case seek.after > s.after && (2*repeated >= len(rows) || further.offset > maxOffset):
		tr.Tail = names(rows[repeated:])
		return tr.Follow(t, seek.cursor(), false)
	case further.offset > maxOffset:
		return nil, platform.NewError(platform.Permanent, "window_full",
			fmt.Sprintf("second %d has more orders than the %d that %s gives", last, maxOffset, t.Op))
	default:
		tr.Tail = names(rows[len(rows)-overlap:])
		return tr.Follow(t, further.cursor(), false)
	}
}

// rowTimes returns the rows' times, in unix seconds. A seek needs them in order.
func rowTimes(t *schemas.Task, rows []row) ([]int64, error) {
	_, member := timeField(t)
	times := make([]int64, len(rows))
	for i, r := range rows {
		m, _ := members(r.text, member)
		at, ok := second(m[0])
		if !ok {
			return nil, badShape("an order's " + member + " is no time with a zone")
		}
		times[i] = at
	}
	if !slices.IsSortedFunc(times, cmp.Compare[int64]) {
		return nil, platform.Malformed("bad_order", "the orders of the page are not sorted by "+member+" as was asked for")
	}
	return times, nil
}
