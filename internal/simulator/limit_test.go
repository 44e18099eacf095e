package simulator

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"
)

func TestLimitHoldsForTheWholeApp(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 2, Days: 3, OrdersPerDay: 30, Rate: 60})
	calls := func(n int) (granted int) {
		for i := range n {
			path := []string{listPath, detailPath}[i%2]
			status, got := b.do(b.request(path, b.shops[i%2], window("create_time", b.midnight(3), b.midnight(2), 10)))
			if (status == http.StatusTooManyRequests) != (got.Error == "error_rate_limit") {
				t.Errorf("%d with error %q", status, got.Error)
			}
			if status != http.StatusTooManyRequests {
				granted++
			}
		}
		return granted
	}
	for _, c := range []struct {
		what  string
		after time.Duration
		calls int
		want  int
	}{
		{"a burst of ten", 0, 25, 10},
		{"too early", 999 * time.Millisecond, 3, 0},
		{"one a second", time.Millisecond, 3, 1},
		{"three seconds", 3 * time.Second, 5, 3},
		{"after a rest ten again", time.Hour, 30, 10},
	} {
		b.clock.pass(c.after)
		if got := calls(c.calls); got != c.want {
			t.Errorf("%s: %d calls granted, want %d", c.what, got, c.want)
		}
	}
	var counted map[string]pathCalls
	if err := json.Unmarshal([]byte(b.control(http.MethodGet, "/_sim/calls", "")), &counted); err != nil {
		t.Fatal(err)
	}
	all, refused := 0, 0
	for _, c := range counted {
		all, refused = all+c.Calls, refused+c.Refused
	}
	if all != 66 || refused != 66-24 || counted[listPath].MostIn1s != 15 || len(counted) != 15 {
		t.Errorf("counted %+v", counted)
	}
}

func TestLimitIsChangedAndTold(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 1, Days: 3, OrdersPerDay: 30, Rate: 60})
	calls := func(n int) (granted int) {
		for range n {
			status, _ := b.do(b.request(listPath, b.shops[0], window("create_time", b.midnight(3), b.midnight(2), 10)))
			if status != http.StatusTooManyRequests {
				granted++
			}
		}
		return granted
	}
	if got := calls(14); got != 10 {
		t.Errorf("%d calls granted, want the burst", got)
	}
	b.clock.pass(time.Hour)
	b.control(http.MethodPost, "/_sim/limits", `{"platform":"shopee","rate":6}`)
	calls(10)
	b.clock.pass(10 * time.Second)
	if got := calls(3); got != 1 {
		t.Errorf("%d calls granted, want one in ten seconds", got)
	}
	var told map[string]limitView
	if err := json.Unmarshal([]byte(b.control(http.MethodGet, "/_sim/limits", "")), &told); err != nil {
		t.Fatal(err)
	}
	if want := (limitView{Calls: 27, Refused: 6, Most: 14}); told["shopee"] != want {
		t.Errorf("told %+v, want %+v", told["shopee"], want)
	}
}

func TestLimitNeverExceedsItsShareAndBurst(t *testing.T) {
	t.Parallel()
	l := newLimit(600) // one in 100 ms
	now := newClock().now()
	var granted []time.Time
	for i := range 20_000 {
		now = now.Add(time.Duration(i*7919%30) * time.Millisecond)
		if l.admit(now) {
			granted = append(granted, now)
		}
	}
	for i := range granted {
		for j := i; j < min(i+200, len(granted)); j++ {
			if n, span := j-i+1, granted[j].Sub(granted[i]); time.Duration(n-burst) > span/(100*time.Millisecond) {
				t.Fatalf("%d calls within %s", n, span)
			}
		}
	}
	if len(granted) < 2000 {
		t.Errorf("%d granted", len(granted))
	}
}
