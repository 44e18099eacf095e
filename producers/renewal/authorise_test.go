package renewal_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/shopstore"
	"github.com/shopstream/shopstream/producers/call"
	"github.com/shopstream/shopstream/producers/renewal"
)

// TestAuthorise exchanges the codes of sellers' consents on all platforms.
func TestAuthorise(t *testing.T) {
	t.Parallel()
	b := shared(t)
	p := b.load(nil)
	for _, adapter := range adapters() {
		var s, other shop.Shop
		for _, candidate := range b.file {
			if candidate.Platform == adapter.Platform() {
				s, other = candidate, s
			}
		}
		// Its tokens are dead, and it never had a handle.
		require.NoError(t, p.store.SetTokens(t.Context(), s.Key(), 1, shopstore.Tokens{Access: "dead", Refresh: "dead", Cipher: "none"}))
		require.NoError(t, p.view.Load(t.Context()))
		_, err := p.Renew(t.Context(), p.find(t, s.Key()))
		require.ErrorIs(t, err, renewal.ErrParked)

		_, err = renewal.Authorise(t.Context(), p.store, caller(t), adapter, s.Key(), "wrong")
		require.ErrorContains(t, err, "code")
		_, err = renewal.Authorise(t.Context(), p.store, caller(t), adapter, s.Key(), b.consent(other))
		require.Error(t, err, "another shop's seller consented")
		require.Equal(t, shop.Unauthorised, b.stored(s.Key()).State.Name)

		keys, err := renewal.Authorise(t.Context(), p.store, caller(t), adapter, s.Key(), b.consent(s))
		require.NoError(t, err)
		require.Equal(t, []string{s.Key()}, keys)
		stored := b.stored(s.Key())
		require.Empty(t, stored.State.Name)
		if s.ShopCipher != "" {
			require.Equal(t, s.ShopCipher, stored.ShopCipher, "the platform names the handle")
		}
		require.WithinDuration(t, time.Now().Add(time.Hour), stored.AccessUntil, 10*time.Second)
		require.NoError(t, p.view.Load(t.Context()))
		_, err = p.Renew(t.Context(), p.find(t, s.Key()))
		require.NoError(t, err, "and goes on from there")
	}
}

func caller(t *testing.T) call.Caller {
	t.Helper()
	web := call.NewClient()
	t.Cleanup(web.CloseIdleConnections)
	return call.Caller{HTTP: web, Timeout: 5 * time.Second, Now: time.Now}
}

// consent is what a shop's seller does, and returns the code that it leads to.
func (b *bench) consent(s shop.Shop) string {
	b.t.Helper()
	var answer struct{ Code string }
	text := b.request(http.MethodGet, "/_sim/code?platform="+s.Platform+"&shop_id="+s.ShopID, "")
	require.NoError(b.t, json.Unmarshal([]byte(text), &answer))
	return answer.Code
}
