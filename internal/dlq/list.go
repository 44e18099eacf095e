package dlq

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// List is the newest of the open dead letters that were asked for.
type List struct {
	Letters []Letter `json:"letters"`
	Total   int      `json:"total"` // how many there are, those that are not listed included
}

// List returns at most limit open letters that the filter chooses, the newest first.
func (q *Queue) List(ctx context.Context, f Filter, limit int) (List, error) {
	s, err := q.snapshot(ctx)
	if err != nil {
		return List{}, err
	}
	list := List{Letters: []Letter{}}
	err = q.open(ctx, s, &f, func(l *Letter) error {
		list.Total++
		kept := *l
		kept.record = nil
		list.Letters = append(list.Letters, kept)
		if len(list.Letters) >= 2*max(limit, 100) {
			list.keep(limit)
		}
		return nil
	})
	list.keep(limit)
	return list, err
}

func (list *List) keep(limit int) {
	slices.SortFunc(list.Letters, func(a, b Letter) int {
		return cmp.Or(b.FailedAt.Compare(a.FailedAt), cmp.Compare(a.ID.Of, b.ID.Of),
			cmp.Compare(a.ID.Partition, b.ID.Partition), cmp.Compare(b.ID.Offset, a.ID.Offset))
	})
	list.Letters = list.Letters[:min(limit, len(list.Letters))]
}

// Write prints the list, one letter a line.
func (list *List) Write(w io.Writer) error {
	if list.Total == 0 {
		_, err := fmt.Fprintln(w, "no open dead letters")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "ID\tFAILED\tSTAGE\tCLASS\tPLATFORM\tSHOP\tKIND\tPLAN\tREQUEUED\tERROR")
	for i := range list.Letters {
		l := &list.Letters[i]
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", l.ID, l.FailedAt.Format(time.RFC3339), said(l.Stage),
			said(l.Class), said(l.Platform), said(l.ShopID), said(l.Kind), said(l.PlanID), l.Requeued, cut(l.Error, 100))
	}
	if more := list.Total - len(list.Letters); more > 0 {
		_, _ = fmt.Fprintf(t, "and %d more, older ones: --limit shows more, `shopstream dlq group` their causes\n", more)
	}
	return t.Flush() // reports the first error of all writes
}

// said returns a text of a header for a table.
func said(s string) string {
	if s == "" {
		return "-"
	}
	return cut(s, 60)
}

// WriteJSON prints what scripts read: one object.
func WriteJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
