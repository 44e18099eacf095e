package cli

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/simulator"
)

// terminal is a working directory and a store, and whoever types there.
type terminal struct {
	t    *testing.T
	dir  string
	sets []string
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	dir := t.TempDir()
	return &terminal{t: t, dir: dir, sets: []string{
		"--set", "mongo.uri=" + mongodtest.URI(t), "--set", "mongo.database=" + mongodtest.Database(t).Name(),
		"--set", "shops.file=" + filepath.Join(dir, "shops.yaml"), "--set", "shops.key_file=" + filepath.Join(dir, "key"),
	}}
}

// types runs a verb and returns the exit code and what it said, on both outputs.
func (x *terminal) types(stdin string, args ...string) (code int, stdout, stderr string) {
	x.t.Helper()
	var out, errs bytes.Buffer
	a := &app{stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs, dir: x.dir}
	code = run(x.t.Context(), a, append(args, x.sets...), verbs)
	for _, text := range []string{out.String(), errs.String()} {
		require.NotContains(x.t, text, "hunter2")
	}
	return code, out.String(), errs.String()
}

// works runs a verb that must succeed and returns what it was asked for.
func (x *terminal) works(stdin string, args ...string) string {
	x.t.Helper()
	code, stdout, stderr := x.types(stdin, args...)
	require.Zero(x.t, code, stderr)
	return stdout
}

// fails runs a verb that must fail and returns its one line.
func (x *terminal) fails(args ...string) string {
	x.t.Helper()
	code, stdout, stderr := x.types("", args...)
	require.Equal(x.t, exitFailed, code, stdout)
	require.Equal(x.t, 1, strings.Count(stderr, "\n"), stderr)
	return stderr
}

const oneShop = `shops:
  - {platform: shopee, shop_id: 1, channel_id: a, region: VN, name: Lamps, base_url: "http://h", app_id: 1, app_secret: hunter2, access_token: hunter2}
`

func TestShopsVerbs(t *testing.T) {
	t.Parallel()
	x := newTerminal(t)
	require.Contains(t, x.works("", "shops", "list"), "no shops")
	require.Contains(t, x.fails("shops", "import"), "shops.yaml")
	require.NoFileExists(t, filepath.Join(x.dir, "key"))
	require.NoError(t, os.WriteFile(filepath.Join(x.dir, "shops.yaml"), []byte(oneShop), 0o600))
	require.Equal(t, "added 1, changed 0, disabled 0 of 1 shops\n", x.works("", "shops", "import"))
	require.FileExists(t, filepath.Join(x.dir, "key"))
	require.Equal(t, "added 0, changed 0, disabled 0 of 1 shops\n", x.works("", "shops", "import"))

	add := []string{
		"shops", "add", "--platform", "lazada", "--channel", "b", "--shop", "2", "--region", "SG",
		"--base-url", "https://api.lazada.sg/rest", "--app-id", "7",
	}
	require.Contains(t, x.works("hunter2\n", add...), "added lazada:b:2")
	require.Contains(t, x.fails(add...), "secret is missing")
	require.Contains(t, x.fails("shops", "add", "--platform", "ebay"), `shop has the unknown platform "ebay"`)
	require.Equal(t, "disabled shopee:a:1\n", x.works("", "shops", "disable", "shopee:a:1"))
	require.Contains(t, x.fails("shops", "enable", "shopee:a:9"), "shopstream shops list")

	list := x.works("", "shops", "list")
	require.Regexp(t, `shopee:a:1\s+VN\s+Lamps\s+false\s+ok`, list)
	require.Regexp(t, `lazada:b:2\s+SG\s+true\s+unauthorised`, list)
	require.Contains(t, list, "shopstream shops authorize lazada:b:2")
	require.Contains(t, x.works("", "status"), "1 of 2 shops cannot be called")
	require.Equal(t, "enabled shopee:a:1\n", x.works("", "shops", "enable", "shopee:a:1"))
}

