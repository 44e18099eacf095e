package lazada_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// bench is a server under test with a client that knows Lazada's rules by itself.
type bench struct {
	t     testing.TB
	srv   *simulator.Server
	at    *time.Time
	shops []world.Shop
}

func setup(t testing.TB, opts simulator.Options) *bench {
	t.Helper()
	at := time.Date(2026, 3, 18, 5, 0, 0, 0, time.UTC)
	opts.Now = func() time.Time { return at }
	opts.Platforms = []string{"lazada"}
	if opts.Seed == 0 {
		opts.Seed = 7
	}
	srv, err := simulator.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{t: t, srv: srv, at: &at, shops: srv.Shops()}
}

// params are a call's business parameters. A value of "-" takes a system parameter away.
type params map[string]string

func (p params) with(more params) params {
	all := params{}
	maps.Copy(all, p)
	maps.Copy(all, more)
	return all
}

// sign is the rule as the platform's guide gives it.
func sign(secret, path string, q url.Values) string {
	text := path
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if name != "sign" && q.Get(name) != "" {
			text += name + q.Get(name)
		}
	}
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, text)
	return fmt.Sprintf("%X", mac.Sum(nil))
}

func (b *bench) values(path string, shop world.Shop, p params) url.Values {
	q := url.Values{}
	q.Set("app_key", shop.AppID)
	q.Set("timestamp", strconv.FormatInt(b.at.UnixMilli(), 10))
	q.Set("sign_method", "sha256")
	if shop.AccessToken != "" {
		q.Set("access_token", shop.AccessToken)
	}
	for name, value := range p {
		q.Set(name, value)
		if value == "-" {
			q.Del(name)
		}
	}
	if p["sign"] == "" {
		q.Set("sign", sign(shop.AppSecret, path, q))
	}
	return q
}

// reply is an answer's envelope; a part of it that is not there is empty.
type reply struct {
	Code      string          `json:"code"`
	Type      string          `json:"type"`
	Message   string          `json:"message"`
	RequestID string          `json:"request_id"`
	Data      json.RawMessage `json:"data"`
	Result    json.RawMessage `json:"result"`

	body []byte
}

func (b *bench) get(path string, shop world.Shop, p params) reply {
	b.t.Helper()
	return b.do(httptest.NewRequest(http.MethodGet, "/rest"+path+"?"+b.values(path, shop, p).Encode(), nil))
}

func (b *bench) post(path string, shop world.Shop, p params) reply {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/rest"+path, strings.NewReader(b.values(path, shop, p).Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *bench) do(r *http.Request) reply {
	b.t.Helper()
	w := httptest.NewRecorder()
	b.srv.Handler().ServeHTTP(w, r)
	got := reply{body: w.Body.Bytes()}
	if err := json.Unmarshal(got.body, &got); err != nil || w.Code != http.StatusOK || got.RequestID == "" {
		b.t.Fatalf("%s answered %d %.300q: %v", r.URL.Path, w.Code, got.body, err)
	}
	return got
}

// must gets an answer that is none of an error.
func (b *bench) must(path string, shop world.Shop, p params) reply {
	b.t.Helper()
	got := b.get(path, shop, p)
	if got.Code != "0" {
		b.t.Fatalf("%s %v answered %s %s", path, p, got.Code, got.Message)
	}
	return got
}

// read decodes JSON and keeps numbers as they are written.
func read[T any](t testing.TB, text []byte) T {
	t.Helper()
	var v T
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %.300s", err, text)
	}
	return v
}

// row is a row of the truth.
type row struct {
	ID       string `json:"id"`
	Create   int64  `json:"create_time"`
	Update   int64  `json:"update_time"`
	Status   string `json:"status"`
	Amount   string `json:"total_amount"`
	Lines    int    `json:"lines"`
	Quantity int64  `json:"quantity"`
}

func (b *bench) truth(kind string, shop world.Shop, by string, from, to int64) []row {
	b.t.Helper()
	var rows []row
	for line := range strings.Lines(b.control(http.MethodGet, fmt.Sprintf(
		"/_sim/truth?platform=lazada&rows=1&kind=%s&shop_id=%s&by=%s&from=%d&to=%d", kind, shop.ShopID, by, from, to), "")) {
		rows = append(rows, read[row](b.t, []byte(line)))
	}
	return rows
}

func (b *bench) control(method, target, body string) string {
	b.t.Helper()
	w := httptest.NewRecorder()
	b.srv.Handler().ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader(body)))
	if w.Code >= 300 {
		b.t.Fatalf("%s %s answered %d %s", method, target, w.Code, w.Body)
	}
	return w.Body.String()
}

// midnight is the first second in UTC+7 of the day so many days ago.
func (b *bench) midnight(daysAgo int) int64 {
	at := b.at.Add(7 * time.Hour)
	return time.Date(at.Year(), at.Month(), at.Day()-daysAgo, 0, 0, 0, 0, time.UTC).Unix() - 7*3600
}

func iso(at int64) string { return time.Unix(at, 0).UTC().Format("2006-01-02T15:04:05-07:00") }

// zoneOf is the offset of a site's clocks.
func zoneOf(shop world.Shop) *time.Location {
	if shop.Region == "SG" {
		return time.FixedZone("", 8*3600)
	}
	return time.FixedZone("", 7*3600)
}
