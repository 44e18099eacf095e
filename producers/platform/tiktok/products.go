package tiktok

import (
	"net/http"
	"strconv"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// productSearch lists products by the time of their last change. It has no order that could be asked for.
var productSearch = list{
	endpoint: endpoint{http.MethodPost, "product", "202502", "products/search"},
	least:    1,
	most:     100,
	windowed: true,
	params: func(_ *schemas.Task, w schemas.Window, c *call) {
		c.filter["status"] = "ALL"
		c.filter["update_time_ge"] = w.From
		c.filter["update_time_le"] = w.To - 1 // here the end counts
	},
	rows: "products",
	id:   byMember("id"),
	answer: func(_ *Adapter, _ *schemas.Task, rows []row) (platform.Answer, error) {
		details := &platform.Details{Op: ProductDetail, Size: 1, IDs: ids(rows), Updated: make([]int64, len(rows))}
		for i, r := range rows {
			if at, err := strconv.ParseInt(digits(member(r.raw, "update_time")), 10, 64); err == nil {
				details.Updated[i] = at
			}
		}
		return platform.Answer{Page: true, Listed: ids(rows), Details: details}, nil
	},
}

var productByID = endpoint{http.MethodGet, "product", "202309", "products/{product_id}"}

func productCall(t *schemas.Task) (call, error) {
	if err := checkIDs(t, 1); err != nil {
		return call{}, err
	}
	return call{endpoint: productByID, id: t.IDs[0]}, nil
}

// readProduct reads the details of one product, which are the data itself. Empty ones leave the product unanswered, for the
// ledger to show.
func readProduct(t *schemas.Task, data []byte) (platform.Answer, error) {
	if data[0] != '{' {
		return platform.Answer{}, badShape("data is no product")
	}
	switch raw := member(data, "id"); {
	case raw == nil:
		return platform.Answer{}, nil
	case len(t.IDs) != 1 || idText(raw) != t.IDs[0]:
		return platform.Answer{}, platform.Malformed("not_asked", "the answer is a product that was not asked for")
	}
	return platform.Answer{Page: true, Answered: t.IDs}, nil
}
