package tiktok

import (
	"net/http"
	"slices"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// packageSearch lists parcels. What is tracked are their orders, whose details say where all of their parcels are.
var packageSearch = list{
	endpoint: endpoint{http.MethodPost, "fulfillment", "202309", "packages/search"},
	least:    1,
	most:     50,
	windowed: true,
	params:   search,
	rows:     "packages",
	id:       byMember("id"),
	indirect: true,
	answer:   packagedOrders,
}

// packagedOrders names the orders of a page of parcels, each once. A parcel may be of several orders, and a cancelled one of
// none. The total is one of parcels, so it is no total of what is listed.
func packagedOrders(a *Adapter, _ *schemas.Task, rows []row) (platform.Answer, error) {
	seen := map[string]bool{}
	orders := []string{}
	for _, r := range rows {
		all, ok := elements(member(r.raw, "orders"))
		if !ok {
			return platform.Answer{}, badShape("orders of a package is no list")
		}
		for _, order := range all {
			id := idText(member(order, "id"))
			if id == "" {
				return platform.Answer{}, badShape("an order of a package without its id")
			}
			if !seen[id] {
				seen[id] = true
				orders = append(orders, id)
			}
		}
	}
	op := Tracking
	if a.settings.History {
		op = TrackingOrders
	}
	return platform.Answer{
		Page: true, Listed: orders,
		Children: platform.Batches(op, orders, a.settings.PageSize(op, orderBatch)),
	}, nil
}

// readTrackingOrders sends the orders whose parcels have a history on to it, each alone, and makes one page of all others.
func readTrackingOrders(t *schemas.Task, data []byte) (platform.Answer, error) {
	rows, missing, err := askedOrders(t, data)
	if err != nil {
		return platform.Answer{}, err
	}
	answer := platform.Answer{Answered: ids(rows), Children: missing}
	var still [][]byte
	var stillIDs []string
	for _, r := range rows {
		if !sent(r.raw) {
			still, stillIDs = append(still, r.raw), append(stillIDs, r.id)
			continue
		}
		answer.Children = append(answer.Children, platform.Draft{
			Op: Tracking, IDs: []string{r.id}, Rows: enveloped(orderSearch.rows, r.raw),
		})
	}
	if len(still) > 0 {
		answer.Children = append(answer.Children, platform.Draft{
			Op: Tracking, IDs: stillIDs, Rows: enveloped(orderSearch.rows, still...), Ready: true,
		})
	}
	return answer, nil
}

// Statuses of orders that say whether their parcels are on their way or arrived. Others, such as CANCELLED, say nothing about
// that: there the parcels' do.
var (
	sentStatuses  = []string{"PARTIALLY_SHIPPING", "IN_TRANSIT", "DELIVERED", "COMPLETED"}
	stillStatuses = []string{"UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION"}
	sentPackages  = []string{"FULFILLING", "COMPLETED"}
)

// sent reports whether a parcel of the order is on its way or arrived. One that waits to be collected is not, although it has
// a number.
func sent(order []byte) bool {
	status, _ := jsonscan.Text(member(order, "status"))
	switch {
	case slices.Contains(sentStatuses, status):
		return true
	case slices.Contains(stillStatuses, status):
		return false
	}
	lines, _ := elements(member(order, "line_items"))
	return slices.ContainsFunc(lines, func(line []byte) bool {
		status, _ := jsonscan.Text(member(line, "package_status"))
		return slices.Contains(sentPackages, status)
	})
}

var historyByOrder = endpoint{http.MethodGet, "fulfillment", "202309", "orders/{order_id}/tracking"}

func trackingCall(t *schemas.Task) (call, error) {
	if err := checkIDs(t, 1); err != nil {
		return call{}, err
	}
	return call{endpoint: historyByOrder, id: t.IDs[0]}, nil
}

// readHistory reads what happened to one order's parcels. Nothing may have happened yet.
func readHistory(t *schemas.Task, data []byte) (platform.Answer, error) {
	if _, ok := elements(member(data, "tracking")); !ok || data[0] != '{' {
		return platform.Answer{}, badShape("tracking is no list")
	}
	return platform.Answer{Page: true, Answered: t.IDs}, nil
}
