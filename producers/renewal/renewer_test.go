package renewal_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/mongod"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/shopstore"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/producers/renewal"
	"github.com/shopstream/shopstream/schemas"
)

func read(t *testing.T, resp *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(text)
}

// TestOneRenewalAGeneration lets eight processes, three goroutines each, find out at once that tokens do not work, again and
// again.
func TestOneRenewalAGeneration(t *testing.T) {
	t.Parallel()
	b := shared(t)
	const rounds = 4
	var processes []*process
	for range 8 {
		processes = append(processes, b.load(nil))
	}
	for round := range rounds {
		var wg sync.WaitGroup
		var mu sync.Mutex
		got := map[string]map[string]bool{} // access tokens by shop
		for _, p := range processes {
			for range 3 {
				wg.Go(func() {
					for _, s := range b.file {
						used := p.find(t, s.Key())
						used.Generation = int64(1 + round) // a view may be behind; whoever calls has used these
						renewed, err := p.Renew(t.Context(), used)
						if err != nil {
							t.Error(err)
							return
						}
						mu.Lock()
						if got[s.Key()] == nil {
							got[s.Key()] = map[string]bool{}
						}
						got[s.Key()][renewed.AccessToken.Reveal()] = true
						mu.Unlock()
					}
				})
			}
		}
		wg.Wait()
		for _, s := range b.file {
			require.Len(t, got[s.Key()], 1, "all go on with the same token")
			stored := b.stored(s.Key())
			require.True(t, got[s.Key()][stored.AccessToken.Reveal()])
			require.Equal(t, int64(2+round), stored.Generation)
			require.WithinDuration(t, time.Now().Add(time.Hour), stored.AccessUntil, 10*time.Second)
		}
		calls, refused := b.renewals()
		require.Equal(t, len(b.file)*(round+1), calls, "one renewal a shop and round")
		require.Zero(t, refused)
	}
}

// TestKilledBetweenAnswerAndStore loses the platform's answer in a process that stands still at the worst moment. The shop waits
// for somebody to act, all others go on; and should the process live after all, its tokens count.
func TestKilledBetweenAnswerAndStore(t *testing.T) {
	t.Parallel()
	b := shared(t)
	short := func(o *renewal.Options) { o.Lease = 300 * time.Millisecond }
	answered, goOn := make(chan struct{}), make(chan struct{})
	victim := b.load(func(rt http.RoundTripper) http.RoundTripper {
		return lossy{rt, func(resp *http.Response) (*http.Response, error) {
			close(answered)
			<-goOn
			return resp, nil
		}}
	}, short)
	broken := b.file[0]
	ended := make(chan error, 1)
	go func() {
		_, err := victim.Renew(t.Context(), victim.find(t, broken.Key()))
		ended <- err
	}()
	<-answered

	other := b.load(nil, short)
	_, err := other.Renew(t.Context(), other.find(t, broken.Key()))
	require.ErrorIs(t, err, renewal.ErrParked)
	stored := b.stored(broken.Key())
	require.Equal(t, shop.Unauthorised, stored.State.Name)
	require.Contains(t, stored.State.Reason, "lost with the platform's answer")
	require.NotContains(t, stored.State.Reason, stored.RefreshToken.Reveal())
	require.Contains(t, stored.Advice(), "shopstream shops authorize "+broken.Key())
	require.True(t, other.Parked(other.find(t, broken.Key())))

	// Nobody asks again before the hour is over, and the others are renewed as ever.
	before, _ := b.renewals()
	for range 3 {
		_, err = b.load(nil).Renew(t.Context(), stored)
		require.ErrorIs(t, err, renewal.ErrParked)
	}
	after, _ := b.renewals()
	require.Equal(t, before, after)
	for _, s := range b.file[1:] {
		_, err = other.Renew(t.Context(), other.find(t, s.Key()))
		require.NoError(t, err)
	}

	close(goOn)
	require.NoError(t, <-ended)
	stored = b.stored(broken.Key())
	require.Empty(t, stored.State.Name, "these are the tokens that work")
	_, err = other.Renew(t.Context(), stored)
	require.NoError(t, err)
}

