package badinput

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/internal/mongod"
	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
)

// unreachable is how long an operator waits at most to be told that a server does not answer: 10 s and what a busy machine
// adds.
const unreachable = 18 * time.Second

// password is in the settings and the shops of every row, and never to be seen.
const password = "hunter2"

const goodShop = `
  - {platform: shopee, shop_id: 1, channel_id: a, base_url: "http://127.0.0.1:1", app_id: 1, app_secret: hunter2, access_token: hunter2, refresh_token: hunter2}`

// refusal is one way to start the program wrongly.
type refusal struct {
	name    string
	args    []string
	prepare func(t *testing.T, in *installation)
	code    int      // 1 if 0
	want    []string // parts of the line
}

// plan returns a valid plan's words, and behind them others that override them.
func plan(args ...string) []string {
	return append([]string{"plan", "--from", "2024-01-01", "--to", "2024-01-02"}, args...)
}

func shops(content string) func(*testing.T, *installation) {
	return func(_ *testing.T, in *installation) { in.write("shops.yaml", content) }
}

func settings(content string) func(*testing.T, *installation) {
	return func(_ *testing.T, in *installation) { in.write("shopstream.yaml", content) }
}

func env(pairs ...string) func(*testing.T, *installation) {
	return func(_ *testing.T, in *installation) { in.env = append(in.env, pairs...) }
}

var usage = []refusal{
	{name: "unknown verb", args: []string{"fly"}, code: 2, want: []string{`"fly"`, "--help"}},
	{name: "unknown service", args: []string{"run", "ebay"}, code: 2, want: []string{`"ebay"`, "planner, fetcher, delay, transformer, sink, tracker, all"}},
	{name: "unknown flag", args: plan("--fast"), code: 2, want: []string{"--fast", "--help"}},
	{name: "flag of the wrong type", args: plan("--chunk-days", "few"), code: 2, want: []string{"--chunk-days", `"few"`}},
	{name: "no verb below topics", args: []string{"topics"}, code: 2, want: []string{"apply"}},
}

var plans = []refusal{
	{name: "unknown platform", args: plan("--platform", "ebay"), want: []string{`platform "ebay" is unknown`, "shopee, tiktok, lazada"}},
	{name: "unknown kind", args: plan("--kind", "refunds"), want: []string{`kind "refunds" is unknown`, "returns"}},
	{name: "bad dates", args: plan("--from", "2024-02-30", "--to", "yesterday"), want: []string{`from "2024-02-30"`, `to "yesterday"`, "2024-01-31"}},
	{name: "no dates", args: []string{"plan"}, want: []string{`from "" is no calendar day`, `to ""`}},
	{name: "from after to", args: plan("--from", "2024-01-03"), want: []string{"to 2024-01-02 lies before from 2024-01-03"}},
	{name: "from in the future", args: plan("--from", "2999-01-01", "--to", "2999-01-02"), want: []string{"2999-01-01", "future"}},
	{name: "unknown shop", args: plan("--shop", "2"), want: []string{`shop "2" is unknown`, "shopstream shops list"}},
	{
		name: "several mistakes", args: plan("--id", "a b", "--lane", "fast", "--time-field", "at", "--chunk-days", "-1"),
		want: []string{`"a b"`, `"fast"`, "live, backfill", `"at"`, "update_time", "-1"},
	},
	{name: "no topics", args: plan(), want: []string{"plans", "shopstream topics apply"}},
}

var shopsFiles = []refusal{
	{name: "no shops file", args: []string{"run", "all"}, prepare: func(t *testing.T, in *installation) {
		require.NoError(t, os.Remove(filepath.Join(in.dir, "shops.yaml")))
	}, want: []string{"shops.yaml", "shops.file"}},
	{name: "no shops file for a plan", args: plan(), prepare: env("SHOPSTREAM_SHOPS__FILE=elsewhere.yaml"), want: []string{"elsewhere.yaml", "shops.file"}},
	{name: "empty list of shops", args: []string{"run", "all"}, prepare: shops("shops: []"), want: []string{"shops.yaml", "shop", "add one"}},
	{
		name: "no enabled shop", args: []string{"run", "planner"}, prepare: shops("shops:" + strings.Replace(goodShop, "shop_id", "enabled: false, shop_id", 1)),
		want: []string{"shops.yaml", "no enabled shop"},
	},
	{name: "shops file that is no YAML", args: []string{"run", "all"}, prepare: shops("shops: [hunter2"), want: []string{"shops.yaml", "line"}},
	{
		name: "several mistakes in the shops file", args: []string{"run", "all"}, prepare: shops("shops:" + goodShop + goodShop + `
  - {platform: ebay, channel_id: "a b", base_url: "ftp://hunter2@h", colour: hunter2}
  - hunter2`),
		want: []string{"shops.yaml", "shop 2", "duplicate", "shop 3 (line 4)", `unknown platform "ebay"`, "no shop_id", `"a b"`, "base_url", "colour", "shop 4"},
	},
}

