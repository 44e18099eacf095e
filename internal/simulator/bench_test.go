package simulator

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func newRecorder(b *bench, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.srv.Handler().ServeHTTP(w, httptest.NewRequest("GET", target, nil))
	return w
}

// Lists and details cost the same in a world of ten thousand orders a day for ten years as in a small one.
func BenchmarkListPage(b *testing.B) {
	for name, opts := range map[string]Options{
		"small": {Shops: 3, Days: 30, OrdersPerDay: 200}, "huge": {Shops: 1000, Days: 3650, OrdersPerDay: 10_000},
	} {
		for _, field := range []string{"create_time", "update_time"} {
			b.Run(name+"/"+field, func(b *testing.B) {
				t := setup(b, opts)
				r := t.request(listPath, t.shops[0], window(field, t.midnight(9), t.midnight(8), 100))
				b.ReportAllocs()
				for b.Loop() {
					t.srv.Handler().ServeHTTP(httptest.NewRecorder(), r)
				}
			})
		}
	}
}

func BenchmarkDetailsOf50(b *testing.B) {
	t := setup(b, Options{Shops: 1000, Days: 3650, OrdersPerDay: 10_000})
	sns := t.list(t.shops[0], "create_time", t.midnight(9), t.midnight(9)+1800, 100)[:50]
	r := t.request(detailPath, t.shops[0], map[string]string{
		"order_sn_list":            strings.Join(sns, ","),
		"response_optional_fields": "item_list,package_list,recipient_address,total_amount,pay_time,payment_method,buyer_user_id",
	})
	b.ReportAllocs()
	for b.Loop() {
		t.srv.Handler().ServeHTTP(httptest.NewRecorder(), r)
	}
}

// A day's money looks at the orders of a month, however many there are in all.
func BenchmarkWalletPage(b *testing.B) {
	for name, opts := range map[string]Options{
		"small": {Shops: 3, Days: 40, OrdersPerDay: 200}, "huge": {Shops: 1000, Days: 3650, OrdersPerDay: 200},
	} {
		b.Run(name, func(b *testing.B) {
			t := setup(b, opts)
			r := t.request(walletPath, t.shops[0], between("create_time", t.midnight(3), t.midnight(2)))
			b.ReportAllocs()
			for b.Loop() {
				t.srv.Handler().ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
