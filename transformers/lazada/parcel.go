package lazada

import (
	"slices"
	"strconv"
	"time"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/read"
)

// parcel is a package of an order before it is known what all its units say alike.
type parcel struct {
	schemas.TrackedPackage
	units   []*parcelUnit // inside, by the items
	updated int64
	events  []event
	details []read.Element // what the trace has of it that has no field
}

// parcelUnit is an element of order_items, as far as it is about parcels.
type parcelUnit struct {
	in       schemas.TrackedPackage // the package's ids
	provider read.Element
	rest     *read.Object
	depth    int
	status   said
	currency said
	updated  int64
}

// itemMembers are members of an item that are about what was bought, by whom and for how much: see orderMembers.
var itemMembers = members(
	"purchase_order_id", "purchase_order_number", "invoice_number", "name", "sku", "shop_sku", "sku_id", "product_id", "variation",
	"item_price", "paid_price", "tax_amount", "shipping_amount", "shipping_service_cost", "shipping_fee_original",
	"shipping_fee_discount_seller", "shipping_fee_discount_platform", "voucher_amount", "voucher_seller", "voucher_platform",
	"voucher_seller_lpi", "voucher_platform_lpi", "voucher_code", "voucher_code_seller", "voucher_code_platform", "wallet_credits",
	"reason", "reason_detail", "cancel_return_initiator", "order_type", "order_flag", "stage_pay_status", "extra_attributes",
	"product_main_image", "product_detail_url", "buyer_id", "shop_id", "payment_time", "gift_wrapping", "personalization", "supply_price",
	"supply_price_currency", "mp3_order", "biz_group",
)

// unit reads an element of order_items.
func (b *trackingBuilder) unit(i int, e read.Element) {
	r := read.NewObject(e.Raw, "order_items["+strconv.Itoa(i)+"].", b.row.Bad)
	u := parcelUnit{rest: r, depth: e.Depth}
	for key := range r.Scan.Object() {
		switch key := string(key); key {
		case "order_item_id":
			if r.IDKept(key) == "" {
				r.Bad.Add(r.Prefix+key, "missing")
			}
		case "order_id":
			keepOther(r, key, b.t.OrderID)
		case "package_id":
			u.in.PackageID = r.Code(key)
		case "tracking_code":
			u.in.TrackingNumber = r.Code(key)
		case "shipment_provider":
			s := sayText(r, key)
			u.in.ShippingProvider, u.provider = s.value, s.kept
		case "status":
			u.status = sayText(r, key)
		case "currency":
			u.currency = sayText(r, key)
		case "updated_at":
			u.updated = b.updatedAt(r, key)
		default:
			if !itemMembers[key] {
				r.Keep(key)
			}
		}
	}
	b.units = append(b.units, u)
}

// updatedAt reads the time of an item's last change, which is its parcel's as well and the item's alone when there are others.
func (b *trackingBuilder) updatedAt(r *read.Object, name string) int64 {
	e := r.Keep(name)
	if len(e.Raw) == 0 || e.Raw[0] == 'n' {
		return 0
	}
	seconds, ok := read.ParseSiteTime(e.Raw, b.zone)
	if !ok {
		r.Bad.Add(r.Prefix+name, "want a time")
	}
	b.updated = max(b.updated, seconds)
	return seconds
}

// pack puts the units into their parcels. Units that are in none yet stay with the order.
func (b *trackingBuilder) pack() {
	currency, _ := agree("currency", len(b.units), func(i int) (*said, *read.Object) { return &b.units[i].currency, b.units[i].rest }, earlier)
	if b.t.Currency = currency.value; b.t.Currency == "" {
		b.t.Currency = sites[b.t.Region].currency
	}
	var loose []*parcelUnit
	for i := range b.units {
		u := &b.units[i]
		if u.in.PackageID == "" && u.in.TrackingNumber == "" {
			if u.in.ShippingProvider != "" { // who is to come for it
				u.rest.KeepElement("shipment_provider", u.provider)
			}
			if u.status.value != "" {
				u.rest.KeepElement("status", u.status.kept)
			}
			loose = append(loose, u)
			continue
		}
		at := slices.IndexFunc(b.parcels, func(p parcel) bool {
			return p.PackageID == u.in.PackageID && p.TrackingNumber == u.in.TrackingNumber && p.ShippingProvider == u.in.ShippingProvider
		})
		if at < 0 {
			at = len(b.parcels)
			b.parcels = append(b.parcels, parcel{TrackedPackage: u.in})
		}
		p := &b.parcels[at]
		p.units = append(p.units, u)
		p.updated = max(p.updated, u.updated)
	}
	keepUnits(&b.row.Object, loose)
}

// keepUnits keeps what units have that has no field, as the list order_items.
func keepUnits(r *read.Object, units []*parcelUnit) {
	rows := make([]read.Element, len(units))
	for i, u := range units {
		rows[i] = read.Element{Raw: u.rest.Rest.Fields(), Depth: u.depth}
	}
	keepRows(r, "order_items", rows)
}

// keepRows keeps rows as a list. Without anything in any of them there is none.
func keepRows(r *read.Object, name string, rows []read.Element) {
	list := read.Element{Raw: []byte{'['}, Depth: 1}
	some := false
	for i, e := range rows {
		if i > 0 {
			list.Raw = append(list.Raw, ',')
		}
		if some = some || len(e.Raw) > 0; len(e.Raw) == 0 {
			e.Raw = []byte("{}")
		}
		list.Raw = append(list.Raw, e.Raw...)
		list.Depth = max(list.Depth, e.Depth+1)
	}
	if list.Raw = append(list.Raw, ']'); some {
		r.KeepElement(name, list)
	}
}

// settle puts together what the units and the trace say of the parcel. Its status is that of the units inside; of a parcel
// that no item names it is the last thing that happened to it.
func (p *parcel) settle(zone *time.Location, bad *read.Problems) {
	slices.SortStableFunc(p.events, func(a, b event) int { return int(min(max(a.at-b.at, -1), 1)) })
	last := ""
	for i := range p.events {
		p.History = append(p.History, p.events[i].TrackingEvent)
		p.updated = max(p.updated, p.events[i].at)
		last = p.events[i].Status
	}
	agree("status", len(p.units), func(i int) (*said, *read.Object) { return &p.units[i].status, p.units[i].rest }, earlier)
	var statuses statusSet
	for _, u := range p.units {
		statuses.add(u.status.value)
	}
	if len(statuses) == 0 {
		statuses.add(last)
	}
	p.Status = statuses.String()
	p.UnifiedStatus = furthestBehind(parcelCourse, wordsOf(parcelWords, statuses))
	unmapped(bad, "packages[].status", parcelWords, statuses)
	p.UpdatedTime = schemas.FormatTime(p.updated, zone)
	rest := read.Object{Bad: bad, Prefix: "package."}
	keepUnits(&rest, p.units)
	keepRows(&rest, "package_detail_info_list", p.details)
	p.PlatformFields = rest.Rest.Fields()
}
