package ratelimit

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLiveGoesFirst has four processes with backfills without end, and then some live calls now and then, and then live calls
// without end. Live ones wait for next to nothing, and the rate is used all the time.
func TestLiveGoesFirst(t *testing.T) {
	t.Parallel()
	rule := Rule{App: Limit{Rate: 1200, Burst: 10}}
	cells := store(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var all, backfill record
	var workers sync.WaitGroup
	defer workers.Wait()
	defer cancel()
	begin := func(p *process, c Call) (time.Duration, bool) {
		asked := time.Now()
		denial, err := p.Admit(ctx, c, p.now().Add(13*time.Second))
		if err != nil {
			t.Errorf("admit: %v", err)
		}
		if denial != nil || err != nil {
			return 0, false
		}
		all.add()
		return time.Since(asked), true
	}
	for n := range uint64(4) {
		p := newProcess(t, n, cells, rule, nil)
		workers.Go(func() {
			for ctx.Err() == nil {
				if _, ok := begin(p, Call{Platform: "p", App: "1"}); ok {
					backfill.add()
				}
			}
		})
	}
	require.Eventually(t, func() bool { return backfill.count() > 40 }, 30*time.Second, 10*time.Millisecond)

	p := newProcess(t, 9, cells, rule, nil)
	live := Call{Platform: "p", App: "1", Live: true}
	var waited []time.Duration
	for range 8 {
		took, ok := begin(p, live)
		require.True(t, ok)
		waited = append(waited, took)
		_ = wait(ctx, 500*time.Millisecond)
	}
	t.Logf("live calls waited %v", waited)
	late := 0
	for _, took := range waited {
		if took > 150*time.Millisecond { // three calls' time; behind a queue of four processes it would be more
			late++
		}
	}
	require.LessOrEqual(t, late, 2, "%v", waited)

	// As many as may begin: nearly all calls are live.
	before, began := backfill.count(), time.Now()
	for range 80 {
		_, ok := begin(p, live)
		require.True(t, ok)
	}
	t.Logf("80 live calls took %v, with %d of the backfill between them", time.Since(began), backfill.count()-before)
	require.LessOrEqual(t, backfill.count()-before, 16)

	// The backfill has all of it again when the live lane is silent.
	before = backfill.count()
	require.Eventually(t, func() bool { return backfill.count() > before+20 }, 30*time.Second, 10*time.Millisecond)
	cancel()
	workers.Wait()
	above, span := all.worst(rule.App)
	t.Logf("%.1f %% used, at most %.2f above the rate, within %v", 100*all.used(rule.App), above, span)
	require.LessOrEqual(t, above, float64(rule.App.Burst))
	require.Greater(t, all.used(rule.App), 0.8)
}
