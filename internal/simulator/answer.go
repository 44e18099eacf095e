package simulator

import (
	"net/http"
	"strconv"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

const webPage = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n<body><h1>502 Bad Gateway</h1></body></html>\n"

// call serves one call of a platform's API, of a path or of what a pattern stands for: count, limit, fault, answer.
func (s *Server) call(w http.ResponseWriter, r *http.Request, p Platform, path string) {
	now := s.opts.Now()
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	admitted := s.limits[p.Name()].admit(now)
	s.calls.count(path, now, !admitted)
	if !admitted {
		status, body := p.Answer(r, world.FaultRate)
		deliver(w, status, body)
		return
	}
	f := s.faults.pick(p, r, now)
	switch f.Fault {
	case world.FaultServer:
		http.Error(w, "internal server error", http.StatusInternalServerError)
	case world.FaultAway:
		http.Error(w, "service unavailable", http.StatusServiceUnavailable)
	case world.FaultHTML:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte(webPage)) // who left needs no answer
	case world.FaultTimeout:
		hang(r, f.duration())
		panic(http.ErrAbortHandler) // net/http's way to end a connection without an answer
	default:
		if f.Fault == world.FaultRate && f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		}
		status, body := p.Answer(r, f.Fault)
		mangle(w, r, f, status, body)
	}
}

// mangle delivers a true answer, unless a fault of the transport is asked for.
func mangle(w http.ResponseWriter, r *http.Request, f Fault, status int, body []byte) {
	switch f.Fault {
	case world.FaultTruncated:
		deliver(w, status, body[:len(body)/2])
	case world.FaultCut:
		begin(w, status, len(body))
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush() // the connection is about to be cut anyhow
		panic(http.ErrAbortHandler)
	case world.FaultSlowBody:
		trickle(w, r, f, status, body)
	default:
		deliver(w, status, body)
	}
}

func begin(w http.ResponseWriter, status, length int) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(status)
}

func deliver(w http.ResponseWriter, status int, body []byte) {
	begin(w, status, len(body))
	_, _ = w.Write(body) // who left needs no answer
}

// trickle spreads a body over the fault's seconds.
func trickle(w http.ResponseWriter, r *http.Request, f Fault, status int, body []byte) {
	const pieces = 10
	length := f.duration()
	if length == 0 {
		length = 5 * time.Second
	}
	begin(w, status, len(body))
	for i := range pieces {
		if !hang(r, length/pieces) {
			panic(http.ErrAbortHandler)
		}
		if _, err := w.Write(body[i*len(body)/pieces : (i+1)*len(body)/pieces]); err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush() // a failure shows at the next write
	}
}

// hang waits; without a length until the client has left or the server stops. It is true if it waited the whole length.
func hang(r *http.Request, length time.Duration) bool {
	var over <-chan time.Time
	if length > 0 {
		timer := time.NewTimer(length)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
		return true
	case <-r.Context().Done():
		return false
	}
}
