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
	list  read.Element // data.tracking
	at    int64        // fetched
}

// readHistory takes the envelope off an answer of /orders/{order_id}/tracking.
func readHistory(part *schemas.PagePart) (history, error) {
	path, _, _ := strings.Cut(part.Path, "?")
	path = strings.TrimSuffix(path, "/tracking")
	h := history{order: path[strings.LastIndexByte(path, '/')+1:], at: part.FetchedAt}
	err := open(part.Body, func(s *jsonscan.Scanner) {
		for key := range s.Object() {
			if string(key) == "tracking" {
				h.list = read.Element{Raw: s.Value(), Depth: s.Depth()}
			}
		}
	})
	return h, err
}

// fillHistory gives the history to the parcel. TikTok has one history of an order, which does not name parcels: with several it
// stays as it is, as platform field tracking, since giving it to one of them, or to each, would be made up.
func (b *trackingBuilder) fillHistory() {
	t, r := b.tracking, b.row
	if len(b.history.Raw) == 0 || b.history.Raw[0] == 'n' || string(b.history.Raw) == "[]" {
		return
	}
	if len(t.Packages) != 1 {
		r.KeepElement("tracking", b.history)
		return
	}
	in := &read.Object{Scan: jsonscan.New(b.history.Raw), Bad: r.Bad}
	var events []event
	in.List("tracking", func(i int, e read.Element) {
		events = append(events, readEvent(b.from, "tracking["+strconv.Itoa(i)+"].", e, r.Bad))
	})
	if kept := in.Rest.Get("tracking"); kept != nil {
		r.Rest.Set("tracking", kept)
	}
	slices.Reverse(events) // the newest comes first
	slices.SortStableFunc(events, func(a, c event) int { return cmp.Compare(a.ms, c.ms) })
	for _, e := range events {
		t.Packages[0].History = append(t.Packages[0].History, e.TrackingEvent)
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
