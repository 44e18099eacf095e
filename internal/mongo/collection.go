package mongodb

import "github.com/shopstream/shopstream/schemas"

// The collections that hold no documents.
const (
	Runs   = "sync_runs"   // one document a plan
	Chunks = "sync_chunks" // one document a chunk of a plan

	Shops      = "shops"       // one document a shop, its credentials encrypted
	ShopKeys   = "shop_keys"   // one document: which key encrypts them
	RateLimits = "rate_limits" // one document a scope that has a limit: an app, a shop, an endpoint of a shop
)

// DocumentCollection returns the collection that holds a kind's documents, or "" for what is no kind.
func DocumentCollection(kind string) string {
	switch kind {
	case schemas.Orders, schemas.Products, schemas.Transactions, schemas.Returns:
		return kind
	case schemas.Tracking:
		return "order_tracking_status"
	}
	return ""
}

// DocumentCollections returns the collections of all kinds.
func DocumentCollections() []string {
	var names []string
	for _, kind := range schemas.Kinds {
		names = append(names, DocumentCollection(kind))
	}
	return names
}
