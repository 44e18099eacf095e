package tiktok_test

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// clock is one that a test sets.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// client knows the platform's rules by itself and speaks for the shops of a server.
type client struct {
	testing.TB
	srv   *simulator.Server
	clock *clock
	shops []world.Shop
}

func setup(t testing.TB, o simulator.Options) *client {
	t.Helper()
	c := &clock{at: time.Date(2026, 3, 18, 5, 0, 0, 0, time.UTC)}
	o.Now, o.Seed, o.Platforms = c.now, 7, []string{"tiktok"}
	srv, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &client{TB: t, srv: srv, clock: c, shops: srv.Shops()}
}

// midnight is the beginning of a calendar day in UTC+7, so many days before today.
func (c *client) midnight(days int) int64 {
	return time.Date(2026, 3, 18-days, 0, 0, 0, 0, time.FixedZone("", 7*3600)).Unix()
}

type params = map[string]string

// request signs a call. Parameters may replace any, and take away those they give as "-".
func (c *client) request(method, path string, shop world.Shop, query params, body string) *http.Request {
	all := params{
		"app_key": shop.AppID, "timestamp": strconv.FormatInt(c.clock.now().Unix(), 10), "shop_cipher": shop.ShopCipher,
	}
	maps.Copy(all, query)
	maps.DeleteFunc(all, func(_, value string) bool { return value == "-" })
	text := path
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if key != "sign" {
			text += key + all[key]
		}
	}
	mac := hmac.New(sha256.New, []byte(shop.AppSecret))
	_, _ = io.WriteString(mac, shop.AppSecret+text+body+shop.AppSecret)
	if query["sign"] == "" {
		all["sign"] = hex.EncodeToString(mac.Sum(nil))
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	q := r.URL.Query()
	for key, value := range all {
		q.Set(key, value)
	}
	r.URL.RawQuery = q.Encode()
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Tts-Access-Token", shop.AccessToken)
	return r
}

// answer is an envelope.
type answer struct {
	Status    int             `json:"-"`
	Raw       []byte          `json:"-"`
	Code      int64           `json:"code"`
	Message   string          `json:"message"`
	RequestID string          `json:"request_id"`
	Data      json.RawMessage `json:"data"`
}

func (c *client) do(r *http.Request) answer {
	c.Helper()
	w := httptest.NewRecorder()
	c.srv.Handler().ServeHTTP(w, r)
	a := answer{Status: w.Code, Raw: w.Body.Bytes()}
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		c.Fatalf("%s %s: %v in %.300s", r.Method, r.URL.Path, err, w.Body)
	}
	return a
}

// object is decoded JSON whose numbers are as they are written.
type object = map[string]any

func decode(t testing.TB, text []byte) object {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var o object
	if err := d.Decode(&o); err != nil {
		t.Fatal(err)
	}
	return o
}

func rowsOf(o object, name string) []object {
	list, _ := o[name].([]any)
	rows := make([]object, len(list))
	for i := range list {
		rows[i] = list[i].(object)
	}
	return rows
}

// get is the data of a call that must succeed.
func (c *client) get(method, path string, shop world.Shop, query params, body string) object {
	c.Helper()
	a := c.do(c.request(method, path, shop, query, body))
	if a.Status != http.StatusOK || a.Code != 0 || a.Message != "Success" || a.RequestID == "" {
		c.Fatalf("%s %s %v %s: %d %.300s", method, path, query, body, a.Status, a.Raw)
	}
	return decode(c, a.Data)
}

// pages is a list read to its end. It fails if pages are not full, or if their total is not the number of rows.
func (c *client) pages(method, path, rows string, shop world.Shop, query params, body string) []object {
	c.Helper()
	var all []object
	query = maps.Clone(query)
	size, _ := strconv.Atoi(query["page_size"])
	for page := 0; ; page++ {
		data := c.get(method, path, shop, query, body)
		got := rowsOf(data, rows)
		if _, there := data[rows]; there && len(got) == 0 {
			c.Errorf("%s: an empty list is not left out", path)
		}
		all = append(all, got...)
		next := data["next_page_token"].(string)
		if next != "" && len(got) != size {
			c.Errorf("%s: page %d has %d rows of %d", path, page, len(got), size)
		}
		if next == "" {
			if total, counted := data["total_count"]; counted && total.(json.Number).String() != strconv.Itoa(len(all)) {
				c.Errorf("%s %v %s: %d rows, total %s", path, query, body, len(all), total)
			}
			return all
		}
		query["page_token"] = next
	}
}

// truth is what the world has.
func (c *client) truth(shop world.Shop, kind, by string, from, to int64) []row {
	c.Helper()
	w := httptest.NewRecorder()
	target := fmt.Sprintf("/_sim/truth?rows=1&platform=tiktok&shop_id=%s&kind=%s&by=%s&from=%d&to=%d", shop.ShopID, kind, by, from, to)
	c.srv.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	if w.Code != http.StatusOK {
		c.Fatalf("truth: %d %s", w.Code, w.Body)
	}
	var rows []row
	for lines := bufio.NewScanner(w.Body); lines.Scan(); {
		var r row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			c.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

// row is one of the truth, or what a row of the API would be there.
type row struct {
	ID       string `json:"id"`
	Create   int64  `json:"create_time"`
	Update   int64  `json:"update_time"`
	Status   string `json:"status"`
	Amount   string `json:"total_amount"`
	Lines    int    `json:"lines"`
	Quantity int64  `json:"quantity"`
}

// same compares rows whatever their order. Amounts may have zeros behind the point.
func same(t testing.TB, what string, got, want []row) {
	t.Helper()
	left := map[string]row{}
	for _, r := range want {
		if _, twice := left[r.ID]; twice {
			t.Errorf("%s: the truth has %s twice", what, r.ID)
		}
		left[r.ID] = r
	}
	for _, r := range got {
		if strings.Contains(r.Amount, ".") {
			r.Amount = strings.TrimSuffix(strings.TrimRight(r.Amount, "0"), ".")
		}
		if left[r.ID] != r {
			t.Errorf("%s: listed %+v, the truth is %+v", what, r, left[r.ID])
		}
		delete(left, r.ID)
	}
	if len(left) > 0 || len(got) != len(want) {
		t.Errorf("%s: %d rows listed, %d in truth, %d missing", what, len(got), len(want), len(left))
	}
}

func number(o object, name string) int64 {
	n, _ := o[name].(json.Number)
	v, _ := n.Int64()
	return v
}

func text(o object, name string) string {
	s, _ := o[name].(string)
	return s
}

// cents is an amount as a count of hundredths.
func cents(t testing.TB, amount string) int64 {
	t.Helper()
	whole, part, _ := strings.Cut(amount, ".")
	v, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	if err != nil {
		t.Fatalf("%q is no amount", amount)
	}
	return v
}
