package simulator

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestOptionsNameAllThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := New(Options{Shops: -1, Days: -1, OrdersPerDay: -1, Rate: -1, TokenTTL: -1, Clock: "x61", TimeTo: "open"})
	for _, what := range []string{"shops", "days", "orders per day", "rate", "token ttl", "clock", "time-to"} {
		if err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("nothing about %s in %v", what, err)
		}
	}
}

func TestRunServesAndWritesShops(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "shops.yaml")
	s, err := New(Options{Addr: "127.0.0.1:0", Shops: 2, Days: 2, OrdersPerDay: 10, WriteShops: file})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := s.Listen(ctx); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+"/_sim/truth", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", res, err)
	}
	_ = res.Body.Close()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	shop := s.Shops()[1]
	want := "  - platform: \"shopee\"\n    shop_id: \"" + shop.ShopID + "\"\n    channel_id: \"shopee-sg\"\n    region: \"SG\"\n"
	if !strings.Contains(string(text), want) || strings.Count(string(text), "base_url: \""+s.URL()) != len(s.Shops()) {
		t.Errorf("shops file:\n%s", text)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%+v, %v", info, err)
	}
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it does not stop")
	}
}

func TestControlRefusesNonsense(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 1})
	for _, target := range []string{
		"/_sim/truth?platform=ebay", "/_sim/truth?kind=hats", "/_sim/truth?shop_id=1", "/_sim/truth?from=x", "/_sim/truth?to=-1",
		"/_sim/truth?by=pay_time", "/_sim/truth?rows=1&kind=hats", "/_sim/code?shop_id=1", "/_sim/code?platform=ebay",
	} {
		w := newRecorder(b, target)
		if w.Code != http.StatusBadRequest || w.Body.Len() == 0 {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	for _, body := range []string{`{"platform":"ebay","rate":6}`, `{"rate":-1}`, `{"rates":6}`, `6`} {
		w := httptest.NewRecorder()
		b.srv.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/_sim/limits", strings.NewReader(body)))
		if w.Code != http.StatusBadRequest || w.Body.Len() == 0 {
			t.Errorf("limits %s: %d %s", body, w.Code, w.Body)
		}
	}
}
