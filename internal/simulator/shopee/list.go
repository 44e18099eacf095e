package shopee

import (
	"encoding/base64"
	"encoding/binary"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// listing is what a caller of get_order_list asked for.
type listing struct {
	market.Window
	status      string // "" for all
	withStatus  bool
	withPending bool
	pageSize    int
	after       market.Ref
	salt        byte // makes an empty page's cursor differ from the one that led to it
	bound       uint64
}

func (a *API) list(c *call, w *wire.Writer) *refusal {
	l, refused := a.parseListing(c)
	if refused != nil {
		return refused
	}
	w.Name("response").Open('{')
	if c.fault == world.FaultEmptyMore {
		w.Name("more").Bool(true)
		w.Name("next_cursor").Text(a.cursor(l, l.after, l.salt+1))
		w.Name("order_list").Strings()
		w.Close('}')
		return nil
	}
	last, rows, more := l.after, 0, false
	w.Name("order_list").Open('[')
	if o, ok := a.world.Find(l.after, c.now); ok && c.fault == world.FaultDuplicate {
		a.writeListed(w, &o, l)
		if l.pageSize > 1 { // a page must get on
			rows++
		}
	}
	for o := range a.world.Orders(l.Window, c.now, l.after) {
		if l.status != "" && shown(o, l.withPending) != l.status {
			continue
		}
		if rows == l.pageSize {
			more = true
			break
		}
		a.writeListed(w, o, l)
		last = o.Ref
		rows++
	}
	w.Close(']')
	next := ""
	if more {
		next = a.cursor(l, last, 0)
	}
	if c.fault == world.FaultSame {
		more, next = true, c.query.Get("cursor")
	}
	w.Name("more").Bool(more)
	w.Name("next_cursor").Text(next)
	w.Close('}')
	return nil
}

func (a *API) writeListed(w *wire.Writer, o *market.Order, l *listing) {
	w.Open('{')
	w.Name("order_sn").Text(a.world.sn(o.Ref))
	if l.withStatus {
		w.Name("order_status").Text(shown(o, l.withPending))
	}
	if booked(o) {
		w.Name("booking_sn").Text(bookingSN(o))
	}
	w.Close('}')
}

func (a *API) parseListing(c *call) (*listing, *refusal) {
	q := c.query
	l := &listing{status: q.Get("order_status"), after: market.Newest}
	l.Shop = c.shop
	field := q.Get("time_range_field")
	if field != "create_time" && field != "update_time" {
		return nil, badParam("time_range_field must be create_time or update_time")
	}
	l.ByUpdate = field == "update_time"
	span, refused := a.span(c, "time", spanRule{longest: longestWindow, tooLong: errWindow, swapped: usualSpan.swapped})
	switch {
	case refused != nil:
		return nil, refused
	case !span.given:
		return nil, badParam("time_from and time_to are missing")
	}
	l.From, l.To = span.from, span.to
	size, refused := c.integer("page_size", 1, maxPage)
	if refused != nil {
		return nil, refused
	}
	l.pageSize = int(size)
	if l.status != "" && !knownStatus(l.status) {
		return nil, badParam("order_status is unknown")
	}
	l.withPending = c.wants("request_order_status_pending")
	l.withStatus = q.Get("response_optional_fields") == "order_status"
	l.bound = world.HashText(world.HashText(world.Hash(a.world.Key(), streamCursor, uint64(l.Shop), uint64(l.From), uint64(l.To)), field), l.status) //nolint:gosec // keys wrap
	if cursor := q.Get("cursor"); cursor != "" && !l.resume(cursor) {
		return nil, badParam("cursor is not of this list")
	}
	return l, nil
}

func knownStatus(name string) bool {
	for _, known := range statusNames {
		if name == known {
			return true
		}
	}
	return name == "INVOICE_PENDING"
}

// cursor says after which order a list goes on, and seals it to the list.
func (a *API) cursor(l *listing, after market.Ref, salt byte) string {
	b := make([]byte, 0, 21)
	b = binary.BigEndian.AppendUint64(b, uint64(after.Day))   //nolint:gosec // not negative
	b = binary.BigEndian.AppendUint32(b, uint32(after.Index)) //nolint:gosec // below 2^25
	b = append(b, salt)
	b = binary.BigEndian.AppendUint64(b, world.HashText(l.bound, string(b)))
	return base64.RawURLEncoding.EncodeToString(b)
}

// resume takes a cursor; false if it is none or another list's.
func (l *listing) resume(cursor string) bool {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(b) != 21 {
		return false
	}
	if binary.BigEndian.Uint64(b[13:]) != world.HashText(l.bound, string(b[:13])) {
		return false
	}
	l.after = market.Ref{Shop: l.Shop, Day: int64(binary.BigEndian.Uint64(b)), Index: int(binary.BigEndian.Uint32(b[8:]))} //nolint:gosec // as written
	l.salt = b[12]
	return true
}
