package endtoend

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// platformFaults are the ways in which the platforms misbehave, all at once. Probabilities are such that most tasks are done in
// place, and some have to wait in a delay topic.
var platformFaults = []string{
	`{"fault":"429","probability":0.03}`, // each closes its platform for all for a while
	`{"fault":"429","probability":0.03,"retry_after":2}`,
	`{"fault":"500","probability":0.02}`,
	`{"fault":"503","probability":0.02}`,
	`{"fault":"timeout","seconds":4,"count":6}`,
	`{"fault":"slow_body","seconds":4,"count":6}`,
	`{"fault":"cut","probability":0.02}`,
	`{"fault":"truncated","probability":0.02}`,
	`{"fault":"html","probability":0.02}`,
	`{"fault":"error_body","probability":0.02}`,
	`{"fault":"empty_more","probability":0.1}`,
	`{"fault":"same_cursor","count":4}`,
	`{"fault":"duplicate_rows","probability":0.2}`,
	// Once at each: what is left out when it is asked for alone, too, is a gap, and rightly so.
	`{"fault":"missing_ids","path":"/api/v2/order/get_order_detail","count":1}`,
	`{"fault":"missing_ids","path":"/api/v2/product/get_item_base_info","count":1}`,
	`{"fault":"missing_ids","path":"/api/v2/order/get_package_detail","count":1}`,
	`{"fault":"missing_ids","path":"/order/202309/orders","count":1}`,
	`{"fault":"missing_ids","path":"/rest/orders/items/get","count":1}`,
	`{"fault":"503","seconds":15}`, // in the end all platforms are away for a while
}

// TestBackfillDespitePlatformFaults lets every platform misbehave in every way during a backfill of all kinds. Nothing may be
// missed, doubled or given up.
func TestBackfillDespitePlatformFaults(t *testing.T) {
	t.Parallel()
	b := setup(t, settings{shops: 1, days: 6, ordersPerDay: 40, lasts: 60 * time.Second, unlimited: true})
	for _, fault := range platformFaults[:len(platformFaults)-1] {
		b.fault(t, fault)
	}
	p := b.start(t, "SHOPSTREAM_FETCH__TIMEOUT=3s")
	b.plan(t)
	b.waitPages(t, 0.3)
	b.fault(t, platformFaults[len(platformFaults)-1])
	b.waitCompleted(t)
	p.stop(t)
	b.checkOutcome(t)
	b.checkFaults(t)
}

// fault asks the simulator for misbehaviour.
func (b *bench) fault(t *testing.T, fault string) {
	t.Helper()
	b.control(t, http.MethodPost, "faults", fault, nil)
}

// checkFaults looks whether the simulator did what it was asked for: a test that met no fault proves nothing.
func (b *bench) checkFaults(t *testing.T) {
	t.Helper()
	var all []struct {
		Fault     string `json:"fault"`
		Committed int    `json:"committed"`
	}
	b.control(t, http.MethodGet, "faults", "", &all)
	for _, f := range all {
		if f.Committed == 0 {
			t.Errorf("fault %s was never met", f.Fault)
		}
	}
	t.Logf("faults met: %+v", all)
}

// control calls the simulator's control API.
func (b *bench) control(t *testing.T, method, what, body string, into any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, b.url+"/_sim/"+what, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // read to its end, or not needed
	if response.StatusCode >= http.StatusMultipleChoices {
		t.Fatalf("%s %s %s: %s", method, what, body, response.Status)
	}
	if into == nil {
		return
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}
