package ratelimit

import (
	"context"
	"net/url"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/shopstream/shopstream/internal/mongod"
	"github.com/shopstream/shopstream/internal/wait"
)

// TestStoreAway starts with one process, goes on with eight, kills the store under them and starts it again. Calls go on all
// the time, and never more of them than the limit.
func TestStoreAway(t *testing.T) {
	t.Parallel()
	const processes = 8
	rule := Rule{App: Limit{Rate: 2400, Burst: 10}}
	o := mongod.Options{Dir: filepath.Join(t.TempDir(), "mongod")}
	server, err := mongod.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Stop() })
	address, err := url.Parse(server.URI())
	require.NoError(t, err)
	o.Port, err = strconv.Atoi(address.Port())
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var calls record
	var workers sync.WaitGroup
	var all []*process
	start := func(n int) {
		client, err := mongo.Connect(options.Client().ApplyURI(server.URI()).SetWriteConcern(writeconcern.Majority()))
		require.NoError(t, err)
		t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
		p := newProcess(t, uint64(n), client.Database("limits").Collection("rate_limits"), rule, func(o *Options) {
			o.Share = func(string) float64 { return 1.0 / processes }
		})
		all = append(all, p)
		workers.Go(func() {
			for ctx.Err() == nil {
				denial, err := p.Admit(ctx, Call{Platform: "p", App: "1"}, p.now().Add(5*time.Second))
				switch {
				case err != nil:
					t.Errorf("admit: %v", err)
					return
				case denial == nil:
					calls.add()
				default:
					_ = wait.For(ctx, min(time.Second, denial.Until.Sub(p.now())))
				}
			}
		})
	}
	more := func(n int) {
		t.Helper()
		from := calls.count()
		require.Eventually(t, func() bool { return calls.count() >= from+n }, 60*time.Second, 5*time.Millisecond)
	}
	start(0)
	more(40)
	for n := 1; n < processes; n++ {
		start(n)
	}
	more(80)
	server.Kill()
	killed := time.Now()
	more(160)
	t.Logf("while the store was away 160 calls took %v", time.Since(killed).Round(time.Millisecond))
	server, err = mongod.Start(t.Context(), o)
	require.NoError(t, err)
	away := func() (n int) {
		for _, p := range all {
			p.Limiter.mu.Lock()
			if p.away {
				n++
			}
			p.Limiter.mu.Unlock()
		}
		return n
	}
	require.Eventually(t, func() bool { return away() == 0 }, 60*time.Second, 20*time.Millisecond)
	more(80)
	cancel()
	workers.Wait()
	above, span := calls.worst(rule.App)
	t.Logf("%d calls, %.1f %% used, at most %.2f above the rate, within %v", len(calls.began), 100*calls.used(rule.App), above, span)
	require.LessOrEqual(t, above, float64(rule.App.Burst))
}
