package demo

import (
	"strings"

	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/schemas"
)

// tally counts the rows of one chunk, as far as they decide how many calls it needs.
type tally struct {
	orders   int // of the chunk's window, whatever the kind
	rows     int
	packages int
	variants int // products with variants, which Shopee gives one at a time
	groups   map[string]int
}

func (t *tally) add(kind string, r oracle.Row) {
	t.rows++
	switch kind {
	case schemas.Tracking:
		t.packages += r.Lines
	case schemas.Products:
		if r.Lines > 1 {
			t.variants++
		}
	case schemas.Transactions, schemas.Returns:
		if t.groups == nil {
			t.groups = map[string]int{}
		}
		t.groups[group(r)]++
	}
}

// group tells apart the rows of a kind that come from lists of their own.
func group(r oracle.Row) string {
	head, _, several := strings.Cut(r.ID, ":")
	switch {
	case strings.HasPrefix(r.Status, "CANCELLATION"):
		return "cancellation"
	case several:
		switch head {
		case "wallet", "statement", "withdrawal", "payout", "unsettled":
			return head
		}
	}
	return ""
}

// pages returns how many calls a list of n rows takes at least: one, even when it is empty.
func pages(n, size int) int { return max(1, (n+size-1)/size) }

// batches returns how many calls the details of n listed rows take at least, page by page.
func batches(n, page, size int) int {
	calls := 0
	for ; n > 0; n -= page {
		calls += (min(n, page) + size - 1) / size
	}
	return calls
}

// least returns how many calls a chunk needs at the least, by the platform's page sizes.
func least(platform, kind string, t *tally) int {
	switch platform + " " + kind {
	case "shopee orders", "lazada orders", "lazada tracking":
		return pages(t.orders, 100) + batches(t.orders, 100, 50)
	case "shopee products":
		return pages(t.rows, 100) + batches(t.rows, 100, 50) + t.variants
	case "shopee transactions":
		return pages(t.groups[""], 100) + batches(t.groups[""], 100, 50) + pages(t.groups["wallet"], 100)
	case "shopee returns":
		return pages(t.rows, 100) + t.rows
	case "shopee tracking":
		return pages(t.orders, 100) + batches(t.orders, 100, 50) + batches(t.packages, 50, 50)
	case "tiktok orders":
		return pages(t.orders, 100)
	case "tiktok products":
		return pages(t.rows, 100) + t.rows
	case "tiktok transactions":
		statements := pages(t.groups["statement"], 100)
		if t.groups["statement"] > 0 {
			statements += pages(t.groups[""], 100)
		}
		return statements + pages(t.groups["withdrawal"], 100)
	case "tiktok returns":
		return pages(t.groups[""], 50) + pages(t.groups["cancellation"], 50)
	case "tiktok tracking":
		return pages(t.packages, 50) + batches(t.rows, 50, 50)
	case "lazada products":
		return pages(t.rows, 50)
	case "lazada transactions":
		return pages(t.groups[""], 500)
	case "lazada returns":
		return pages(t.rows, 100)
	}
	return 0
}
