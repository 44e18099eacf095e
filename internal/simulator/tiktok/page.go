package tiktok

import (
	"encoding/base64"
	"encoding/binary"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// listRule is what a list takes.
type listRule struct {
	least, most, usual int      // rows a page; usual 0: page_size is required
	sorts              []string // the fields that it can be sorted by, the usual one first; none: its order is its own
	sortRequired       bool
	descending         bool // unless asked otherwise
}

// listing is what a caller of a list asked for.
type listing struct {
	sort  string
	desc  bool
	size  int
	after *market.Position // the row that the page begins behind, nil for the first page
	salt  byte             // makes an empty page's token differ from the one that led to it
}

// page is a part of a list.
type page struct {
	rows  []market.Position
	total int
	more  bool // rows follow it
}

// listing reads what all lists have in common. The call's filter must have been read.
func (a *API) listing(c *call, rule listRule) (*listing, *refusal) {
	l := &listing{size: rule.usual, desc: rule.descending}
	if text := c.query.Get("page_size"); text != "" || rule.usual == 0 {
		n, err := strconv.Atoi(text)
		if err != nil || n < rule.least || n > rule.most {
			return nil, c.bad("page_size")
		}
		l.size = n
	}
	switch l.sort = c.query.Get("sort_field"); {
	case l.sort == "" && rule.sortRequired, l.sort != "" && !slices.Contains(rule.sorts, l.sort):
		return nil, c.bad("sort_field")
	case l.sort == "" && len(rule.sorts) > 0:
		l.sort = rule.sorts[0]
	}
	switch order := c.query.Get("sort_order"); order {
	case "":
	case "ASC", "DESC":
		l.desc = order == "DESC"
	default:
		return nil, c.bad("sort_order")
	}
	a.bind(c, l)
	if text := c.query.Get("page_token"); text != "" && !l.resume(c, text) {
		return nil, c.bad("page_token")
	}
	return l, nil
}

// bind ties page_tokens to the shop, the path, the filters in the query and the sorting.
func (a *API) bind(c *call, l *listing) {
	c.bound = world.Hash(a.world.Key(), streamPage, c.bound, uint64(c.shop)) //nolint:gosec // not negative
	c.bound = world.HashText(c.bound, c.request.URL.Path)
	c.bound = world.HashText(c.bound, l.sort+strconv.FormatBool(l.desc))
	names := make([]string, 0, len(c.query))
	for name := range c.query {
		switch name {
		case "app_key", "timestamp", "sign", "access_token", "shop_cipher", "page_token", "page_size", "sort_field", "sort_order":
		default:
			names = append(names, name+"="+c.query.Get(name))
		}
	}
	slices.Sort(names)
	c.bound = world.HashText(c.bound, strings.Join(names, "&"))
}

// tokenBytes are At, day, index, ordinal and salt of a place; behind them is the seal.
const tokenBytes = 8 + 8 + 4 + 4 + 1

// token says behind which row a list goes on, and is sealed to the list.
func (c *call) token(after *market.Position, salt byte) string {
	if after == nil {
		after = &beginning
	}
	b := make([]byte, 0, tokenBytes+8)
	b = binary.BigEndian.AppendUint64(b, uint64(after.At))        //nolint:gosec // as read
	b = binary.BigEndian.AppendUint64(b, uint64(after.Ref.Day))   //nolint:gosec // as read
	b = binary.BigEndian.AppendUint32(b, uint32(after.Ref.Index)) //nolint:gosec // below 2^25
	b = binary.BigEndian.AppendUint32(b, uint32(after.Ordinal))   //nolint:gosec // below 2^32
	b = append(b, salt)
	b = binary.BigEndian.AppendUint64(b, world.HashText(c.bound, string(b)))
	return base64.RawURLEncoding.EncodeToString(b)
}

// beginning is where the token of an empty first page stands.
var beginning = market.Position{At: -1}

// resume takes a token; false if it is none or another list's.
func (l *listing) resume(c *call, text string) bool {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) != tokenBytes+8 || binary.BigEndian.Uint64(b[tokenBytes:]) != world.HashText(c.bound, string(b[:tokenBytes])) {
		return false
	}
	after := market.Position{
		At:      int64(binary.BigEndian.Uint64(b)),                                                                                 //nolint:gosec // as written
		Ref:     market.Ref{Shop: c.shop, Day: int64(binary.BigEndian.Uint64(b[8:])), Index: int(binary.BigEndian.Uint32(b[16:]))}, //nolint:gosec // as written
		Ordinal: int(binary.BigEndian.Uint32(b[20:])),
	}
	l.salt = b[tokenBytes-1]
	if after.At != beginning.At {
		l.after = &after
	}
	return true
}

// limit is how many new rows the page has. One that repeats a row has one less, unless it could not get on then.
func (l *listing) limit(c *call) int {
	if c.fault == world.FaultDuplicate && l.size > 1 && l.after != nil {
		return l.size - 1
	}
	return l.size
}

// cut sorts rows and cuts out the page that was asked for.
func (l *listing) cut(c *call, rows iter.Seq[market.Position]) page {
	var p page
	p.rows, p.total, p.more = market.Page(rows, market.Cut{Descending: l.desc, After: l.after, Limit: l.limit(c)})
	return p
}

// write writes a page: its rows as the member rows, which is left out when there are none, the next token and, if the list has
// one, the total.
func (l *listing) write(c *call, w *wire.Writer, p page, rows string, counted bool, row func(market.Position)) {
	next := ""
	switch {
	case c.fault == world.FaultEmptyMore:
		next, p.rows = c.token(l.after, l.salt+1), nil
	case c.fault == world.FaultSame:
		next = c.query.Get("page_token")
	case p.more:
		next = c.token(&p.rows[len(p.rows)-1], 0)
	}
	if c.fault == world.FaultDuplicate && l.after != nil {
		p.rows = slices.Insert(p.rows, 0, *l.after)
	}
	w.Member("next_page_token", next)
	if counted {
		w.Name("total_count").Int(int64(p.total))
	}
	if len(p.rows) == 0 {
		return
	}
	w.Name(rows).Open('[')
	for _, at := range p.rows {
		row(at)
	}
	w.Close(']')
}
