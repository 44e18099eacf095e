package chaos

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/schemas"
)

// Happening is a fault that was committed.
type Happening struct {
	Event
	Service, Member string // whom it met, if it was one
	Moment, Over    time.Time
	Hit             bool // it met something: what was down already cannot be killed
}

// Report is what a run did and found.
type Report struct {
	Options     *Options
	Began       time.Time
	ChaosBegan  time.Time
	ChaosTook   time.Duration
	Drained     time.Duration // from the last fault to the end of the run
	Took        time.Duration
	Comparisons []oracle.Comparison // by shop and kind

	Calls, Least int // calls the platforms counted, and how many it takes at the least
	Pages        int // each published once, unless Mistakes says otherwise
	LastPage     time.Time
	Documents    int // likewise
	Chunks       int // complete
	Stored       int // documents that are there
	Inserted     int // documents of which somebody said to have inserted them
	DeadLetters  int
	Samples      int // looks at the versions of all documents

	Members []Member
	Still   []Standstill

	mu         sync.Mutex
	happenings []Happening
	mistakes   []string
	moments    []time.Time // when the tracker had written, as seen from outside
}

// Member is what became of a place in the crew.
type Member struct {
	Service, Name string
	Peak          int64         // bytes
	SlowestStop   time.Duration // of those that were told to stop
	Died          []string      // last words of processes that ended by themselves: what they need was away
}

// Standstill is for how long a stage published nothing.
type Standstill struct {
	Stage           string
	Longest         time.Duration // while there was work, for whatever reason
	Kills           int           // without an outage close by
	Median, Slowest time.Duration // from a kill of one of its processes to what the stage published next
}

func newReport(o *Options) *Report { return &Report{Options: o, Began: time.Now()} }

func (r *Report) happened(h Happening) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.happenings = append(r.happenings, h)
}

func (r *Report) faults() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.happenings)
}

// mistake takes down what should not be, if there is an error.
func (r *Report) mistake(where string, err error) {
	if err == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mistakes = append(r.mistakes, where+": "+strings.ReplaceAll(err.Error(), "\n", "; "))
}

// wrote takes down a moment when the tracker wrote.
func (r *Report) wrote(at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.moments); n == 0 || r.moments[n-1].Before(at) {
		r.moments = append(r.moments, at)
	}
}

func (r *Report) member(m *member) {
	r.Members = append(r.Members, Member{
		Service: m.service, Name: m.name, Peak: m.peak, SlowestStop: slices.Max(append(m.orders, 0)), Died: m.died,
	})
}

// OK reports whether the oracle found nothing wrong, and there was something to compare.
func (r *Report) OK() bool {
	t := r.totals("", "")
	return len(r.mistakes) == 0 && t.OK() && t.There > 0
}

// totals sums up what was compared of a platform and kind; "" is all.
func (r *Report) totals(platform, kind string) (t oracle.Comparison) {
	for i := range r.Comparisons {
		if c := &r.Comparisons[i]; (platform == "" || c.Platform == platform) && (kind == "" || c.Kind == kind) {
			t.There += c.There
			t.Found += c.Found
			t.Missing += c.Missing
			t.Duplicated += c.Duplicated
			t.Differing += c.Differing
		}
	}
	return t
}

// count counts faults that hit something, of a service or, with "", of all; outstanding counts those among them after which pages
// were still published.
func (r *Report) count(fault, service string) (n, outstanding int) {
	for i := range r.happenings {
		h := &r.happenings[i]
		if h.Hit && h.Fault == fault && (service == "" || h.Service == service) {
			n++
			if h.Moment.Before(r.LastPage) {
				outstanding++
			}
		}
	}
	return n, outstanding
}

// Verdict is the last line.
func (r *Report) Verdict() string {
	t := r.totals("", "")
	word := "ok"
	if !r.OK() {
		word = "FAILED"
	}
	kills, _ := r.count(Kill, "")
	return fmt.Sprintf("chaos: %s seed=%d kills=%d documents=%d missing=%d duplicated=%d differing=%d mistakes=%d",
		word, r.Options.Seed, kills, t.Found, t.Missing, t.Duplicated, t.Differing, len(r.mistakes))
}

// near is how close to a kill an outage must be to have a part in the standstill after it.
const near = 15 * time.Second

// standstills reads off for how long stages published nothing. What planner and delay mover publish says nothing about that:
// both wait most of the time.
func (r *Report) standstills(w *oracle.Watcher) {
	pages := w.Times(schemas.StageFetcher)
	if len(pages) == 0 {
		return
	}
	last := pages[len(pages)-1]
	r.LastPage = last
	for _, stage := range []string{schemas.StageFetcher, schemas.StageTransformer, schemas.StageSink, schemas.StageTracker} {
		times := w.Times(stage)
		if stage == schemas.StageTracker {
			times = slices.SortedFunc(slices.Values(r.moments), time.Time.Compare)
		}
		s := Standstill{Stage: stage, Longest: longest(times, r.ChaosBegan, last)}
		var took []time.Duration
		for i := range r.happenings {
			h := &r.happenings[i]
			if h.Fault != Kill || h.Service != stage || !h.Hit || r.outageNear(stage, h.Moment) {
				continue
			}
			if d, ok := after(times, h.Moment); ok && h.Moment.Before(last) {
				// A sink stands still only from when it is given something.
				if given, found := w.FirstAfter(oracle.Documents, h.Moment); stage == schemas.StageSink && found && given < d {
					d -= given
				}
				took = append(took, d)
			}
		}
		if slices.Sort(took); len(took) > 0 {
			s.Kills, s.Median, s.Slowest = len(took), took[len(took)/2], took[len(took)-1]
		}
		r.Still = append(r.Still, s)
	}
}

// longest returns the longest time between two moments in order, from the first after the beginning up to the end.
func longest(times []time.Time, from, to time.Time) (d time.Duration) {
	for i := 1; i < len(times); i++ {
		if times[i-1].After(from) && !times[i].After(to) {
			d = max(d, times[i].Sub(times[i-1]))
		}
	}
	return d
}

func after(times []time.Time, moment time.Time) (time.Duration, bool) {
	i, _ := slices.BinarySearchFunc(times, moment, func(at, m time.Time) int { return cmp.Or(at.Compare(m), -1) })
	if i == len(times) {
		return 0, false
	}
	return times[i].Sub(moment), true
}

// outageNear reports whether store or broker were away, or a process of the stage was stopped, when it happened or soon after.
func (r *Report) outageNear(stage string, moment time.Time) bool {
	return slices.ContainsFunc(r.happenings, func(h Happening) bool {
		mine := h.Fault == Store || h.Fault == Broker || h.Fault == Pause && h.Service == stage
		return mine && h.Hit && h.Moment.Before(moment.Add(near)) && moment.Before(h.Over.Add(near))
	})
}
