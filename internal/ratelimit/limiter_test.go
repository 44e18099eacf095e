package ratelimit

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/wait"
)

func TestBounds(t *testing.T) {
	t.Parallel()
	_, err := New(Options{Rules: map[string]Rule{"a": {App: Limit{0, 1}}, "b": {App: Limit{1, 0}}}})
	require.ErrorContains(t, err, "limit of a is")
	require.ErrorContains(t, err, "limit of b is")
	require.ErrorContains(t, err, "a logger")

	l, err := New(Options{Logger: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry()})
	require.NoError(t, err)
	_, err = l.Admit(t.Context(), Call{Platform: "x"}, time.Now())
	require.ErrorContains(t, err, `"x"`)
}

// TestNoIntervalHasMoreThanTheLimit lets one to eight processes, with clocks of their own that jump, and stopped at times for
// longer than their moments are good for, call as fast as they may; and then looks at every interval of a second or more.
func TestNoIntervalHasMoreThanTheLimit(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			draw := rand.New(rand.NewPCG(seed, 0))
			rule := Rule{App: Limit{Rate: 300 + draw.IntN(1500), Burst: 2 + draw.IntN(12)}}
			const lasts = 4 * time.Second
			ctx, cancel := context.WithTimeout(t.Context(), lasts)
			defer cancel()
			cells := store(t)
			var calls record
			var workers sync.WaitGroup
			for n := range uint64(1 + seed) {
				p := newProcess(t, 100*seed+n, cells, rule, nil)
				p.stops, p.longer = 0.02, 2*time.Second
				for lane := range 2 {
					call := Call{Platform: "p", App: "1", Live: lane == 0 && draw.IntN(2) == 0}
					workers.Go(func() {
						for ctx.Err() == nil {
							denial, err := p.Admit(ctx, call, p.now().Add(time.Second))
							if err != nil {
								t.Errorf("admit: %v", err)
								return
							}
							if denial == nil {
								calls.add()
							}
						}
					})
				}
				far := time.Duration(1+draw.IntN(1000)) * time.Second
				workers.Go(func() {
					_ = wait.For(ctx, lasts/2)
					p.jump(far)
				})
			}
			workers.Wait()
			above, span := calls.worst(rule.App)
			t.Logf("%+v: %d calls, %.1f %% used, at most %.2f above the rate, within %v", rule.App, len(calls.began),
				100*calls.used(rule.App), above, span)
			require.LessOrEqual(t, above, float64(rule.App.Burst))
		})
	}
}

// TestEightProcessesUseTheRate has work for all of them, each with a pause after every twenty calls as batches have it.
func TestEightProcessesUseTheRate(t *testing.T) {
	t.Parallel()
	rule := Rule{App: Limit{Rate: 1200, Burst: 10}}
	const lasts = 12 * time.Second
	ctx, cancel := context.WithTimeout(t.Context(), lasts)
	defer cancel()
	cells := store(t)
	var calls record
	var processes []*process
	var workers sync.WaitGroup
	for n := range uint64(8) {
		p := newProcess(t, n, cells, rule, nil)
		processes = append(processes, p)
		workers.Go(func() {
			for i := 1; ctx.Err() == nil; i++ {
				denial, err := p.Admit(ctx, Call{Platform: "p", App: "1"}, p.now().Add(13*time.Second))
				if err != nil {
					t.Errorf("admit: %v", err)
					return
				}
				if denial == nil {
					calls.add()
				}
				if i%20 == 0 {
					_ = wait.For(ctx, 300*time.Millisecond)
				}
			}
		})
	}
	workers.Wait()
	above, span := calls.worst(rule.App)
	for _, p := range processes {
		t.Log("leased", p.slots("leased"), "used", p.slots("used"), "lost", p.slots("lost"))
	}
	t.Logf("%d calls, %.1f %% used, at most %.2f above the rate, within %v", len(calls.began),
		100*calls.used(rule.App), above, span)
	require.LessOrEqual(t, above, float64(rule.App.Burst))
	// All of it, as a rule; a machine that is too busy for the test wakes callers too late for their moments.
	require.Greater(t, calls.used(rule.App), 0.7)
}
