package telemetry

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
)

// Check says whether a part is well, and in a few words how it stands. It is called for every request, from any goroutine,
// and must answer from memory, at once.
type Check func() (ok bool, detail string)

// Health holds the checks of a process. The zero value is ready for use.
type Health struct {
	mu    sync.Mutex
	alive []namedCheck
	ready []namedCheck
}

type namedCheck struct {
	name  string
	check Check
}

// Alive adds a check to /healthz. It fails when the part has stopped for good, so that only a restart or a person can
// help; a part that waits for Kafka or MongoDB is alive.
func (h *Health) Alive(name string, check Check) { h.add(&h.alive, name, check) }

// Ready adds a check to /readyz. It fails as long as the part cannot do its work: before it has its partitions, or while
// what it needs is away.
func (h *Health) Ready(name string, check Check) { h.add(&h.ready, name, check) }

func (h *Health) add(to *[]namedCheck, name string, check Check) {
	h.mu.Lock()
	defer h.mu.Unlock()
	*to = append(*to, namedCheck{name, check})
	slices.SortStableFunc(*to, func(a, b namedCheck) int { return cmp.Compare(a.name, b.name) })
}

// handler answers with a line of JSON for each check, sorted by name; 200 when all are well, else 503.
func (h *Health) handler(which *[]namedCheck) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		h.mu.Lock()
		checks := slices.Clone(*which)
		h.mu.Unlock()
		status := http.StatusOK
		var body bytes.Buffer
		lines := json.NewEncoder(&body)
		for _, c := range checks {
			ok, detail := c.check()
			if !ok {
				status = http.StatusServiceUnavailable
			}
			_ = lines.Encode(struct { // strings and booleans, into memory
				Name   string `json:"name"`
				OK     bool   `json:"ok"`
				Detail string `json:"detail,omitempty"`
			}{c.name, ok, detail})
		}
		w.Header().Set("Content-Type", "application/x-ndjson")
		w.WriteHeader(status)
		_, _ = w.Write(body.Bytes()) // whoever asked may be gone
	}
}
