package demo

import "time"

// days are calendar days of the simulated world, which lies in UTC+7.
type days struct {
	begin time.Time // of the first day
	n     int
}

var zone = time.FixedZone("", 7*3600)

// fullDays returns the n full days before the day of now.
func fullDays(now time.Time, n int) days {
	y, m, d := now.In(zone).Date()
	return days{begin: time.Date(y, m, d-n, 0, 0, 0, 0, zone), n: n}
}

func (d days) first() string { return d.begin.Format(time.DateOnly) }
func (d days) last() string  { return d.begin.AddDate(0, 0, d.n-1).Format(time.DateOnly) }

// bounds returns where day i begins and ends; it has no gap to the next, since the zone has no summer time.
func (d days) bounds(i int) (from, to time.Time) {
	return d.begin.AddDate(0, 0, i), d.begin.AddDate(0, 0, i+1)
}

// edges returns the beginnings of the days, and the end of the last one.
func (d days) edges() []time.Time {
	edges := make([]time.Time, d.n+1)
	for i := range edges {
		edges[i] = d.begin.AddDate(0, 0, i)
	}
	return edges
}
