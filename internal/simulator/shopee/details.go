package shopee

import (
	"slices"
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

const maxDetails = 50

// details answers get_order_detail.
func (a *API) details(c *call, w *writer) *refusal {
	list := c.query.Get("order_sn_list")
	if list == "" {
		return badParam("order_sn_list is missing")
	}
	numbers := strings.Split(list, ",")
	if len(numbers) > maxDetails {
		return badParam("order_sn_list must have from 1 to 50 entries")
	}
	asked := parseFields(c.query.Get("response_optional_fields"))
	pendingToo := c.wants("request_order_status_pending")
	if c.fault == world.FaultMissing {
		numbers = numbers[:len(numbers)-1]
	}
	found := 0
	w.name("response").open('{')
	w.name("order_list").open('[')
	for i, sn := range numbers {
		if slices.Contains(numbers[:i], sn) {
			continue
		}
		o, ok := a.world.find(c.shop, sn, c.now)
		if !ok {
			continue
		}
		found++
		w.writeOrder(a.world.view(&o, pendingToo), asked)
	}
	w.close(']')
	w.close('}')
	if found == 0 && c.fault != world.FaultMissing {
		return errNotFound
	}
	return nil
}

func (w *World) view(o *order, withPending bool) *view {
	return &view{
		order: o, world: w, market: marketOf(o.shop), basket: w.basket(o), person: newPerson(o), withPending: withPending,
	}
}
