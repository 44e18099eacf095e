package planner

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/shopstream/shopstream/schemas"
)

var zones = []string{
	"Asia/Bangkok", "UTC", "Asia/Kolkata", "America/Sao_Paulo", // put clocks forward at midnight until 2018
	"America/Havana",      // puts them back from 1:00 to 0:00
	"Asia/Beirut",         // forward at midnight
	"Pacific/Apia",        // left out 2011-12-30
	"America/St_Johns",    // changed at 0:01 until 2011
	"Australia/Lord_Howe", // by half an hour
	"Europe/Berlin",
}

func zone(t require.TestingT, name string) *time.Location {
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

// TestChunksCoverTheRangeOnce draws any range, zone, size and now.
func TestChunksCoverTheRangeOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		z := zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		if rapid.Bool().Draw(t, "fixed") {
			z = time.FixedZone("fixed", rapid.IntRange(-12*60, 14*60).Draw(t, "offset")*60)
		}
		first := day{time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}.add(rapid.IntRange(0, 10_000).Draw(t, "from"))
		last := first.add(rapid.IntRange(0, 800).Draw(t, "length"))
		size := rapid.IntRange(1, 40).Draw(t, "chunk_days")
		now := first.Unix() + rapid.Int64Range(-86400, 900*86400).Draw(t, "now")
		w := span(first, last, z, now)
		if w.To <= w.From {
			require.LessOrEqual(t, now, first.start(z).Unix())
			return
		}
		require.Equal(t, min(now, last.add(1).start(z).Unix()), w.To)
		at := w.From
		for at < w.To {
			c := nextChunk(at, w.To, z, size)
			require.Equal(t, at, c.From)
			require.Greater(t, c.To, c.From)
			require.LessOrEqual(t, c.To, w.To)
			require.LessOrEqual(t, c.To-c.From, int64(size)*86400+2*86400)
			if c.To < w.To { // the end is where a day begins
				end := time.Unix(c.To, 0)
				require.Equal(t, dayOf(end, z).start(z).Unix(), c.To)
			}
			at = c.To
		}
		require.Equal(t, w.To, at)
	})
}

func TestDayStart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, day, want string }{
		{"Asia/Bangkok", "2024-01-01", "2023-12-31T17:00:00Z"},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"}, // there was no midnight: 1:00 followed 23:59:59
		{"America/Havana", "2024-11-03", "2024-11-03T04:00:00Z"},    // there were two midnights
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"},      // the day did not exist
		{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"},
	} {
		d, err := parseDay(c.day)
		require.NoError(t, err)
		require.Equal(t, c.want, d.start(zone(t, c.zone)).UTC().Format(time.RFC3339), c.zone+" "+c.day)
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	from, err := parseDay("2024-01-01")
	require.NoError(t, err)
	to, err := parseDay("2024-01-31")
	require.NoError(t, err)
	z := time.FixedZone("+07:00", 7*3600)
	require.Equal(t, schemas.Window{From: 1704042000, To: 1706720400}, span(from, to, z, 1e10))
	require.Equal(t, schemas.Window{From: 1704042000, To: 1704050000}, span(from, to, z, 1704050000))
}
