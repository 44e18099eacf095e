package lazada

import (
	"slices"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// traced reports whether a Tracking task asks for what happened to one order's parcels: it then carries the order's items,
// which another Tracking task would ask for. So tasks that wait keep their meaning when the setting changes.
func traced(t *schemas.Task) bool {
	return slices.ContainsFunc(t.Parts, func(p schemas.PagePart) bool { return p.Path == itemsPath })
}

// moving are the statuses of items whose parcel left the seller; atHome are those of items without such a parcel.
var (
	moving = map[string]bool{
		"shipped": true, "delivered": true, "confirmed": true, "returned": true, "failed": true, "failed_delivery": true,
		"shipped_back": true, "shipped_back_success": true, "shipped_back_failed": true,
		"lost_by_3pl": true, "damaged_by_3pl": true, "package_scrapped": true,
	}
	atHome = map[string]bool{
		"unpaid": true, "pending": true, "topack": true, "packed": true, "toship": true, "ready_to_ship_pending": true,
		"ready_to_ship": true, "canceled": true,
	}
)

// onItsWay reports whether a parcel of the order is on its way or arrived. A status that is new counts when the item has a
// tracking code: a call too many is cheaper than a history that is missing.
func onItsWay(items row) bool {
	m, _ := members(items.text, "order_items")
	list, _ := elements(m[0])
	return slices.ContainsFunc(list, func(item []byte) bool {
		m, _ := members(item, "status", "tracking_code")
		status, _ := jsonscan.Text(m[0])
		return moving[status] || !atHome[status] && plain(m[1]) != ""
	})
}

// follow drafts what comes after the items: a call for each order with a parcel on its way, and one page of all others.
func follow(t *schemas.Task, rows []row) []platform.Draft {
	var drafts []platform.Draft
	var rest []string
	for _, id := range ids(rows) {
		own := pick(rows, []string{id})
		if !slices.ContainsFunc(own, onItsWay) {
			rest = append(rest, id)
			continue
		}
		one := []string{id}
		drafts = append(drafts, platform.Draft{Op: Tracking, IDs: one, Parts: partsOf(t.Parts, one), Rows: itemRows(own)})
	}
	if len(rest) > 0 {
		drafts = append(drafts, platform.Draft{
			Op: Tracking, IDs: rest, Parts: partsOf(t.Parts, rest), Rows: itemRows(pick(rows, rest)), Ready: true,
		})
	}
	return drafts
}

func traceCall(t *schemas.Task) (call, error) {
	if len(t.IDs) != 1 {
		return call{}, badTask("the call for a parcel's history asks for one order")
	}
	if err := checkIDs(t.IDs); err != nil {
		return call{}, err
	}
	return newCall(tracePath, "order_id", t.IDs[0]), nil
}

// readTrace reads an order's history, which may be empty.
func (a *Adapter) readTrace(t *schemas.Task, result []byte, r platform.Response) (platform.Answer, error) {
	m, err := a.result(result, r, "module")
	if err != nil {
		return platform.Answer{}, err
	}
	if m[0] != nil {
		if _, ok := elements(m[0]); !ok {
			return platform.Answer{}, badShape("the history's module is not a list")
		}
	}
	return platform.Answer{Page: true, Answered: t.IDs}, nil
}
