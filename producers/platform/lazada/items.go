package lazada

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// orderRows and itemRows put rows of an answer into the envelope that the platform puts around them.
func orderRows(rows []row) json.RawMessage { return wrap(`{"data":{"orders":[`, rows, `]}}`) }
func itemRows(rows []row) json.RawMessage  { return wrap(`{"data":[`, rows, `]}`) }

// orderDetails drafts the calls for the items of the orders that a list named. They take the orders' rows with them, since
// an order's document is made of both.
func (a *Adapter) orderDetails(list string, rows []row) []platform.Draft {
	op := OrderDetail
	if list == TrackingOrderList {
		op = Tracking
		if a.settings.History {
			op = TrackingItems
		}
	}
	var drafts []platform.Draft
	for batch := range slices.Chunk(ids(rows), a.pageSize(op)) {
		draft := platform.Draft{Op: op, IDs: batch, Rows: orderRows(pick(rows, batch))}
		if list == TrackingOrderList {
			draft.Bare = glimpses(rows)
		}
		drafts = append(drafts, draft)
	}
	return drafts
}

// glimpses returns the update times of orders, which change when a parcel is made for one.
func glimpses(orders []row) map[string]platform.Glimpse {
	seen := make(map[string]platform.Glimpse, len(orders))
	for _, r := range orders {
		m, _ := members(r.text, "updated_at")
		at, _ := second(m[0])
		seen[r.id] = platform.Glimpse{Updated: at}
	}
	return seen
}

// asksItems reports whether a task's call is the one for the items of orders.
func asksItems(t *schemas.Task) bool {
	return t.Op == OrderDetail || t.Op == TrackingItems || t.Op == Tracking && !traced(t)
}

func (*Adapter) itemsCall(t *schemas.Task) (call, error) {
	if n, most := len(t.IDs), pageSizes[t.Op]; n == 0 || n > most {
		return call{}, badTask("the call for items asks for " + strconv.Itoa(n) + " orders, not 1 to " + strconv.Itoa(most))
	}
	if err := checkIDs(t.IDs); err != nil {
		return call{}, err
	}
	return newCall(itemsPath, "order_ids", "["+strings.Join(t.IDs, ",")+"]"), nil
}

// checkIDs refuses ids that would change the call's meaning instead of naming an order.
func checkIDs(ids []string) error {
	for _, id := range ids {
		if id == "" || strings.Trim(id, "0123456789") != "" {
			return badTask("an order id is not of digits alone")
		}
	}
	return nil
}

// again drafts the same call once more, for some of its orders, n a call.
func again(t *schemas.Task, ids []string, n int) []platform.Draft {
	drafts := platform.Batches(t.Op, ids, n)
	for i := range drafts {
		drafts[i].Parts = partsOf(t.Parts, drafts[i].IDs)
	}
	return drafts
}

// partsOf returns a task's parts with the orders of some ids alone: fifty rows need not travel with one order.
func partsOf(parts []schemas.PagePart, ids []string) []schemas.PagePart {
	some := slices.Clone(parts)
	for i, p := range some {
		if p.Path != ordersPath {
			continue
		}
		if rows, err := carriedOrders(p.Body); err == nil {
			some[i].Body = orderRows(pick(rows, ids))
		}
	}
	return some
}

// carriedOrders reads what orderRows wrote.
func carriedOrders(body []byte) ([]row, error) {
	m, ok := members(body, "data")
	if ok {
		m, ok = members(m[0], "orders")
	}
	if !ok {
		return nil, badTask("the orders that the task carries are not readable")
	}
	return rowsOf(m[0], "orders", "order_id")
}

// readItems compares what was asked with what was answered. Orders that are missing from a batch are asked for once more,
// each alone; one that is missing when asked alone stays unanswered, for the ledger to show.
func (*Adapter) readItems(t *schemas.Task, data []byte) (platform.Answer, error) {
	rows, err := rowsOf(data, "the orders' items", "order_id")
	if err != nil {
		return platform.Answer{}, err
	}
	for _, r := range rows {
		if !slices.Contains(t.IDs, r.id) {
			return platform.Answer{}, platform.Malformed("not_asked", "the answer holds an order that was not asked for")
		}
		m, _ := members(r.text, "order_items")
		if _, ok := elements(m[0]); !ok {
			return platform.Answer{}, badShape("an order without order_items")
		}
	}
	answered := ids(rows)
	answer := platform.Answer{Page: len(answered) > 0, Answered: answered}
	if t.Op == TrackingItems {
		answer = platform.Answer{Children: follow(t, rows)} // tracking is what answers
	}
	if len(t.IDs) > 1 {
		missing := slices.DeleteFunc(slices.Clone(t.IDs), func(id string) bool { return slices.Contains(answered, id) })
		answer.Children = append(answer.Children, again(t, missing, 1)...)
	}
	return answer, nil
}
