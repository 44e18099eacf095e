//go:build chaos

package endtoend

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Eight fetchers, a process each, share one limit of twenty calls a second for five minutes, with work for all of them. They use
// nearly all of it, and the platform, which counts for itself, sees no interval of any length with more than it allows.
func TestLongEightFetchersShareOneLimit(t *testing.T) {
	const (
		fetchers = 8
		rate     = 1200
		burst    = 10
		lasts    = 5 * time.Minute
	)
	b := setup(t, settings{shops: 6, days: 30, ordersPerDay: 200, lasts: lasts, parts: 16})
	b.env = append(b.env, "SHOPSTREAM_PLATFORMS__SHOPEE__RATE=1200")
	b.limit(t, rate)
	b.do(t, "topics", "apply")
	b.run(t, nil, "planner")
	for range fetchers {
		b.run(t, nil, "fetcher")
	}
	b.do(t, "plan", "--id", planID, "--from", b.from, "--to", b.to, "--platform", "shopee")
	waitFor(t, time.Minute, "all fetchers to be at work", func() bool { return b.limited(t).Calls > 10*rate/60 })
	first, began := b.limited(t), time.Now()
	time.Sleep(lasts) // the interval that is measured
	last, took := b.limited(t), time.Since(began)
	used := float64(last.Calls-first.Calls) / (took.Minutes() * rate)
	t.Logf("%d calls in %v: %.2f %% of the rate used; at most %.2f above the rate, in any interval; %d refused",
		last.Calls-first.Calls, took.Round(time.Millisecond), 100*used, last.Most, last.Refused)
	if used < 0.98 {
		t.Errorf("%.2f %% of the rate used, at least 98 %% are promised", 100*used)
	}
	// A call in flight may arrive later than it began, and so together with others: one a process, by what is known here.
	if last.Most > burst+fetchers {
		t.Errorf("an interval had %.2f calls more than the rate gives, at most %d are allowed", last.Most, burst)
	}
}

// limit sets the platforms' limit, in calls a minute.
func (b *bench) limit(t *testing.T, rate int) {
	t.Helper()
	body, err := json.Marshal(map[string]int{"rate": rate})
	if err != nil {
		t.Fatal(err)
	}
	b.limits(t, http.MethodPost, string(body), nil)
}

// told is what the platform counted.
type told struct {
	Calls, Refused int
	Most           float64
}

func (b *bench) limited(t *testing.T) told {
	t.Helper()
	var all map[string]told
	b.limits(t, http.MethodGet, "", &all)
	return all["shopee"]
}

func (b *bench) limits(t *testing.T, method, body string, into any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, b.url+"/_sim/limits", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	if response.StatusCode >= http.StatusMultipleChoices {
		t.Fatalf("%s /_sim/limits: %s", method, response.Status)
	}
	if into != nil {
		if err := json.NewDecoder(response.Body).Decode(into); err != nil {
			t.Fatal(err)
		}
	}
}
