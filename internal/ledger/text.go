package ledger

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// WriteRuns prints runs, one a line.
func WriteRuns(w io.Writer, runs []Summary) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "RUN\tSTATUS\tCHUNKS\tREMAINING\tGAPS\tFAILED\tSTALLED\tDOCUMENTS\tDEAD-DOCUMENTS\tCREATED")
	for i := range runs {
		s := &runs[i]
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", s.ID, s.Status, s.plannedText(), s.Remaining,
			s.Counts.Gaps, s.Counts.Failed, s.Stalled, s.Sums.Documents, s.Sums.DeadLettered, s.CreatedAt.Format(time.RFC3339))
	}
	return t.Flush() // reports the first error of all writes
}

func (s *Summary) plannedText() string {
	text := fmt.Sprintf("%d/%d", s.Counts.Closed(), s.Planned)
	if !s.Finished {
		text += "+"
	}
	return text
}

// WriteRun prints one run with its parts, its gaps and its stalled chunks. now is what silence is measured against.
func WriteRun(w io.Writer, d *Detail, now time.Time) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(t, "run %s is %s: %s chunks closed, %d remain, %d of them not begun, %d stalled\n", d.ID, d.Status, d.plannedText(),
		d.Remaining, d.Remaining-d.Counts.Open, d.Stalled)
	for _, reason := range d.Reasons {
		_, _ = fmt.Fprintf(t, "rejected: %s\n", reason)
	}
	if failure := d.GivenUp(); failure != "" {
		_, _ = fmt.Fprintf(t, "planning was given up: %s\n", failure)
	}
	_, _ = fmt.Fprintf(t, "%d calls, %d ids listed, %d of them skipped since their documents are there; %d documents read: "+
		"%d inserted, %d updated, %d unchanged, %d older than what is stored, %d dead-lettered; %d invalid\n\n",
		d.Sums.Calls, d.Sums.Listed, d.Sums.Skipped, d.Sums.Documents, d.Sums.Inserted, d.Sums.Updated, d.Sums.Unchanged, d.Sums.Stale,
		d.Sums.DeadLettered, d.Sums.Invalid)
	if len(d.Parts) > 0 {
		_, _ = fmt.Fprintln(t, "PLATFORM\tCHANNEL\tSHOP\tKIND\tOPEN\tCOMPLETE\tGAPS\tFAILED\tLISTED\tSKIPPED\tDOCUMENTS")
	}
	for i := range d.Parts {
		p := &d.Parts[i]
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", p.Platform, p.ChannelID, p.ShopID, p.Kind,
			p.Counts.Open, p.Counts.Complete, p.Counts.Gaps, p.Counts.Failed, p.Sums.Listed, p.Sums.Skipped, p.Sums.Documents)
	}
	for _, c := range d.Gaps {
		_, _ = fmt.Fprintf(t, "\n%s: %s\n", c.Status, c.ID)
		for _, gap := range c.Gaps {
			_, _ = fmt.Fprintf(t, "  %s\n", gap)
		}
	}
	if len(d.Gaps) > 0 || d.GivenUp() != "" {
		_, _ = fmt.Fprintf(t, "\nwhat was given up: `shopstream dlq group --plan %s`; what is missing otherwise: plan the same days under a new id\n", d.ID)
	}
	for _, c := range d.Silent {
		_, _ = fmt.Fprintf(t, "\nstalled: %s, silent for %s\n", c.ID, now.Sub(time.UnixMilli(c.UpdatedAt)).Round(time.Second))
	}
	return t.Flush()
}
