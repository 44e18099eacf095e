package shop_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/internal/shop"
)

var platforms = []string{"shopee", "tiktok", "lazada"}

const book = `
shops:
  - {platform: tiktok, shop_id: 7495123456789012345678901, channel_id: 12, base_url: "https://tiktok.example/", shop_cipher: c}
  - platform: shopee
    shop_id: "0012"
    channel_id: main.vn
    region: vn
    name: Lamps
    enabled: false
    base_url: http://127.0.0.1:8900/shopee
    app_id: 1000
    app_secret: hunter2
    access_token: hunter2
    auth_url: http://127.0.0.1:8900/auth/
    refresh_token: hunter2
  - {platform: shopee, shop_id: 9, channel_id: 1, base_url: "http://h"}
  - {platform: lazada, shop_id: 9, channel_id: 1, base_url: "http://h"}
`

func TestLoad(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "shops.yaml")
	if err := os.WriteFile(path, []byte(book), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := shop.Load(path, platforms)
	if err != nil {
		t.Fatal(err)
	}
	s, ok := b.Find("tiktok", "12", "7495123456789012345678901")
	if !ok || s.BaseURL != "https://tiktok.example" || !s.Enabled || s.ShopCipher != "c" {
		t.Errorf("a long number must stay exact: %+v, found %v", s, ok)
	}
	s, ok = b.Find("shopee", "main.vn", "0012")
	if !ok || s.Enabled || s.AppID != "1000" || s.AppSecret.Reveal() != "hunter2" || s.RefreshToken.Reveal() != "hunter2" || s.Region != "VN" || s.AuthURL != "http://127.0.0.1:8900/auth" || s.Name != "Lamps" {
		t.Errorf("got %+v, found %v", s, ok)
	}
	if shown := fmt.Sprintf("%v %+v %#v", s, s, b); strings.Contains(shown, "hunter2") {
		t.Error("shows a secret:", shown)
	}
	if _, ok := b.Find("shopee", "main.vn", "12"); ok {
		t.Error("finds a shop that is not there")
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	b, err := shop.Parse([]byte(book), platforms)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		platforms, channels, shops []string
		want                       string
	}{
		{want: "lazada:1:9 shopee:1:9 tiktok:12:7495123456789012345678901"},
		{platforms: []string{"shopee", "lazada"}, want: "lazada:1:9 shopee:1:9"},
		{channels: []string{"12"}, want: "tiktok:12:7495123456789012345678901"},
		{shops: []string{"9", "8"}, platforms: []string{"shopee"}, want: "shopee:1:9"},
		{shops: []string{"0012"}, want: ""},
	}
	for _, tt := range tests {
		var keys []string
		for _, s := range b.Select(tt.platforms, tt.channels, tt.shops) {
			keys = append(keys, s.Key())
		}
		if got := strings.Join(keys, " "); got != tt.want {
			t.Errorf("%v %v %v: got %q, want %q", tt.platforms, tt.channels, tt.shops, got, tt.want)
		}
	}
	if got := fmt.Sprint(b.Platforms(), len(b.All())); got != "[lazada shopee tiktok] 4" {
		t.Error("got", got)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, yaml string
		want       []string
	}{
		{"empty", "", []string{`want one key, "shops"`}},
		{"other top", "shop: []", []string{`want one key, "shops"`}},
		{"two tops", "shops: []\nx: 1", []string{`want one key, "shops"`}},
		{"no list", "shops: hunter2", []string{`want one key, "shops"`}},
		{"broken", "shops: [", []string{"parse list"}},
		{"all at once", `shops:
  - {platform: ebay, shop_id: "a b", channel_id: 1, base_url: "http://h"}
  - {platform: shopee, channel_id: 1, base_url: "h/hunter2", auth_url: "u@hunter2", app_secret: [hunter2], secrte: hunter2}
  - hunter2
  - {platform: shopee, shop_id: 0x1F, channel_id: 1_0, enabled: maybe, base_url: "http://u:hunter2@h"}
  - {platform: shopee, shop_id: 1, shop_id: 1, channel_id: 012}
`, []string{
			`shop 1 (line 2) has the unknown platform "ebay": allowed are shopee, tiktok, lazada`, `shop 1 (line 2) has the shop_id "a b"`,
			"shop 2 (line 3) has no shop_id", "shop 2 (line 3) has an invalid base_url", "shop 2 (line 3) has an invalid auth_url", "list or keys as its app_secret", "unknown key secrte",
			"shop 3 (line 4) is no list", "shop 4 (line 5) has a number as its shop_id", "as its channel_id", "neither true nor false", "invalid base_url",
			"shop 5 (line 6) has shop_id twice", "shop 5 (line 6) has a number as its channel_id", "shop 5 (line 6) has no base_url",
		}},
		{"duplicate", `shops:
  - {platform: shopee, shop_id: 1, channel_id: 1, base_url: "http://h"}
  - {platform: shopee, shop_id: "1", channel_id: 1, base_url: "http://i"}
`, []string{"shop 2 (line 3) is a duplicate of shop 1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := shop.Parse([]byte(tt.yaml), platforms)
			if err == nil {
				t.Fatal("nothing is wrong?")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("not said: %s\nin: %v", want, err)
				}
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("shows a value: %v", err)
			}
		})
	}
	if _, err := shop.Load("missing.yaml", platforms); err == nil || !strings.Contains(err.Error(), "missing.yaml") {
		t.Error("want the path in", err)
	}
}
