package tiktok

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// history is an answer of what happened on the way of an order's parcels.
type history struct {
	order string
	data  read.Element
	at    int64 // fetched, in unix milliseconds
}

// readHistory takes the envelope off an answer of /orders/{order_id}/tracking.
func readHistory(part *schemas.PagePart) (history, error) {
	path, _, _ := strings.Cut(part.Path, "?")
	path = strings.TrimSuffix(path, "/tracking")
	h := history{order: path[strings.LastIndexByte(path, '/')+1:], at: part.FetchedAt}
	err := open(part.Body, func(s *jsonscan.Scanner) { h.data = read.Element{Raw: s.Value(), Depth: s.Depth()} })
	return h, err
}

// fillHistory gives the history to the parcel. TikTok has one history of an order, which does not name parcels: with several it
// stays as it is, in platform field history, since giving it to one of them, or to each, would be made up.
func (b *trackingBuilder) fillHistory() {
	if len(b.history.Raw) == 0 {
		return
	}
	in := b.row.Beside("history", b.history)
	if in == nil {
		return
	}
	var events []event
	for key := range in.Scan.Object() {
		switch key := string(key); {
		case key != "tracking":
			in.Keep(key)
		case len(b.parcels) != 1:
			if e, _ := in.Value(); string(e.Raw) != "[]" {
				in.KeepElement(key, e)
			}
		default:
			events = nil
			in.List(key, func(i int, e read.Element) {
				events = append(events, readEvent(b.from, in.Prefix+key+"["+strconv.Itoa(i)+"].", e, in.Bad))
			})
		}
	}
	b.row.KeepInside("history", in)
	slices.Reverse(events) // the newest comes first
	slices.SortStableFunc(events, func(a, c event) int { return cmp.Compare(a.ms, c.ms) })
	for _, e := range events {
		p := &b.tracking.Packages[0]
		p.History = append(p.History, e.TrackingEvent)
	}
}

// event is a row of a history.
type event struct {
	ms int64 // when, in unix milliseconds
	schemas.TrackingEvent
}

// readEvent maps a row of a history, which has a text and no code.
func readEvent(from transformers.Origin, prefix string, e read.Element, bad *read.Problems) (out event) {
	r := read.NewObject(e.Raw, prefix, bad)
	for key := range r.Scan.Object() {
		switch key := string(key); key {
		case "description":
			out.Description = r.Text(key)
		case "update_time_millis":
			out.ms = r.Millis(key)
		default:
			r.Keep(key)
		}
	}
	if out.ms > 0 {
		out.Time = schemas.FormatMillis(out.ms, from.Zone)
	}
	out.PlatformFields = r.Rest.Fields()
	return out
}
