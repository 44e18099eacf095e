package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// send makes a real call, for faults that show on the connection.
func (b *bench) send(t *testing.T, url string, r *http.Request) (status int, header http.Header, body string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	out, err := http.NewRequestWithContext(ctx, r.Method, url+r.URL.RequestURI(), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(out)
	if err != nil {
		return 0, nil, "", err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, res.Header, string(text), err
}

func TestFaultsOfTheTransport(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault  string
		status int // 0: no answer
		broken bool
		check  func(h http.Header, body string) bool
	}{
		{`{"fault":"429","count":1}`, 429, false, func(h http.Header, body string) bool {
			return h.Get("Retry-After") == "" && strings.Contains(body, `"error_rate_limit"`)
		}},
		{`{"fault":"429","count":1,"retry_after":7}`, 429, false, func(h http.Header, _ string) bool { return h.Get("Retry-After") == "7" }},
		{`{"fault":"500","count":1}`, 500, false, nil},
		{`{"fault":"503","count":1}`, 503, false, nil},
		{`{"fault":"timeout","count":1,"seconds":0.05}`, 0, true, nil},
		{`{"fault":"cut","count":1}`, 200, true, nil},
		{`{"fault":"truncated","count":1}`, 200, false, func(_ http.Header, body string) bool { return len(body) > 100 && !json.Valid([]byte(body)) }},
		{`{"fault":"html","count":1}`, 502, false, func(h http.Header, body string) bool {
			return strings.HasPrefix(h.Get("Content-Type"), "text/html") && strings.HasPrefix(body, "<!DOCTYPE html>")
		}},
		{`{"fault":"slow_body","count":1,"seconds":0.1}`, 200, false, func(_ http.Header, body string) bool { return json.Valid([]byte(body)) }},
		{`{"fault":"error_body","count":1}`, 200, false, func(_ http.Header, body string) bool { return strings.Contains(body, `"error_system_busy"`) }},
		{`{"fault":"auth","count":1}`, 403, false, func(_ http.Header, body string) bool { return strings.Contains(body, `"invalid_acceess_token"`) }},
	} {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			b := setup(t, Options{Shops: 1, Days: 3, OrdersPerDay: 30})
			server := httptest.NewServer(b.srv.Handler())
			t.Cleanup(server.Close)
			b.control(http.MethodPost, "/_sim/faults", c.fault)
			r := b.request(listPath, b.shops[0], window("create_time", b.midnight(3), b.midnight(2), 50))
			begin := time.Now()
			status, header, body, err := b.send(t, server.URL, r)
			if status != c.status || (err != nil) != c.broken || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("answered %d, %v", status, err)
			}
			if c.check != nil && !c.check(header, body) {
				t.Errorf("answered %v %s", header, body)
			}
			if strings.Contains(c.fault, "slow_body") && time.Since(begin) < 100*time.Millisecond {
				t.Errorf("a slow body came at once")
			}
			if status, _, _, err := b.send(t, server.URL, r); status != 200 || err != nil {
				t.Errorf("the call after: %d, %v", status, err)
			}
		})
	}
}

func TestTimeoutLastsUntilTheClientLeaves(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 1, Days: 3, OrdersPerDay: 30})
	server := httptest.NewServer(b.srv.Handler())
	t.Cleanup(server.Close) // waits for the hanging call
	b.control(http.MethodPost, "/_sim/faults", `{"fault":"timeout"}`)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+listPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err == nil {
		err = res.Body.Close()
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, %v", res, err)
	}
}

