package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/config"
)

const password = "hunter2"

var rates = map[string]int{"shopee": 200, "tiktok": 100, "lazada": 100}

// setup writes files into a directory of the test's own.
func setup(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c, err := config.Load(config.Source{Dir: t.TempDir(), Platforms: rates})
	if err != nil {
		t.Fatal(err)
	}
	if err := config.Default(rates).Validate(); err != nil {
		t.Error("the defaults are refused:", err)
	}
	if got, want := c.String(), config.Default(rates).String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	want := `kafka.brokers = 127.0.0.1:9092
kafka.topic_prefix = shopstream.
kafka.replication = -1
mongo.uri = <redacted>
mongo.database = shopstream
shops.file = shops.yaml
shops.key = 
shops.key_file = shopstream.key
instance = 
http.addr = 127.0.0.1:8080
log.level = info
log.format = text
time.zone = +07:00
time.settle = 5m0s
platforms.lazada.rate = 100
platforms.lazada.burst = 10
platforms.lazada.shop_rate = 0
platforms.lazada.api_rate = 0
platforms.lazada.daily = 0
platforms.lazada.ceiling = 0
platforms.lazada.errors = 
platforms.lazada.page_sizes = 
platforms.lazada.versions = 
platforms.lazada.auth_url = 
platforms.lazada.tracking = packages
platforms.shopee.rate = 200
platforms.shopee.burst = 10
platforms.shopee.shop_rate = 0
platforms.shopee.api_rate = 0
platforms.shopee.daily = 0
platforms.shopee.ceiling = 0
platforms.shopee.errors = 
platforms.shopee.page_sizes = 
platforms.shopee.versions = 
platforms.shopee.auth_url = 
platforms.shopee.tracking = packages
platforms.tiktok.rate = 100
platforms.tiktok.burst = 10
platforms.tiktok.shop_rate = 0
platforms.tiktok.api_rate = 0
platforms.tiktok.daily = 0
platforms.tiktok.ceiling = 0
platforms.tiktok.errors = 
platforms.tiktok.page_sizes = 
platforms.tiktok.versions = 
platforms.tiktok.auth_url = 
platforms.tiktok.tracking = packages
fetch.parallel = 5
fetch.retries = 3
fetch.backoff = 2s
fetch.timeout = 15s
chunk.days = 1
chunk.timeout = 2h40m0s
sink.batch = 1000
topics.partitions = 6
`
	if c.String() != want {
		t.Errorf("got\n%s", c.String())
	}
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	dir := setup(t, map[string]string{
		"shopstream.yaml": "chunk: {days: 2}\nfetch: {parallel: 2, retries: 2}\nsink: {batch: 2}\ntopics: {partitions: 2}\n",
		".env":            "SHOPSTREAM_ENV=stage\nSHOPSTREAM_FETCH__PARALLEL=3\nSHOPSTREAM_FETCH__RETRIES=3\nSHOPSTREAM_SINK__BATCH=3\nSHOPSTREAM_TOPICS__PARTITIONS=3\nOTHER=x\n",
		".env.stage":      "SHOPSTREAM_FETCH__RETRIES=4\nSHOPSTREAM_SINK__BATCH=4\nSHOPSTREAM_TOPICS__PARTITIONS=4\n",
		"other.yaml":      "chunk: {days: 9}\n",
	})
	src := config.Source{
		Dir:       dir,
		Environ:   []string{"SHOPSTREAM_SINK__BATCH=5", "SHOPSTREAM_TOPICS__PARTITIONS=5", "PATH=/bin"},
		Overrides: map[string]any{"topics.partitions": 6},
	}
	c, err := config.Load(src)
	if err != nil {
		t.Fatal(err)
	}
	got := []int{c.Chunk.Days, c.Fetch.Parallel, c.Fetch.Retries, c.Sink.Batch, c.Topics.Partitions}
	if !slices.Equal(got, []int{2, 3, 4, 5, 6}) {
		t.Errorf("got %v, want each source to win over the ones before it: 2 3 4 5 6", got)
	}

	src.Path = filepath.Join(dir, "other.yaml")
	if c, err = config.Load(src); err != nil || c.Chunk.Days != 9 {
		t.Errorf("a named file is read instead: days = %d, %v", c.Chunk.Days, err)
	}
	src.Environ = append(src.Environ, "SHOPSTREAM_ENV=none")
	if c, err = config.Load(src); err != nil || c.Fetch.Retries != 3 {
		t.Errorf("the environment's SHOPSTREAM_ENV wins: retries = %d, %v", c.Fetch.Retries, err)
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		yaml    string
		environ []string
		got     func(config.Config) any
		want    any
	}{
		{name: "list", yaml: "kafka: {brokers: ['a:1', 'b:2']}", got: brokers, want: "[a:1 b:2]"},
		{name: "list in one text", yaml: "kafka: {brokers: 'a:1, b:2,'}", got: brokers, want: "[a:1 b:2]"},
		{name: "list in a variable", environ: []string{"SHOPSTREAM_KAFKA__BROKERS=a,b:2"}, got: brokers, want: "[a b:2]"},
		{name: "ipv6", environ: []string{"SHOPSTREAM_KAFKA__BROKERS=[::1]:9092"}, got: brokers, want: "[[::1]:9092]"},
		{name: "off", environ: []string{"SHOPSTREAM_HTTP__ADDR="}, got: func(c config.Config) any { return c.HTTP.Addr }, want: ""},
		{name: "duration", yaml: "time: {settle: 90s}", got: func(c config.Config) any { return c.Time.Settle }, want: 90 * time.Second},
		{name: "secret", environ: []string{"SHOPSTREAM_MONGO__URI=mongodb://u:hunter2@h"}, got: func(c config.Config) any { return c.Mongo.URI.Reveal() }, want: "mongodb://u:hunter2@h"},
		{name: "zone name", yaml: "time: {zone: Asia/Kathmandu}", got: offset, want: 5*3600 + 45*60},
		{name: "zone offset", yaml: "time: {zone: '-03:30'}", got: offset, want: -(3*3600 + 30*60)},
		{name: "default zone", got: offset, want: 7 * 3600},
		{name: "empty sections", yaml: "kafka:\nmongo: {}\nplatforms:\n  shopee:\n", got: offset, want: 7 * 3600},
		{name: "codes", yaml: "platforms: {tiktok: {errors: {105002: auth, product.too.fast: transient}}}", environ: []string{
			"SHOPSTREAM_PLATFORMS__TIKTOK__ERRORS__IllegalCall=permanent", "SHOPSTREAM_PLATFORMS__LAZADA__ERRORS=a=auth, b=transient",
		}, got: func(c config.Config) any {
			return fmt.Sprint(c.Platforms["tiktok"].Errors, c.Platforms["lazada"].Errors)
		}, want: "map[105002:auth IllegalCall:permanent product.too.fast:transient] map[a:auth b:transient]"},
		{name: "page sizes and versions", yaml: "platforms: {tiktok: {page_sizes: {order_search: 50, order_detail: '1'}, versions: {orders/search: 202309}}}", environ: []string{
			"SHOPSTREAM_PLATFORMS__TIKTOK__PAGE_SIZES__order_search=1000", "SHOPSTREAM_PLATFORMS__TIKTOK__VERSIONS=orders = 202407",
		}, got: func(c config.Config) any {
			return fmt.Sprint(c.Platforms["tiktok"].PageSizes, c.Platforms["tiktok"].Versions, c.Platforms["shopee"].PageSizes)
		}, want: "map[order_detail:1 order_search:1000] map[orders:202407 orders/search:202309] map[]"},
		{name: "every class", environ: []string{
			"SHOPSTREAM_PLATFORMS__SHOPEE__ERRORS=a=transient,b=rate,c=quota,d=auth,e=permanent",
		}, got: func(c config.Config) any { return c.Platforms["shopee"].Errors }, want: "map[a:transient b:rate c:quota d:auth e:permanent]"},
		{name: "one platform's rate", yaml: "platforms: {tiktok: {rate: 7}}", got: func(c config.Config) any {
			return []int{c.Platforms["tiktok"].Rate, c.Platforms["tiktok"].Burst, c.Platforms["shopee"].Rate}
		}, want: []int{7, 10, 200}},
		{name: "not ours", environ: []string{
			"SHOPSTREAM_TEST_KAFKA=a", "SHOPSTREAM_ENV=x", "SHOPSTREAM_SERVICE_HOST=10.0.0.1", "SHOPSTREAM_SERVICE_PORT_HTTP=80",
			"SHOPSTREAM_PORT=tcp://10.0.0.1:80", "SHOPSTREAM_PORT_80_TCP_ADDR=10.0.0.1",
		}, got: offset, want: 7 * 3600},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := setup(t, map[string]string{"shopstream.yaml": tt.yaml})
			c, err := config.Load(config.Source{Dir: dir, Environ: tt.environ, Platforms: rates})
			if err != nil {
				t.Fatal(err)
			}
			if got := tt.got(c); fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if err := c.Validate(); err != nil {
				t.Errorf("Validate refuses what Load took: %v", err)
			}
		})
	}
}

