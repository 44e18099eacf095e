package shopee

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/token"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// API answers the platform's calls. It is safe for concurrent use.
type API struct {
	world       *World
	now, wall   func() time.Time
	toExclusive bool
	partner     string
	key         []byte
	tokens      *token.Book
	endpoints   map[string]endpoint
}

// New makes the API of a world; it does no I/O.
func New(s market.Setup) *API {
	w := newWorld(s)
	a := &API{
		world: w, now: s.Now, wall: s.Wall, toExclusive: s.ToExclusive,
		partner: w.partnerID(), key: []byte(w.partnerKey()),
		tokens: token.New(w.Key(), s.Shops, token.Lives{
			Access: s.TokenTTL, Refresh: 30 * 24 * time.Hour, Code: 10 * time.Minute, Grace: 5 * time.Minute,
		}, s.Start),
		endpoints: map[string]endpoint{},
	}
	for _, e := range endpoints() {
		a.endpoints[e.path] = e
	}
	return a
}

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
	w := wire.New(4096)
	w.Open('{')
	w.Name("request_id").Text(a.requestID(r))
	mark := len(w.Bytes())
	refused := a.serve(r, fault, w)
	if refused == nil {
		w.Close('}')
		return http.StatusOK, w.Bytes()
	}
	w.Cut(mark)
	w.Name("error").Text(refused.code)
	w.Name("message").Text(refused.message)
	w.Close('}')
	return refused.status(), w.Bytes()
}

// requestID is made from the request, so that it does not depend on what else was called.
func (a *API) requestID(r *http.Request) string {
	rand := world.NewRand(world.HashText(world.HashText(a.world.Key(), r.URL.Path), r.URL.RawQuery))
	return rand.Hex(32)
}

func (a *API) serve(r *http.Request, fault string, w *wire.Writer) *refusal {
	e, ok := a.endpoints[r.URL.Path]
	switch {
	case !ok:
		return errUnknownPath
	case fault == world.FaultRate:
		return errRate
	case fault == world.FaultQuota:
		return errQuota
	case fault == world.FaultErrorBody:
		return errBusy
	case r.Method != e.method:
		return errMethod
	}
	c := &call{request: r, query: r.URL.Query(), now: a.now().Unix(), wall: a.wall(), fault: fault}
	if refused := a.admit(c, e.shape == public); refused != nil {
		return refused
	}
	w.Name("error").Text("")
	w.Name("message").Text("")
	return e.serve(a, c, w)
}

// admit is the gateway: partner, timestamp and signature, then shop and token, which open calls have not.
func (a *API) admit(c *call, open bool) *refusal {
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
	if !open {
		base += q.Get("access_token") + q.Get("shop_id")
	}
	if !hmac.Equal([]byte(sign), signature(a.key, base)) {
		return errSign
	}
	if open {
		return nil
	}
	return a.admitShop(c)
}

func (a *API) admitShop(c *call) *refusal {
	access := c.query.Get("access_token")
	if access == "" {
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
	switch err := a.tokens.Admit(shop, access, c.wall); {
	case errors.Is(err, token.ErrOver):
		return errTokenOver
	case err != nil:
		return errToken
	}
	return nil
}

// signature is the platform's: HMAC-SHA256 under the key's text, in lower-case hexadecimal.
func signature(key []byte, base string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(base))
	return hex.AppendEncode(nil, mac.Sum(nil))
}

// ShopOf is the shop a request speaks for, "" if it does not say.
func (a *API) ShopOf(r *http.Request) string { return r.URL.Query().Get("shop_id") }
