package lazada

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/token"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// basePath is what base URLs end with. It is no part of the paths that are signed.
const basePath = "/rest"

// stampTolerance is how far a call's timestamp may be from the wall clock.
const stampTolerance = 7200 * time.Second

// API answers the platform's calls. It is safe for concurrent use.
type API struct {
	world       *World
	now, wall   func() time.Time
	endsOutside bool // the ends of a span of time are outside it
	appKey      string
	secret      []byte
	tokens      *token.Book
	endpoints   map[string]endpoint
}

// New makes the API of a world; it does no I/O.
func New(s market.Setup) *API {
	w := newWorld(s)
	a := &API{
		world: w, now: s.Now, wall: s.Wall, endsOutside: s.ToExclusive,
		appKey: w.appKey(), secret: []byte(w.appSecret()),
		tokens: token.New(w.Key(), s.Shops, token.Lives{
			Access: s.TokenTTL, Refresh: 180 * 24 * time.Hour, Code: 30 * time.Minute, Grace: 5 * time.Minute,
		}, s.Start),
		endpoints: map[string]endpoint{},
	}
	for _, e := range endpoints() {
		a.endpoints[basePath+e.path] = e
	}
	return a
}

// call is one request that passed the gate.
type call struct {
	params url.Values // of the query and of a form
	shop   int
	now    int64 // the world's, unix seconds
	wall   time.Time
	fault  string
}

// Answer answers one call, which the caller counted and let through. fault names a fault of the answer's content, "" for
// none. The same request at the same moment has the same answer, to the byte, as long as no token was given out.
func (a *API) Answer(r *http.Request, fault string) (status int, body []byte) {
	w := wire.New(4096)
	w.Open('{')
	refused := a.serve(r, fault, w)
	if refused == nil {
		w.Name("code").Text("0")
	} else {
		w.Cut(1)
		w.Member("code", refused.code)
		w.Member("type", refused.kind)
		w.Member("message", refused.message)
	}
	w.Member("request_id", a.requestID(r))
	w.Close('}')
	if refused == errMethod {
		return http.StatusMethodNotAllowed, w.Bytes()
	}
	return http.StatusOK, w.Bytes()
}

// requestID is made from the request, so that it does not depend on what else was called.
func (a *API) requestID(r *http.Request) string {
	rand := world.NewRand(world.HashText(world.HashText(a.world.Key(), r.URL.Path), params(r).Encode()))
	return "0ba" + rand.Hex(21)
}

// params are a request's parameters, wherever they stand. What cannot be read is missing.
func params(r *http.Request) url.Values {
	_ = r.ParseForm()
	return r.Form
}

func (a *API) serve(r *http.Request, fault string, w *wire.Writer) *refusal {
	e, ok := a.endpoints[r.URL.Path]
	switch {
	case !ok:
		return errUnknownPath
	case fault == world.FaultRate:
		return errRate
	case fault == world.FaultErrorBody:
		return errInternal
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return errMethod
	}
	c := &call{params: params(r), now: a.now().Unix(), wall: a.wall(), fault: fault}
	if refused := a.admit(c, e.path); refused != nil {
		return refused
	}
	if e.shape != public {
		if refused := a.admitShop(c); refused != nil {
			return refused
		}
	}
	return e.serve(a, c, w)
}

// admit is the gateway: the app, the timestamp and the signature.
func (a *API) admit(c *call, path string) *refusal {
	for _, name := range []string{"app_key", "timestamp", "sign_method", "sign"} {
		if c.params.Get(name) == "" {
			return missing(name)
		}
	}
	if c.params.Get("app_key") != a.appKey {
		return errApp
	}
	millis, err := strconv.ParseInt(c.params.Get("timestamp"), 10, 64)
	if err != nil || c.wall.Sub(time.UnixMilli(millis)).Abs() > stampTolerance {
		return errTimestamp
	}
	if c.params.Get("sign_method") != "sha256" || !hmac.Equal([]byte(c.params.Get("sign")), a.signature(path, c.params)) {
		return errSign
	}
	return nil
}

// admitShop finds the shop that a call speaks for, which its token alone says.
func (a *API) admitShop(c *call) *refusal {
	access := c.params.Get("access_token")
	if access == "" {
		return missing("access_token")
	}
	shop, ok := a.tokens.AccessOwner(access)
	if !ok || c.fault == world.FaultAuth || a.tokens.Admit(shop, access, c.wall) != nil {
		return errToken
	}
	c.shop = shop
	return nil
}

// signature is the platform's: HMAC-SHA256 of the path and of all parameters in the order of their names, in upper-case
// hexadecimal. What is empty does not count.
func (a *API) signature(path string, params url.Values) []byte {
	mac := hmac.New(sha256.New, a.secret)
	mac.Write([]byte(path))
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if value := params.Get(name); name != "sign" && value != "" {
			mac.Write([]byte(name))
			mac.Write([]byte(value))
		}
	}
	return []byte(strings.ToUpper(hex.EncodeToString(mac.Sum(nil))))
}

// ShopOf is the shop a request speaks for, "" if it does not say.
func (a *API) ShopOf(r *http.Request) string {
	if shop, ok := a.tokens.AccessOwner(params(r).Get("access_token")); ok {
		return a.world.shopID(shop)
	}
	return ""
}