// TestRotatedBySomebodyElse lets another program use up a refresh token that the store knows too.
func TestRotatedBySomebodyElse(t *testing.T) {
	t.Parallel()
	b := shared(t)
	for _, s := range b.file {
		p := b.load(nil)
		theirs, err := p.Renew(t.Context(), p.find(t, s.Key()))
		require.NoError(t, err)
		require.NoError(t, p.store.SetTokens(t.Context(), s.Key(), 2, shopstore.Tokens{Access: s.AccessToken, Refresh: s.RefreshToken}))

		p = b.load(nil)
		_, err = p.Renew(t.Context(), p.find(t, s.Key()))
		require.ErrorIs(t, err, renewal.ErrParked)
		parked := p.find(t, s.Key())
		require.Equal(t, shop.Unauthorised, parked.State.Name, s.Key())
		require.NotContains(t, parked.State.Reason, "lost", "nobody of ours was")

		// Somebody enters the tokens that work.
		s.AccessToken, s.RefreshToken = theirs.AccessToken, theirs.RefreshToken
		report, err := p.store.Import(t.Context(), []shop.Shop{s})
		require.NoError(t, err)
		require.Contains(t, report.Changed, s.Key())
		require.NoError(t, p.view.Load(t.Context()))
		require.Empty(t, p.find(t, s.Key()).State.Name)
		_, err = p.Renew(t.Context(), p.find(t, s.Key()))
		require.NoError(t, err)
	}
}

// TestPlatformAwayParksNobody refuses and fails renewals in ways that say nothing about the shop.
func TestPlatformAwayParksNobody(t *testing.T) {
	t.Parallel()
	b := shared(t)
	for _, fault := range []string{"500", "429", "html"} {
		b.request(http.MethodPost, "/_sim/faults", `{"fault":"`+fault+`","retry_after":1}`)
		p := b.load(nil)
		for _, s := range b.file {
			_, err := p.Renew(t.Context(), p.find(t, s.Key()))
			require.Error(t, err)
			require.NotErrorIs(t, err, renewal.ErrParked, fault)
			before, _ := b.renewals()
			_, err = p.Renew(t.Context(), p.find(t, s.Key()))
			require.Error(t, err)
			after, _ := b.renewals()
			require.Equal(t, before, after, "it is left alone for a while")
			require.Empty(t, b.stored(s.Key()).State.Name)
		}
		b.request(http.MethodDelete, "/_sim/faults", "")
		for _, s := range b.file {
			require.NoError(t, p.store.Postpone(t.Context(), s.Key(), "", 0)) // the rest is over
		}
	}
	p := b.load(nil)
	for _, s := range b.file {
		_, err := p.Renew(t.Context(), p.find(t, s.Key()))
		require.NoError(t, err)
	}
}

// TestRefusedThoughNew is for shops whose tokens are all right and that are refused all the same.
func TestRefusedThoughNew(t *testing.T) {
	t.Parallel()
	b := shared(t)
	p := b.load(nil)
	s := p.find(t, b.file[0].Key())
	p.Refused(t.Context(), s, "auth: error_sign")
	other := b.load(nil)
	got := other.find(t, s.Key())
	require.True(t, other.Parked(got))
	require.Equal(t, shop.Refused, got.State.Name)
	require.WithinDuration(t, time.Now().Add(10*time.Minute), got.State.RetryAt, 10*time.Second)
	_, err := other.Renew(t.Context(), got)
	require.ErrorIs(t, err, renewal.ErrParked)
	other.Served(t.Context(), got)
	require.Empty(t, b.stored(s.Key()).State.Name)
	require.NoError(t, p.view.Load(t.Context()))
	require.False(t, p.Parked(p.find(t, s.Key())))

	// A mended setting ends it as well.
	p.Refused(t.Context(), s, "auth: error_sign")
	mended := b.file[0]
	mended.Name = "mended"
	_, err = p.store.Import(t.Context(), []shop.Shop{mended})
	require.NoError(t, err)
	require.Empty(t, b.stored(s.Key()).State.Name)
}

// TestWrongSecret: where a platform says that it is the app that is wrong, no seller is asked for consent; the right secret mends it.
func TestWrongSecret(t *testing.T) {
	t.Parallel()
	b := shared(t)
	i := slices.IndexFunc(b.file, func(s shop.Shop) bool { return s.Platform == schemas.TikTok })
	wrong := b.file[i]
	wrong.AppSecret = "mistyped"
	p := b.process(nil)
	_, err := p.store.Import(t.Context(), []shop.Shop{wrong})
	require.NoError(t, err)
	p = b.load(nil)
	_, err = p.Renew(t.Context(), p.find(t, wrong.Key()))
	require.ErrorIs(t, err, renewal.ErrParked)
	parked := b.stored(wrong.Key())
	require.Equal(t, shop.Refused, parked.State.Name)
	require.Contains(t, parked.Advice(), "secret")
	_, err = p.store.Import(t.Context(), []shop.Shop{b.file[i]})
	require.NoError(t, err)
	_, err = p.Renew(t.Context(), b.stored(wrong.Key()))
	require.NoError(t, err)
}

