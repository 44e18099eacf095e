package tiktok

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"mime"
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

// API answers the platform's calls. It is safe for concurrent use.
type API struct {
	world     *World
	now, wall func() time.Time
	app       string
	secret    []byte
	tokens    *token.Book
	endpoints map[string]endpoint
}

// refreshLife is how long a refresh token is good for. The platform says so in each answer only.
const refreshLife = 365 * 24 * time.Hour

// New makes the API of a world; it does no I/O.
func New(s market.Setup) *API {
	w := newWorld(s)
	a := &API{
		world: w, now: s.Now, wall: s.Wall, app: w.appKey(), secret: []byte(w.appSecret()),
		tokens: token.New(world.Hash(w.Key(), streamToken), s.Shops, token.Lives{
			Access: s.TokenTTL, Refresh: refreshLife, Code: 30 * time.Minute, Grace: 5 * time.Minute,
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
	body    []byte
	bound   uint64 // what a page_token of this call is tied to
	shop    int
	now     int64 // the world's, unix seconds
	wall    time.Time
	fault   string
}

// Answer answers one call, which the caller counted and let through, and whose request holds the pattern it matched. fault
// names a fault of the answer's content, "" for none. The same request at the same moment has the same answer, to the byte, as
// long as no token was given out.
func (a *API) Answer(r *http.Request, fault string) (status int, body []byte) {
	w := wire.New(4096)
	w.Open('{')
	mark := len(w.Bytes())
	c := &call{request: r, query: r.URL.Query(), now: a.now().Unix(), wall: a.wall(), fault: fault}
	w.Name("code").Int(0)
	w.Name("data").Open('{')
	refused := a.serve(c, w)
	status = http.StatusOK
	if refused == nil {
		w.Close('}')
		w.Member("message", "Success")
	} else {
		status = refused.status
		w.Cut(mark)
		w.Name("code").Int(refused.code)
		if refused.code%2 == 0 { // failures come with and without data
			w.Name("data").Null()
		}
		w.Member("message", refused.message)
	}
	w.Member("request_id", a.requestID(c))
	w.Close('}')
	return status, w.Bytes()
}

// requestID is made from the request, so that it does not depend on what else was called.
func (a *API) requestID(c *call) string {
	key := world.HashText(world.HashText(a.world.Key(), c.request.URL.Path), c.request.URL.RawQuery)
	r := world.NewRand(world.HashText(key, string(c.body)))
	return c.wall.UTC().Format("20060102150405") + strings.ToUpper(r.Hex(20))
}

func (a *API) serve(c *call, w *wire.Writer) *refusal {
	e, ok := a.endpoints[c.request.Pattern]
	switch {
	case !ok:
		return errPath
	case c.fault == world.FaultRate:
		return errRate
	case c.fault == world.FaultErrorBody:
		return errBusy
	case c.request.Method != e.method:
		return errMethod
	}
	if refused := c.read(); refused != nil {
		return refused
	}
	if e.shape != open {
		if refused := a.admit(c, e.shape); refused != nil {
			return refused
		}
	}
	return e.serve(a, c, w)
}

const maxBody = 64 << 10

// read takes the body in, which is part of what is signed.
func (c *call) read() *refusal {
	if c.request.Body == nil {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(c.request.Body, maxBody))
	if err != nil {
		return errBody
	}
	c.body = body
	if kind, _, err := mime.ParseMediaType(c.request.Header.Get("Content-Type")); len(body) > 0 && (err != nil || kind != "application/json") {
		return errType
	}
	return nil
}

// The limits of a timestamp's age, in seconds.
const (
	oldest = 300
	newest = -30
)

// admit is the gateway: app, timestamp and signature, then token and shop.
func (a *API) admit(c *call, of shape) *refusal {
	app, stamp, sign := c.query.Get("app_key"), c.query.Get("timestamp"), c.query.Get("sign")
	switch {
	case app == "":
		return errNoAppKey
	case app != a.app:
		return errAppKey
	case stamp == "":
		return errNoStamp
	case sign == "":
		return errNoSign
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if age := c.wall.Unix() - seconds; err != nil || age > oldest || age < newest {
		return errStamp
	}
	if !hmac.Equal([]byte(sign), signature(a.secret, c.request.URL.Path, c.query, c.body)) {
		return errSign
	}
	if of == seller {
		return a.admitSeller(c)
	}
	return a.admitShop(c)
}

func (a *API) admitSeller(c *call) *refusal {
	shop, ok := a.tokens.AccessOwner(c.request.Header.Get("x-tts-access-token"))
	if !ok {
		return errNoToken
	}
	c.shop = shop
	return a.admitToken(c)
}

func (a *API) admitShop(c *call) *refusal {
	cipher := c.query.Get("shop_cipher")
	if cipher == "" {
		return errNoCipher
	}
	shop, ok := a.world.decipher(cipher)
	if !ok {
		return errCipher
	}
	c.shop = shop
	return a.admitToken(c)
}

func (a *API) admitToken(c *call) *refusal {
	access := c.request.Header.Get("x-tts-access-token")
	if c.fault == world.FaultAuth {
		return errTokenOver
	}
	switch err := a.tokens.Admit(c.shop, access, c.wall); {
	case err == nil:
		return nil
	case errors.Is(err, token.ErrOver):
		return errTokenOver
	}
	if _, ok := a.tokens.AccessOwner(access); ok {
		return errTokenShop
	}
	return errNoToken
}

// signature is the platform's: HMAC-SHA256 under the app's secret of path, query and body, which the secret encloses, in
// lower-case hexadecimal.
func signature(secret []byte, path string, query url.Values, body []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write(secret)
	mac.Write([]byte(path))
	for _, key := range slices.Sorted(maps.Keys(query)) {
		if key != "sign" && key != "access_token" {
			mac.Write([]byte(key + query.Get(key)))
		}
	}
	mac.Write(body)
	mac.Write(secret)
	return hex.AppendEncode(nil, mac.Sum(nil))
}

// ShopOf is the shop a request speaks for, "" if it does not say.
func (a *API) ShopOf(r *http.Request) string {
	if shop, ok := a.world.decipher(r.URL.Query().Get("shop_cipher")); ok {
		return a.world.shopText(shop)
	}
	return ""
}
