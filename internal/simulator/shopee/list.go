package shopee

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

const (
	longestWindow = 15 * date
	maxPage       = 100
)

// listing is what a caller of get_order_list asked for.
type listing struct {
	selection
	status      string // "" for all
	withStatus  bool
	withPending bool
	pageSize    int
	after       place
	salt        byte // makes an empty page's cursor differ from the one that led to it
	bound       uint64
}

func (a *API) list(c *call, w *writer) *refusal {
	l, refused := a.parseListing(c)
	if refused != nil {
		return refused
	}
	w.name("response").open('{')
	if c.fault == world.FaultEmptyMore {
		w.name("more").bool(true)
		w.name("next_cursor").text(a.cursor(l, l.after, l.salt+1))
		w.name("order_list").strings()
		w.close('}')
		return nil
	}
	last, rows, more := l.after, 0, false
	w.name("order_list").open('[')
	if c.fault == world.FaultDuplicate && l.after != newest {
		d := a.world.day(l.shop, l.after.day)
		o := d.order(l.after.index, c.now)
		a.writeListed(w, &o, l)
		if l.pageSize > 1 { // a page must get on
			rows++
		}
	}
	for o := range a.world.orders(l.selection, c.now, l.after) {
		if l.status != "" && o.shown(l.withPending).String() != l.status {
			continue
		}
		if rows == l.pageSize {
			more = true
			break
		}
		a.writeListed(w, o, l)
		last = o.place()
		rows++
	}
	w.close(']')
	next := ""
	if more {
		next = a.cursor(l, last, 0)
	}
	if c.fault == world.FaultSame {
		more, next = true, c.query.Get("cursor")
	}
	w.name("more").bool(more)
	w.name("next_cursor").text(next)
	w.close('}')
	return nil
}

func (a *API) writeListed(w *writer, o *order, l *listing) {
	w.open('{')
	w.name("order_sn").text(o.sn(a.world))
	if l.withStatus {
		w.name("order_status").text(o.shown(l.withPending).String())
	}
	if o.booking() {
		w.name("booking_sn").text(o.bookingSN())
	}
	w.close('}')
}

func (a *API) parseListing(c *call) (*listing, *refusal) {
	q := c.query
	l := &listing{status: q.Get("order_status"), after: newest}
	l.shop = c.shop
	field := q.Get("time_range_field")
	if field != "create_time" && field != "update_time" {
		return nil, badParam("time_range_field must be create_time or update_time")
	}
	l.byUpdate = field == "update_time"
	if refused := a.parseWindow(c, l); refused != nil {
		return nil, refused
	}
	size, err := strconv.Atoi(q.Get("page_size"))
	if err != nil || size < 1 || size > maxPage {
		return nil, badParam("page_size must be from 1 to 100")
	}
	l.pageSize = size
	if l.status != "" && !knownStatus(l.status) {
		return nil, badParam("order_status is unknown")
	}
	l.withPending = c.wants("request_order_status_pending")
	l.withStatus = q.Get("response_optional_fields") == "order_status"
	l.bound = world.HashText(world.HashText(world.Hash(a.world.seed, streamCursor, uint64(l.shop), uint64(l.from), uint64(l.to)), field), l.status) //nolint:gosec // keys wrap
	if cursor := q.Get("cursor"); cursor != "" && !l.resume(cursor) {
		return nil, badParam("cursor is not of this list")
	}
	return l, nil
}

func (a *API) parseWindow(c *call, l *listing) *refusal {
	from, err := strconv.ParseInt(c.query.Get("time_from"), 10, 64)
	if err != nil || from < 0 {
		return badParam("time_from must be unix seconds")
	}
	to, err := strconv.ParseInt(c.query.Get("time_to"), 10, 64)
	if err != nil || to < 0 || to > math.MaxInt32*1000 {
		return badParam("time_to must be unix seconds")
	}
	switch {
	case to < from:
		return badParam("time_from must not be after time_to")
	case to-from > longestWindow:
		return errWindow
	}
	if !a.toExclusive {
		to++
	}
	l.from, l.to = from, to
	return nil
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
func (a *API) cursor(l *listing, after place, salt byte) string {
	b := make([]byte, 0, 21)
	b = binary.BigEndian.AppendUint64(b, uint64(after.day))   //nolint:gosec // not negative
	b = binary.BigEndian.AppendUint32(b, uint32(after.index)) //nolint:gosec // below 2^25
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
	l.after = place{day: int64(binary.BigEndian.Uint64(b)), index: int(binary.BigEndian.Uint32(b[8:]))} //nolint:gosec // as written
	l.salt = b[12]
	return true
}
