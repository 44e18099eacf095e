package planner

import (
	"time"

	"github.com/shopstream/shopstream/schemas"
)

// day is a calendar day without a zone; Time keeps it at midnight UTC so that days can be counted.
type day struct{ time.Time }

// parseDay reads a day as plans spell it: 2024-01-31.
func parseDay(s string) (day, error) {
	t, err := time.Parse(time.DateOnly, s)
	return day{t}, err
}

// dayOf returns the calendar day of a moment in a zone.
func dayOf(t time.Time, zone *time.Location) day {
	y, m, d := t.In(zone).Date()
	return day{time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

func (d day) add(days int) day { return day{d.AddDate(0, 0, days)} }

// start returns the first moment of the day in zone. It is midnight, except where clocks are put forward over it (then the
// day begins when they are) or back over it (then the first of the two).
func (d day) start(zone *time.Location) time.Time {
	year, month, dom := d.Date()
	t := time.Date(year, month, dom, 0, 0, 0, 0, zone)
	begin, end := t.ZoneBounds()
	if dayOf(t, zone).Before(d.Time) { // there is no midnight, and Go gave a moment before the gap
		return end
	}
	if begin.IsZero() {
		return t
	}
	before := begin.Add(-time.Second)
	_, offset := t.Zone()
	_, earlier := before.Zone()
	if first := t.Add(-time.Duration(earlier-offset) * time.Second); earlier > offset && first.Before(begin) {
		return first
	}
	if begin.Before(t) && dayOf(begin, zone).Equal(d.Time) && dayOf(before, zone).Before(d.Time) {
		return begin // the gap ends within the day, and Go gave a moment after it
	}
	return t
}

// span returns the range of the calendar days from and to, both included, as unix seconds, half-open, ending at now at the
// latest. It is empty when the first day has not begun at now.
func span(from, to day, zone *time.Location, now int64) schemas.Window {
	return schemas.Window{From: from.start(zone).Unix(), To: min(to.add(1).start(zone).Unix(), now)}
}

// nextChunk returns the chunk that begins at `at`: days calendar days in zone, or what is left of the range. Chunks taken one
// after the other, each at the end of the one before, cover the range exactly once, whatever the zone's clocks do.
func nextChunk(at, to int64, zone *time.Location, days int) schemas.Window {
	first := dayOf(time.Unix(at, 0), zone)
	end := first.add(days).start(zone).Unix()
	for n := days + 1; end <= at; n++ { // a day that a zone leaves out
		end = first.add(n).start(zone).Unix()
	}
	return schemas.Window{From: at, To: min(end, to)}
}
