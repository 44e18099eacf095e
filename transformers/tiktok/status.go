package tiktok

import (
	"strings"

	"github.com/shopstream/shopstream/schemas"
)

// orderStatus gives an order's status the word that all platforms share. asked says whether the buyer's request to cancel is
// pending, which has no status of its own.
func orderStatus(status string, asked *bool) string {
	unified := "unknown"
	switch status {
	case "UNPAID":
		unified = "unpaid"
	case "ON_HOLD":
		unified = "pending"
	case "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION":
		unified = "to_ship"
	case "IN_TRANSIT":
		unified = "shipped"
	case "DELIVERED":
		return "delivered"
	case "COMPLETED":
		return "completed"
	case "CANCELLED", "CANCELED", "CANCEL": // one is what notices of changes say
		return "cancelled"
	}
	if asked != nil && *asked {
		return "cancelling"
	}
	return unified
}

// isOrderStatus reports whether an order's status has a word that all platforms share.
func isOrderStatus(status string) bool { return orderStatus(status, nil) != "unknown" }

// productStatus gives a product's status the word that all platforms share.
func productStatus(status string) string {
	switch status {
	case "ACTIVATE":
		return "active"
	case "DRAFT", "SELLER_DEACTIVATED", "PLATFORM_DEACTIVATED", "FREEZE":
		return "inactive"
	case "PENDING":
		return "pending"
	case "FAILED":
		return "rejected"
	case "DELETED":
		return "deleted"
	}
	return "unknown"
}

// moneyStatus gives the status of a statement, of its payment or of a withdrawal the word that all platforms share.
func moneyStatus(status string) string {
	switch status {
	case "PAID", "SETTLED", "SUCCESS":
		return "completed"
	case "PROCESSING", "PENDING":
		return "pending"
	case "FAILED":
		return "failed"
	}
	return "unknown"
}

// moneyType gives a type of a statement's transactions the one that all platforms share. The platform's are an open set, of
// which the words tell fees and refunds; others, such as reimbursements, correct what was settled before. It is known when it is
// documented, or its words say what it is.
func moneyType(word string) (unified string, known bool) {
	switch word {
	case "ORDER":
		return schemas.TypeOrderIncome, true
	case "", "CHARGE_BACK", "COFUNDED_CREATOR_REWARDS", "DEDUCTIONS_INCURRED_BY_SELLER", "NET_EARNINGS_BALANCE", "RESERVE", "SELLER_MISSION_REWARD",
		"STAMP_DUTY", "WITHHOLDING_TAX":
		return schemas.TypeAdjustment, true
	}
	for part := range strings.SplitSeq(word, "_") {
		switch part {
		case "REFUND":
			return schemas.TypeRefund, true
		case "FEE", "PAYMENT", "PENALTY":
			return schemas.TypeFee, true
		case "ADJUSTMENT", "COMPENSATION", "REBATE", "REIMBURSEMENT":
			known = true
		}
	}
	return schemas.TypeAdjustment, known
}

// balanceType gives a type of a movement of the seller's balance the one that all platforms share. REVERSE gives back what a
// withdrawal took that failed, so that both add up; TRANSFER is what the platform grants or deducts. It is known when it is
// documented.
func balanceType(word string) (unified string, known bool) {
	switch word {
	case "WITHDRAW", "REVERSE":
		return schemas.TypeWithdrawal, true
	case "SETTLE":
		return schemas.TypePayout, true
	}
	return schemas.TypeWallet, word == "TRANSFER"
}

// returnType gives a type of a return the one that all platforms share, "" to one that is not known.
func returnType(word string) string {
	switch word {
	case "RETURN_AND_REFUND":
		return schemas.TypeReturnRefund
	case "REFUND":
		return schemas.TypeRefundOnly
	case "REPLACEMENT", "EXCHANGE":
		return schemas.TypeReplacement
	}
	return ""
}

// returnStatus gives the status of a return or cancellation the word that all platforms share. The platform spells some in
// several ways, so the last word decides for requests.
func returnStatus(status, arbitration string) string {
	unified := "unknown"
	switch words := strings.FieldsFunc(status, func(c rune) bool { return c == '_' }); strings.Join(words, "_") {
	case "AWAITING_BUYER_SHIP":
		unified = "accepted"
	case "BUYER_SHIPPED_ITEM":
		unified = "returning"
	case "REJECT_RECEIVE_PACKAGE":
		unified = "rejected"
	case "AWAITING_BUYER_RESPONSE":
		unified = "requested"
	default:
		if len(words) > 0 {
			unified = requestStatus(words[len(words)-1])
		}
	}
	if arbitration == "IN_PROGRESS" && unified != "completed" && unified != "cancelled" {
		return "disputed"
	}
	return unified
}

// arbitrations are the words for what became of a dispute; only the first one is looked at.
var arbitrations = []string{"IN_PROGRESS", "SUPPORT_BUYER", "SUPPORT_SELLER", "CLOSED"}

// requestStatus reads the last word of a request's status: SUCCESS means that it is granted, COMPLETE that the money went back.
func requestStatus(word string) string {
	switch word {
	case "PENDING":
		return "requested"
	case "SUCCESS":
		return "accepted"
	case "REJECT", "REJECTED":
		return "rejected"
	case "COMPLETE", "COMPLETED":
		return "completed"
	case "CANCEL", "CANCELED", "CANCELLED":
		return "cancelled"
	}
	return "unknown"
}

// parcelStatus gives a package's status the word that all platforms share; that of its order speaks for packages without one.
func parcelStatus(status, order string) string {
	switch status {
	case "TO_FULFILL", "PROCESSING":
		return "to_ship"
	case "FULFILLING":
		return "shipped"
	case "COMPLETED":
		return "delivered"
	case "CANCELLED", "CANCELED":
		return "cancelled"
	case "":
	default:
		return "unknown"
	}
	switch order {
	case "UNPAID", "ON_HOLD":
		return "pending"
	case "AWAITING_SHIPMENT", "AWAITING_COLLECTION":
		return "to_ship"
	case "IN_TRANSIT":
		return "shipped"
	case "DELIVERED", "COMPLETED":
		return "delivered"
	case "CANCELLED", "CANCELED", "CANCEL":
		return "cancelled"
	}
	return "unknown" // such as PARTIALLY_SHIPPING, which does not say which of them
}
