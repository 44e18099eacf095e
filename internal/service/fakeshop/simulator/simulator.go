// Package simulator is what internal/simulator/<platform> holds, of the smallest platform there can be: GET /fake/orders with
// from, to (unix seconds, half-open), limit (at most 20) and cursor gives orders, the oldest first, with their total. A token in
// X-Token says whose. Only tests use it.
package simulator

import (
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

const (
	path  = "/fake/orders"
	most  = 20 // rows a page
	lead  = 90 // of order ids
	token = "fake-token-"
)

// API answers the platform's calls.
type API struct {
	market *market.Market
	now    func() time.Time
}

// New makes the API of a world.
func New(s market.Setup) *API {
	return &API{market.New(market.PlatformKey(s.Seed, "fakeshop"), s, market.Rules{Regions: []market.Region{market.VN, market.SG}}), s.Now}
}

// Name is the platform's name in records.
func (a *API) Name() string { return "fakeshop" }

// Paths are the paths that Answer knows.
func (a *API) Paths() []string { return []string{path} }

// Shops are the sellers, whose ids are their numbers.
func (a *API) Shops() []world.Shop {
	shops := make([]world.Shop, a.market.Shops())
	for i := range shops {
		id := strconv.Itoa(i)
		shops[i] = world.Shop{Platform: a.Name(), ShopID: id, ChannelID: "main", Region: a.market.RegionOf(i).Code, Name: "Fake " + id, AccessToken: token + id}
	}
	return shops
}

// ShopOf is the shop a request speaks for.
func (a *API) ShopOf(r *http.Request) string {
	id, _ := strings.CutPrefix(r.Header.Get("X-Token"), token)
	return id
}

// Takes leaves out what a page could be made to say: no fault here is about that.
func (a *API) Takes(_ *http.Request, fault string) bool {
	switch fault {
	case world.FaultQuota, world.FaultErrorBody, world.FaultAuth, world.FaultEmptyMore, world.FaultSame, world.FaultDuplicate, world.FaultMissing:
		return false
	}
	return true
}

// Consent gives nothing: tokens are for ever.
func (a *API) Consent(string) (code string, err error) { return "", world.ErrNoShop }

// order is an order as the platform writes it.
type order struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Total   string `json:"total"`
	Created int64  `json:"created"`
	Updated int64  `json:"updated"`
	Gift    bool   `json:"gift"` // whether the id is odd; no document has such a field
}

// row is the truth about an order.
func (a *API) row(o *market.Order) world.Row {
	state := "new"
	if o.Status == market.Completed {
		state = "done"
	}
	return world.Row{
		ShopID: strconv.Itoa(o.Shop), ID: strconv.FormatInt(a.market.DecimalID(lead, o.Ref), 10), CreateTime: o.Create, UpdateTime: o.Update,
		Status: state, Amount: a.market.Basket(o).Total, Places: a.market.RegionOf(o.Shop).Places,
	}
}

// Answer answers one call.
func (a *API) Answer(r *http.Request, fault string) (status int, body []byte) {
	if fault == world.FaultRate {
		return http.StatusTooManyRequests, nil
	}
	shop, err := a.shop(a.ShopOf(r))
	if err != nil {
		return http.StatusForbidden, []byte(err.Error())
	}
	numbers := map[string]int64{"from": 0, "to": 0, "limit": 0, "cursor": 0}
	for name := range numbers {
		text := r.URL.Query().Get(name)
		if numbers[name], err = strconv.ParseInt(text, 10, 64); err != nil && (text != "" || name != "cursor") {
			return http.StatusBadRequest, []byte(err.Error())
		}
	}
	limit, cursor := int(numbers["limit"]), int(numbers["cursor"])
	if r.Method != http.MethodGet || limit < 1 || limit > most {
		return http.StatusBadRequest, nil
	}
	page := struct {
		Orders []order `json:"orders"`
		Next   string  `json:"next,omitempty"`
		Total  int     `json:"total"`
	}{[]order{}, "", a.market.Count(shop, numbers["from"], numbers["to"], a.now().Unix())}
	for o := range a.market.Slice(shop, numbers["from"], numbers["to"], a.now().Unix(), false, cursor) {
		if len(page.Orders) == limit {
			page.Next = strconv.Itoa(cursor + limit)
			break
		}
		w := a.row(o)
		page.Orders = append(page.Orders, order{
			ID: w.ID, State: w.Status, Total: world.Decimal(w.Amount, w.Places), Created: w.CreateTime, Updated: w.UpdateTime,
			Gift: a.market.DecimalID(lead, o.Ref)%2 == 1,
		})
	}
	body, _ = json.Marshal(page) // texts and numbers always have a JSON form
	return http.StatusOK, body
}

// shop is the shop of an id.
func (a *API) shop(id string) (int, error) {
	shop, err := strconv.Atoi(id)
	if err != nil || shop < 0 || shop >= a.market.Shops() {
		return 0, fmt.Errorf("find shop %.40q of fakeshop: %w", id, world.ErrNoShop)
	}
	return shop, nil
}

// Truth yields the selected rows, which are of orders alone.
func (a *API) Truth(q world.Query, yield func(world.Row) bool) error {
	return world.Tell(q, a.market.Shops(), a.shop, func(shop int) (iter.Seq[world.Row], error) { return a.rows(shop, q), nil }, yield)
}

func (a *API) rows(shop int, q world.Query) iter.Seq[world.Row] {
	return func(yield func(world.Row) bool) {
		if q.Kind != world.Orders {
			return
		}
		window := market.Window{Shop: shop, ByUpdate: q.ByUpdate, From: q.From, To: q.To}
		for o := range a.market.Orders(window, a.now().Unix(), market.Newest) {
			if !yield(a.row(o)) {
				return
			}
		}
	}
}

// LeastCalls returns how many calls a chunk takes at the least.
func (a *API) LeastCalls(c world.Chunk) (int, error) {
	shop, err := a.shop(c.ShopID)
	if err != nil || c.Kind != world.Orders {
		return 0, err
	}
	return world.Pages(a.market.Count(shop, c.From, c.To, a.now().Unix()), most), nil
}
