package shopee

import (
	"net/http"

	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// endpoint is a call the platform offers.
type endpoint struct {
	path   string
	method string
	shape  shape
	serve  func(a *API, c *call, w *wire.Writer) *refusal
}

// shape is what an endpoint is like, which decides the faults that make sense for it.
type shape uint8

const (
	single   shape = iota // about one thing
	public                // signed without token and shop
	cursored              // a list with a cursor
	offset                // a list that says where it goes on
	numbered              // a list of numbered pages, which has no cursor to tamper with
	batch                 // details of the ids that are asked for
)

const (
	pathList    = "/api/v2/order/get_order_list"
	pathItems   = "/api/v2/product/get_item_list"
	pathRefresh = "/api/v2/auth/access_token/get"
)

// endpoints are all calls there are.
func endpoints() []endpoint {
	return []endpoint{
		{pathList, http.MethodGet, cursored, (*API).list},
		{"/api/v2/order/get_order_detail", http.MethodGet, batch, (*API).details},
		{"/api/v2/order/get_package_detail", http.MethodGet, batch, (*API).packages},
		{"/api/v2/logistics/get_tracking_info", http.MethodGet, single, (*API).tracking},
		{pathItems, http.MethodGet, offset, (*API).items},
		{"/api/v2/product/get_item_base_info", http.MethodGet, batch, (*API).itemDetails},
		{"/api/v2/product/get_model_list", http.MethodGet, single, (*API).models},
		{"/api/v2/payment/get_escrow_list", http.MethodGet, numbered, (*API).escrows},
		{"/api/v2/payment/get_escrow_detail", http.MethodGet, single, (*API).escrowDetail},
		{"/api/v2/payment/get_escrow_detail_batch", http.MethodPost, batch, (*API).escrowDetails},
		{"/api/v2/payment/get_wallet_transaction_list", http.MethodGet, numbered, (*API).wallet},
		{"/api/v2/returns/get_return_list", http.MethodGet, numbered, (*API).returns},
		{"/api/v2/returns/get_return_detail", http.MethodGet, single, (*API).returnDetail},
		{"/api/v2/auth/token/get", http.MethodPost, public, (*API).grant},
		{pathRefresh, http.MethodPost, public, (*API).refresh},
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

// Takes says whether a fault of the answer's content makes sense for a request.
func (a *API) Takes(r *http.Request, fault string) bool {
	e, known := a.endpoints[r.URL.Path]
	q := r.URL.Query()
	switch fault {
	case world.FaultAuth:
		return known && e.shape != public
	case world.FaultEmptyMore:
		return e.shape == cursored || e.shape == offset
	case world.FaultSame, world.FaultDuplicate:
		return e.shape == cursored && q.Get("cursor") != "" || e.shape == offset && q.Get("offset") != "" && q.Get("offset") != "0"
	case world.FaultMissing:
		return e.shape == batch
	}
	return true
}
