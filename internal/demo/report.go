package demo

import (
	"fmt"
	"io"
	"math/big"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// Comparison holds a shop's stored orders against those that there are.
type Comparison struct {
	ChannelID, ShopID string

	There      int // orders in the simulated world
	Found      int // documents in the store
	Missing    int // orders without a document
	Duplicated int // documents beyond the first of an order
	Differing  int // documents that say something else than the truth, or are of no order at all

	Truth, Stored *big.Rat // sums of total_amount
}

// add compares one day.
func (c *Comparison) add(truth, stored []row) {
	c.There += len(truth)
	c.Found += len(stored)
	byID := make(map[string]row, len(truth))
	for _, r := range truth {
		byID[r.ID] = r
		sum(c.Truth, r.Amount)
	}
	seen := make(map[string]bool, len(stored))
	for _, r := range stored {
		sum(c.Stored, r.Amount)
		want, known := byID[r.ID]
		switch {
		case seen[r.ID]:
			c.Duplicated++
		case !known || !want.same(r):
			c.Differing++
		}
		seen[r.ID] = true
	}
	for id := range byID {
		if !seen[id] {
			c.Missing++
		}
	}
}

func sum(to *big.Rat, text string) {
	a, _ := amount(text)
	to.Add(to, a)
}

// Report is what the demo found.
type Report struct {
	Shops                      []Comparison
	Calls, Refused, LeastCalls int
	Rate                       int // calls a minute that the platform allows
	Took                       time.Duration
	PeakMemory                 int64 // bytes of this process, mongod not included; 0 where the system does not tell
}

// Totals sums the shops up.
func (r *Report) Totals() (t Comparison) {
	for _, c := range r.Shops {
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
	t := r.Totals()
	return t.Missing+t.Duplicated+t.Differing == 0 && t.There > 0 && t.There == t.Found
}

// Write prints the report as a table.
func (r *Report) Write(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(t, "\nSHOP\tORDERS\tSTORED\tMISSING\tDUPLICATED\tDIFFERING\tMONEY\tMONEY STORED\t")
	for _, c := range r.Shops {
		_, _ = fmt.Fprintf(t, "%s:%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t\n", c.ChannelID, c.ShopID, c.There, c.Found, c.Missing,
			c.Duplicated, c.Differing, c.Truth.FloatString(2), c.Stored.FloatString(2))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	minutes := r.Took.Minutes()
	_, err := fmt.Fprintf(w, "\ncalls            %d, at least %d are needed; %d refused\nrate used        %.0f %% of %d calls a minute\n"+
		"documents        %.0f a second, %s in all\npeak memory      %s\n",
		r.Calls, r.LeastCalls, r.Refused, 100*float64(r.Calls)/minutes/float64(r.Rate), r.Rate,
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

// peakMemory returns the largest resident size that this process had, from the kernel.
func peakMemory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err == nil {
				return kb << 10
			}
		}
	}
	return 0
}
