package demo

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/shopstream/shopstream/internal/oracle"
)

// Report is what the demo found.
type Report struct {
	Comparisons                []oracle.Comparison // by shop and kind
	Calls, Refused, LeastCalls int
	Rates                      map[string]int // calls a minute that each platform with shops allows
	Took                       time.Duration
	PeakMemory                 int64 // bytes of this process, mongod not included; 0 where the system does not tell
}

// Totals sums the shops and kinds up.
func (r *Report) Totals() (t oracle.Comparison) {
	for i := range r.Comparisons {
		c := &r.Comparisons[i]
		t.There += c.There
		t.Found += c.Found
		t.Missing += c.Missing
		t.Duplicated += c.Duplicated
		t.Differing += c.Differing
	}
	return t
}

// OK reports whether the store is what it should be.
func (r *Report) OK() bool {
	for i := range r.Comparisons {
		if !r.Comparisons[i].OK() {
			return false
		}
	}
	return r.Totals().There > 0
}

// Write prints the report as a table, and names some of what is wrong.
func (r *Report) Write(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(t, "\nPLATFORM\tSHOP\tKIND\tTHERE\tSTORED\tMISSING\tDUPLICATED\tDIFFERING\tMONEY\tMONEY STORED\t")
	for i := range r.Comparisons {
		c := &r.Comparisons[i]
		_, _ = fmt.Fprintf(t, "%s\t%s:%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t\n", c.Platform, c.ChannelID, c.ShopID, c.Kind, c.There, c.Found,
			c.Missing, c.Duplicated, c.Differing, c.Truth.FloatString(2), c.Stored.FloatString(2))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for i := range r.Comparisons {
		for _, mistake := range r.Comparisons[i].Mistakes {
			if _, err := fmt.Fprintf(w, "%s %s: %s\n", r.Comparisons[i].Platform, r.Comparisons[i].Kind, mistake); err != nil {
				return err
			}
		}
	}
	allowed := 0
	for _, rate := range r.Rates {
		allowed += rate
	}
	_, err := fmt.Fprintf(w, "\ncalls            %d, at least %d are needed; %d refused\nrate used        %.0f %% of %d calls a minute\n"+
		"documents        %.0f a second, %s in all\npeak memory      %s\n",
		r.Calls, r.LeastCalls, r.Refused, 100*float64(r.Calls)/r.Took.Minutes()/float64(allowed), allowed,
		float64(r.Totals().Found)/r.Took.Seconds(), r.Took.Round(100*time.Millisecond), memoryText(r.PeakMemory))
	return err
}

// Verdict is the demo's last line.
func (r *Report) Verdict() string {
	t := r.Totals()
	word := "ok"
	if !r.OK() {
		word = "FAILED"
	}
	return fmt.Sprintf("demo: %s documents=%d missing=%d duplicated=%d differing=%d", word, t.Found, t.Missing, t.Duplicated, t.Differing)
}

func memoryText(bytes int64) string {
	if bytes == 0 {
		return "unknown on this system"
	}
	return fmt.Sprintf("%d MiB (simulator, broker and all services in one process; mongod apart)", bytes>>20)
}
