package shopee

import (
	"slices"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// details answers get_order_detail.
func (a *API) details(c *call, w *wire.Writer) *refusal {
	numbers, refused := c.names("order_sn_list")
	if refused != nil {
		return refused
	}
	asked := parseFields(c.query.Get("response_optional_fields"))
	pendingToo := c.wants("request_order_status_pending")
	if c.fault == world.FaultMissing {
		numbers = numbers[:len(numbers)-1]
	}
	found := 0
	w.Name("response").Open('{')
	w.Name("order_list").Open('[')
	for i, sn := range numbers {
		if slices.Contains(numbers[:i], sn) {
			continue
		}
		o, ok := a.world.find(c.shop, sn, c.now)
		if !ok {
			continue
		}
		found++
		writeOrder(w, a.world.view(&o, pendingToo), asked)
	}
	w.Close(']')
	w.Close('}')
	if found == 0 && c.fault != world.FaultMissing {
		return errNotFound
	}
	return nil
}

func (w *World) view(o *market.Order, withPending bool) *view {
	v := &view{Order: o, world: w, region: w.RegionOf(o.Shop), basket: w.basket(o), person: w.Person(o), withPending: withPending}
	v.returns = w.Returns(o, &v.basket.Basket)
	return v
}
