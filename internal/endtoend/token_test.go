package endtoend

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestBackfillThroughManyRotations lets access tokens live for three seconds, so that two processes have to renew those of every
// shop again and again while they work. Each refresh token works once: were it used twice, its shop would be lost.
func TestBackfillThroughManyRotations(t *testing.T) {
	t.Parallel()
	const life = 3 * time.Second
	b := setup(t, settings{shops: 1, days: 6, ordersPerDay: 40, lasts: 25 * time.Second, unlimited: true, tokenTTL: life})
	one, two := b.start(t), b.start(t)
	began := time.Now()
	b.plan(t)
	b.waitCompleted(t)
	took := time.Since(began)
	one.stop(t)
	two.stop(t)
	b.checkOutcome(t)
	calls, refused := b.renewals(t)
	t.Logf("%d renewals of %d shops in %v", calls, len(b.shops), took.Round(time.Second))
	if refused > 0 {
		t.Errorf("%d renewals were refused: a refresh token was used twice", refused)
	}
	if least := 3 * len(b.shops); calls < least {
		t.Errorf("%d renewals: a run that shows something has at least %d", calls, least)
	}
	// A token is renewed in the last quarter of its life at the earliest.
	if most := len(b.shops) * (int(took/(life*3/4)) + 4); calls > most {
		t.Errorf("%d renewals in %v, want at most %d: two processes must not both renew the same tokens", calls, took, most)
	}
}

// renewals counts the calls that renewed tokens.
func (b *bench) renewals(t *testing.T) (calls, refused int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/_sim/calls", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	var paths map[string]struct{ Calls, Refused int }
	if err := json.NewDecoder(resp.Body).Decode(&paths); err != nil {
		t.Fatal(err)
	}
	for path, n := range paths {
		if strings.HasSuffix(path, "/token/refresh") || strings.HasSuffix(path, "/access_token/get") {
			calls, refused = calls+n.Calls, refused+n.Refused
		}
	}
	return calls, refused
}
