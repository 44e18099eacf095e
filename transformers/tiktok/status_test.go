package tiktok

import "testing"

func TestOrderStatuses(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]struct{ plain, asked string }{
		"UNPAID": {"unpaid", "cancelling"}, "ON_HOLD": {"pending", "cancelling"}, "AWAITING_SHIPMENT": {"to_ship", "cancelling"},
		"PARTIALLY_SHIPPING": {"to_ship", "cancelling"}, "AWAITING_COLLECTION": {"to_ship", "cancelling"},
		"IN_TRANSIT": {"shipped", "cancelling"}, "DELIVERED": {"delivered", "delivered"}, "COMPLETED": {"completed", "completed"},
		"CANCELLED": {"cancelled", "cancelled"}, "CANCELED": {"cancelled", "cancelled"}, "CANCEL": {"cancelled", "cancelled"},
		"": {"unknown", "cancelling"}, "NEW": {"unknown", "cancelling"},
	} {
		if got := orderStatus(status, nil); got != want.plain {
			t.Errorf("%q: %s, want %s", status, got, want.plain)
		}
		if got := orderStatus(status, new(false)); got != want.plain {
			t.Errorf("%q, not asked: %s, want %s", status, got, want.plain)
		}
		if got := orderStatus(status, new(true)); got != want.asked {
			t.Errorf("%q, asked: %s, want %s", status, got, want.asked)
		}
	}
}

func TestReturnStatuses(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{
		"RETURN_OR_REFUND_REQUEST_PENDING": "requested", "REFUND_OR_RETURN_REQUEST_REJECT": "rejected",
		"RETURN_OR_REFUND_REQUEST_REJECT": "rejected", "AWAITING_BUYER_SHIP": "accepted", "BUYER_SHIPPED_ITEM": "returning",
		"REJECT_RECEIVE_PACKAGE": "rejected", "RETURN_OR_REFUND_REQUEST_SUCCESS": "accepted",
		"RETURN_OR_REFUND_REQUEST_CANCEL": "cancelled", "RETURN_OR_REFUND_REQUEST_COMPLETE": "completed",
		"RETURN_OR_REFUND__REQUEST_CANCELLED": "cancelled", "RETURN_OR_REFUND_REQUEST__CANCELED": "cancelled",
		"BUYER__SHIPPED_ITEM": "returning", "AWAITING_BUYER_RESPONSE": "requested",
		"REPLACEMENT_REQUEST_PENDING": "requested", "REPLACEMENT_REQUEST_REJECT": "rejected", "REPLACEMENT_REQUEST_CANCEL": "cancelled",
		"REPLACEMENT_REQUEST_COMPLETE": "completed", "REPLACEMENT_REQUEST_REFUND_SUCCESS": "accepted", "EXCHANGE_REQUEST_COMPLETE": "completed",
		"CANCELLATION_REQUEST_PENDING": "requested", "CANCELLATION_REQUEST_SUCCESS": "accepted", "CANCELLATION_REQUEST_CANCEL": "cancelled",
		"CANCELLATION_REQUEST_COMPLETE": "completed", "": "unknown", "___": "unknown", "NEW": "unknown",
	} {
		if got := returnStatus(status, ""); got != want {
			t.Errorf("%q: %s, want %s", status, got, want)
		}
		disputed := "disputed"
		if want == "completed" || want == "cancelled" {
			disputed = want
		}
		if got := returnStatus(status, "IN_PROGRESS"); got != disputed {
			t.Errorf("%q in arbitration: %s, want %s", status, got, disputed)
		}
		if got := returnStatus(status, "SUPPORT_BUYER"); got != want {
			t.Errorf("%q after arbitration: %s, want %s", status, got, want)
		}
	}
	for word, want := range map[string]string{
		"REFUND": "refund_only", "RETURN_AND_REFUND": "return_refund", "REPLACEMENT": "replacement", "EXCHANGE": "replacement", "NEW": "", "": "",
	} {
		if got := returnType(word); got != want {
			t.Errorf("type %q: %s, want %s", word, got, want)
		}
	}
}

func TestOtherStatuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		unify func(string) string
		want  map[string]string
	}{
		"products": {productStatus, map[string]string{
			"ACTIVATE": "active", "DRAFT": "inactive", "SELLER_DEACTIVATED": "inactive", "PLATFORM_DEACTIVATED": "inactive", "FREEZE": "inactive",
			"PENDING": "pending", "FAILED": "rejected", "DELETED": "deleted", "": "unknown",
		}},
		"money": {moneyStatus, map[string]string{
			"PAID": "completed", "SETTLED": "completed", "SUCCESS": "completed", "PROCESSING": "pending", "FAILED": "failed", "": "unknown",
		}},
		"types of transactions": {func(word string) string { unified, _ := moneyType(word); return unified }, map[string]string{
			"ORDER": "order_income", "GMV_PAYMENT_FOR_TIKTOK_ADS": "fee", "LOGISTICS_REIMBURSEMENT": "adjustment", "PLATFORM_REIMBURSEMENT": "adjustment",
			"PLATFORM_COMPENSATION": "adjustment", "PLATFORM_PENALTY": "fee", "PROMOTION_ADJUSTMENT": "adjustment", "SAMPLE_SHIPPING_FEE": "fee",
			"DEDUCTIONS_INCURRED_BY_SELLER": "adjustment", "NET_EARNINGS_BALANCE": "adjustment", "CUSTOMER_REFUND": "refund", "": "adjustment",
		}},
		"types of withdrawals": {func(word string) string { unified, _ := balanceType(word); return unified }, map[string]string{
			"WITHDRAW": "withdrawal", "REVERSE": "withdrawal", "SETTLE": "payout", "TRANSFER": "wallet", "NEW": "wallet", "": "wallet",
		}},
		"packages": {func(s string) string { return parcelStatus(s, "COMPLETED") }, map[string]string{
			"TO_FULFILL": "to_ship", "PROCESSING": "to_ship", "FULFILLING": "shipped", "COMPLETED": "delivered", "CANCELLED": "cancelled",
			"NEW": "unknown", "": "delivered",
		}},
		"silent packages": {func(s string) string { return parcelStatus("", s) }, map[string]string{
			"UNPAID": "pending", "ON_HOLD": "pending", "AWAITING_SHIPMENT": "to_ship", "AWAITING_COLLECTION": "to_ship",
			"PARTIALLY_SHIPPING": "unknown", "IN_TRANSIT": "shipped", "DELIVERED": "delivered", "COMPLETED": "delivered", "CANCELLED": "cancelled",
		}},
	} {
		for status, want := range c.want {
			if got := c.unify(status); got != want {
				t.Errorf("%s: %q is %s, want %s", name, status, got, want)
			}
		}
	}
}

func TestTypesThatAreKnown(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]bool{
		"ORDER": true, "RESERVE": true, "CHARGE_BACK": true, "SHIPPING_FEE_ADJUSTMENT": true, "PLATFORM_COMMISSION_COMPENSATION": true, "REBATE": true,
		"NEW_REIMBURSEMENT": true, "DEDUCTIONS_INCURRED_BY_SELLER": true, "": true, "SOMETHING_NEW": false, "FEES": false, "order": false,
	} {
		if _, known := moneyType(word); known != want {
			t.Errorf("type of a transaction %q: known is %v", word, known)
		}
	}
	for word, want := range map[string]bool{"WITHDRAW": true, "SETTLE": true, "TRANSFER": true, "REVERSE": true, "NEW": false} {
		if _, known := balanceType(word); known != want {
			t.Errorf("type of a withdrawal %q: known is %v", word, known)
		}
	}
}
