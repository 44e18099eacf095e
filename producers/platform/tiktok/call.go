package tiktok

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// endpoint is one address of the API: /module/version/rest. Each has a version of its own, which settings may change by
// rest. A name in braces stands for an id.
type endpoint struct {
	method, module, version, rest string
}

// call is what is particular to one call of an endpoint.
type call struct {
	endpoint endpoint
	id       string         // what stands for the name in braces
	query    url.Values     // may be nil
	filter   map[string]any // the body of a POST
}

// signed completes a call with what all calls have.
func (a *Adapter) signed(c call, s shop.Shop, now time.Time) platform.Request {
	r := platform.Request{
		Method: c.endpoint.method,
		Base:   strings.TrimSuffix(s.BaseURL, "/"),
		Path:   a.path(c.endpoint, c.id),
		Query:  url.Values{},
		Header: http.Header{},
	}
	if c.endpoint.method == http.MethodPost {
		body, err := json.Marshal(c.filter)
		if err != nil {
			panic(err) // numbers and text always encode
		}
		r.Body = body
	}
	maps.Copy(r.Query, c.query)
	r.Query.Set("app_key", s.AppID)
	r.Query.Set("timestamp", strconv.FormatInt(now.Unix(), 10))
	if s.ShopCipher != "" {
		r.Query.Set("shop_cipher", s.ShopCipher)
	}
	r.Query.Set("sign", sign(s.AppSecret.Reveal(), r.Path, r.Query, r.Body))
	r.Header.Set("X-Tts-Access-Token", s.AccessToken.Reveal())
	r.Header.Set("Content-Type", "application/json") // wanted of calls without a body too
	return r
}

// path returns an endpoint's path as it is signed.
func (a *Adapter) path(e endpoint, id string) string {
	rest := e.rest
	if before, after, found := strings.Cut(rest, "{"); found {
		_, after, _ = strings.Cut(after, "}")
		rest = before + id + after
	}
	return "/" + e.module + "/" + a.settings.Version(e.rest, e.version) + "/" + rest
}

// sign returns the signature of a call that is no upload: over the path, the query sorted by name and the body as it is sent,
// with the app's secret on both ends. Neither names nor values are escaped, and nothing stands between them.
func sign(secret, path string, query url.Values, body []byte) string {
	text := secret + path
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if name != "sign" && name != "access_token" {
			text += name + query.Get(name)
		}
	}
	return keyed(secret, text+string(body)+secret)
}

// keyed returns the keyed hash that all of the platform's signatures are.
func keyed(secret, text string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

// idPattern is what ids may be, which stand in paths and between commas. The platform's are digits.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// checkIDs refuses a task that does not ask for 1 to most ids.
func checkIDs(t *schemas.Task, most int) error {
	if len(t.IDs) == 0 || len(t.IDs) > most {
		return platform.NewError(platform.Permanent, "bad_task",
			t.Op+" asks for "+strconv.Itoa(len(t.IDs))+" ids, not 1 to "+strconv.Itoa(most))
	}
	for _, id := range t.IDs {
		if !idPattern.MatchString(id) {
			return platform.NewError(platform.Permanent, "bad_task", t.Op+" asks for something that is no id")
		}
	}
	return nil
}
