package oracle

import (
	"context"
	"sort"
	"strings"
	"time"

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

func (t *tally) add(kind string, r Row) {
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
func group(r Row) string {
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

// LeastCalls returns how many calls a backfill of the shop takes at the least, by kind: s selects the shop and the time field,
// days are the beginnings of the planned days and the end of the last one. Each kind has a chunk a day, but for products,
// which have one.
func LeastCalls(ctx context.Context, w World, s Selection, days []time.Time) (map[string]int, error) {
	calls := map[string]int{}
	n := len(days) - 1
	s.From, s.To = days[0], days[n]
	orders := make([]int, n)
	for _, s.Kind = range schemas.Kinds { // orders come first: other kinds are found through them
		chunks := make([]tally, n)
		if s.Kind == schemas.Products {
			chunks = chunks[:1]
		}
		if err := w.Truth(ctx, s, func(r Row) bool {
			at := r.CreateTime
			if s.By == schemas.UpdateTime || s.Kind == schemas.Products {
				at = r.UpdateTime
			}
			day := sort.Search(n, func(i int) bool { return days[i+1].Unix() > at })
			chunks[min(day, len(chunks)-1)].add(s.Kind, r)
			return true
		}); err != nil {
			return nil, err
		}
		for i := range chunks {
			if s.Kind == schemas.Orders {
				orders[i] = chunks[i].rows
			}
			chunks[i].orders = orders[i]
			calls[s.Kind] += least(s.Platform, s.Kind, &chunks[i])
		}
	}
	if s.Platform == schemas.Lazada || s.Platform == schemas.TikTok {
		calls[schemas.Transactions]++ // what is asked once a plan: payouts, unsettled orders
	}
	return calls, nil
}
