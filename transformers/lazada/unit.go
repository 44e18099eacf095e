package lazada

import (
	"slices"
	"strconv"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/read"
)

// What every unit says and an order says once, in the order of unit.said.
const (
	saidCurrency = iota
	saidBuyer
	saidPaid
	saidShipBy
	saidCancelledBy
	saidReason
	saidReasonDetail
	saidCount
)

var saidNames = [saidCount]string{"currency", "buyer_id", "payment_time", "sla_time_stamp", "cancel_return_initiator", "reason", "reason_detail"}

// unit is an element of order_items: one piece of what was bought.
type unit struct {
	line   schemas.LineItem // of this unit alone, without PlatformFields
	rest   *read.Object     // what has no field
	said   [saidCount]said
	parcel schemas.Package // that it is in, without LineIDs
	tax    schemas.Money
}

// unit reads an element of order_items.
func (b *orderBuilder) unit(i int, e read.Element) {
	r := read.NewObject(e.Raw, "order_items["+strconv.Itoa(i)+"].", b.row.Bad)
	u := unit{rest: r, line: schemas.LineItem{Quantity: 1}}
	var id string
	for key := range r.Scan.Object() {
		switch key := string(key); key {
		case "order_item_id":
			if id = r.ID(key); id != "" {
				u.line.LineIDs = []string{id}
			}
		case "order_id":
			keepOther(r, key, b.order.OrderID)
		case "tax_amount":
			u.tax = r.MoneyKept(key)
		case "package_id":
			u.parcel.PackageID = r.Code(key)
		case "tracking_code":
			u.parcel.TrackingNumber = r.Code(key)
		case "shipment_provider":
			u.parcel.ShippingProvider = r.Text(key)
		default:
			if at := slices.Index(saidNames[:], key); at >= 0 {
				u.said[at] = b.saying(r, at)
			} else {
				u.lineMember(key)
			}
		}
	}
	if id == "" {
		r.Bad.Add(r.Prefix+"order_item_id", "missing")
	}
	u.settlePrice()
	if u.parcel.PackageID == "" && u.parcel.TrackingNumber == "" && u.parcel.ShippingProvider != "" {
		r.Rest.Set("shipment_provider", read.Quote([]byte(u.parcel.ShippingProvider))) // who is to come for it
		u.parcel = schemas.Package{}
	}
	b.units = append(b.units, u)
}

// lineMember reads a member that is about the line and nothing else.
func (u *unit) lineMember(key string) {
	l, r := &u.line, u.rest
	switch key {
	case "product_id":
		l.ProductID = r.ID(key)
	case "sku_id":
		l.VariantID = r.ID(key)
	case "sku":
		l.SKU = r.Code(key)
	case "name":
		l.Name = r.Text(key)
	case "variation":
		l.VariantName = r.Text(key)
	case "item_price":
		l.OriginalPrice = r.Money(key)
	case "voucher_seller":
		l.SellerDiscount = r.Money(key)
	case "voucher_platform":
		l.PlatformDiscount = r.Money(key)
	case "status":
		l.Status = r.Text(key)
	case "product_main_image":
		l.ImageURL = r.Text(key)
	default:
		r.Keep(key)
	}
}

// saying reads a member that has a field of the order.
func (b *orderBuilder) saying(r *read.Object, at int) said {
	switch at {
	case saidPaid, saidShipBy:
		return sayTime(r, saidNames[at], b.zone)
	case saidBuyer:
		return sayID(r, saidNames[at])
	}
	return sayText(r, saidNames[at])
}

// settlePrice takes the seller's voucher off the price; where there is none, or it cannot be taken off, the price is the same.
func (u *unit) settlePrice() {
	l := &u.line
	l.Price = l.OriginalPrice
	if l.OriginalPrice == "" || l.SellerDiscount.Sign() == 0 {
		return
	}
	price, err := schemas.Sum(l.OriginalPrice, l.SellerDiscount.Negated())
	if err != nil {
		u.rest.Bad.Add(u.rest.Prefix+"item_price", "voucher_seller cannot be taken off: "+err.Error())
		return
	}
	l.Price = price
}

// settleCancellation leaves with the units what says why they were cancelled or came back, unless the whole order is cancelled.
// Who did neither is null-null.
func (b *orderBuilder) settleCancellation() {
	whole := true
	for i := range b.units {
		whole = whole && b.units[i].line.Status == "canceled"
	}
	for i := range b.units {
		u := &b.units[i]
		if by := &u.said[saidCancelledBy]; by.value == "null-null" {
			*by = said{}
		}
		for at := saidCancelledBy; at < saidCount && !whole; at++ {
			if u.said[at].value != "" {
				u.rest.KeepElement(saidNames[at], u.said[at].kept)
			}
			u.said[at] = said{}
		}
	}
}
