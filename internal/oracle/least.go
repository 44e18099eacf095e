package oracle

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/shopstream/shopstream/schemas"
)

// tally counts the rows of one chunk, as far as they decide how many calls it needs.
type tally struct {
	orders   []string       // ids of the orders in the chunk's window, in the list's order, whatever the kind
	packages map[string]int // of each order that has any
	away     map[string]int // likewise, of those whose packages have left the seller, as they do together
	rows     int
	variants int // products with variants, which Shopee gives one at a time
	groups   map[string]int
}

func (t *tally) add(kind string, r Row) {
	t.rows++
	switch kind {
	case schemas.Orders:
		t.orders = append(t.orders, r.ID)
	case schemas.Tracking:
		t.packages[r.ID] = r.Lines
		if left(r) {
			t.away[r.ID] = r.Lines
		}
	case schemas.Products:
		if r.Lines > 1 {
			t.variants++
		}
	case schemas.Transactions, schemas.Returns:
		t.groups[group(r)]++
	}
}

// sum returns how many packages orders have.
func sum(packages map[string]int) (n int) {
	for _, lines := range packages {
		n += lines
	}
	return n
}

// gone are the platforms' words for packages, or for orders with all of them, that have left the seller.
var gone = []string{
	"LOGISTICS_PICKUP_DONE", "LOGISTICS_DELIVERY_DONE", "LOGISTICS_DELIVERY_FAILED", "LOGISTICS_LOST", // Shopee
	"FULFILLING", "COMPLETED", "IN_TRANSIT", "DELIVERED", // TikTok Shop
	"shipped", "delivered", "confirmed", "returned", "failed_delivery", "shipped_back", "shipped_back_success", // Lazada
}

// left reports whether a row of tracking is about packages that have left the seller.
func left(r Row) bool {
	return slices.ContainsFunc(strings.Split(r.Status, ","), func(word string) bool { return slices.Contains(gone, word) })
}

// histories returns how many calls the histories of packages take: Shopee has one for each package, the others one for each order.
func (t *tally) histories(platform string) int {
	if platform == schemas.Shopee {
		return sum(t.away)
	}
	return len(t.away)
}

// parcelCalls returns how many calls the packages of the orders take at least, whose numbers are known batch by batch of orders.
func (t *tally) parcelCalls(page, size, most int) (calls int) {
	for listed := range slices.Chunk(t.orders, page) {
		for batch := range slices.Chunk(listed, size) {
			n := 0
			for _, id := range batch {
				n += t.packages[id]
			}
			calls += (n + most - 1) / most
		}
	}
	return calls
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

// batches returns how many calls the details of n listed rows take at least, page by page, of 50 ids each.
func batches(n, page int) int {
	const size = 50
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
		return pages(len(t.orders), 100) + batches(len(t.orders), 100)
	case "shopee products":
		return pages(t.rows, 100) + batches(t.rows, 100) + t.variants
	case "shopee transactions":
		return pages(t.groups[""], 100) + batches(t.groups[""], 100) + pages(t.groups["wallet"], 100)
	case "shopee returns":
		return pages(t.rows, 100) + t.rows
	case "shopee tracking":
		return pages(len(t.orders), 100) + batches(len(t.orders), 100) + t.parcelCalls(100, 50, 50)
	case "tiktok orders":
		return pages(len(t.orders), 100)
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
		return pages(sum(t.packages), 50) + batches(t.rows, 50)
	case "lazada products":
		return pages(t.rows, 50)
	case "lazada transactions":
		return pages(t.groups[""], 500)
	case "lazada returns":
		return pages(t.rows, 100)
	}
	return 0
}

// once returns how many calls a shop's plan takes for money that is not read day by day; t is the last day's.
func once(platform string, t *tally) int {
	switch platform {
	case schemas.TikTok:
		return pages(t.groups["unsettled"], 100)
	case schemas.Lazada:
		return 1 // all payouts
	}
	return 0
}

// LeastCalls returns how many calls a backfill of the shop takes at the least, by kind: s selects the shop and the time field,
// days are the beginnings of the planned days and the end of the last one, history says whether tracking asks for what happened to
// packages. Each kind has a chunk a day, but for products, which have one. A chunk's window is a second wider at either end,
// since the platforms do not say whether ends count.
func LeastCalls(ctx context.Context, w World, s Selection, days []time.Time, history bool) (map[string]int, error) {
	calls := map[string]int{}
	for i := range len(days) - 1 {
		t := tally{packages: map[string]int{}, away: map[string]int{}}
		for _, s.Kind = range schemas.Kinds { // orders come first: other kinds are found through them
			s.From, s.To = days[i].Add(-time.Second), days[i+1].Add(time.Second)
			if s.Kind == schemas.Products {
				s.From, s.To = days[0], days[len(days)-1]
			}
			t.rows, t.groups = 0, map[string]int{}
			if err := w.Truth(ctx, s, func(r Row) bool { t.add(s.Kind, r); return true }); err != nil {
				return nil, err
			}
			if n := least(s.Platform, s.Kind, &t); s.Kind != schemas.Products || i == 0 {
				calls[s.Kind] += n
			}
			if s.Kind == schemas.Transactions && i == len(days)-2 {
				calls[s.Kind] += once(s.Platform, &t)
			}
			if s.Kind == schemas.Tracking && history {
				calls[s.Kind] += t.histories(s.Platform)
			}
		}
	}
	return calls, nil
}
