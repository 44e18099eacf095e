package keyring_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/keyring"
	"github.com/shopstream/shopstream/internal/secret"
)

func TestSealedStaysInItsPlace(t *testing.T) {
	t.Parallel()
	ring, err := keyring.New()
	require.NoError(t, err)
	sealed, err := ring.Seal("hunter2", "shopee:a:1/access_token")
	require.NoError(t, err)
	require.NotContains(t, string(sealed), "hunter2")
	require.Equal(t, ring.Primary(), keyring.KeyOf(sealed))
	got, err := ring.Open(sealed, "shopee:a:1/access_token")
	require.NoError(t, err)
	require.Equal(t, "hunter2", got.Reveal())

	for _, place := range []string{"shopee:a:2/access_token", "shopee:a:1/refresh_token", ""} {
		_, err = ring.Open(sealed, place)
		require.ErrorIs(t, err, keyring.ErrSealed, place)
	}
	sealed[len(sealed)-1] ^= 1
	_, err = ring.Open(sealed, "shopee:a:1/access_token")
	require.ErrorIs(t, err, keyring.ErrSealed)
	other, err := keyring.New()
	require.NoError(t, err)
	sealed[len(sealed)-1] ^= 1
	_, err = other.Open(sealed, "shopee:a:1/access_token")
	require.ErrorIs(t, err, keyring.ErrSealed)
}

func TestKeysAreExchanged(t *testing.T) {
	t.Parallel()
	ring, err := keyring.New()
	require.NoError(t, err)
	old, err := ring.Seal("v", "p")
	require.NoError(t, err)

	prepared, err := ring.With()
	require.NoError(t, err)
	require.True(t, prepared.Prepared())
	require.Equal(t, ring.Primary(), prepared.Primary(), "others cannot read what a new key encrypts yet")
	rotated, err := prepared.Promoted()
	require.NoError(t, err)
	require.False(t, rotated.Prepared())
	renewed, err := rotated.Seal("v", "p")
	require.NoError(t, err)
	for _, r := range []*keyring.Ring{prepared, rotated} {
		for _, sealed := range [][]byte{old, renewed} {
			got, err := r.Open(sealed, "p")
			require.NoError(t, err)
			require.Equal(t, "v", got.Reveal())
		}
	}
	only, err := rotated.Only(func(id uint32) bool { return id == keyring.KeyOf(old) })
	require.NoError(t, err)
	require.Equal(t, 2, only.Len())
	only, err = rotated.Only(func(uint32) bool { return false })
	require.NoError(t, err)
	require.Equal(t, 1, only.Len())
	_, err = only.Open(old, "p")
	require.ErrorIs(t, err, keyring.ErrSealed)
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "k")
	source := keyring.NewSource("", path)
	_, err := source.Ring()
	require.ErrorIs(t, err, keyring.ErrNoKey)
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "shops.key_file")

	ring, err := source.Create()
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	_, err = keyring.NewSource("", path).Create()
	require.ErrorIs(t, err, fs.ErrExist, "a key that is there must not be lost")
	again, err := keyring.NewSource("", path).Ring()
	require.NoError(t, err)
	require.Equal(t, ring.Primary(), again.Primary())

	content, err := os.ReadFile(path)
	require.NoError(t, err)
	setting := keyring.NewSource(secret.Text(content), path)
	same, err := setting.Ring()
	require.NoError(t, err)
	require.Equal(t, ring.Primary(), same.Primary())
	_, err = setting.Create()
	require.ErrorContains(t, err, "shops.key")

	next, err := ring.With()
	require.NoError(t, err)
	require.NoError(t, source.Replace(next))
	reloaded, err := source.Reload()
	require.NoError(t, err)
	require.Equal(t, 2, reloaded.Len())
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, files, 1, "nothing else is left behind")

	for _, text := range []string{"hunter2", "aHVudGVyMg==", " "} {
		_, err = keyring.Parse(secret.Text(text))
		require.ErrorIs(t, err, keyring.ErrNoRing)
	}
}
