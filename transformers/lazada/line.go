package lazada

import (
	"bytes"
	"slices"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/read"
)

// joinUnits makes the order's lines and packages of its units, and gives the order what they say of it.
func (b *orderBuilder) joinUnits() {
	b.settleCancellation()
	b.settleSaid()
	var tax []schemas.Money
	var lines []schemas.LineItem // of one unit each, beside the order's lines
	seen := make(map[string]bool, len(b.units))
	for i := range b.units {
		u := &b.units[i]
		u.line.PlatformFields = u.rest.Rest.Fields()
		tax = append(tax, u.tax)
		for _, id := range u.line.LineIDs {
			if seen[id] {
				b.row.Bad.Add("order_items", "two items have one id")
			}
			seen[id] = true
		}
		b.pack(u)
		if at := slices.IndexFunc(lines, func(l schemas.LineItem) bool { return alike(&l, &u.line) }); at >= 0 {
			b.fold(at, u)
			continue
		}
		lines = append(lines, u.line)
		b.order.LineItems = append(b.order.LineItems, u.line)
	}
	var err error
	if b.order.TaxAmount, err = schemas.Sum(tax...); err != nil {
		b.row.Bad.Add("tax_amount", "no sum: "+err.Error())
	}
}

// settleSaid gives the order what its units say of it: times are the earliest, since an order is to be shipped when its first
// unit is; of the rest the first unit counts.
func (b *orderBuilder) settleSaid() {
	var first [saidCount]said
	for at := range saidCount {
		var alike bool
		first[at], alike = agree(saidNames[at], len(b.units), func(i int) (*said, *read.Object) {
			return &b.units[i].said[at], b.units[i].rest
		}, earlier)
		if at == saidCurrency && !alike {
			b.row.Bad.Add("currency", "the items have different ones")
		}
	}
	o := b.order
	o.Currency = first[saidCurrency].value
	if o.Currency == "" {
		o.Currency = sites[o.Region].currency
	}
	b.buyer.ID = first[saidBuyer].value
	o.PaidTime = schemas.FormatTime(first[saidPaid].time, b.from.Zone)
	if first[saidShipBy].time == 0 {
		first[saidShipBy] = b.promised
	} else if b.promised.time != 0 {
		b.row.KeepElement("promised_shipping_times", b.promised.kept)
	}
	o.ShipByTime = schemas.FormatTime(first[saidShipBy].time, b.from.Zone)
	c := schemas.Cancellation{
		By: first[saidCancelledBy].value, Reason: first[saidReason].value, ReasonDetail: first[saidReasonDetail].value,
	}
	if c != (schemas.Cancellation{}) {
		o.Cancellation = &c
	}
}

// alike reports whether two units differ in nothing but their ids and the parcels that they are in.
func alike(a, b *schemas.LineItem) bool {
	return a.ProductID == b.ProductID && a.VariantID == b.VariantID && a.SKU == b.SKU && a.Name == b.Name && a.VariantName == b.VariantName &&
		a.Price == b.Price && a.OriginalPrice == b.OriginalPrice &&
		a.SellerDiscount == b.SellerDiscount && a.PlatformDiscount == b.PlatformDiscount &&
		a.Status == b.Status && a.ImageURL == b.ImageURL && bytes.Equal(a.PlatformFields, b.PlatformFields)
}

// fold adds a unit to the order's line of such units.
func (b *orderBuilder) fold(at int, u *unit) {
	l := &b.order.LineItems[at]
	l.Quantity++
	l.LineIDs = append(l.LineIDs, u.line.LineIDs...)
	var sellers, platforms error
	l.SellerDiscount, sellers = schemas.Sum(l.SellerDiscount, u.line.SellerDiscount)
	l.PlatformDiscount, platforms = schemas.Sum(l.PlatformDiscount, u.line.PlatformDiscount)
	for _, err := range []error{sellers, platforms} {
		if err != nil {
			b.row.Bad.Add("order_items", "no sum of the vouchers of a line: "+err.Error())
		}
	}
}

// pack puts a unit into its parcel. The status of a parcel is that of the units in it.
func (b *orderBuilder) pack(u *unit) {
	if u.parcel.PackageID == "" && u.parcel.TrackingNumber == "" {
		return
	}
	o := b.order
	at := slices.IndexFunc(o.Packages, func(p schemas.Package) bool {
		return p.PackageID == u.parcel.PackageID && p.TrackingNumber == u.parcel.TrackingNumber && p.ShippingProvider == u.parcel.ShippingProvider
	})
	if at < 0 {
		at = len(o.Packages)
		o.Packages = append(o.Packages, u.parcel)
		b.inside = append(b.inside, nil)
	}
	p := &o.Packages[at]
	p.LineIDs = append(p.LineIDs, u.line.LineIDs...)
	b.inside[at].add(u.line.Status)
	p.Status = b.inside[at].String()
}
