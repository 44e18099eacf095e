package shopee

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// Config is what an API is made of. All of it is required.
type Config struct {
	Seed                      int64
	Shops, Days, OrdersPerDay int
	TokenTTL                  time.Duration
	ToExclusive               bool             // whether time_to itself is outside its window
	Start                     time.Time        // the day before which Days days have orders; when the first tokens begin
	Now                       func() time.Time // the world's clock
	Wall                      func() time.Time // the clock of signatures and tokens
}

// API answers the platform's calls. It is safe for concurrent use.
type API struct {
	world       *World
	now, wall   func() time.Time
	toExclusive bool
	partner     string
	key         []byte
	tokens      *tokens
}

// New makes the API of a world; it does no I/O.
func New(c Config) *API {
	w := newWorld(c.Seed, c.Shops, c.Days, c.OrdersPerDay, c.Start.Unix())
	return &API{
		world: w, now: c.Now, wall: c.Wall, toExclusive: c.ToExclusive,
		partner: w.partnerID(), key: []byte(w.partnerKey()),
		tokens: newTokens(w.seed, c.Shops, c.TokenTTL, c.Start),
	}
}

// endpoint is a call the platform offers. A public one is signed without token and shop.
type endpoint struct {
	method string
	public bool
	serve  func(a *API, c *call, w *writer) *refusal
}

const (
	pathList    = "/api/v2/order/get_order_list"
	pathDetail  = "/api/v2/order/get_order_detail"
	pathToken   = "/api/v2/auth/token/get" //nolint:gosec // no credential, the path to one
	pathRefresh = "/api/v2/auth/access_token/get"
)

func endpointOf(path string) (endpoint, bool) {
	switch path {
	case pathList:
		return endpoint{http.MethodGet, false, (*API).list}, true
	case pathDetail:
		return endpoint{http.MethodGet, false, (*API).details}, true
	case pathToken:
		return endpoint{http.MethodPost, true, (*API).grant}, true
	case pathRefresh:
		return endpoint{http.MethodPost, true, (*API).refresh}, true
	}
	return endpoint{}, false
}

// Paths are the paths that Answer knows.
func (a *API) Paths() []string { return []string{pathList, pathDetail, pathToken, pathRefresh} }

// call is one request that passed the gate.
type call struct {
	request *http.Request
	query   url.Values
	shop    int
	now     int64 // the world's, unix seconds
	wall    time.Time
	fault   string
}

// Answer answers one call, which the caller counted and let through. fault names a fault of the answer's content, "" for
// none. The same request at the same moment has the same answer, to the byte, as long as no token was given out.
func (a *API) Answer(r *http.Request, fault string) (status int, body []byte) {
	w := &writer{b: make([]byte, 0, 4096)}
	w.open('{')
	w.name("request_id").text(a.requestID(r))
	mark := len(w.b)
	refused := a.serve(r, fault, w)
	if refused == nil {
		w.close('}')
		return http.StatusOK, w.b
	}
	w.b = w.b[:mark]
	w.name("error").text(refused.code)
	w.name("message").text(refused.message)
	w.close('}')
	return refused.status(), w.b
}

// requestID is made from the request, so that it does not depend on what else was called.
func (a *API) requestID(r *http.Request) string {
	rand := world.NewRand(world.HashText(world.HashText(a.world.seed, r.URL.Path), r.URL.RawQuery))
	return rand.Hex(32)
}

func (a *API) serve(r *http.Request, fault string, w *writer) *refusal {
	e, ok := endpointOf(r.URL.Path)
	switch {
	case !ok:
		return errUnknownPath
	case fault == world.FaultRate:
		return errRate
	case fault == world.FaultErrorBody:
		return errBusy
	case r.Method != e.method:
		return errMethod
	}
	c := &call{request: r, query: r.URL.Query(), now: a.now().Unix(), wall: a.wall(), fault: fault}
	if refused := a.admit(c, e.public); refused != nil {
		return refused
	}
	w.name("error").text("")
	w.name("message").text("")
	return e.serve(a, c, w)
}

// admit is the gateway: partner, timestamp and signature, then shop and token.
func (a *API) admit(c *call, public bool) *refusal {
	q := c.query
	partner, stamp, sign := q.Get("partner_id"), q.Get("timestamp"), q.Get("sign")
	switch {
	case partner == "":
		return badParam("there is no partner_id in query")
	case partner != a.partner:
		return errPartner
	case stamp == "":
		return errNoTimestamp
	case sign == "":
		return errNoSign
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return badParam("timestamp is no number")
	}
	if age := c.wall.Unix() - seconds; age > 300 || age < -300 {
		return errExpired
	}
	base := partner + c.request.URL.Path + stamp
	if !public {
		base += q.Get("access_token") + q.Get("shop_id")
	}
	if !hmac.Equal([]byte(sign), signature(a.key, base)) {
		return errSign
	}
	if public {
		return nil
	}
	return a.admitShop(c)
}

func (a *API) admitShop(c *call) *refusal {
	token := c.query.Get("access_token")
	if token == "" {
		return errNoToken
	}
	id, err := strconv.ParseInt(c.query.Get("shop_id"), 10, 64)
	if err != nil {
		return errShopID
	}
	shop, ok := a.world.shopOf(id)
	if !ok {
		return errNoLink
	}
	if c.fault == world.FaultAuth {
		return errTokenOver
	}
	c.shop = shop
	return a.tokens.admit(shop, token, c.wall)
}

// signature is the platform's: HMAC-SHA256 under the key's text, in lower-case hexadecimal.
func signature(key []byte, base string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(base))
	return hex.AppendEncode(nil, mac.Sum(nil))
}

// Takes says whether a fault of the answer's content makes sense for a request.
func (a *API) Takes(r *http.Request, fault string) bool {
	switch fault {
	case world.FaultAuth:
		return r.URL.Path == pathList || r.URL.Path == pathDetail
	case world.FaultEmptyMore:
		return r.URL.Path == pathList
	case world.FaultSame, world.FaultDuplicate:
		return r.URL.Path == pathList && r.URL.Query().Get("cursor") != ""
	case world.FaultMissing:
		return r.URL.Path == pathDetail
	}
	return true
}

// wants reads a boolean parameter; what is none is false.
func (c *call) wants(name string) bool {
	v, err := strconv.ParseBool(c.query.Get(name))
	return err == nil && v
}

// ShopOf is the shop a request speaks for, "" if it does not say.
func (a *API) ShopOf(r *http.Request) string { return r.URL.Query().Get("shop_id") }
