package tiktok

import (
	"net/http"

	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// endpoint is a call the platform offers.
type endpoint struct {
	path   string // a pattern of net/http's ServeMux
	method string
	shape  shape
	serve  func(a *API, c *call, w *wire.Writer) *refusal
}

// shape is what an endpoint is like, which decides the faults that make sense for it and what it asks of a call.
type shape uint8

const (
	single shape = iota // about one thing
	list                // goes on by a page_token
	batch               // details of the ids that are asked for
	seller              // of all shops of a token: signed without shop_cipher
	open                // not signed: the app's secret stands in the query
)

// endpoints are all calls there are.
func endpoints() []endpoint {
	return []endpoint{
		{"/order/202309/orders/search", http.MethodPost, list, (*API).searchOrders},
		{"/order/202309/orders", http.MethodGet, batch, (*API).orders},
		{"/order/202507/orders", http.MethodGet, batch, (*API).orders},
		{"/product/202309/products/search", http.MethodPost, list, (*API).searchProducts},
		{"/product/202312/products/search", http.MethodPost, list, (*API).searchProducts},
		{"/product/202502/products/search", http.MethodPost, list, (*API).searchProducts},
		{"/product/202309/products/{product_id}", http.MethodGet, single, (*API).product},
		{"/finance/202309/statements", http.MethodGet, list, (*API).listStatements},
		{"/finance/202501/statements/{statement_id}/statement_transactions", http.MethodGet, list, (*API).listSettled},
		{"/finance/202309/withdrawals", http.MethodGet, list, (*API).listWithdrawals},
		{"/finance/202507/orders/unsettled", http.MethodGet, list, (*API).listUnsettled},
		{"/return_refund/202309/returns/search", http.MethodPost, list, (*API).searchReturns},
		{"/return_refund/202309/cancellations/search", http.MethodPost, list, (*API).searchCancellations},
		{"/fulfillment/202309/packages/search", http.MethodPost, list, (*API).searchPackages},
		{"/fulfillment/202309/orders/{order_id}/tracking", http.MethodGet, single, (*API).tracking},
		{"/authorization/202309/shops", http.MethodGet, seller, (*API).shops},
		{"/api/v2/token/get", http.MethodGet, open, (*API).grant},
		{"/api/v2/token/refresh", http.MethodGet, open, (*API).refresh},
	}
}

// Paths are the patterns that Answer knows.
func (a *API) Paths() []string {
	paths := make([]string, 0, len(a.endpoints))
	for path := range a.endpoints {
		paths = append(paths, path)
	}
	return paths
}

// Takes says whether a fault of the answer's content makes sense for a request.
func (a *API) Takes(r *http.Request, fault string) bool {
	e, known := a.endpoints[r.Pattern]
	switch fault {
	case world.FaultQuota: // no answer of this platform is known to say so
		return false
	case world.FaultAuth:
		return known && e.shape != open
	case world.FaultEmptyMore:
		return known && e.shape == list
	case world.FaultSame, world.FaultDuplicate:
		return known && e.shape == list && r.URL.Query().Get("page_token") != ""
	case world.FaultMissing:
		return known && e.shape == batch
	}
	return true
}