func brokers(c config.Config) any { return c.Kafka.Brokers }

func offset(c config.Config) any {
	_, seconds := time.Unix(0, 0).In(c.Time.Zone.Location()).Zone()
	if c.Time.Zone.String() == "Asia/Kathmandu" { // its offset in 1970 was another
		_, seconds = time.Unix(1_700_000_000, 0).In(c.Time.Zone.Location()).Zone()
	}
	return seconds
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		files map[string]string
		src   config.Source
		want  []string // all of them in one error
	}{
		{
			name: "unknown keys in three places",
			files: map[string]string{
				"shopstream.yaml": "kafka: {broker: x}\nnonsense: 1\nplatforms: {ebay: {rate: 1}}\n",
				".env":            "SHOPSTREAM_KAFKA_BROKERS=a\n",
			},
			src: config.Source{Environ: []string{"SHOPSTREAM_FETCH__SPEED=1"}, Overrides: map[string]any{"sink.size": 1}},
			want: []string{
				"unknown key kafka.broker (", "shopstream.yaml)", "unknown key nonsense", "unknown key platforms.ebay.rate",
				"unknown variable SHOPSTREAM_KAFKA_BROKERS", "is it SHOPSTREAM_KAFKA__BROKERS?",
				"unknown variable SHOPSTREAM_FETCH__SPEED (environment)", "unknown key sink.size (flag)",
			},
		},
		{
			name: "every wrong value",
			files: map[string]string{"shopstream.yaml": `
kafka: {brokers: [1], topic_prefix: "a b", replication: 0}
mongo: {database: "a.b"}
http: {addr: nowhere}
instance: 5
shops: {file: ""}
log: {level: loud, format: xml}
time: {zone: Mars/Base, settle: 5}
platforms: {shopee: {rate: 0, burst: 1.5, errors: {x: maybe, y: 5, z: null}, page_sizes: {order_list: 0, b: 1.5, c: 1001}, versions: {d: v2, e: 2023099}}}
fetch: {parallel: many, retries: true, backoff: -1s, timeout: 2h}
chunk: {days: null, timeout: [1s]}
sink: 7
topics: {partitions: {a: 1}}
`},
			want: []string{
				"kafka.brokers = ", "kafka.topic_prefix = \"a b\"", "kafka.replication = \"0\"", "mongo.database = \"a.b\"",
				"http.addr = \"nowhere\"", "instance = \"5\"", "shops.file = \"\"", "log.level = \"loud\"", "want debug, info, warn, error",
				"log.format = \"xml\"", "time.zone = \"Mars/Base\"", "time.settle = \"5\"", "want a duration such as 90s",
				"platforms.shopee.rate = \"0\"", "platforms.shopee.burst = \"1.5\"", "platforms.shopee.errors.x = \"maybe\"",
				"want transient, rate, quota, auth, permanent", "errors.y = \"5\"", "errors.z = ",
				"platforms.shopee.page_sizes.order_list = \"0\"", "want a whole number, 1 to 1000", "page_sizes.b = \"1.5\"", "page_sizes.c = ",
				"platforms.shopee.versions.d = \"v2\"", "want six digits such as 202309", "versions.e = ", "fetch.parallel = \"many\"", "want a whole number, 1 to 1000", "fetch.retries = \"true\"",
				"fetch.backoff = \"-1s\"", "fetch.timeout = \"2h\"", "chunk.days (", "has no value", "chunk.timeout = ",
				"sink (", "is a section", "unknown key topics.partitions.a",
			},
		},
		{
			name:  "malformed YAML and variables",
			files: map[string]string{"shopstream.yaml": "kafka: [\n", ".env": "SHOPSTREAM_SINK__BATCH=1\nnot a variable " + password + "\n"},
			want:  []string{"shopstream.yaml: want sections", ".env:2: want lines of NAME=value"},
		},
		{name: "no sections", files: map[string]string{"shopstream.yaml": password}, want: []string{"want sections with keys"}},
		{name: "a key twice", files: map[string]string{"shopstream.yaml": "sink: {batch: 1}\nsink: {batch: 2}\n"}, want: []string{"\"sink\" already defined"}},
		{name: "no such file", src: config.Source{Path: "missing.yaml"}, want: []string{"missing.yaml does not exist", "--config"}},
		{name: "stage is a path", src: config.Source{Environ: []string{"SHOPSTREAM_ENV=../x"}}, want: []string{`SHOPSTREAM_ENV = "../x"`}},
		{name: "secret in a variable", src: config.Source{Environ: []string{"SHOPSTREAM_MONGO__URI=" + password}}, want: []string{"mongo.uri = \"<redacted>\" (environment SHOPSTREAM_MONGO__URI): want mongodb://"}},
		{name: "secret of another type", files: map[string]string{"shopstream.yaml": "mongo: {uri: [" + password + "]}"}, want: []string{"mongo.uri = \"<redacted>\""}},
		{name: "entries without names", src: config.Source{Environ: []string{"SHOPSTREAM_PLATFORMS__SHOPEE__PAGE_SIZES==5", "SHOPSTREAM_PLATFORMS__SHOPEE__VERSIONS="}}, want: []string{
			"platforms.shopee.page_sizes. = \"5\"", "platforms.shopee.versions = \"\"",
		}},
		{name: "no brokers", src: config.Source{Environ: []string{"SHOPSTREAM_KAFKA__BROKERS=,"}}, want: []string{"kafka.brokers"}},
		{name: "broker without a host", src: config.Source{Environ: []string{"SHOPSTREAM_KAFKA__BROKERS=:9092"}}, want: []string{"kafka.brokers = \":9092\""}},
		{name: "broker with a scheme", src: config.Source{Environ: []string{"SHOPSTREAM_KAFKA__BROKERS=tcp://a:9092"}}, want: []string{"kafka.brokers"}},
		{name: "local zone", src: config.Source{Environ: []string{"SHOPSTREAM_TIME__ZONE=Local"}}, want: []string{"time.zone = \"Local\""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.src.Dir, tt.src.Platforms = setup(t, tt.files), rates
			_, err := config.Load(tt.src)
			if err == nil {
				t.Fatal("nothing is wrong?")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("not said: %s\nin: %v", want, err)
				}
			}
			if strings.Contains(err.Error(), password) {
				t.Errorf("shows a secret: %v", err)
			}
		})
	}
}

func TestSecretsAreNotDumped(t *testing.T) {
	t.Parallel()
	c := config.Default(rates)
	c.Mongo.URI = "mongodb://u:" + password + "@h"
	for _, shown := range []string{c.String(), fmt.Sprintf("%v %+v %#v", c, c, c)} {
		if strings.Contains(shown, password) {
			t.Error("shown:", shown)
		}
	}
}

func TestValidateNamesAll(t *testing.T) {
	t.Parallel()
	err := config.Config{Mongo: config.Mongo{URI: password}, Platforms: map[string]config.Platform{
		"shopee": {}, "lazada": {Rate: 1, Burst: 1, Tracking: "packages", Errors: map[string]string{"x": "y"}, PageSizes: map[string]int{"z": 0}},
	}}.Validate()
	for _, want := range []string{"kafka.brokers", "kafka.replication", "mongo.uri", "platforms.shopee.rate", "platforms.lazada.errors.x", "platforms.lazada.page_sizes.z", "sink.batch"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("not said: %s", want)
		}
	}
	if strings.Contains(err.Error(), password) {
		t.Error("shows a secret:", err)
	}
}
