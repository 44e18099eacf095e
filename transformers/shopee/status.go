package shopee

// orderStatus gives Shopee's order status the word that all platforms share.
func orderStatus(status string) string {
	switch status {
	case "UNPAID":
		return "unpaid"
	case "PENDING", "INVOICE_PENDING":
		return "pending"
	case "READY_TO_SHIP", "PROCESSED", "RETRY_SHIP":
		return "to_ship"
	case "SHIPPED":
		return "shipped"
	case "TO_CONFIRM_RECEIVE":
		return "delivered"
	case "COMPLETED":
		return "completed"
	case "IN_CANCEL":
		return "cancelling"
	case "CANCELLED":
		return "cancelled"
	case "TO_RETURN":
		return "returning"
	}
	return "unknown"
}

// productStatus gives Shopee's item status the word that all platforms share.
func productStatus(status string) string {
	switch status {
	case "NORMAL":
		return "active"
	case "UNLIST":
		return "inactive"
	case "REVIEWING":
		return "pending"
	case "BANNED":
		return "rejected"
	case "SELLER_DELETE", "SHOPEE_DELETE":
		return "deleted"
	}
	return "unknown"
}

// walletStatus gives the status of a wallet's row the word that all platforms share.
func walletStatus(status string) string {
	switch status {
	case "COMPLETED":
		return "completed"
	case "PENDING", "INITIAL":
		return "pending"
	case "FAILED":
		return "failed"
	}
	return "unknown"
}

// returnStatus gives Shopee's return status the word that all platforms share. PROCESSING is while the parcel comes back,
// ACCEPTED when the refund is decided, CLOSED when a dispute ended for the seller.
func returnStatus(status string) string {
	switch status {
	case "REQUESTED":
		return "requested"
	case "PROCESSING":
		return "returning"
	case "ACCEPTED":
		return "accepted"
	case "JUDGING", "SELLER_DISPUTE":
		return "disputed"
	case "CLOSED":
		return "rejected"
	case "CANCELLED":
		return "cancelled"
	}
	return "unknown"
}

// packageStatus gives Shopee's status of a package the word that all platforms share. PICKUP_FAILED is the end of the
// attempts to pick it up; INVALID and REQUEST_CANCELED are of orders that were cancelled before.
func packageStatus(status string) string {
	switch status {
	case "LOGISTICS_NOT_START", "LOGISTICS_PENDING_ARRANGE":
		return "pending"
	case "LOGISTICS_READY", "LOGISTICS_REQUEST_CREATED", "LOGISTICS_PICKUP_RETRY":
		return "to_ship"
	case "LOGISTICS_PICKUP_DONE":
		return "shipped"
	case "LOGISTICS_DELIVERY_DONE":
		return "delivered"
	case "LOGISTICS_PICKUP_FAILED", "LOGISTICS_DELIVERY_FAILED":
		return "failed"
	case "LOGISTICS_LOST":
		return "lost"
	case "LOGISTICS_INVALID", "LOGISTICS_REQUEST_CANCELED", "LOGISTICS_COD_REJECTED":
		return "cancelled"
	}
	return "unknown"
}
