package lazada

import (
	"errors"
	"time"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// tracking reads a page of orders with their items and, for a single order, the way of its parcels. Orders without a parcel
// give no document.
func tracking(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	if len(page.Parts) == 0 {
		return nil, errors.New("page has no parts")
	}
	var way *trace
	rows, err := joinOrders(page, func(part *schemas.PagePart) (err error) {
		switch {
		case !read.Is(part, pathTrace):
			return errors.New("no answer of " + pathOrders + ", " + pathItems + " or " + pathTrace)
		case way != nil:
			return errors.New("page has a second answer of " + pathTrace)
		}
		way, err = readTrace(part)
		return err
	})
	if err != nil {
		return nil, err
	}
	at := -1
	if way != nil {
		if at, err = whose(rows); err != nil {
			return nil, err
		}
	}
	var documents []transformers.Document
	for i := range rows {
		j := &rows[i]
		b := trackingBuilder{
			from: from, zone: zoneOf(page.Region, from.Zone), t: &schemas.OrderTracking{OrderID: j.id, Region: page.Region},
			row: read.NewRow(j.head()),
		}
		var mine *trace
		if i == at {
			mine = way
			j.fetchedAt = min(j.fetchedAt, way.fetchedAt)
		}
		if b.build(j, mine) {
			documents = append(documents, transformers.Document{
				Document: b.t, UpdateTime: b.updated, FetchedAt: j.fetchedAt, Revision: trackingRevision, Unmapped: b.row.Bad.AllUnmapped(),
			})
		}
	}
	return documents, nil
}

// trackingBuilder holds what is read of an order until the document can be put together.
type trackingBuilder struct {
	from transformers.Origin
	zone *time.Location // of times that name none
	t    *schemas.OrderTracking
	row  *read.Row

	created, updated int64
	units            []parcelUnit
	parcels          []parcel
}

// build makes the document, and reports whether the order is to have one: not without a parcel, unless something is wrong,
// since then it cannot be said that there is none.
func (b *trackingBuilder) build(j *joined, way *trace) bool {
	r := b.row
	j.walk(r, b.member, b.unit)
	b.pack()
	if way != nil {
		b.follow(way)
	}
	b.settle()
	b.t.Identity = b.from.Identity(r.Identify("order_id", j.id))
	b.t.PlatformFields = r.Finish(&b.t.Lineage)
	return len(b.t.Packages) > 0 || !b.t.IsValid
}

// orderMembers are members of an order's row that are about what was bought, by whom and for how much. They say nothing about
// parcels, and the order's own document has them.
var orderMembers = members(
	"price", "voucher", "voucher_platform", "voucher_seller", "voucher_code", "shipping_fee", "shipping_fee_original",
	"shipping_fee_discount_seller", "shipping_fee_discount_platform", "payment_method", "items_count", "customer_first_name",
	"customer_last_name", "national_registration_number", "tax_code", "branch_number", "extra_attributes", "gift_option",
	"gift_message", "buyer_note", "remarks", "need_cancel_confirm", "is_cancel_pending", "address_billing", "address_shipping",
	"address_updated_at", "recipient_info",
)

func members(names ...string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// member reads the order's member key.
func (b *trackingBuilder) member(key string) {
	t, r := b.t, &b.row.Object
	switch key {
	case "order_id", "order_number":
		keepOther(r, key, t.OrderID)
	case "created_at":
		b.created = r.SiteTime(key, b.zone)
	case "updated_at":
		b.updated = r.SiteTime(key, b.zone)
	default:
		if !orderMembers[key] {
			r.Keep(key)
		}
	}
}

// settle puts together what the order, its items and the trace say, and marks what every order must have.
func (b *trackingBuilder) settle() {
	t, r := b.t, b.row
	for i := range b.parcels {
		p := &b.parcels[i]
		p.settle(b.from.Zone, b.row.Bad)
		t.Packages = append(t.Packages, p.TrackedPackage)
	}
	t.Status, t.UnifiedStatus = read.Behind(t.Packages)
	t.CreateTime = schemas.FormatTime(b.created, b.from.Zone)
	t.UpdateTime = schemas.FormatTime(b.updated, b.from.Zone)
	if !r.Readable() {
		return
	}
	r.Must("order_id", t.OrderID != "")
	r.Must("created_at", b.created != 0)
	r.Must("updated_at", b.updated != 0)
	r.Must("order_items", len(b.units) > 0)
}
