package lazada

import (
	"net/http"

	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// endpoint is a call the platform offers, by GET or as a form by POST.
type endpoint struct {
	path  string
	shape shape
	serve func(a *API, c *call, w *wire.Writer) *refusal
}

// shape is what an endpoint is like, which decides the faults that make sense for it.
type shape uint8

const (
	single  shape = iota // about one thing, or a list that says nothing of its length
	public               // signed without a token
	counted              // a list that says how many rows it has in all
	batch                // details of the ids that are asked for
)

// endpoints are all calls there are.
func endpoints() []endpoint {
	return []endpoint{
		{"/orders/get", counted, (*API).orders},
		{"/order/get", single, (*API).order},
		{"/order/items/get", single, (*API).items},
		{"/orders/items/get", batch, (*API).itemsOfMany},
		{"/products/get", counted, (*API).products},
		{"/product/item/get", single, (*API).product},
		{"/finance/transaction/details/get", single, (*API).transactions},
		{"/finance/payout/status/get", single, (*API).payouts},
		{"/reverse/getreverseordersforseller", counted, (*API).reverseOrders},
		{"/order/reverse/return/detail/list", single, (*API).reverseDetail},
		{"/logistic/order/trace", single, (*API).trace},
		{"/auth/token/create", public, (*API).grant},
		{"/auth/token/refresh", public, (*API).refresh},
	}
}

// Paths are the paths that Answer knows.
func (a *API) Paths() []string {
	paths := make([]string, 0, len(a.endpoints))
	for path := range a.endpoints {
		paths = append(paths, path)
	}
	return paths
}

// Takes says whether a fault of the answer's content makes sense for a request. Lists go by offset or page number: there is
// no cursor to tamper with.
func (a *API) Takes(r *http.Request, fault string) bool {
	e, known := a.endpoints[r.URL.Path]
	switch fault {
	case world.FaultQuota: // no answer of this platform is known to say so
		return false
	case world.FaultAuth:
		return known && e.shape != public
	case world.FaultEmptyMore:
		return e.shape == counted
	case world.FaultMissing:
		return e.shape == batch
	case world.FaultSame, world.FaultDuplicate:
		return false
	}
	return true
}
