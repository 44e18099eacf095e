package simulator

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// control adds the control API to a mux. It is not counted, not limited and meets no faults.
func (s *Server) control(mux *http.ServeMux) {
	mux.HandleFunc("GET /_sim/truth", s.getTruth)
	mux.HandleFunc("GET /_sim/least", s.getLeast)
	mux.HandleFunc("GET /_sim/calls", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.calls.snapshot()) })
	mux.HandleFunc("GET /_sim/code", s.getCode)
	mux.HandleFunc("GET /_sim/limits", s.getLimits)
	mux.HandleFunc("POST /_sim/limits", s.postLimits)
	mux.HandleFunc("POST /_sim/faults", s.postFault)
	mux.HandleFunc("GET /_sim/faults", s.getFaults)
	mux.HandleFunc("DELETE /_sim/faults", s.deleteFaults)
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // who left needs no answer
}

// named are the platforms that a request of the control API is about, by what it says: "" for all.
func (s *Server) named(name string) ([]Platform, error) {
	if name == "" {
		return s.platforms, nil
	}
	for _, p := range s.platforms {
		if p.Name() == name {
			return []Platform{p}, nil
		}
	}
	return nil, fmt.Errorf("choose platform: %.40q is not simulated", name)
}

// getLimits tells how the platforms' limits were used, by platform.
func (s *Server) getLimits(w http.ResponseWriter, _ *http.Request) {
	views := make(map[string]limitView, len(s.limits))
	for name, l := range s.limits {
		views[name] = l.snapshot()
	}
	writeJSON(w, views)
}

// postLimits changes the rate of the chosen platforms, in calls a minute for all their shops together; 0 for no limit.
func (s *Server) postLimits(w http.ResponseWriter, r *http.Request) {
	var to struct {
		Platform string `json:"platform"`
		Rate     int    `json:"rate"`
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10))
	d.DisallowUnknownFields()
	if err := d.Decode(&to); err != nil {
		http.Error(w, "read limits: "+err.Error(), http.StatusBadRequest)
		return
	}
	if to.Rate < 0 || to.Rate > maxRate {
		http.Error(w, fmt.Sprintf("read limits: rate is %d, must be from 0 to %d", to.Rate, maxRate), http.StatusBadRequest)
		return
	}
	chosen, err := s.named(to.Platform)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, p := range chosen {
		s.limits[p.Name()].change(to.Rate)
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) getCode(w http.ResponseWriter, r *http.Request) {
	chosen, err := s.named(r.FormValue("platform"))
	for _, p := range chosen {
		var code string
		if code, err = p.Consent(r.FormValue("shop_id")); err == nil {
			writeJSON(w, map[string]string{"code": code})
			return
		}
	}
	http.Error(w, err.Error(), http.StatusBadRequest)
}

// selected is what a request of the control API selects, and of which platforms.
func (s *Server) selected(r *http.Request) (chosen []Platform, q world.Query, err error) {
	if q, err = truthQuery(r); err == nil {
		chosen, err = s.named(r.FormValue("platform"))
	}
	return chosen, q, err
}

func (s *Server) getTruth(w http.ResponseWriter, r *http.Request) {
	chosen, q, err := s.selected(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if r.FormValue("rows") == "1" {
		writeRows(w, r, chosen, q)
		return
	}
	count, cents := 0, int64(0)
	err = truth(chosen, q, func(row world.Row) bool {
		count++
		cents += inCents(row)
		return count%4096 != 0 || r.Context().Err() == nil
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	writeJSON(w, struct {
		Count int    `json:"count"`
		Money string `json:"money"`
	}{count, world.Decimal(cents, 2)})
}

// getLeast tells how many calls a chunk takes at the least.
func (s *Server) getLeast(w http.ResponseWriter, r *http.Request) {
	chosen, q, err := s.selected(r)
	chunk := world.Chunk{Query: q, Last: r.FormValue("last") == "1", History: r.FormValue("history") == "1"}
	for _, p := range chosen {
		var calls int
		if calls, err = p.LeastCalls(chunk); err == nil {
			writeJSON(w, map[string]int{"calls": calls})
			return
		}
	}
	http.Error(w, err.Error(), http.StatusBadRequest)
}

// truth yields the rows of the chosen platforms, of a shop from those that have it. None having it is an error.
func truth(chosen []Platform, q world.Query, yield func(world.Row) bool) error {
	has := false
	for _, p := range chosen {
		err := p.Truth(q, yield)
		if err != nil && !errors.Is(err, world.ErrNoShop) {
			return err
		}
		has = has || err == nil
	}
	if !has {
		return fmt.Errorf("select truth of shop %.40q: %w", q.ShopID, world.ErrNoShop)
	}
	return nil
}

// inCents makes amounts of all currencies addable; no currency here has more than two places.
func inCents(row world.Row) int64 {
	if row.Places == 0 {
		return row.Amount * 100
	}
	return row.Amount
}

// truthRow is a row as it is written.
type truthRow struct {
	ID          string `json:"id"`
	CreateTime  int64  `json:"create_time"`
	UpdateTime  int64  `json:"update_time"`
	Status      string `json:"status"`
	TotalAmount string `json:"total_amount"`
	Lines       int    `json:"lines"`
	Quantity    int64  `json:"quantity"`
	ShopID      string `json:"shop_id"`
}

func writeRows(w http.ResponseWriter, r *http.Request, chosen []Platform, q world.Query) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	out := bufio.NewWriterSize(w, 64<<10)
	lines := json.NewEncoder(out)
	err := truth(chosen, q, func(row world.Row) bool {
		failed := lines.Encode(truthRow{
			ID: row.ID, CreateTime: row.CreateTime, UpdateTime: row.UpdateTime, Status: row.Status,
			TotalAmount: world.Decimal(row.Amount, row.Places), Lines: row.Lines, Quantity: row.Quantity, ShopID: row.ShopID,
		}) != nil
		return !failed && r.Context().Err() == nil
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_ = out.Flush() // who left needs no answer
}

func truthQuery(r *http.Request) (world.Query, error) {
	q := world.Query{ShopID: r.FormValue("shop_id"), Kind: r.FormValue("kind"), To: math.MaxInt32 * 1000}
	switch q.Kind {
	case "":
		q.Kind = world.Orders
	case world.Orders, world.Products, world.Transactions, world.Returns, world.Tracking:
	default:
		return q, fmt.Errorf("read kind: %.40q is none", q.Kind)
	}
	switch by := r.FormValue("by"); by {
	case "", "create_time":
	case "update_time":
		q.ByUpdate = true
	default:
		return q, fmt.Errorf("read by: %.40q is neither create_time nor update_time", by)
	}
	for name, at := range map[string]*int64{"from": &q.From, "to": &q.To} {
		text := r.FormValue(name)
		if text == "" {
			continue
		}
		v, err := strconv.ParseInt(text, 10, 64)
		if err != nil || v < 0 || v > math.MaxInt32*1000 {
			return q, fmt.Errorf("read %s: %.40q is no unix time in seconds", name, text)
		}
		*at = v
	}
	return q, nil
}