func TestFaultsOfPaging(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 1, Days: 3, OrdersPerDay: 60})
	shop := b.shops[0]
	want := ids(b.truth(shop, "create_time", b.midnight(3), b.midnight(2)))
	params := window("create_time", b.midnight(3), b.midnight(2)-1, 10)

	b.control(http.MethodPost, "/_sim/faults", `{"fault":"empty_more","count":1}`)
	empty := b.must(listPath, shop, params).Response
	if len(empty.Orders) != 0 || !empty.More || empty.Next == "" {
		t.Errorf("empty_more answered %+v", empty)
	}
	params["cursor"] = empty.Next
	first := b.must(listPath, shop, params).Response
	if len(first.Orders) != 10 || first.Orders[0].SN != want[0] {
		t.Errorf("after an empty page the list goes on with %+v", first.Orders)
	}

	b.control(http.MethodPost, "/_sim/faults", `{"fault":"same_cursor","count":1}`)
	params["cursor"] = first.Next
	if same := b.must(listPath, shop, params).Response; same.Next != first.Next || !same.More || same.Orders[0].SN != want[10] {
		t.Errorf("same_cursor answered %+v", same)
	}

	b.control(http.MethodPost, "/_sim/faults", `{"fault":"duplicate_rows"}`)
	var got []string
	params["cursor"] = ""
	for more := true; more; {
		page := b.must(listPath, shop, params).Response
		if len(page.Orders) > 10 {
			t.Errorf("%d rows on a page of 10", len(page.Orders))
		}
		for i, o := range page.Orders {
			if i == 0 && len(got) > 0 && o.SN != got[len(got)-1] {
				t.Errorf("the page begins with %s, the one before ended with %s", o.SN, got[len(got)-1])
			}
			got = append(got, o.SN)
		}
		more, params["cursor"] = page.More, page.Next
	}
	if got = slices.Compact(got); !slices.Equal(got, want) {
		t.Errorf("with duplicates %d rows, want %d", len(got), len(want))
	}

	b.control(http.MethodPost, "/_sim/faults", `{"fault":"missing_ids","count":2}`)
	details := map[string]string{"order_sn_list": strings.Join(want[:5], ",")}
	if got := b.must(detailPath, shop, details); len(got.Response.Orders) != 4 {
		t.Errorf("missing_ids answered %d of 5", len(got.Response.Orders))
	}
	details["order_sn_list"] = want[0]
	if got := b.must(detailPath, shop, details); len(got.Response.Orders) != 0 {
		t.Errorf("missing_ids answered the only one")
	}
}

func TestFaultsChooseTheirCalls(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 2, Days: 3, OrdersPerDay: 30})
	good := window("create_time", b.midnight(3), b.midnight(2), 10)
	failures := func(path string, shop, times int) (n int, pattern string) {
		for range times {
			w := httptest.NewRecorder()
			b.srv.Handler().ServeHTTP(w, b.request(path, b.shops[shop], good))
			if w.Code == 500 {
				n, pattern = n+1, pattern+"x"
			} else {
				pattern += "."
			}
		}
		return n, pattern
	}
	expect := func(what string, got, want int) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %d failed, want %d", what, got, want)
		}
	}
	b.control(http.MethodPost, "/_sim/faults", `{"fault":"500","path":"/api/v2/order/get_order_l","count":3,"shop_id":"`+b.shops[1].ShopID+`"}`)
	n, _ := failures(detailPath, 1, 5)
	expect("another path", n, 0)
	n, _ = failures(listPath, 0, 5)
	expect("another shop", n, 0)
	n, _ = failures(listPath, 1, 5)
	expect("three times at most", n, 3)

	b.control(http.MethodPost, "/_sim/faults", `{"fault":"500","seconds":60}`)
	n, _ = failures(listPath, 0, 2)
	expect("while it lives", n, 2)
	b.clock.pass(time.Minute)
	n, _ = failures(listPath, 0, 2)
	expect("after its life", n, 0)

	b.control(http.MethodPost, "/_sim/faults", `{"fault":"500"}`)
	b.control(http.MethodDelete, "/_sim/faults", "")
	n, _ = failures(listPath, 0, 2)
	expect("after clearing", n, 0)

	var patterns []string
	for range 2 {
		b = setup(t, Options{Shops: 2, Days: 3, OrdersPerDay: 30})
		b.control(http.MethodPost, "/_sim/faults", `{"fault":"500","probability":0.3}`)
		n, pattern := failures(listPath, 0, 200)
		if n < 30 || n > 90 {
			t.Errorf("probability 0.3: %d of 200", n)
		}
		patterns = append(patterns, pattern)
	}
	if patterns[0] != patterns[1] {
		t.Errorf("one seed, two patterns:\n%s\n%s", patterns[0], patterns[1])
	}
}

func TestBadFaultsAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 1})
	for _, body := range []string{
		``, `{}`, `{"fault":"418"}`, `{"fault":"500","probability":1.5}`, `{"fault":"500","probability":-1}`, `{"fault":"500","count":-1}`,
		`{"fault":"500","often":true}`, `{"fault":"timeout","seconds":-1}`,
	} {
		w := httptest.NewRecorder()
		b.srv.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/_sim/faults", strings.NewReader(body)))
		if w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", body, w.Code)
		}
	}
}
