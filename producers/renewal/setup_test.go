package renewal_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/keyring"
	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/shopstore"
	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/producers/call"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/producers/platform/lazada"
	"github.com/shopstream/shopstream/producers/platform/shopee"
	"github.com/shopstream/shopstream/producers/platform/tiktok"
	"github.com/shopstream/shopstream/producers/renewal"
	"github.com/shopstream/shopstream/schemas"
)

func TestMain(m *testing.M) { mongodtest.Main(m) }

// bench is the three platforms, two shops on each, and a store that has taken them over.
type bench struct {
	t        *testing.T
	url      string
	uri      secret.Text
	database string
	key      string // file
	file     []shop.Shop
}

// renewed are the platforms whose tokens are renewed.
var renewed = []string{schemas.Shopee, schemas.TikTok, schemas.Lazada}

func setup(t *testing.T, uri, database string) *bench {
	t.Helper()
	sim, err := simulator.New(simulator.Options{Platforms: renewed, Shops: 2, Days: 1, OrdersPerDay: 5, TokenTTL: time.Hour})
	require.NoError(t, err)
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(server.Close)
	path := filepath.Join(t.TempDir(), "shops.yaml")
	require.NoError(t, sim.WriteShopsFile(path, server.URL))
	book, err := shop.Load(path, renewed)
	require.NoError(t, err)
	b := &bench{t: t, url: server.URL, uri: secret.Text(uri), database: database, key: path + ".key", file: book.All()}
	p := b.process(nil)
	require.NoError(t, p.store.Claim(t.Context(), slog.New(slog.DiscardHandler)))
	_, err = p.store.Import(t.Context(), b.file)
	require.NoError(t, err)
	return b
}

func shared(t *testing.T) *bench {
	t.Helper()
	return setup(t, mongodtest.URI(t), mongodtest.Database(t).Name())
}

// process is what one process has for itself.
type process struct {
	*renewal.Renewer
	store *shopstore.Store
	view  *shopstore.View
}

// process starts one; transport changes how it calls platforms.
func (b *bench) process(transport func(http.RoundTripper) http.RoundTripper, change ...func(*renewal.Options)) *process {
	b.t.Helper()
	client, err := mongodb.Connect(b.t.Context(), b.uri, b.database, "test")
	require.NoError(b.t, err)
	store := shopstore.New(client, keyring.NewSource("", b.key))
	web := call.NewClient()
	idle := web.Transport.(*http.Transport)
	if transport != nil {
		web.Transport = transport(idle)
	}
	b.t.Cleanup(func() {
		idle.CloseIdleConnections()
		_ = client.Close(b.t.Context()) // the context is done: nothing is under way
	})
	o := renewal.Options{
		View: shopstore.NewView(store, slog.New(slog.DiscardHandler)), Store: store, HTTP: web, Logger: slog.New(slog.DiscardHandler),
		Adapters: adapters(), Registry: prometheus.NewRegistry(),
	}
	for _, f := range change {
		f(&o)
	}
	r, err := renewal.New(o)
	require.NoError(b.t, err)
	return &process{Renewer: r, store: store, view: o.View}
}

func adapters() []platform.Adapter {
	return []platform.Adapter{shopee.New(platform.Settings{}), tiktok.New(platform.Settings{}), lazada.New(platform.Settings{})}
}

// load is process with what there is in the store.
func (b *bench) load(transport func(http.RoundTripper) http.RoundTripper, change ...func(*renewal.Options)) *process {
	b.t.Helper()
	p := b.process(transport, change...)
	require.NoError(b.t, p.view.Load(b.t.Context()))
	return p
}

func (p *process) find(t *testing.T, key string) shop.Shop {
	t.Helper()
	for _, s := range p.view.All() {
		if s.Key() == key {
			return s
		}
	}
	t.Fatalf("no shop %s", key)
	return shop.Shop{}
}

// stored is the shop as whoever comes next will see it.
func (b *bench) stored(key string) shop.Shop {
	b.t.Helper()
	return b.load(nil).find(b.t, key)
}

// renewals counts the calls that the platforms took for renewing tokens.
func (b *bench) renewals() (calls, refused int) {
	b.t.Helper()
	var paths map[string]struct{ Calls, Refused int }
	require.NoError(b.t, json.Unmarshal([]byte(b.request(http.MethodGet, "/_sim/calls", "")), &paths))
	for path, n := range paths {
		if strings.HasSuffix(path, "/token/refresh") || strings.HasSuffix(path, "/access_token/get") {
			calls, refused = calls+n.Calls, refused+n.Refused
		}
	}
	return calls, refused
}

// request asks the simulator for what no platform would tell or do.
func (b *bench) request(method, path, body string) string {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, strings.NewReader(body))
	require.NoError(b.t, err)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	require.NoError(b.t, err)
	defer resp.Body.Close() //nolint:errcheck // read to its end
	var text strings.Builder
	_, err = fmt.Fprint(&text, read(b.t, resp))
	require.NoError(b.t, err)
	require.Less(b.t, resp.StatusCode, 300, text.String())
	return text.String()
}

// lossy is a transport whose answers go through a function.
type lossy struct {
	http.RoundTripper
	answered func(*http.Response) (*http.Response, error)
}

func (l lossy) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.RoundTripper.RoundTrip(r)
	if err != nil {
		return resp, err
	}
	return l.answered(resp)
}
