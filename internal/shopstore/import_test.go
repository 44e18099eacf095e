package shopstore_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/shopstore"
)

func TestImportTakesAllOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.Equal(t, []string{lampsKey}, b.take(t, lamps()).Added)
	want := lamps()
	want.Generation = 1
	require.True(t, want == b.get(t, lampsKey), "a shop is read as it was written")
	require.NotContains(t, b.raw(t), "hunter2", "credentials lie open")
	require.True(t, b.take(t, lamps()).Empty(), "the same file again changes nothing")
}

func TestFileCountsWhereItChanged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.take(t, lamps())
	require.NoError(t, b.SetTokens(t.Context(), lampsKey, 1, shopstore.Tokens{Access: "renewed", Refresh: "renewed-too"}))
	require.NoError(t, b.SetEnabled(t.Context(), lampsKey, false))

	require.True(t, b.take(t, lamps()).Empty())
	got := b.get(t, lampsKey)
	require.Equal(t, "renewed", got.AccessToken.Reveal(), "stale tokens of the file must not replace renewed ones")
	require.False(t, got.Enabled, "disabled by command, and the file says nothing new")

	edited := lamps()
	edited.Name = "More lamps"
	require.Equal(t, []string{lampsKey}, b.take(t, edited).Changed)
	got = b.get(t, lampsKey)
	require.Equal(t, "More lamps", got.Name)
	require.True(t, got.Enabled, "the entry was edited, so all of its settings count")
	require.Equal(t, "renewed", got.AccessToken.Reveal(), "its tokens are the same as before")

	edited.AccessToken, edited.RefreshToken = "pasted", ""
	require.Equal(t, []string{lampsKey}, b.take(t, edited).Changed)
	got = b.get(t, lampsKey)
	require.Equal(t, "pasted", got.AccessToken.Reveal())
	require.Empty(t, got.RefreshToken.Reveal())
	require.Equal(t, int64(3), got.Generation)

	edited.AccessToken = ""
	edited.AppSecret = ""
	b.take(t, edited)
	got = b.get(t, lampsKey)
	require.Equal(t, "pasted", got.AccessToken.Reveal(), "an entry without tokens leaves them alone")
	require.Equal(t, "hunter2-app", got.AppSecret.Reveal())
}

func TestShopsThatLeaveTheFile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	other, added := lamps(), lamps()
	other.ShopID, added.ShopID = "2", "3"
	b.take(t, lamps(), other)
	require.NoError(t, b.Add(t.Context(), &added))
	require.ErrorIs(t, b.Add(t.Context(), &added), shopstore.ErrShopExists)

	require.Equal(t, []string{"tiktok:a:2"}, b.take(t, lamps()).Left)
	require.False(t, b.get(t, "tiktok:a:2").Enabled)
	require.True(t, b.get(t, "tiktok:a:3").Enabled, "it came from no file")
	require.True(t, b.take(t, lamps()).Empty())
	require.Equal(t, []string{"tiktok:a:2"}, b.take(t, lamps(), other).Changed, "back again")
	require.True(t, b.get(t, "tiktok:a:2").Enabled)
}

// TestManyProcessesImportAtOnce is the start of a deployment.
func TestManyProcessesImportAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var list []shop.Shop
	for i := range 5 {
		s := lamps()
		s.ShopID = string(rune('1' + i))
		list = append(list, s)
	}
	for round := range 3 {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				store := b.other(b.file)
				if err := store.Claim(t.Context(), b.logger()); err != nil {
					t.Error(err)
				} else if _, err := store.Import(t.Context(), list); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for i := range list {
			got := b.get(t, list[i].Key())
			require.Equal(t, int64(1+round), got.Generation, "tokens are taken over once")
			require.Equal(t, list[i].AccessToken, got.AccessToken)
			list[i].AccessToken += "x"
			list[i].Name += "x"
		}
	}
}
