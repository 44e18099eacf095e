//go:build sdk

// Package sdk drives the simulator with clients that others wrote for the real platforms, and that know nothing of
// shopstream: what they sign, list and read must be what the simulated world has. make test-sdk installs them.
package sdk

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/internal/simulator"
	"github.com/shopstream/shopstream/schemas"
)

// folder is where make puts the clients, and a python that finds its own among them.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../../.cache/sdk")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("the clients are not installed (%v): run make test-sdk", err)
	}
	return dir
}

func TestOrdersReadByOthers(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	for platform, command := range map[string][]string{
		schemas.Shopee: {"node", filepath.Join(dir, "shopee.js")},
		schemas.TikTok: {"node", filepath.Join(dir, "tiktok.js")},
		schemas.Lazada: {filepath.Join(dir, "python"), filepath.Join(dir, "lazada.py")},
	} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			server, err := simulator.New(simulator.Options{Seed: 7, Shops: 2, Days: 4, OrdersPerDay: 90, Platforms: []string{platform}})
			if err != nil {
				t.Fatal(err)
			}
			web := httptest.NewServer(server.Handler())
			defer web.Close()
			file := filepath.Join(t.TempDir(), "shops.yaml")
			if err := server.WriteShopsFile(file, web.URL); err != nil {
				t.Fatal(err)
			}
			book, err := shop.Load(file, []string{platform})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range book.All() {
				compare(t, web.URL, s, command)
			}
		})
	}
}

// compare reads three days of the shop's orders through the command and holds them against the truth.
func compare(t *testing.T, url string, s shop.Shop, command []string) {
	t.Helper()
	to := time.Now().Truncate(24 * time.Hour)
	from := to.AddDate(0, 0, -3)
	want := map[string]oracle.Row{}
	if err := (oracle.World{URL: url}).Truth(t.Context(), oracle.Selection{
		Platform: s.Platform, ChannelID: s.ChannelID, ShopID: s.ShopID, Kind: schemas.Orders, From: from, To: to, By: schemas.CreateTime,
	}, func(r oracle.Row) bool {
		r.Lines = 0 // folding units into lines is the mapper's matter
		want[r.ID] = r
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if len(want) < 100 {
		t.Fatalf("the world has only %d orders", len(want))
	}
	argument, err := json.Marshal(map[string]any{
		"base_url": s.BaseURL, "app_id": s.AppID, "app_secret": s.AppSecret.Reveal(), "access_token": s.AccessToken.Reveal(),
		"shop_id": s.ShopID, "shop_cipher": s.ShopCipher, "from": from.Unix(), "to": to.Unix(),
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), command[0], append(command[1:], string(argument))...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", s.Platform, err, errs.String())
	}
	lines := bufio.NewScanner(&out)
	for lines.Scan() {
		var got oracle.Row
		if err := json.Unmarshal(lines.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		row, known := want[got.ID]
		if !known || !row.Same(got) {
			t.Errorf("%s: the client read %+v, the world has %+v (%v)", s.Platform, got, row, known)
		}
		delete(want, got.ID)
	}
	if len(want) > 0 {
		t.Errorf("%s: the client missed %d orders", s.Platform, len(want))
	}
}
