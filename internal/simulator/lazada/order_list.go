package lazada

import (
	"iter"
	"slices"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

const (
	furthestOrder = 5000
	ordersOfPage  = 100
)

// listing is what a caller of orders/get asked for.
type listing struct {
	page
	shop             int
	created, updated span
	wanted           []string // statuses of which an order must have one; nil: all
	byUpdate         bool     // sorted so
	descending       bool
}

// filters are the statuses that orders/get takes, and the statuses of units that each stands for: itself unless it says.
var filters = map[string][]string{
	"unpaid": nil, "pending": nil, "packed": nil, "canceled": nil, "ready_to_ship": nil, "delivered": nil, "returned": nil,
	"shipped": nil, "failed": nil, "lost": nil, "lost_by_3pl": nil, "damaged_by_3pl": nil, "failed_delivery": nil, "shipped_back": nil,
	"shipped_back_success": nil, "shipped_back_failed": nil, "package_scrapped": nil,
	"topack":   {"pending"},
	"toship":   {"packed", "ready_to_ship_pending", "ready_to_ship"},
	"shipping": {"shipped"},
}

// orders answers orders/get.
func (a *API) orders(c *call, w *wire.Writer) *refusal {
	l, refused := a.listing(c)
	if refused != nil {
		return refused
	}
	rows, total := a.world.listed(l, c.now)
	if c.fault == world.FaultEmptyMore {
		rows, total = nil, total+1
	}
	w.Name("data").Open('{')
	w.Name("count").Int(int64(len(rows)))
	w.Name("countTotal").Int(int64(total))
	w.Name("orders").Open('[')
	for i := range rows {
		writeOrder(w, a.world.view(&rows[i]))
	}
	w.Close(']')
	w.Close('}')
	return nil
}

func (a *API) listing(c *call) (*listing, *refusal) {
	l := &listing{shop: c.shop}
	var refused *refusal
	if l.created, refused = a.span(c, "created"); refused != nil {
		return nil, refused
	}
	if l.updated, refused = a.span(c, "update"); refused != nil {
		return nil, refused
	}
	if !l.created.given && !l.updated.given {
		return nil, missing("created_after")
	}
	switch c.params.Get("sort_by") {
	case "", "created_at":
	case "updated_at":
		l.byUpdate = true
	default:
		return nil, errSortField
	}
	switch c.params.Get("sort_direction") {
	case "", "ASC":
	case "DESC":
		l.descending = true
	default:
		return nil, errDirection
	}
	if status := c.params.Get("status"); status != "" && status != "all" {
		words, known := filters[status]
		if !known {
			return nil, errStatus
		}
		l.wanted = words
		if words == nil {
			l.wanted = []string{status}
		}
	}
	l.page, refused = c.page(furthestOrder, ordersOfPage, ordersOfPage)
	return l, refused
}

// listed are the orders of a page, and how many the whole list has. A list by creation alone is counted and read without
// looking at its other orders.
func (w *World) listed(l *listing, now int64) (rows []market.Order, total int) {
	from, to := l.created.from, l.created.to
	if l.wanted == nil && !l.byUpdate && l.updated == (span{to: forever}) {
		for o := range w.Slice(l.shop, from, to, now, l.descending, l.skip) {
			if len(rows) == l.size {
				break
			}
			rows = append(rows, *o)
		}
		return rows, w.Count(l.shop, from, to, now)
	}
	places, total, _ := market.Page(w.matching(l, now), market.Cut{Descending: l.descending, Skip: l.skip, Limit: l.size})
	for _, p := range places {
		if o, ok := w.Find(p.Ref, now); ok {
			rows = append(rows, o)
		}
	}
	return rows, total
}

// matching yields where the orders of a list stand in it.
func (w *World) matching(l *listing, now int64) iter.Seq[market.Position] {
	window := market.Window{Shop: l.shop, From: l.created.from, To: l.created.to}
	if l.updated.given {
		window.ByUpdate, window.From, window.To = true, l.updated.from, l.updated.to
	}
	return func(yield func(market.Position) bool) {
		for o := range w.Orders(window, now, market.Newest) {
			if !l.created.holds(o.Create) || !l.updated.holds(o.Update) || !w.wants(l, o) {
				continue
			}
			if !yield(o.Place(l.byUpdate)) {
				return
			}
		}
	}
}

func (w *World) wants(l *listing, o *market.Order) bool {
	return l.wanted == nil || slices.ContainsFunc(w.view(o).statuses, func(s string) bool { return slices.Contains(l.wanted, s) })
}
