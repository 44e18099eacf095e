package shopee

import (
	"slices"
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// LeastCalls returns how many calls a chunk takes at the least. A product with variants, a return and a package's history are
// asked for one at a time.
func (a *API) LeastCalls(c world.Chunk) (int, error) {
	shop, err := a.shop(c.ShopID)
	if err != nil {
		return 0, err
	}
	c = c.Wide()
	now := a.now().Unix()
	if c.Kind == world.Tracking {
		return a.world.leastOfTracking(market.Window{Shop: shop, ByUpdate: c.ByUpdate, From: c.From, To: c.To}, now, c.History), nil
	}
	rows, err := a.world.rows(shop, c.Query, now)
	if err != nil {
		return 0, err
	}
	n, wallet, variants := 0, 0, 0
	for r := range rows {
		switch {
		case strings.HasPrefix(r.ID, "wallet:"):
			wallet++
			continue
		case c.Kind == world.Products && r.Lines > 1:
			variants++
		}
		n++
	}
	switch c.Kind {
	case world.Products:
		return detailed(n) + variants, nil
	case world.Transactions:
		return detailed(n) + world.Pages(wallet, maxPage), nil
	case world.Returns:
		return world.Pages(n, maxPage) + n, nil
	}
	return detailed(n), nil
}

// detailed returns how many calls a list of n rows and their details take.
func detailed(n int) int { return world.Pages(n, maxPage) + world.Batches(n, maxPage, maxDetails) }

// gone are the words for packages that have left the seller.
var gone = []string{"LOGISTICS_PICKUP_DONE", "LOGISTICS_DELIVERY_DONE", "LOGISTICS_DELIVERY_FAILED", "LOGISTICS_LOST"}

// leastOfTracking counts the calls for orders, and for their packages, whose numbers are known batch by batch of orders.
func (w *World) leastOfTracking(window market.Window, now int64, history bool) int {
	var packages []int // of each order, as they are listed
	away := 0
	for o := range w.Orders(window, now, market.Newest) {
		row := w.trackingRow(o)
		packages = append(packages, row.Lines)
		if slices.Contains(gone, row.Status) {
			away += row.Lines
		}
	}
	calls := detailed(len(packages))
	for batch := range slices.Chunk(packages, maxDetails) { // pages are whole batches
		n := 0
		for _, lines := range batch {
			n += lines
		}
		calls += (n + maxDetails - 1) / maxDetails
	}
	if history {
		calls += away
	}
	return calls
}
