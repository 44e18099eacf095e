package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// maxFaults bounds what is kept.
const maxFaults = 1000

// Fault asks for misbehaviour; package world has the table of names. Which calls it meets depends on the seed, the
// fault's place among those asked for, and the call's place among those that fit it.
type Fault struct {
	Fault       string   `json:"fault"`
	Path        string   `json:"path,omitempty"`        // only paths, or patterns of paths, that begin so; "": all
	ShopID      string   `json:"shop_id,omitempty"`     // only calls whose query names this shop, so no token calls; "": all
	Probability *float64 `json:"probability,omitempty"` // of each call that fits, 0 to 1; absent: 1
	Count       int      `json:"count,omitempty"`       // at most so many times; 0: without end
	Seconds     float64  `json:"seconds,omitempty"`     // timeout, slow_body: how long they take. Others: how long the fault lives; 0: without end
	RetryAfter  int      `json:"retry_after,omitempty"` // 429 only: the Retry-After header in seconds; 0: none

	ID        int `json:"id"`        // given by the server, from 1
	Committed int `json:"committed"` // how often; kept by the server
}

func (f *Fault) validate() error {
	switch {
	case !world.FaultKnown(f.Fault):
		return fmt.Errorf("read fault: %.40q is none", f.Fault)
	case f.Probability != nil && !(*f.Probability >= 0 && *f.Probability <= 1):
		return fmt.Errorf("read fault: probability is %g, must be from 0 to 1", *f.Probability)
	case f.Count < 0 || f.RetryAfter < 0 || !(f.Seconds >= 0 && f.Seconds <= 1e6):
		return fmt.Errorf("read fault: count, seconds and retry_after must not be negative, nor seconds above 10^6")
	}
	return nil
}

// duration is Seconds of a fault that takes time.
func (f *Fault) duration() time.Duration { return time.Duration(f.Seconds * float64(time.Second)) }

// takesTime says whether Seconds is a fault's length rather than its life.
func (f *Fault) takesTime() bool {
	return f.Fault == world.FaultTimeout || f.Fault == world.FaultSlowBody
}

// faults are the faults in force.
type faults struct {
	seed uint64

	mu     sync.Mutex
	given  int
	active []*activeFault
}

type activeFault struct {
	Fault
	until time.Time // zero: without end
	fits  uint64    // calls that fitted so far
}

func (s *faults) add(f Fault, now time.Time) (id int, err error) {
	if err := f.validate(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.active) >= maxFaults {
		return 0, fmt.Errorf("add fault: there are %d already", maxFaults)
	}
	s.given++
	f.ID, f.Committed = s.given, 0
	a := &activeFault{Fault: f}
	if f.Seconds > 0 && !f.takesTime() {
		a.until = now.Add(f.duration())
	}
	s.active = append(s.active, a)
	return f.ID, nil
}

func (s *faults) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active = nil
}

func (s *faults) list() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Fault, len(s.active))
	for i, a := range s.active {
		out[i] = a.Fault
	}
	return out
}

// pick is the fault to commit on a call, the zero Fault for none.
func (s *faults) pick(p Platform, r *http.Request, now time.Time) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.active {
		if !a.fitsCall(p, r, now) {
			continue
		}
		a.fits++
		if a.Probability != nil {
			draw := world.NewRand(world.Hash(s.seed, uint64(a.ID), a.fits)) //nolint:gosec // from 1
			if float64(draw.Uint64()>>11)/(1<<53) >= *a.Probability {
				continue
			}
		}
		a.Committed++
		return a.Fault
	}
	return Fault{}
}

func (a *activeFault) fitsCall(p Platform, r *http.Request, now time.Time) bool {
	switch {
	case a.Count > 0 && a.Committed >= a.Count:
		return false
	case !a.until.IsZero() && !now.Before(a.until):
		return false
	case !strings.HasPrefix(r.URL.Path, a.Path) && !strings.HasPrefix(r.Pattern, a.Path):
		return false
	case a.ShopID != "" && a.ShopID != p.ShopOf(r):
		return false
	}
	return p.Takes(r, a.Fault.Fault)
}

func (s *Server) postFault(w http.ResponseWriter, r *http.Request) {
	var f Fault
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		http.Error(w, "read fault: "+err.Error(), http.StatusBadRequest)
		return
	}
	id, err := s.faults.add(f, s.opts.Now())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	writeJSON(w, map[string]int{"id": id})
}

func (s *Server) getFaults(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.faults.list()) }

func (s *Server) deleteFaults(w http.ResponseWriter, _ *http.Request) {
	s.faults.clear()
	w.WriteHeader(http.StatusNoContent)
}
