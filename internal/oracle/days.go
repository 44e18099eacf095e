package oracle

import (
	"time"

	"github.com/shopstream/shopstream/schemas"
)

// Days are calendar days of the simulated world, which lies in UTC+7.
type Days struct {
	Begin time.Time // of the first day
	N     int
}

var zone = time.FixedZone("", 7*3600)

// FullDays returns the n full days before the day of now.
func FullDays(now time.Time, n int) Days {
	y, m, d := now.In(zone).Date()
	return Days{Begin: time.Date(y, m, d-n, 0, 0, 0, 0, zone), N: n}
}

// First is the first of the days, as plans name them.
func (d Days) First() string { return d.Begin.Format(time.DateOnly) }

// Last is the last of the days.
func (d Days) Last() string { return d.Begin.AddDate(0, 0, d.N-1).Format(time.DateOnly) }

// Bounds returns where day i begins and ends; it has no gap to the next, since the zone has no summer time.
func (d Days) Bounds(i int) (from, to time.Time) {
	return d.Begin.AddDate(0, 0, i), d.Begin.AddDate(0, 0, i+1)
}

// Edges returns the beginnings of the days, and the end of the last one.
func (d Days) Edges() []time.Time {
	edges := make([]time.Time, d.N+1)
	for i := range edges {
		edges[i] = d.Begin.AddDate(0, 0, i)
	}
	return edges
}

// Chunks returns how many chunks a plan of so many days has of a shop with these kinds: one a day and kind, and one for products.
func Chunks(kinds []string, days int) (n int) {
	for _, kind := range kinds {
		if kind == schemas.Products {
			n++
		} else {
			n += days
		}
	}
	return n
}
