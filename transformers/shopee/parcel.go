package shopee

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/read"
)

// The answers that tell of packages, beside the orders.
const (
	packageDetail = "package_detail"
	trackingInfo  = "tracking_info"
)

// parcelRow is what get_package_detail or get_tracking_info says of one package.
type parcelRow struct {
	row
	name            string // packageDetail or trackingInfo
	orderSN, number string
	used            bool
}

// parcelsTold returns what the page's answers say of packages, in the page's order.
func parcelsTold(page *schemas.Page) (told []*parcelRow, err error) {
	add := func(name string, e read.Element, fetchedAt int64) {
		told = append(told, &parcelRow{
			row: row{e, fetchedAt}, name: name, orderSN: member(e.Raw, "order_sn"), number: member(e.Raw, "package_number"),
		})
	}
	for i := range page.Parts {
		part := &page.Parts[i]
		switch {
		case read.Is(part, "/get_package_detail"):
			rows, err := list(part.Body, "package_list")
			if err != nil {
				return nil, fmt.Errorf("parts[%d]: %w", i, err)
			}
			for _, e := range rows {
				add(packageDetail, e, part.FetchedAt)
			}
		case read.Is(part, "/get_tracking_info"):
			e, err := response(part.Body, '{')
			if err != nil {
				return nil, fmt.Errorf("parts[%d]: %w", i, err)
			}
			add(trackingInfo, e, part.FetchedAt)
		}
	}
	return told, nil
}

// tellsOf reports whether the row is about an order's package with that number. The way of an order's only package may come
// without the number.
func (t *parcelRow) tellsOf(number, orderSN string, only bool) bool {
	if t.number != "" {
		return t.number == number
	}
	return t.name == trackingInfo && only && t.orderSN != "" && t.orderSN == orderSN
}

// parcelBuilder puts one package together from up to three answers: the newest word counts for what all of them say, so
// get_package_detail goes before the order's own list. What another one says differently stays beside the rest, under its name.
type parcelBuilder struct {
	order  *trackingBuilder
	parcel schemas.TrackedPackage
	rest   read.Object
	place  string // in the document
	detail bool
}

func (b *trackingBuilder) begin() *parcelBuilder {
	return &parcelBuilder{
		order: b, rest: read.Object{Bad: b.row.Bad}, place: "packages[" + strconv.Itoa(len(b.tracking.Packages)) + "].",
	}
}

func (p *parcelBuilder) end() {
	p.order.row.Must(p.place+"package_id", p.parcel.PackageID != "")
	p.order.row.Must(p.place+packageDetail, p.detail)
	p.parcel.UnifiedStatus = packageStatus(p.parcel.Status)
	p.parcel.PlatformFields = p.rest.Rest.Fields()
	p.order.tracking.Packages = append(p.order.tracking.Packages, p.parcel)
}

// add reads what an answer tells of the package.
func (p *parcelBuilder) add(t *parcelRow) {
	t.used = true
	p.order.fetchedAt = min(p.order.fetchedAt, t.fetchedAt)
	in := p.order.row.Beside(p.place+t.name, t.Element)
	if in == nil {
		return
	}
	if t.name == packageDetail && !p.detail {
		p.detail = true
		in.Rest = p.rest.Rest
		for key := range in.Scan.Object() {
			p.detailMember(in, string(key))
		}
		p.rest.Rest = in.Rest
		return
	}
	for key := range in.Scan.Object() {
		p.wayMember(in, string(key))
	}
	p.rest.KeepInside(t.name, in)
}

func (p *parcelBuilder) detailMember(in *read.Object, key string) {
	switch key {
	case "order_sn":
		p.same(in, key, &p.order.tracking.OrderID)
	case "package_number":
		p.same(in, key, &p.parcel.PackageID)
	case "fulfillment_status":
		p.same(in, key, &p.parcel.Status)
	case "shipping_carrier":
		p.same(in, key, &p.parcel.ShippingProvider)
	case "tracking_number":
		p.same(in, key, &p.parcel.TrackingNumber)
	case "update_time":
		updated := in.Time(key)
		p.parcel.UpdatedTime = schemas.FormatTime(updated, p.order.from.Zone)
		p.order.updated = max(p.order.updated, updated)
	default:
		in.Keep(key)
	}
}

// list reads the order's own row of the package. Members that get_package_detail has with the same value are not repeated.
func (p *parcelBuilder) list(prefix string, e read.Element) {
	in := read.NewObject(e.Raw, prefix, p.order.row.Bad)
	for key := range in.Scan.Object() {
		switch key := string(key); key {
		case "package_number":
			p.same(in, key, &p.parcel.PackageID)
		case "logistics_status":
			p.same(in, key, &p.parcel.Status)
		case "shipping_carrier":
			p.same(in, key, &p.parcel.ShippingProvider)
		case "tracking_number":
			p.same(in, key, &p.parcel.TrackingNumber)
		default:
			if e, ok := in.Value(); ok && !bytes.Equal(e.Raw, p.rest.Rest.Get(key)) {
				in.KeepElement(key, e)
			}
		}
	}
	p.rest.KeepInside("package_list", in)
}

func (p *parcelBuilder) wayMember(in *read.Object, key string) {
	switch key {
	case "order_sn":
		p.same(in, key, &p.order.tracking.OrderID)
	case "package_number":
		p.same(in, key, &p.parcel.PackageID)
	case "logistics_status":
		p.same(in, key, &p.parcel.Status)
	case "tracking_info":
		p.parcel.History = nil
		in.List(key, func(i int, e read.Element) {
			p.event(in.Prefix+"tracking_info["+strconv.Itoa(i)+"].", e)
		})
		p.sortHistory()
	default:
		in.Keep(key)
	}
}

// same reads a text that other answers say as well: the first one fills the field, and one that differs is kept.
func (p *parcelBuilder) same(in *read.Object, key string, field *string) {
	text := in.Text(key)
	switch {
	case text == "" || text == *field:
	case *field == "":
		*field = text
	default:
		in.Rest.Set(key, read.Quote([]byte(text)))
	}
}

func (p *parcelBuilder) event(prefix string, e read.Element) {
	r := read.NewObject(e.Raw, prefix, p.order.row.Bad)
	var event schemas.TrackingEvent
	for name := range r.Scan.Object() {
		switch name := string(name); name {
		case "update_time":
			event.Time = schemas.FormatTime(r.Time(name), p.order.from.Zone)
		case "logistics_status":
			event.Status = r.Text(name)
		case "description":
			event.Description = r.Text(name)
		default:
			r.Keep(name)
		}
	}
	if event.Time == "" {
		r.Bad.Add(prefix+"update_time", "missing")
	}
	event.PlatformFields = r.Rest.Fields()
	p.parcel.History = append(p.parcel.History, event)
}

// sortHistory puts the oldest event first. Shopee promises no order; of events within one second, what it lists newest first
// is turned round.
func (p *parcelBuilder) sortHistory() {
	h := p.parcel.History
	if len(h) > 1 && h[0].Time > h[len(h)-1].Time {
		slices.Reverse(h)
	}
	slices.SortStableFunc(h, func(a, b schemas.TrackingEvent) int { return cmp.Compare(a.Time, b.Time) })
}
