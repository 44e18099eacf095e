package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

const (
	listPath    = "/api/v2/order/get_order_list"
	detailPath  = "/api/v2/order/get_order_detail"
	tokenPath   = "/api/v2/auth/token/get"
	refreshPath = "/api/v2/auth/access_token/get"
)

// wallClock is a clock that a test sets.
type wallClock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *wallClock { return &wallClock{at: time.Date(2026, 3, 18, 5, 0, 0, 0, time.UTC)} }

func (c *wallClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *wallClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// bench is a server under test with a client that knows Shopee's rules by itself.
type bench struct {
	t     testing.TB
	srv   *Server
	clock *wallClock
	shops []world.Shop
}

func setup(t testing.TB, opts Options) *bench {
	t.Helper()
	clock := newClock()
	if opts.Now == nil {
		opts.Now = clock.now
	}
	if opts.Seed == 0 {
		opts.Seed = 7
	}
	opts.Platforms = []string{"shopee"}
	srv, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{t: t, srv: srv, clock: clock, shops: srv.Shops()}
}

// sign is the rule as the platform's guide gives it.
func sign(key, base string) string {
	mac := hmac.New(sha256.New, []byte(key))
	_, _ = io.WriteString(mac, base)
	return fmt.Sprintf("%x", mac.Sum(nil))
}

// request signs a shop's call; params may replace any parameter, the signature included.
func (b *bench) request(path string, shop world.Shop, params map[string]string) *http.Request {
	stamp := strconv.FormatInt(b.clock.now().Unix(), 10)
	q := url.Values{}
	q.Set("partner_id", shop.AppID)
	q.Set("timestamp", stamp)
	q.Set("access_token", shop.AccessToken)
	q.Set("shop_id", shop.ShopID)
	for k, v := range params {
		q.Set(k, v)
		if v == "-" {
			q.Del(k)
		}
	}
	if params["sign"] == "" {
		base := q.Get("partner_id") + path + q.Get("timestamp") + q.Get("access_token") + q.Get("shop_id")
		q.Set("sign", sign(shop.AppSecret, base))
	}
	return httptest.NewRequest(http.MethodGet, path+"?"+q.Encode(), nil)
}

type reply struct {
	RequestID    string `json:"request_id"`
	Error        string `json:"error"`
	Message      string `json:"message"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	ExpireIn     int64  `json:"expire_in"`
	Response     struct {
		More   bool   `json:"more"`
		Next   string `json:"next_cursor"`
		Orders []struct {
			SN     string      `json:"order_sn"`
			Status string      `json:"order_status"`
			Create int64       `json:"create_time"`
			Update int64       `json:"update_time"`
			Total  json.Number `json:"total_amount"`
			Items  []struct {
				Quantity int64 `json:"model_quantity_purchased"`
			} `json:"item_list"`
		} `json:"order_list"`
	} `json:"response"`
}

func (b *bench) do(r *http.Request) (int, reply) {
	b.t.Helper()
	w := httptest.NewRecorder()
	b.srv.Handler().ServeHTTP(w, r)
	var got reply
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		b.t.Errorf("%s answered %d %.200q: %v", r.URL.Path, w.Code, w.Body.String(), err)
	} else if got.RequestID == "" {
		b.t.Errorf("%s answered without request_id", r.URL.Path)
	}
	return w.Code, got
}

func (b *bench) must(path string, shop world.Shop, params map[string]string) reply {
	b.t.Helper()
	status, got := b.do(b.request(path, shop, params))
	if status != http.StatusOK || got.Error != "" {
		b.t.Fatalf("%s %v answered %d %s %s", path, params, status, got.Error, got.Message)
	}
	return got
}

func window(field string, from, to int64, pageSize int) map[string]string {
	return map[string]string{
		"time_range_field": field, "time_from": strconv.FormatInt(from, 10), "time_to": strconv.FormatInt(to, 10),
		"page_size": strconv.Itoa(pageSize), "cursor": "",
	}
}

// list pages a window to its end; to is what is sent.
func (b *bench) list(shop world.Shop, field string, from, to int64, pageSize int) []string {
	b.t.Helper()
	var ids []string
	params := window(field, from, to, pageSize)
	for {
		got := b.must(listPath, shop, params)
		if len(got.Response.Orders) > pageSize {
			b.t.Fatalf("%d rows on a page of %d", len(got.Response.Orders), pageSize)
		}
		for _, o := range got.Response.Orders {
			ids = append(ids, o.SN)
		}
		if !got.Response.More {
			if got.Response.Next != "" {
				b.t.Fatalf("the last page has a cursor")
			}
			return ids
		}
		if params["cursor"] == got.Response.Next {
			b.t.Fatalf("the same cursor twice")
		}
		params["cursor"] = got.Response.Next
	}
}

// truth is the rows of a half-open window.
func (b *bench) truth(shop world.Shop, field string, from, to int64) []truthRow {
	b.t.Helper()
	return b.truthOf(world.Orders, shop, field, from, to)
}

func (b *bench) truthOf(kind string, shop world.Shop, field string, from, to int64) []truthRow {
	b.t.Helper()
	text := b.control(http.MethodGet, fmt.Sprintf("/_sim/truth?platform=shopee&kind=%s&rows=1&shop_id=%s&from=%d&to=%d&by=%s",
		kind, shop.ShopID, from, to, field), "")
	var rows []truthRow
	for line := range strings.Lines(text) {
		var row truthRow
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			b.t.Fatal(err)
		}
		rows = append(rows, row)
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

// midnight is the first second of the day so many days before the clock's.
func (b *bench) midnight(daysAgo int) int64 {
	at := b.clock.now().Add(7 * time.Hour)
	return time.Date(at.Year(), at.Month(), at.Day()-daysAgo, 0, 0, 0, 0, time.UTC).Unix() - 7*3600
}
