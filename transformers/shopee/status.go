package shopee

// unifiedStatus gives Shopee's order status the word that all platforms share.
func unifiedStatus(status string) string {
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
