package lazada

import (
	"strings"
	"testing"

	"github.com/shopstream/shopstream/schemas"
)

func TestOrderStatus(t *testing.T) {
	t.Parallel()
	for statuses, want := range map[string]string{
		"": "unknown", "unpaid": "unpaid", "pending": "pending", "packed": "to_ship", "repacked": "to_ship", "topack": "to_ship",
		"ready_to_ship_pending": "to_ship", "ready_to_ship": "to_ship", "shipped": "shipped", "shipping": "shipped",
		"delivered": "delivered", "confirmed": "completed", "canceled": "cancelled", "returned": "returning", "failed": "returning",
		"failed_delivery": "returning", "shipped_back": "returning", "shipped_back_success": "returning", "shipped_back_failed": "returning",
		"lost_by_3pl": "cancelled", "damaged_by_3pl": "cancelled", "package_scrapped": "cancelled", "brand_new": "unknown", "Delivered": "delivered",
		"delivered,returned": "delivered", "returned,delivered": "delivered", "shipped,ready_to_ship,canceled": "to_ship",
		"canceled,delivered": "delivered", "canceled,lost_by_3pl": "cancelled", "canceled,brand_new": "unknown",
		"delivered,brand_new": "delivered", "pending,unpaid": "unpaid", "confirmed,delivered": "delivered", "confirmed,returned": "completed",
	} {
		var each []string
		if statuses != "" {
			each = strings.Split(statuses, ",")
		}
		status, unified := orderStatus(each)
		if status != statuses || unified != want {
			t.Errorf("%q: got %q and %q, want %q", statuses, status, unified, want)
		}
	}
}

// TestWords makes sure that every word has its place in its course, and so in the schema.
func TestWords(t *testing.T) {
	t.Parallel()
	for _, set := range []struct {
		words  map[string]string
		course []string
	}{{orderWords, orderCourse}, {parcelWords, parcelCourse}, {returnWords, returnCourse}} {
		for status, word := range set.words {
			if got := furthestBehind(set.course, []string{word}); got != word {
				t.Errorf("%s is %s, which has no place in %q", status, word, set.course)
			}
		}
	}
}

func TestReturnWord(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status   string
		disputed bool
		want     string
	}{
		{"REQUEST_INITIATE", false, "requested"},
		{"REQUEST_INITIATE", true, "disputed"},
		{"SELLER_REJECT_RETURN", true, "disputed"},
		{"REFUND_SUCCESS", true, "completed"},
		{"REQUEST_CANCEL", true, "cancelled"},
		{"REFUND_PENDING", false, "accepted"},
		{"BUYER_RETURN_ITEM", false, "returning"},
		{"SELLER_REJECT_REFUND", false, "rejected"},
		{"BRAND_NEW", false, "unknown"},
		{"", false, "unknown"},
	} {
		if got := returnWord(c.status, c.disputed); got != c.want {
			t.Errorf("%s, disputed %v: %q, want %q", c.status, c.disputed, got, c.want)
		}
	}
}

func TestProductStatus(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]string{
		"Active": "active", "live": "active", "sold-out": "active", "InActive": "inactive", "Pending QC": "pending", "Rejected": "rejected",
		"Suspended": "rejected", "Deleted": "deleted", "New": "unknown", "": "unknown",
	} {
		if got := productStatus(status); got != want {
			t.Errorf("%q: %q, want %q", status, got, want)
		}
	}
}

func TestTransactionType(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, fee, want string }{
		{"Orders-Sales", "Item Price Credit", schemas.TypeOrderIncome},
		{"Orders-Item Charges", "Item Price Credit", schemas.TypeOrderIncome},
		{"Orders-Lazada Fees", "Commission", schemas.TypeFee},
		{"Orders-Shipping Fees", "Shipping Fee (Paid By Customer)", schemas.TypeFee},
		{"Refunds-Item Charges", "Item Price Credit", schemas.TypeRefund},
		{"Refunds-Lazada Fees", "Commission", schemas.TypeRefund},
		{"Orders-Lazada Fees", "Reversal Commission", schemas.TypeRefund},
		{"Orders-Claims", "Lost Claim", schemas.TypeAdjustment},
		{"Refunds-Claims", "Damaged Claim", schemas.TypeAdjustment},
		{"Other Services", "Adjustments Others", schemas.TypeAdjustment},
		{"", "", schemas.TypeFee},
	} {
		if got := transactionType(c.kind, c.fee); got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.kind, c.fee, got, c.want)
		}
	}
}
