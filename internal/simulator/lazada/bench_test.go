package lazada_test

import (
	"testing"

	"github.com/shopstream/shopstream/internal/simulator"
)

var worlds = map[string]simulator.Options{
	"small": {Shops: 3, Days: 40, OrdersPerDay: 200}, "huge": {Shops: 1000, Days: 3650, OrdersPerDay: 10_000},
}

// A page by creation costs the same in a world of ten thousand orders a day for ten years as in a small one.
func BenchmarkOrderPage(b *testing.B) {
	for name, opts := range worlds {
		b.Run(name, func(b *testing.B) {
			s := setup(b, opts)
			b.ReportAllocs()
			for b.Loop() {
				s.must("/orders/get", s.shops[0], params{
					"created_after": iso(s.midnight(9)), "created_before": iso(s.midnight(8)), "sort_by": "created_at", "sort_direction": "ASC",
					"offset": "60",
				})
			}
		})
	}
}

// A day's account looks at the orders of a month, however many there are in all.
func BenchmarkTransactionPage(b *testing.B) {
	for name, opts := range worlds {
		b.Run(name, func(b *testing.B) {
			opts.OrdersPerDay = 200
			s := setup(b, opts)
			b.ReportAllocs()
			for b.Loop() {
				s.must("/finance/transaction/details/get", s.shops[0], params{"start_time": "2026-03-10", "end_time": "2026-03-10", "offset": "500"})
			}
		})
	}
}
