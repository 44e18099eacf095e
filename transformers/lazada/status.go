package lazada

import (
	"slices"
	"strings"

	"github.com/shopstream/shopstream/transformers/read"
)

// orderWords and parcelWords give the status of an item the words that all platforms share: for its order and for the
// parcel it is in. An order has none for what was lost: its buyer gets nothing of it and is paid back, as if it was cancelled.
var (
	orderWords = map[string]string{
		"unpaid": "unpaid", "pending": "pending",
		"topack": "to_ship", "packed": "to_ship", "repacked": "to_ship", "toship": "to_ship", "ready_to_ship_pending": "to_ship", "ready_to_ship": "to_ship",
		"shipped": "shipped", "shipping": "shipped", "delivered": "delivered", "confirmed": "completed",
		"canceled": "cancelled", "lost": "cancelled", "lost_by_3pl": "cancelled", "damaged_by_3pl": "cancelled", "package_scrapped": "cancelled",
		"returned": "returning", "failed": "returning", "failed_delivery": "returning",
		"shipped_back": "returning", "shipped_back_success": "returning", "shipped_back_failed": "returning",
	}
	parcelWords = map[string]string{
		"unpaid": "pending", "pending": "pending",
		"topack": "to_ship", "packed": "to_ship", "repacked": "to_ship", "toship": "to_ship", "ready_to_ship_pending": "to_ship", "ready_to_ship": "to_ship",
		"shipped": "shipped", "shipping": "shipped", "delivered": "delivered", "confirmed": "delivered",
		"canceled": "cancelled", "lost": "lost", "lost_by_3pl": "lost", "damaged_by_3pl": "lost", "package_scrapped": "lost",
		"returned": "returned", "failed": "failed", "failed_delivery": "failed",
		"shipped_back": "returning", "shipped_back_success": "returned", "shipped_back_failed": "failed",
	}
)

// What comes after what, for furthestBehind.
var (
	orderCourse  = []string{"unpaid", "pending", "to_ship", "shipped", "delivered", "completed", "returning", unknown, cancelled}
	parcelCourse = []string{"pending", "to_ship", "shipped", "failed", "returning", "delivered", "returned", "lost", unknown, cancelled}
	returnCourse = []string{"requested", "disputed", "accepted", "returning", "completed", "rejected", unknown, cancelled}
)

const (
	unknown   = "unknown"
	cancelled = "cancelled"
)

// orderStatus returns an order's status by Lazada, who gives one for each kind of its items, and by the words of all platforms.
func orderStatus(each []string) (status, unified string) {
	return strings.Join(each, ","), furthestBehind(orderCourse, wordsOf(orderWords, each))
}

// unmapped notes the statuses that have no word.
func unmapped(bad *read.Problems, field string, words map[string]string, statuses []string) {
	for _, status := range statuses {
		if words[strings.ToLower(status)] == "" {
			bad.Unmapped(field, status)
		}
	}
}

// wordsOf gives each status its word.
func wordsOf(words map[string]string, statuses []string) []string {
	list := make([]string, len(statuses))
	for i, status := range statuses {
		if list[i] = words[strings.ToLower(status)]; list[i] == "" {
			list[i] = unknown
		}
	}
	return list
}

// returnWords give the status of a reverse order's line the words that all platforms share.
var returnWords = map[string]string{
	"REQUEST_INITIATE": "requested", "CS_APPROVING": "requested",
	"SELLER_AGREE_RETURN": "accepted", "SELLER_AGREE_REFUND": "accepted", "AGREE_CANCEL_ORDER": "accepted",
	"REFUND_PENDING": "accepted", "REFUND_AUTHORIZED": "accepted",
	"BUYER_RETURN_ITEM": "returning",
	"REFUND_SUCCESS":    "completed", "REQUEST_COMPLETE": "completed", "CANCEL_SUCCESS": "completed",
	"REQUEST_REJECT": "rejected", "SELLER_REJECT_RETURN": "rejected", "SELLER_REJECT_REFUND": "rejected",
	"REFUND_REJECT": "rejected", "REJECT_CANCEL_ORDER": "rejected",
	"REQUEST_CANCEL": cancelled,
}

// returnWord gives a line's status its word. A dispute goes on while the line's own course has no end.
func returnWord(status string, disputed bool) string {
	word := returnWords[status]
	switch {
	case disputed && (word == "" || word == "requested" || word == "accepted" || word == "returning" || word == "rejected"):
		return "disputed"
	case word == "":
		return unknown
	}
	return word
}

// furthestBehind gives a whole the word of the part that has most of its course before it, since the whole is not done before
// that part is. Cancelled parts have none: they count only where there are no others. An unknown word
// says nothing about where its part is, so it counts only beside cancelled ones. Without any word it is unknown.
func furthestBehind(course, words []string) string {
	at := len(course)
	for _, word := range words {
		at = min(at, slices.Index(course, word))
	}
	if at == len(course) {
		return unknown
	}
	return course[at]
}

// statusSet collects statuses, each once, in the order in which they come.
type statusSet []string

func (s *statusSet) add(status string) {
	if status != "" && !slices.Contains(*s, status) {
		*s = append(*s, status)
	}
}

func (s statusSet) String() string { return strings.Join(s, ",") }
