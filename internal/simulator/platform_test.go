package simulator

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// parcelPost is a platform with a parameter in its path and a shop that Shopee has not.
type parcelPost struct{}

func (parcelPost) Name() string                     { return "post" }
func (parcelPost) Shops() []world.Shop              { return nil }
func (parcelPost) Paths() []string                  { return []string{"/post/{parcel}/events"} }
func (parcelPost) ShopOf(*http.Request) string      { return "" }
func (parcelPost) Takes(*http.Request, string) bool { return true }
func (parcelPost) LeastCalls(c world.Chunk) (int, error) {
	if c.ShopID != "post-1" {
		return 0, world.ErrNoShop
	}
	return 7, nil
}
func (parcelPost) Consent(string) (string, error) { return "", world.ErrNoShop }
func (parcelPost) Answer(r *http.Request, _ string) (status int, body []byte) {
	return http.StatusOK, []byte(`"` + r.PathValue("parcel") + `"`)
}

func (parcelPost) Truth(q world.Query, yield func(world.Row) bool) error {
	if q.ShopID != "post-1" {
		return world.ErrNoShop
	}
	yield(world.Row{ShopID: q.ShopID, ID: q.Kind})
	return nil
}

func TestPathsMayHaveParameters(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 1, Days: 2, OrdersPerDay: 10})
	b.srv.add(parcelPost{})
	get := func(path string) (int, string) {
		w := httptest.NewRecorder()
		b.srv.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
	for _, parcel := range []string{"a1", "b2"} {
		if code, body := get("/post/" + parcel + "/events"); code != 200 || body != `"`+parcel+`"` {
			t.Errorf("answered %d %s", code, body)
		}
	}
	if calls := b.control(http.MethodGet, "/_sim/calls", ""); !strings.Contains(calls, `"/post/{parcel}/events":{"calls":2,`) {
		t.Errorf("calls %s", calls)
	}
	for _, path := range []string{"/post/a", "/post/{parcel}/ev"} {
		b.control(http.MethodPost, "/_sim/faults", `{"fault":"500","count":1,"path":"`+path+`"}`)
		if code, _ := get("/post/a1/events"); code != 500 {
			t.Errorf("a fault of %s answered %d", path, code)
		}
	}
}

func TestTruthIsOfThePlatformThatHasTheShop(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{Shops: 1, Days: 2, OrdersPerDay: 10})
	b.srv.add(parcelPost{})
	if rows := b.control(http.MethodGet, "/_sim/truth?rows=1&kind=tracking&shop_id=post-1", ""); !strings.HasPrefix(rows, `{"id":"tracking"`) {
		t.Errorf("rows %s", rows)
	}
	if text := b.control(http.MethodGet, "/_sim/truth?shop_id="+b.shops[0].ShopID, ""); !strings.HasPrefix(text, `{"count":`) {
		t.Errorf("truth %s", text)
	}
	if least := b.control(http.MethodGet, "/_sim/least?kind=tracking&shop_id=post-1", ""); least != `{"calls":7}`+"\n" {
		t.Errorf("least calls %s", least)
	}
	for _, query := range []string{"shop_id=nobody", "platform=post&shop_id=" + b.shops[0].ShopID, "kind=parcels", "platform=ebay"} {
		for _, path := range []string{"/_sim/truth?", "/_sim/least?"} {
			w := httptest.NewRecorder()
			b.srv.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path+query, nil))
			if w.Code != http.StatusBadRequest {
				t.Errorf("%s%s answered %d %s", path, query, w.Code, w.Body)
			}
		}
	}
}

func TestPlatformsAreChosen(t *testing.T) {
	t.Parallel()
	if _, err := New(Options{Platforms: []string{"ebay"}}); err == nil || !strings.Contains(err.Error(), "ebay") {
		t.Errorf("got %v", err)
	}
	for _, of := range Simulated {
		srv, err := New(Options{Platforms: []string{of.Name}})
		if err != nil {
			t.Fatal(err)
		}
		for _, shop := range srv.Shops() {
			if shop.Platform != of.Name {
				t.Errorf("%s has a shop of %s", of.Name, shop.Platform)
			}
		}
	}
}
