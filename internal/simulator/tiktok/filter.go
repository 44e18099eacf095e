package tiktok

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// filter is the body of the searches, each of which looks at some of it. What is not given does not select.
type filter struct {
	CreateFrom *int64 `json:"create_time_ge,omitempty"`
	CreateTo   *int64 `json:"create_time_lt,omitempty"`
	CreateLast *int64 `json:"create_time_le,omitempty"`
	UpdateFrom *int64 `json:"update_time_ge,omitempty"`
	UpdateTo   *int64 `json:"update_time_lt,omitempty"`
	UpdateLast *int64 `json:"update_time_le,omitempty"`

	OrderStatus   string   `json:"order_status,omitempty"`
	ShippingType  string   `json:"shipping_type,omitempty"`
	Buyer         string   `json:"buyer_user_id,omitempty"`
	CancelAsked   *bool    `json:"is_buyer_request_cancel,omitempty"`
	Warehouses    []string `json:"warehouse_ids,omitempty"`
	Status        string   `json:"status,omitempty"`
	SellerSKUs    []string `json:"seller_skus,omitempty"`
	SKUs          []string `json:"sku_ids,omitempty"`
	PackageStatus string   `json:"package_status,omitempty"`

	Orders         []string `json:"order_ids,omitempty"`
	Buyers         []string `json:"buyer_user_ids,omitempty"`
	Returns        []string `json:"return_ids,omitempty"`
	ReturnTypes    []string `json:"return_types,omitempty"`
	ReturnStatuses []string `json:"return_status,omitempty"`
	Arbitrations   []string `json:"arbitration_status,omitempty"`
	Cancels        []string `json:"cancel_ids,omitempty"`
	CancelTypes    []string `json:"cancel_types,omitempty"`
	CancelStatuses []string `json:"cancel_status,omitempty"`
}

// filter reads the body, which may be empty, and ties the call's page_token to it.
func (c *call) filter() (*filter, *refusal) {
	f := &filter{}
	if len(c.body) > 0 {
		var kind *json.UnmarshalTypeError
		switch err := json.Unmarshal(c.body, f); {
		case errors.As(err, &kind):
			return nil, c.bad(kind.Field)
		case err != nil:
			return nil, errBody
		}
	}
	text, _ := json.Marshal(f) // numbers and text always encode
	c.bound = world.HashText(c.bound, string(text))
	return f, nil
}

// bad is the refusal of a parameter.
func (c *call) bad(parameter string) *refusal {
	if strings.HasPrefix(c.request.URL.Path, "/return_refund/") {
		return badReturn(parameter)
	}
	return badParam(parameter)
}

// span is a stretch of time in unix seconds, from included, to not.
type span struct{ from, to int64 }

// always is the span of who gives none.
var always = span{0, math.MaxInt32}

// holds says whether a moment is in the span.
func (s span) holds(at int64) bool { return at >= s.from && at < s.to }

// between makes a span of its ends, either of which may be missing. last is an end that counts itself.
func (c *call) between(name string, from, to, last *int64) (span, *refusal) {
	s := always
	if from != nil {
		s.from = *from
	}
	if to != nil {
		s.to = *to
	}
	if last != nil {
		s.to = *last + 1
	}
	if s.from < 0 || s.to < s.from || s.to > always.to {
		return s, c.bad(name)
	}
	return s, nil
}

// spans are those of creation and change that a body gives.
func (c *call) spans(f *filter) (created, updated span, refused *refusal) {
	if created, refused = c.between("create_time", f.CreateFrom, f.CreateTo, nil); refused != nil {
		return created, updated, refused
	}
	updated, refused = c.between("update_time", f.UpdateFrom, f.UpdateTo, nil)
	return created, updated, refused
}

// querySpan reads <name>_ge and <name>_lt of the query.
func (c *call) querySpan(name string) (span, *refusal) {
	var ends [2]*int64
	for i, suffix := range [...]string{"_ge", "_lt"} {
		if text := c.query.Get(name + suffix); text != "" {
			at, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return span{}, c.bad(name + suffix)
			}
			ends[i] = &at
		}
	}
	return c.between(name, ends[0], ends[1], nil)
}

// among says whether a value is one of those asked for. None asks for all.
func among(asked []string, value string) bool {
	return len(asked) == 0 || slices.Contains(asked, value)
}

// oneOf refuses a word that is not known.
func (c *call) oneOf(parameter, word string, known ...string) *refusal {
	if word != "" && !slices.Contains(known, word) {
		return c.bad(parameter)
	}
	return nil
}

// words reads a comma-joined parameter that must name some of those known.
func (c *call) words(parameter string, known ...string) ([]string, *refusal) {
	words := strings.Split(c.query.Get(parameter), ",")
	for _, word := range words {
		if !slices.Contains(known, word) {
			return nil, c.bad(parameter)
		}
	}
	return words, nil
}

// money writes an amount as the platform does: as text with all the digits that the currency has.
func money(w *wire.Writer, member string, v int64, places int) { w.Member(member, amount(v, places)) }

func amount(v int64, places int) string {
	if places == 0 {
		return strconv.FormatInt(v, 10)
	}
	text := world.Decimal(v, places)
	switch { // no currency here has more than two places

	case v%100 == 0:
		return text + ".00"
	case v%10 == 0:
		return text + "0"
	}
	return text
}
