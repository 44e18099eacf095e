package tiktok

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// orderSearch lists orders as their details are, so that nothing is left to ask.
var orderSearch = list{
	endpoint: endpoint{http.MethodPost, "order", "202309", "orders/search"},
	least:    1,
	most:     100,
	windowed: true,
	params:   search,
	rows:     "orders",
	id:       byMember("id"),
	answer:   documents,
}

var ordersByID = endpoint{http.MethodGet, "order", "202309", "orders"}

const orderBatch = 50 // ids a call, the platform's maximum

func (a *Adapter) ordersCall(t *schemas.Task) (call, error) {
	if err := checkIDs(t, orderBatch); err != nil {
		return call{}, err
	}
	return call{endpoint: ordersByID, query: url.Values{"ids": {strings.Join(t.IDs, ",")}}}, nil
}

// readOrders is the answer of a call for orders that are documents.
func readOrders(t *schemas.Task, data []byte) (platform.Answer, error) {
	rows, missing, err := askedOrders(t, data)
	if err != nil {
		return platform.Answer{}, err
	}
	return platform.Answer{Page: len(rows) > 0, Answered: ids(rows), Children: missing}, nil
}

// askedOrders compares what was asked with what was answered. Orders that are missing from a batch are asked for once more,
// each alone; one that is missing when asked alone stays unanswered, for the ledger to show.
func askedOrders(t *schemas.Task, data []byte) (rows []row, missing []platform.Draft, err error) {
	p, err := readPage(orderSearch, data)
	if err != nil {
		return nil, nil, err
	}
	answered := make(map[string]bool, len(p.rows))
	for _, r := range p.rows {
		if !slices.Contains(t.IDs, r.id) {
			return nil, nil, platform.Malformed("not_asked", "the answer holds an order that was not asked for")
		}
		answered[r.id] = true
	}
	if len(t.IDs) > 1 {
		left := slices.DeleteFunc(slices.Clone(t.IDs), func(id string) bool { return answered[id] })
		missing = platform.Batches(t.Op, left, 1)
	}
	return p.rows, missing, nil
}
