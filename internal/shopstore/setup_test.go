package shopstore_test

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/internal/keyring"
	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/shopstore"
)

func TestMain(m *testing.M) { mongodtest.Main(m) }

// bench is an empty store and the key file beside it.
type bench struct {
	*shopstore.Store
	client *mongodb.Client
	file   string
	log    *bytes.Buffer
}

func setup(t *testing.T) *bench {
	t.Helper()
	client, err := mongodb.Connect(t.Context(), secret.Text(mongodtest.URI(t)), mongodtest.Database(t).Name(), "test")
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close(t.Context()) }) // the context is done: nothing is under way
	b := &bench{client: client, file: filepath.Join(t.TempDir(), "key"), log: &bytes.Buffer{}}
	b.Store = b.other(b.file)
	return b
}

// other is the store as another process sees it, with the key of a file.
func (b *bench) other(keyFile string) *shopstore.Store {
	return shopstore.New(b.client, keyring.NewSource("", keyFile))
}

func (b *bench) logger() *slog.Logger { return slog.New(slog.NewTextHandler(b.log, nil)) }

// take claims the key and imports the shops.
func (b *bench) take(t *testing.T, shops ...shop.Shop) shopstore.Imported {
	t.Helper()
	require.NoError(t, b.Claim(t.Context(), b.logger()))
	report, err := b.Import(t.Context(), shops)
	require.NoError(t, err)
	return report
}

func (b *bench) get(t *testing.T, key string) shop.Shop {
	t.Helper()
	s, err := b.Get(t.Context(), key)
	require.NoError(t, err)
	return s
}

// raw is all that lies in the database, as text.
func (b *bench) raw(t *testing.T) string {
	t.Helper()
	var documents []bson.Raw
	cursor, err := b.client.Collection(mongodb.Shops).Find(t.Context(), bson.D{})
	require.NoError(t, err)
	require.NoError(t, cursor.All(t.Context(), &documents))
	var all bytes.Buffer
	for _, d := range documents {
		all.Write(d)
	}
	return all.String()
}

func lamps() shop.Shop {
	return shop.Shop{
		Platform: "tiktok", ChannelID: "a", ShopID: "1", Region: "VN", Name: "Lamps", Enabled: true, BaseURL: "http://h",
		AuthURL: "http://auth", AppID: "77", AppSecret: "hunter2-app", AccessToken: "hunter2-access",
		RefreshToken: "hunter2-refresh", ShopCipher: "hunter2-cipher",
	}
}

const lampsKey = "tiktok:a:1"
