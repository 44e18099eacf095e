package tiktok_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/shopstream/shopstream/internal/simulator"
)

// A page costs the same in a world of many shops, days and orders as in a small one: what it looks at is near its window.
func BenchmarkPages(b *testing.B) {
	for name, o := range map[string]simulator.Options{
		"small": {Shops: 3, Days: 40, OrdersPerDay: 200}, "huge": {Shops: 1000, Days: 3650, OrdersPerDay: 200},
	} {
		c := setup(b, o)
		day := [2]int64{c.midnight(3), c.midnight(2)}
		body := fmt.Sprintf(`{"create_time_ge":%d,"create_time_lt":%d}`, day[0], day[1])
		for path, r := range map[string]*http.Request{
			"orders":   c.request(http.MethodPost, orderSearch, c.shops[0], params{"page_size": "100", "sort_order": "ASC"}, body),
			"packages": c.request(http.MethodPost, packageSearch, c.shops[0], params{"page_size": "50"}, body),
			"statements": c.request(http.MethodGet, statements, c.shops[0], params{
				"sort_field": "statement_time", "statement_time_ge": strconv.FormatInt(day[0], 10), "statement_time_lt": strconv.FormatInt(day[1], 10),
			}, ""),
		} {
			b.Run(name+"/"+path, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					r := r.Clone(b.Context())
					if r.Method == http.MethodPost {
						r.Body, _ = r.GetBody()
					}
					c.srv.Handler().ServeHTTP(httptest.NewRecorder(), r)
				}
			})
		}
	}
}
