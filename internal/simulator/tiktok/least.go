package tiktok

import (
	"slices"
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// gone are the words for packages that have left the seller.
var gone = []string{"FULFILLING", "COMPLETED"}

// LeastCalls returns how many calls a chunk takes at the least. A product, and what happened to an order's packages, are asked
// for one at a time.
func (a *API) LeastCalls(c world.Chunk) (int, error) {
	shop, err := a.shop(c.ShopID)
	if err != nil {
		return 0, err
	}
	c = c.Wide()
	rows, err := a.world.rows(shop, c.Query, a.now().Unix())
	if err != nil {
		return 0, err
	}
	n, packages, away := 0, 0, 0
	of := map[string]int{} // rows by the list that they are from
	for r := range rows {
		n++
		packages += r.Lines
		if slices.Contains(gone, r.Status) {
			away++
		}
		of[listOf(r)]++
	}
	switch c.Kind {
	case world.Orders:
		return world.Pages(n, orderList.most), nil
	case world.Products:
		return world.Pages(n, productList.most) + n, nil
	case world.Transactions:
		return leastOfMoney(of, c.Last), nil
	case world.Returns:
		return world.Pages(of[""], returnList.most) + world.Pages(of["cancellation"], cancellationList.most), nil
	}
	calls := world.Pages(packages, packageList.most) + world.Batches(n, packageList.most, maxDetails)
	if c.History {
		calls += away
	}
	return calls, nil
}

// listOf tells apart the rows of transactions and of returns that are from lists of their own: "" are the rows of statements, and returns.
func listOf(r world.Row) string {
	name, _, named := strings.Cut(r.ID, ":")
	switch {
	case named:
		return name
	case strings.HasPrefix(r.Status, "CANCELLATION"):
		return "cancellation"
	}
	return ""
}

// leastOfMoney counts the calls for a day's money. It has one statement or none; what is not settled has no day.
func leastOfMoney(of map[string]int, last bool) int {
	calls := world.Pages(of["statement"], statementList.most) + world.Pages(of["withdrawal"], withdrawalList.most)
	if of["statement"] > 0 {
		calls += world.Pages(of[""], settledList.most)
	}
	if last {
		calls += world.Pages(of["unsettled"], unsettledList.most)
	}
	return calls
}