// TestStoreAwayAfterTheAnswer takes the store away between the platform's answer and storing it. The tokens are used by nobody and
// lost by nobody.
func TestStoreAwayAfterTheAnswer(t *testing.T) {
	t.Parallel()
	options := mongod.Options{Dir: filepath.Join(t.TempDir(), "mongod")}
	server, err := mongod.Start(t.Context(), options)
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Stop() })
	u, err := url.Parse(server.URI())
	require.NoError(t, err)
	options.Port, err = strconv.Atoi(u.Port())
	require.NoError(t, err)
	b := setup(t, server.URI(), "shopstream")
	var once sync.Once
	p := b.load(func(rt http.RoundTripper) http.RoundTripper {
		return lossy{rt, func(resp *http.Response) (*http.Response, error) {
			once.Do(server.Kill)
			return resp, nil
		}}
	})
	s := p.find(t, b.file[0].Key())
	_, err = p.Renew(t.Context(), s)
	require.Error(t, err)
	require.NotErrorIs(t, err, renewal.ErrParked)
	require.Equal(t, s.AccessToken, p.find(t, s.Key()).AccessToken, "what is not stored is not used")

	server, err = mongod.Start(t.Context(), options)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p.Run(ctx) // told to stop: it stores what is pending first
	stored := b.stored(s.Key())
	require.NotEqual(t, s.AccessToken, stored.AccessToken)
	require.Equal(t, s.Generation+1, stored.Generation)
	calls, refused := b.renewals()
	require.Equal(t, 1, calls)
	require.Zero(t, refused)
}

// TestKeeperRenewsShopsThatRest waits for the keeper to renew what ends soon.
func TestKeeperRenewsShopsThatRest(t *testing.T) {
	t.Parallel()
	b := shared(t)
	p := b.load(nil)
	now := p.view.Now()
	soon := b.file[0]
	off := b.file[1]
	for i, s := range b.file[:3] {
		until := now.Add(time.Minute)
		if i == 2 {
			until = now.Add(time.Hour)
		}
		require.NoError(t, p.store.SetTokens(t.Context(), s.Key(), 1, shopstore.Tokens{
			Access: s.AccessToken, Refresh: s.RefreshToken, RenewedAt: now.Add(-time.Hour), AccessUntil: until,
		}))
	}
	require.NoError(t, p.store.SetEnabled(t.Context(), off.Key(), false))
	registry := prometheus.NewRegistry()
	p = b.load(nil, func(o *renewal.Options) { o.Registry = registry })
	require.True(t, p.Due(p.find(t, soon.Key())))
	require.False(t, p.Over(p.find(t, soon.Key())))
	require.InDelta(t, 60, gauge(t, registry, "shopstream_renewal_token_expiry_seconds", soon.Platform), 5)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); p.Run(ctx) }()
	require.Eventually(t, func() bool { return b.stored(soon.Key()).Generation == 3 }, 20*time.Second, 50*time.Millisecond)
	cancel()
	<-done
	calls, _ := b.renewals()
	require.Equal(t, 1, calls, "neither what is disabled nor what lasts")
	require.Zero(t, gauge(t, registry, "shopstream_renewal_parked_shops", soon.Platform))
}

// gauge returns a metric of a platform.
func gauge(t *testing.T, registry *prometheus.Registry, name, platform string) float64 {
	t.Helper()
	families, err := registry.Gather()
	require.NoError(t, err)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && m.GetLabel()[0].GetValue() == platform {
				return m.GetGauge().GetValue()
			}
		}
	}
	t.Fatalf("no metric %s of %s", name, platform)
	return 0
}

// TestPlatformWithoutRenewal leaves shops of such platforms to others.
func TestPlatformWithoutRenewal(t *testing.T) {
	t.Parallel()
	b := shared(t)
	p := b.load(nil, func(o *renewal.Options) { o.Adapters = []platform.Adapter{} })
	_, err := p.Renew(t.Context(), p.find(t, b.file[0].Key()))
	require.ErrorIs(t, err, renewal.ErrUnsupported)
}
