package ratelimit

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestGrantedNeverExceedsTheLimit asks at random times, with random patience and refusals, and then looks at every interval
// between two grants.
func TestGrantedNeverExceedsTheLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := Limit{Rate: rapid.IntRange(1, 600).Draw(t, "rate"), Burst: rapid.IntRange(1, 20).Draw(t, "burst")}
		now := time.Unix(1_700_000_000, 0)
		l := newLocal()
		var granted []time.Time
		var closed time.Time
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "pause")) * time.Millisecond)
			if rapid.IntRange(0, 19).Draw(t, "refusal") == 0 {
				wait := time.Duration(rapid.IntRange(0, 20).Draw(t, "wait")) * time.Second
				closed = latest(closed, l.refuse("p", limit, now, now, wait, time.Second))
			}
			until := now.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "patience")) * time.Millisecond)
			at, ok := l.reserve("p", limit, now, until, false)
			require.Equal(t, !at.After(until), ok)
			require.False(t, at.Before(now) || at.Before(closed))
			if ok {
				granted = append(granted, at)
			}
		}
		for i := range granted {
			for j := i; j < len(granted); j++ {
				span := granted[j].Sub(granted[i])
				allowed := int(span/limit.interval()) + limit.Burst
				require.LessOrEqual(t, j-i+1, allowed, "within %s", span)
			}
		}
	})
}

// TestTheWholeRateIsUsed asks all the time and must get every call that the limit allows.
func TestTheWholeRateIsUsed(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	l := newLocal()
	granted := 0
	for range 600 { // a minute in steps of 0.1 s
		for {
			if _, ok := l.reserve("p", Limit{Rate: 120, Burst: 10}, now, now, false); !ok {
				break
			}
			granted++
		}
		now = now.Add(100 * time.Millisecond)
	}
	require.Equal(t, 8+119, granted)
}

func TestRefusalsInARow(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	l, limit := newLocal(), Limit{Rate: 60, Burst: 1}
	first := l.refuse("p", limit, now, now.Add(-time.Second), 0, time.Second)
	require.Equal(t, now.Add(time.Second), first)
	require.Equal(t, first, l.refuse("p", limit, now.Add(time.Millisecond), now.Add(-time.Millisecond), 0, time.Second),
		"calls under way together count as one")
	second := l.refuse("p", limit, first, first, 0, time.Second)
	require.Equal(t, first.Add(time.Second), second)
	third := l.refuse("p", limit, second, second, 0, time.Second)
	require.Equal(t, second.Add(2*time.Second), third, "twice as long")
	fourth := l.refuse("p", limit, third, third, 0, time.Second)
	require.Equal(t, third.Add(2*time.Second), fourth, "three more before it is longer again")
	served := fourth.Add(time.Second + 4*limit.interval())
	require.Equal(t, served.Add(time.Second), l.refuse("p", limit, served, served, 0, time.Second), "no longer in a row")
	require.Equal(t, served.Add(time.Hour), l.refuse("p", limit, served, served, time.Hour, time.Second), "the platform's word")
}
