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

// day returns the index of the day that holds t, the first or last one for times before and after.
func (d days) day(t time.Time) int {
	return min(max(int(t.Sub(d.begin)/(24*time.Hour)), 0), d.n-1)
}
