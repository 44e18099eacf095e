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

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
)

// call is a call before it is signed.
type call struct {
	path  string // without the /rest that base URLs end with: it is not signed
	query url.Values
}

// newCall takes the parameters as pairs of name and value.
func newCall(path string, pairs ...string) call {
	c := call{path: path, query: url.Values{}}
	for pair := range slices.Chunk(pairs, 2) {
		c.query.Set(pair[0], pair[1])
	}
	return c
}

// signed adds what every call carries. A time zone's plus sign is signed as it is; encoding the query makes %2B of it.
func (c call) signed(s shop.Shop, now time.Time) platform.Request {
	c.query.Set("app_key", s.AppID)
	c.query.Set("timestamp", strconv.FormatInt(now.UnixMilli(), 10))
	c.query.Set("sign_method", "sha256")
	c.query.Set("sign", sign(s.AppSecret.Reveal(), c.path, c.query))
	return platform.Request{Method: http.MethodGet, Base: strings.TrimSuffix(s.BaseURL, "/"), Path: c.path, Query: c.query}
}

// sign returns the signature of a call: over the path and all parameters in the order of their names, name and value joined
// without separators and not encoded. Empty values are left out.
func sign(secret, path string, query url.Values) string {
	var text strings.Builder
	text.WriteString(path)
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if value := query.Get(name); value != "" && name != "sign" {
			text.WriteString(name + value)
		}
	}
	return strings.ToUpper(digest(secret, text.String()))
}

// digest is the HMAC-SHA256 of a text in lower-case hex, keyed by the secret as text.
func digest(secret, text string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}
