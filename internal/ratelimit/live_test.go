package ratelimit

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLiveGoesFirst asks for moments one after another, at a rate so low that the time that this takes does not matter.
func TestLiveGoesFirst(t *testing.T) {
	t.Parallel()
	c, s := cells{store(t)}, scope{key: "p:app:1", platform: "p", Limit: Limit{Rate: 1, Burst: 10}}
	const patience = time.Hour
	ask := func(live bool) state {
		t.Helper()
		st, err := c.lease(t.Context(), s, lease{n: 1, patience: patience, live: live})
		require.NoError(t, err)
		return st
	}
	drain := func() (at time.Duration) {
		t.Helper()
		for range 100 {
			st := ask(false)
			if st.N == 0 {
				return time.Duration(st.Next - st.Now)
			}
		}
		t.Fatal("the backfill may call without end")
		return 0
	}
	wait := func(st state) time.Duration { return st.moment(0) - time.Duration(st.Now) }
	drain()
	// However much the backfill has taken, a live call waits for one moment at most.
	first := ask(true)
	require.EqualValues(t, 1, first.N)
	require.LessOrEqual(t, wait(first), s.interval())
	// While the live lane has work the backfill gets nothing before the bucket has what is kept for the live lane again.
	next := drain()
	second := ask(true)
	require.EqualValues(t, 1, second.N)
	require.InDelta(t, s.interval().Seconds(), (second.moment(0) - first.moment(0)).Seconds(), 1, "the backfill took one in between")
	require.InDelta(t, float64(s.reserve())*s.interval().Seconds(), (next - wait(second)).Seconds(), 30)
	// When the live lane is silent, the backfill uses the whole rate, with a queue no longer than what is kept.
	_, err := c.c.UpdateByID(t.Context(), s.key, []any{set("live", int64(0), "full", expr("$toLong", int64(0)))})
	require.NoError(t, err)
	taken := 0
	for range 100 {
		if ask(false).N == 0 {
			break
		}
		taken++
	}
	require.Equal(t, s.steps()+1, taken, "at once and in the queue")
	require.LessOrEqual(t, wait(ask(true)), s.interval())
}
