package ratelimit

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestBounds(t *testing.T) {
	t.Parallel()
	_, err := NewLocal(map[string]Limit{"a": {Rate: 0, Burst: 1}, "b": {Rate: 1, Burst: 0}}, nil)
	require.ErrorContains(t, err, "limit of a is")
	require.ErrorContains(t, err, "limit of b is")

	l, err := NewLocal(nil, nil)
	require.NoError(t, err)
	_, _, err = l.Reserve(context.Background(), "x", time.Now())
	require.ErrorContains(t, err, `"x"`)
	require.Error(t, l.Penalize(context.Background(), "x", time.Now()))
}

// TestGrantedNeverExceedsTheLimit asks at random times, with random patience and penalties, and then looks at every
// interval between two grants.
func TestGrantedNeverExceedsTheLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := Limit{Rate: rapid.IntRange(1, 600).Draw(t, "rate"), Burst: rapid.IntRange(1, 20).Draw(t, "burst")}
		now := time.Unix(1_700_000_000, 0)
		l, err := NewLocal(map[string]Limit{"p": limit}, func() time.Time { return now })
		require.NoError(t, err)
		var granted []time.Time
		var closed time.Time
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "pause")) * time.Millisecond)
			if rapid.IntRange(0, 19).Draw(t, "penalty") == 0 {
				closed = latest(closed, now.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "closed"))*time.Second))
				require.NoError(t, l.Penalize(context.Background(), "p", closed))
			}
			until := now.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "patience")) * time.Millisecond)
			at, ok, err := l.Reserve(context.Background(), "p", until)
			require.NoError(t, err)
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
	l, err := NewLocal(map[string]Limit{"p": {Rate: 120, Burst: 10}}, func() time.Time { return now })
	require.NoError(t, err)
	granted := 0
	for range 600 { // a minute in steps of 0.1 s
		for {
			_, ok, err := l.Reserve(context.Background(), "p", now)
			require.NoError(t, err)
			if !ok {
				break
			}
			granted++
		}
		now = now.Add(100 * time.Millisecond)
	}
	require.Equal(t, 9+119, granted)
}
