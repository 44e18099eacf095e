package read

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
)

// millisFrom is where numbers begin to be milliseconds: as seconds it is the year 5138, as milliseconds 1973.
const millisFrom = 100_000_000_000

// siteTimes are the ways in which platforms write a time as text. Those without an offset mean the site's own.
var siteTimes = []string{
	"2006-01-02 15:04:05 -0700",
	time.RFC3339,
	"2006-01-02T15:04:05-0700",
	"2006-01-02 15:04:05",
	"2 Jan 2006",
	"2006-01-02",
}

// SiteTime reads a time in unix seconds from whatever form a site writes it in: text with an offset or, in the site's zone,
// without; a date, which is its first moment; unix seconds or milliseconds, as a number or its text. What is below a second is
// cut off. Empty text and 0 are absence.
func (r *Object) SiteTime(name string, site *time.Location) int64 {
	e, ok := r.Value()
	if !ok {
		return 0
	}
	seconds, ok := ParseSiteTime(e.Raw, site)
	if !ok {
		r.Wrong(name, e, "want a time")
	}
	return seconds
}

// ParseSiteTime is SiteTime for a JSON text. It reports false when raw is no such time.
func ParseSiteTime(raw []byte, site *time.Location) (int64, bool) {
	text := string(raw)
	if len(raw) > 0 && raw[0] == '"' {
		text, _ = jsonscan.Text(raw)
		if text = strings.TrimSpace(text); text == "" {
			return 0, true
		}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		if n >= millisFrom {
			n /= 1000
		}
		return n, n >= 0 && n < schemas.MaxTime
	}
	if len(raw) == 0 || raw[0] != '"' {
		return 0, false
	}
	for _, layout := range siteTimes {
		if t, err := time.ParseInLocation(layout, text, site); err == nil {
			n := t.Unix()
			return max(n, 0), n > 0 && n < schemas.MaxTime
		}
	}
	return 0, false
}
