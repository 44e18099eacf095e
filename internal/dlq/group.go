package dlq

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Group is the open dead letters that have one cause.
type Group struct {
	Stage    string    `json:"stage"`
	Class    string    `json:"error_class"`
	Platform string    `json:"platform,omitempty"`
	Kind     string    `json:"kind,omitempty"`
	Error    string    `json:"error"` // without what differs from letter to letter
	Count    int       `json:"count"`
	Requeued int       `json:"requeued"` // those of them that had been requeued before
	Oldest   time.Time `json:"oldest"`
	Newest   time.Time `json:"newest"`
	Example  ID        `json:"example"` // the newest of them
}

// Groups are the causes of the open dead letters that were asked for, the most frequent first.
type Groups struct {
	Groups []Group `json:"groups"`
	Total  int     `json:"total"` // letters
}

// maxGroups bounds what is in memory. Letters of further causes are counted together.
const maxGroups = 5000

// Group counts the open letters that the filter chooses by stage, class, platform, kind and error.
func (q *Queue) Group(ctx context.Context, f Filter) (Groups, error) {
	s, err := q.snapshot(ctx)
	if err != nil {
		return Groups{}, err
	}
	type key struct{ stage, class, platform, kind, text string }
	groups := map[key]*Group{}
	total := 0
	err = q.open(ctx, s, &f, func(l *Letter) error {
		total++
		k := key{l.Stage, l.Class, l.Platform, l.Kind, normalised(l.Error)}
		if groups[k] == nil && len(groups) >= maxGroups {
			k = key{text: "of further causes"}
		}
		g := groups[k]
		if g == nil {
			g = &Group{Stage: k.stage, Class: k.class, Platform: k.platform, Kind: k.kind, Error: k.text, Oldest: l.FailedAt}
			groups[k] = g
		}
		g.add(l)
		return nil
	})
	if err != nil {
		return Groups{}, err
	}
	all := Groups{Groups: make([]Group, 0, len(groups)), Total: total}
	for _, g := range groups {
		all.Groups = append(all.Groups, *g)
	}
	slices.SortFunc(all.Groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.Class, b.Class),
			cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Error, b.Error))
	})
	return all, nil
}

func (g *Group) add(l *Letter) {
	g.Count++
	if l.Requeued > 0 {
		g.Requeued++
	}
	if l.FailedAt.Before(g.Oldest) {
		g.Oldest = l.FailedAt
	}
	if !l.FailedAt.Before(g.Newest) {
		g.Newest, g.Example = l.FailedAt, l.ID
	}
}

// Write prints at most limit groups, one a line.
func (all *Groups) Write(w io.Writer, limit int) error {
	if all.Total == 0 {
		_, err := fmt.Fprintln(w, "no open dead letters")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "COUNT\tREQUEUED\tSTAGE\tCLASS\tPLATFORM\tKIND\tOLDEST\tNEWEST\tEXAMPLE\tERROR")
	shown := all.Groups[:min(limit, len(all.Groups))]
	for i := range shown {
		g := &shown[i]
		_, _ = fmt.Fprintf(t, "%d\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", g.Count, g.Requeued, said(g.Stage), said(g.Class),
			said(g.Platform), said(g.Kind), g.Oldest.Format(time.RFC3339), g.Newest.Format(time.RFC3339), g.Example, g.Error)
	}
	if more := len(all.Groups) - len(shown); more > 0 {
		_, _ = fmt.Fprintf(t, "and %d more causes: --limit shows more\n", more)
	}
	_, _ = fmt.Fprintf(t, "%d open dead letters\n", all.Total)
	return t.Flush()
}

// varying is what differs between errors of one cause: what is quoted, and words with digits in them, such as ids, places and
// numbers. A code or status, which is matched first, is the cause itself.
var (
	varying = regexp.MustCompile(code + `|"(?:[^"\\]|\\.)*"|[\p{L}\d_.:/|#-]*\d[\p{L}\d_]*`)
	isCode  = regexp.MustCompile(`^` + code + `$`)
)

const code = `(?i:\b(?:code|status|http|error)[ =:]+\d+\b)`

// normalised returns the error's text without what varies.
func normalised(text string) string {
	text = varying.ReplaceAllStringFunc(text, func(found string) string {
		switch {
		case strings.HasPrefix(found, `"`):
			return `"…"`
		case isCode.MatchString(found):
			return found
		}
		return "N"
	})
	return cut(text, 160)
}