var configs = []refusal{
	{name: "malformed YAML", args: []string{"run", "all"}, prepare: settings("kafka: {brokers: [a, b\nmongo: hunter2"), want: []string{"shopstream.yaml", "line"}},
	{name: "settings file that is not there", args: []string{"config", "--config", "my.yaml"}, want: []string{"my.yaml", "does not exist"}},
	{name: "unknown keys", args: []string{"topics", "apply"}, prepare: func(_ *testing.T, in *installation) {
		in.write("shopstream.yaml", "kafka: {broker: hunter2, brokers: [127.0.0.1:1]}\ncolour: {red: 1}\n")
		in.write(".env", "SHOPSTREAM_SINK_BATCH=7\n")
		in.env = append(in.env, "SHOPSTREAM_FETCH__SPEED=hunter2")
	}, want: []string{"kafka.broker (", "colour.red", "shopstream.yaml", "SHOPSTREAM_SINK_BATCH", ".env", "SHOPSTREAM_SINK__BATCH?", "SHOPSTREAM_FETCH__SPEED"}},
	{name: "invalid values", args: []string{"run", "all", "--set", "time.zone=Local"}, prepare: func(_ *testing.T, in *installation) {
		in.write("shopstream.yaml", "sink: {batch: 0}\nfetch: {timeout: soon}\nplatforms: {shopee: {rate: 1.5}}\n")
		in.env = append(in.env, "SHOPSTREAM_LOG__LEVEL=loud", "SHOPSTREAM_MONGO__URI=hunter2", "SHOPSTREAM_HTTP__ADDR=8080")
	}, want: []string{`sink.batch = "0"`, "1 to 100000", "fetch.timeout", "platforms.shopee.rate", "log.level", "debug, info, warn, error", "mongo.uri", "http.addr", "time.zone"}},
}

var surroundings = []refusal{
	{name: "wrong credentials of MongoDB", args: []string{"run", "all"}, prepare: func(t *testing.T, in *installation) {
		u, err := url.Parse(mongodtest.URI(t))
		require.NoError(t, err)
		u.User = url.UserPassword("stranger", password)
		in.env = append(in.env, "SHOPSTREAM_MONGO__URI="+u.String())
	}, want: []string{"MongoDB at 127.0.0.1:", "refuses the user or the password", "mongo.uri"}},
	{name: "no broker there", args: []string{"run", "all"}, prepare: env("SHOPSTREAM_KAFKA__BROKERS=127.0.0.1:1"), want: []string{"127.0.0.1:1", "kafka.brokers"}},
	{name: "broker that says nothing", args: []string{"topics", "apply"}, prepare: silent("SHOPSTREAM_KAFKA__BROKERS=%"), want: []string{"kafka.brokers"}},
	{name: "no broker for a plan", args: plan(), prepare: env("SHOPSTREAM_KAFKA__BROKERS=127.0.0.1:1"), want: []string{"127.0.0.1:1", "kafka.brokers"}},
	{name: "no MongoDB there", args: []string{"run", "all"}, prepare: env("SHOPSTREAM_MONGO__URI=mongodb://u:hunter2@127.0.0.1:1"), want: []string{"127.0.0.1:1", "mongo.uri"}},
	{name: "MongoDB that is new", args: []string{"run", "all"}, prepare: func(t *testing.T, in *installation) {
		server, err := mongod.Start(t.Context(), mongod.Options{Dir: t.TempDir(), Uninitiated: true})
		require.NoError(t, err)
		t.Cleanup(func() { _ = server.Stop() })
		in.env = append(in.env, "SHOPSTREAM_MONGO__URI="+strings.TrimSuffix(server.URI(), "?directConnection=true"))
	}, want: []string{"MongoDB at 127.0.0.1:", "rs.initiate()", "mongo.uri"}},
	{name: "MongoDB that says nothing", args: []string{"status"}, prepare: silent("SHOPSTREAM_MONGO__URI=mongodb://%"), want: []string{"mongo.uri"}},
	{name: "port taken", args: []string{"run", "all"}, prepare: silent("SHOPSTREAM_HTTP__ADDR=%"), want: []string{"address already in use", "127.0.0.1:", "http.addr"}},
	{name: "missing topics", args: []string{"run", "sink"}, want: []string{"topics do not exist", "shopstream topics apply"}},
	{name: "unknown run", args: []string{"status", "--run", "nonexistent"}, want: []string{"nonexistent", "shopstream status"}},
	{
		name: "simulator's port taken", args: []string{"simulator", "--write-shops", "new.yaml", "--addr", taken}, prepare: silent(""),
		want: []string{"address already in use", "127.0.0.1:", "--addr"},
	},
	{name: "simulator's file in no folder", args: []string{"simulator", "--addr", "127.0.0.1:0", "--write-shops", "no/new.yaml"}, want: []string{"no/new.yaml", "--write-shops"}},
	{name: "simulator's numbers", args: []string{"simulator", "--days", "-1", "--clock", "slow"}, want: []string{"days is -1", `"slow"`, "frozen"}},
}

