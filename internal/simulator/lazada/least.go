package lazada

import (
	"slices"
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// gone are the words for units that have left the seller.
var gone = []string{"shipped", "delivered", "confirmed", "returned", "failed_delivery", "shipped_back", "shipped_back_success"}

// LeastCalls returns how many calls a chunk takes at the least. What happened to an order's packages is asked for one order at a
// time; all payouts are one call.
func (a *API) LeastCalls(c world.Chunk) (int, error) {
	shop, err := a.shop(c.ShopID)
	if err != nil {
		return 0, err
	}
	c = c.Wide()
	now := a.now().Unix()
	rows, err := a.world.rows(shop, c.Query, now)
	if err != nil {
		return 0, err
	}
	n, payouts, away := 0, 0, 0
	for r := range rows {
		n++
		if strings.HasPrefix(r.ID, "payout:") {
			payouts++
		}
		if slices.ContainsFunc(strings.Split(r.Status, ","), func(word string) bool { return slices.Contains(gone, word) }) {
			away++
		}
	}
	switch c.Kind {
	case world.Orders:
		return withItems(n), nil
	case world.Products:
		return world.Pages(n, productsOfPage), nil
	case world.Transactions:
		calls := world.Pages(n-payouts, transactionsOfPage)
		if c.Last {
			calls++
		}
		return calls, nil
	case world.Returns:
		return world.Pages(n, reversesOfPage), nil
	}
	orders := 0 // also those without a package
	for range a.world.Orders(market.Window{Shop: shop, ByUpdate: c.ByUpdate, From: c.From, To: c.To}, now, market.Newest) {
		orders++
	}
	calls := withItems(orders)
	if c.History {
		calls += away
	}
	return calls, nil
}

// withItems returns how many calls a list of n orders and their items take.
func withItems(n int) int {
	return world.Pages(n, ordersOfPage) + world.Batches(n, ordersOfPage, ordersOfBatch)
}
