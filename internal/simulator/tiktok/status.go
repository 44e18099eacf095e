package tiktok

import "github.com/shopstream/shopstream/internal/simulator/market"

// statusNames are the platform's words for what may become of an order. One whose buyer asks for a cancellation or a return
// stays what it was until that is decided.
var statusNames = [...]string{
	market.Unpaid:     "UNPAID",
	market.Held:       "ON_HOLD",
	market.ToShip:     "AWAITING_SHIPMENT",
	market.Processed:  "AWAITING_COLLECTION",
	market.Retry:      "AWAITING_COLLECTION",
	market.Shipped:    "IN_TRANSIT",
	market.Delivered:  "DELIVERED",
	market.Cancelling: "AWAITING_SHIPMENT",
	market.Cancelled:  "CANCELLED",
	market.Returning:  "DELIVERED",
	market.Completed:  "COMPLETED",
}

// packageNames are the platform's words for where a package is.
var packageNames = [...]string{
	market.ParcelReady:     "TO_FULFILL",
	market.ParcelRequested: "PROCESSING",
	market.ParcelMissed:    "PROCESSING",
	market.ParcelMoving:    "FULFILLING",
	market.ParcelDelivered: "COMPLETED",
	market.ParcelFailed:    "CANCELLED",
	market.ParcelVoid:      "CANCELLED",
}

// partyNames are the platform's words for who does something.
var partyNames = [...]string{
	market.Buyer: "BUYER", market.Seller: "SELLER", market.System: "SYSTEM", market.Operator: "OPERATOR",
}

// reason is a key and what the platform shows for it.
type reason struct{ key, text string }

// cancelReasons are why orders are cancelled, by who cancels.
var cancelReasons = [...]reason{
	market.Buyer:    {"ecom_order_to_ship_canceled_reason_no_longer_needed", "No longer needed"},
	market.Seller:   {"seller_cancel_reason_out_of_stock", "Out of stock"},
	market.System:   {"ecom_order_unpaid_canceled_reason_overdue", "Customer overdue to pay"},
	market.Operator: {"ecom_order_delivery_failed", "Package delivery failed"},
}