// taken stands for the address of silent in the words of a row.
const taken = "%"

// silent listens where connections are taken and never answered, and sets the variable to that address in place of its %.
func silent(variable string) func(*testing.T, *installation) {
	return func(t *testing.T, in *installation) {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		t.Cleanup(func() { _ = l.Close() })
		in.taken = l.Addr().String()
		in.env = append(in.env, strings.Replace(variable, taken, in.taken, 1))
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for group, rows := range map[string][]refusal{
		"usage": usage, "plan": plans, "shops": shopsFiles, "config": configs, "surroundings": surroundings,
	} {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			for _, row := range rows {
				t.Run(row.name, func(t *testing.T) {
					t.Parallel()
					in := setup(t)
					in.write("shops.yaml", "shops:"+goodShop)
					if row.prepare != nil {
						row.prepare(t, in)
					}
					row.check(t, in)
				})
			}
		})
	}
}

// check runs the row: one line that says it all, the exit code, and nothing left behind.
func (row *refusal) check(t *testing.T, in *installation) {
	t.Helper()
	_, _, before := in.created()
	args := slices.Clone(row.args)
	if i := slices.Index(args, taken); i >= 0 {
		args[i] = in.taken
	}
	got := finish(t, in.command(t.Context(), args...))
	assert.Equal(t, max(row.code, 1), got.code, "exit code")
	assertLine(t, got, row.want...)
	assert.Empty(t, got.stdout, "stdout is for what was asked for")
	assert.Less(t, got.took, unreachable)
	topics, collections, files := in.created()
	assert.Empty(t, topics, "topics created")
	assert.Empty(t, collections, "collections created")
	assert.Equal(t, before, files, "files created")
}

// assertLine checks that stderr is one line with all of these parts and no secret.
func assertLine(t *testing.T, got outcome, parts ...string) {
	t.Helper()
	line, rest, _ := strings.Cut(got.stderr, "\n")
	assert.Empty(t, rest, "one line is enough")
	assert.True(t, strings.HasPrefix(line, "shopstream: "), line)
	assert.Less(t, len(line), 1200, "a line that is read")
	for _, part := range parts {
		assert.Contains(t, line, part)
	}
	assert.NotContains(t, got.stdout+got.stderr, password)
	t.Log(line)
}

// TestSimulatorWithoutPermission names the file that cannot be written, and nobody is told that the simulator is there.
func TestSimulatorWithoutPermission(t *testing.T) {
	t.Parallel()
	in := setup(t)
	require.NoError(t, os.Chmod(filepath.Dir(in.dir), 0o755)) // others have to come as far as the folder below
	require.NoError(t, os.Chmod(in.dir, 0o555))               // and no farther
	_, _, before := in.created()
	cmd := in.command(t.Context(), "simulator", "--addr", "127.0.0.1:0", "--write-shops", filepath.Join(in.dir, "shops.yaml"))
	asNobody(cmd)
	got := finish(t, cmd)
	assert.Equal(t, 1, got.code)
	assert.Empty(t, got.stdout)
	assertLine(t, got, filepath.Join(in.dir, "shops.yaml"), "permission denied", "--write-shops")
	_, _, after := in.created()
	assert.Equal(t, before, after)
}
