package renewal_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/shopstore"
	"github.com/shopstream/shopstream/schemas"
)

// TestShopsOfOneAccount have the same tokens, as on several sites of Lazada.
func TestShopsOfOneAccount(t *testing.T) {
	t.Parallel()
	b := shared(t)
	var members []shop.Shop
	for _, s := range b.file {
		if s.Platform == schemas.Lazada {
			for _, site := range []string{"a", "b", "c"} {
				s.ChannelID = site
				members = append(members, s)
			}
			break
		}
	}
	seed := b.process(nil)
	_, err := seed.store.Import(t.Context(), append(members, b.file...))
	require.NoError(t, err)
	var processes []*process
	for range 4 {
		processes = append(processes, b.load(nil))
	}
	before, _ := b.renewals()
	for round := range 3 {
		var wg sync.WaitGroup
		for _, p := range processes {
			for _, m := range members {
				wg.Go(func() {
					used := p.find(t, m.Key())
					used.Generation = int64(1 + round)
					if _, err := p.Renew(t.Context(), used); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		tokens := map[string]bool{}
		for _, m := range members {
			stored := b.stored(m.Key())
			require.Equal(t, int64(2+round), stored.Generation)
			tokens[stored.AccessToken.Reveal()] = true
		}
		require.Len(t, tokens, 1)
		calls, refused := b.renewals()
		require.Equal(t, before+round+1, calls, "one renewal for all of them")
		require.Zero(t, refused)
	}

	// A process is lost after it stored the tokens of the first: the others find them.
	p := b.load(nil)
	first := p.find(t, members[0].Key())
	renewed := shopstore.Tokens{Access: "renewed", Refresh: "renewed", Replaced: first.RefreshToken}
	require.NoError(t, p.store.SetTokens(t.Context(), first.Key(), first.Generation, renewed))
	for _, m := range members[1:] {
		p := b.load(nil)
		got, err := p.Renew(t.Context(), p.find(t, m.Key()))
		require.NoError(t, err)
		require.Equal(t, "renewed", got.AccessToken.Reveal())
	}
}