func TestKeyVerbs(t *testing.T) {
	t.Parallel()
	x := newTerminal(t)
	require.Contains(t, x.fails("shops", "key", "rotate"), "nothing is encrypted")
	require.Contains(t, x.works("", "shops", "key", "create"), filepath.Join(x.dir, "key"))
	require.Contains(t, x.fails("shops", "key", "create"), "exists")
	require.NoError(t, os.WriteFile(filepath.Join(x.dir, "shops.yaml"), []byte(oneShop), 0o600))
	x.works("", "shops", "import")
	require.Contains(t, x.works("", "shops", "key", "rotate", "--prepare"), "copy the file")
	require.Contains(t, x.works("", "shops", "key", "rotate"), "encrypted 1 shops")

	content, err := os.ReadFile(filepath.Join(x.dir, "key"))
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(x.dir, "key")))
	require.Contains(t, x.fails("shops", "import"), "there is no key at "+filepath.Join(x.dir, "key"))
	x.sets = append(x.sets, "--set", "shops.key="+strings.TrimSpace(string(content)))
	require.Equal(t, "added 0, changed 0, disabled 0 of 1 shops\n", x.works("", "shops", "import"))
	require.Contains(t, x.fails("shops", "key", "rotate"), "shops.key_file")

	x.sets = x.sets[:len(x.sets)-2]
	x.works("", "shops", "key", "create")
	for _, verb := range [][]string{{"shops", "import"}, {"shops", "key", "rotate"}} {
		require.Contains(t, x.fails(verb...), "is not the one")
	}
}

// TestAuthorize takes a shop without tokens through its seller's consent.
func TestAuthorize(t *testing.T) {
	t.Parallel()
	x := newTerminal(t)
	platforms := []string{"shopee", "tiktok", "lazada"}
	sim, err := simulator.New(simulator.Options{Platforms: platforms, Shops: 1, Days: 1, OrdersPerDay: 1})
	require.NoError(t, err)
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(server.Close)
	require.NoError(t, sim.WriteShopsFile(filepath.Join(x.dir, "sim.yaml"), server.URL))
	book, err := shop.Load(filepath.Join(x.dir, "sim.yaml"), platforms)
	require.NoError(t, err)
	for _, s := range book.All() {
		x.works(s.AppSecret.Reveal()+"\n", "shops", "add", "--platform", s.Platform, "--channel", s.ChannelID, "--shop", s.ShopID,
			"--base-url", s.BaseURL, "--auth-url", s.AuthURL, "--app-id", s.AppID)
		page := x.works("", "shops", "authorize", s.Key(), "--redirect", "https://app.example/")
		require.Contains(t, page, s.AppID)
		require.Contains(t, page, "shopstream shops authorize "+s.Key()+" --code CODE")
		require.NotContains(t, page, s.AppSecret.Reveal())
		require.Contains(t, x.fails("shops", "authorize", s.Key(), "--code", "wrong"), "codes work once")

		transport := &http.Transport{}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/_sim/code?platform="+s.Platform+"&shop_id="+s.ShopID, http.NoBody)
		require.NoError(t, err)
		response, err := transport.RoundTrip(request)
		require.NoError(t, err)
		var consent struct{ Code string }
		require.NoError(t, json.NewDecoder(response.Body).Decode(&consent))
		require.NoError(t, response.Body.Close())
		transport.CloseIdleConnections()
		require.Contains(t, x.works("", "shops", "authorize", s.Key(), "--code", consent.Code), "authorised "+s.Key())
		require.Regexp(t, s.Key()+`.*\sok\s+20\d\d-`, x.works("", "shops", "list"), "its token has an end")
	}
	require.Contains(t, x.fails("shops", "authorize", "ebay:a:1"), shopArg)
	require.Contains(t, x.fails("shops", "authorize", "shopee:a:1"), "no such shop")
}
