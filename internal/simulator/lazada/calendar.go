package lazada

import (
	"time"

	"github.com/shopstream/shopstream/internal/simulator/market"
)

// calendar counts the days of a site, whose midnight is not everywhere the market's. Day 0 is 1970-01-01, a Thursday.
type calendar struct{ offset int64 }

func calendarOf(region *market.Region) calendar {
	_, offset := time.Unix(0, 0).In(region.Zone).Zone()
	return calendar{int64(offset)}
}

// day is the day that holds a moment.
func (c calendar) day(at int64) int64 { return (at + c.offset) / market.Date }

// begin is the first second of a day.
func (c calendar) begin(day int64) int64 { return day*market.Date - c.offset }

// since is the first day that begins at a moment or later.
func (c calendar) since(at int64) int64 { return (at + c.offset + market.Date - 1) / market.Date }

// monday is the first day of the week that holds a day.
func monday(day int64) int64 { return day - (day+3)%7 }

// date is a day as text.
func date(day int64, layout string) string { return time.Unix(day*market.Date, 0).UTC().Format(layout) }

// statementName is what an account's week is called.
func statementName(week int64) string {
	return date(week, "02 Jan 2006") + " - " + date(week+6, "02 Jan 2006")
}

// paidOut is when a week's statement is made, and when it is paid.
func (c calendar) paidOut(week int64) (made, paid int64) {
	made = c.begin(week+7) + 5*market.Minute
	return made, made + 33*market.Hour
}
