package shopstore_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/internal/keyring"
	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/shopstore"
)

func TestKeyIsMadeOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	claimed, err := b.Verify(t.Context())
	require.NoError(t, err)
	require.False(t, claimed)
	require.NoFileExists(t, b.file)
	b.take(t, lamps())
	require.FileExists(t, b.file)
	require.Contains(t, b.log.String(), b.file, "that a key was made is said")

	// Another machine, which has no copy of it, makes none.
	elsewhere := filepath.Join(t.TempDir(), "key")
	err = b.other(elsewhere).Claim(t.Context(), b.logger())
	require.ErrorContains(t, err, "there is no key at "+elsewhere)
	require.NoFileExists(t, elsewhere)
	list, err := b.other(elsewhere).List(t.Context())
	require.NoError(t, err, "who needs no credentials needs no key")
	require.Len(t, list, 1)
	view := shopstore.NewView(b.other(elsewhere), b.logger())
	require.NoError(t, view.Load(t.Context()))
	require.Len(t, view.Select(nil, nil, nil), 1)

	// Nor does a wrong one do.
	_, err = keyring.NewSource("", elsewhere).Create()
	require.NoError(t, err)
	require.ErrorContains(t, b.other(elsewhere).Claim(t.Context(), b.logger()), "is not the one")
	require.FileExists(t, elsewhere)
}

// TestCiphertextsCannotBeMoved plays somebody who may write to the database and wants another shop's tokens to be used.
func TestCiphertextsCannotBeMoved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	mine := lamps()
	mine.ShopID, mine.BaseURL = "2", "http://mine"
	b.take(t, lamps(), mine)
	shops := b.client.Collection(mongodb.Shops)
	var victim struct {
		Secrets map[string][]byte `bson:"secrets"`
	}
	require.NoError(t, shops.FindOne(t.Context(), bson.D{{Key: "_id", Value: lampsKey}}).Decode(&victim))
	for _, secret := range []string{"access_token", "refresh_token"} {
		_, err := shops.UpdateOne(t.Context(), bson.D{{Key: "_id", Value: "tiktok:a:2"}},
			bson.D{{Key: "$set", Value: bson.D{{Key: "secrets.access_token", Value: victim.Secrets[secret]}}}})
		require.NoError(t, err)
		_, err = b.Get(t.Context(), "tiktok:a:2")
		require.ErrorIs(t, err, keyring.ErrSealed)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.Rotate(t.Context())
	require.ErrorContains(t, err, "nothing is encrypted")
	b.take(t, lamps())
	before := b.get(t, lampsKey)

	running := shopstore.NewView(b.other(b.file), b.logger())
	require.NoError(t, running.Load(t.Context()))
	first, err := os.ReadFile(b.file)
	require.NoError(t, err)
	elsewhere := filepath.Join(t.TempDir(), "key") // another machine's copy
	require.NoError(t, os.WriteFile(elsewhere, first, 0o600))
	remote := shopstore.NewView(b.other(elsewhere), b.logger())
	require.NoError(t, remote.Load(t.Context()))

	// Prepared first: the other machine gets the key before it is used, and nobody notices.
	require.NoError(t, b.Prepare(t.Context()))
	prepared, err := os.ReadFile(b.file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(elsewhere, prepared, 0o600))
	n, err := b.Rotate(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n)
	for _, view := range []*shopstore.View{running, remote} {
		require.NoError(t, view.Load(t.Context()))
		got, ok := view.Find("tiktok", "a", "1")
		require.True(t, ok)
		require.True(t, got == before, "a process that goes on reads with the new key")
	}
	require.True(t, b.take(t, lamps()).Empty(), "what was imported is still known")

	// Not prepared: the other machine says so, and goes on once it has the key.
	_, err = b.Rotate(t.Context())
	require.NoError(t, err)
	require.NoError(t, running.Load(t.Context()))
	got, _ := running.Find("tiktok", "a", "1")
	require.True(t, got == before)
	require.NoError(t, remote.Load(t.Context()))
	got, _ = remote.Find("tiktok", "a", "1")
	require.Equal(t, shop.Unreadable, got.State.Name)
	require.Contains(t, got.State.Reason, elsewhere)
	require.Empty(t, got.AccessToken)
	second, err := os.ReadFile(b.file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(elsewhere, second, 0o600))
	require.NoError(t, remote.Load(t.Context()))
	got, _ = remote.Find("tiktok", "a", "1")
	require.True(t, got == before)

	// The keys before the last one are of no use any more, and go.
	_, err = b.Rotate(t.Context())
	require.NoError(t, err)
	ring, err := keyring.NewSource("", b.file).Ring()
	require.NoError(t, err)
	require.Equal(t, 2, ring.Len())
	old := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(old, first, 0o600))
	_, err = b.other(old).Verify(t.Context())
	require.ErrorContains(t, err, "is not the one")
}

func TestViewFollows(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.take(t, lamps())
	view := shopstore.NewView(b.Store, b.logger())
	require.NoError(t, view.Load(t.Context()))
	book := view.Book()
	require.NoError(t, view.Load(t.Context()))
	require.Same(t, book, view.Book(), "nothing changed")

	added := lamps()
	added.ShopID = "2"
	require.NoError(t, b.Add(t.Context(), &added))
	require.NoError(t, b.SetEnabled(t.Context(), lampsKey, false))
	require.NoError(t, view.Load(t.Context()))
	require.Len(t, view.All(), 2)
	require.Len(t, view.Select(nil, nil, nil), 1)

	require.NoError(t, b.SetTokens(t.Context(), lampsKey, 1, shopstore.Tokens{Access: "new", Refresh: "new"}))
	_, err := view.Reread(t.Context(), lampsKey)
	require.NoError(t, err)
	got, _ := view.Find("tiktok", "a", "1")
	require.Equal(t, "new", got.AccessToken.Reveal())

	_, err = b.client.Collection(mongodb.Shops).DeleteOne(t.Context(), bson.D{{Key: "_id", Value: lampsKey}})
	require.NoError(t, err)
	require.NoError(t, view.Load(t.Context()))
	_, ok := view.Find("tiktok", "a", "1")
	require.False(t, ok)
	_, err = view.Reread(t.Context(), lampsKey)
	require.ErrorIs(t, err, shopstore.ErrNoShop)
}
