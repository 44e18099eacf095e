package lazada

import (
	"strings"
	"time"

	"github.com/shopstream/shopstream/internal/jsonscan"
)

const daySeconds = 24 * 3600

// iso writes a time as the platform's parameters want it.
func iso(second int64) string { return time.Unix(second, 0).UTC().Format("2006-01-02T15:04:05-07:00") }

// second reads a row's time, in unix seconds: the platform writes either form.
func second(raw []byte) (int64, bool) {
	text, ok := jsonscan.Text(raw)
	if !ok {
		return 0, false
	}
	for _, layout := range []string{"2006-01-02 15:04:05 -0700", time.RFC3339, "2006-01-02T15:04:05-0700"} {
		if at, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return at.Unix(), true
		}
	}
	return 0, false
}

// zone returns the zone whose calendar days a site counts in. Most sites are in UTC+8, which is taken for unknown ones.
func zone(region string) *time.Location {
	switch region {
	case "TH", "VN", "ID":
		return time.FixedZone("UTC+7", 7*3600)
	default:
		return time.FixedZone("UTC+8", 8*3600)
	}
}

// date writes the calendar day of a time.
func date(second int64, in *time.Location) string {
	return time.Unix(second, 0).In(in).Format(time.DateOnly)
}
