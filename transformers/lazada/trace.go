package lazada

import (
	"errors"
	"slices"
	"strconv"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/read"
)

// trace is an answer of /logistic/order/trace.
type trace struct {
	modules   []read.Element
	fetchedAt int64
}

// event is one thing that happened to a parcel, and when, in unix seconds.
type event struct {
	schemas.TrackingEvent
	at int64
}

// readTrace takes the envelope off a trace. Before an order is ready to ship there are no modules, which is no error.
func readTrace(part *schemas.PagePart) (*trace, error) {
	t := &trace{fetchedAt: part.FetchedAt}
	found, failed := false, false
	err := answer(part.Body, func(s *jsonscan.Scanner, key string) {
		if key != "result" || s.Next() != '{' {
			return
		}
		found = true
		for key := range s.Object() {
			switch string(key) {
			case "success":
				failed = string(s.Value()) == "false"
			case "module":
				if s.Next() == '[' {
					t.modules = read.Elements(s)
				}
			}
		}
	})
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, errors.New("answer has no object result")
	case failed && len(t.modules) == 0:
		return nil, errors.New("answer says that it is no success")
	}
	return t, nil
}

// whose returns the index of the order that a trace is about, which its page must be about alone. Beside the order there may be
// rows that do not say whose they are.
func whose(rows []joined) (int, error) {
	at := -1
	for i := range rows {
		if rows[i].id == "" {
			continue
		}
		if at >= 0 {
			return 0, errors.New("page has the way of parcels and more than one order: whose they are cannot be told")
		}
		at = i
	}
	if len(rows) == 0 {
		return 0, errors.New("page has the way of parcels and no order")
	}
	return max(at, 0), nil
}

// follow gives the parcels their way. Those that only the trace knows are parcels too.
func (b *trackingBuilder) follow(way *trace) {
	rows := make([]read.Element, len(way.modules))
	for i, e := range way.modules {
		r := b.row.Beside("module["+strconv.Itoa(i)+"]", e)
		if r == nil {
			continue
		}
		for key := range r.Scan.Object() {
			if key := string(key); key == "package_detail_info_list" {
				r.List(key, func(n int, e read.Element) { b.detail(r.Prefix+key+"["+strconv.Itoa(n)+"].", e) })
			} else {
				r.Keep(key)
			}
		}
		rows[i] = read.Element{Raw: r.Rest.Fields(), Depth: e.Depth}
	}
	keepRows(&b.row.Object, "module", rows)
}

// detail reads an element of package_detail_info_list.
func (b *trackingBuilder) detail(prefix string, e read.Element) {
	r := read.NewObject(e.Raw, prefix, b.row.Bad)
	var id, number said
	var events []event
	for key := range r.Scan.Object() {
		switch key := string(key); key {
		case "ofc_package_id":
			id = sayText(r, key)
		case "tracking_number":
			number = sayText(r, key)
		case "logistic_detail_info_list":
			r.List(key, func(n int, e read.Element) {
				events = append(events, b.event(prefix+key+"["+strconv.Itoa(n)+"].", e))
			})
		default:
			r.Keep(key)
		}
	}
	p := b.parcelOf(id.value, number.value)
	if p.PackageID == "" {
		p.PackageID = id.value
	} else if id.value != p.PackageID && id.value != "" {
		r.KeepElement("ofc_package_id", id.kept)
	}
	if p.TrackingNumber == "" {
		p.TrackingNumber = number.value
	} else if number.value != p.TrackingNumber && number.value != "" {
		r.KeepElement("tracking_number", number.kept)
	}
	if len(events) > 1 && events[0].at > events[len(events)-1].at {
		slices.Reverse(events) // the latest came first; those of one second are turned round as well
	}
	p.events = append(p.events, events...)
	p.details = append(p.details, read.Element{Raw: r.Rest.Fields(), Depth: e.Depth})
}

// parcelOf returns the parcel with that id, or else that tracking number, or a new one.
func (b *trackingBuilder) parcelOf(id, number string) *parcel {
	at := slices.IndexFunc(b.parcels, func(p parcel) bool { return id != "" && p.PackageID == id })
	if at < 0 {
		at = slices.IndexFunc(b.parcels, func(p parcel) bool { return number != "" && p.TrackingNumber == number })
	}
	if at < 0 {
		at = len(b.parcels)
		b.parcels = append(b.parcels, parcel{})
	}
	return &b.parcels[at]
}

// event reads an element of logistic_detail_info_list.
func (b *trackingBuilder) event(prefix string, e read.Element) event {
	r := read.NewObject(e.Raw, prefix, b.row.Bad)
	var v event
	for key := range r.Scan.Object() {
		switch key := string(key); key {
		case "event_time":
			v.at = r.SiteTime(key, b.zone)
			v.Time = schemas.FormatTime(v.at, b.from.Zone)
		case "status_code":
			v.Status = r.Code(key)
		case "description":
			v.Description = r.Text(key)
		case "package_location_name":
			v.Location = r.Text(key)
		default:
			r.Keep(key)
		}
	}
	v.PlatformFields = r.Rest.Fields()
	return v
}
