package tiktok

import (
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
)

// writeUnits writes a row for each unit: the platform has no quantities.
func (v *view) writeUnits(w *wire.Writer) {
	w.Name("line_items").Open('[')
	unit := 0
	for i := range v.basket.Lines {
		for range v.basket.Lines[i].Quantity {
			v.writeUnit(w, i, unit)
			unit++
		}
	}
	w.Close(']')
}

// firstUnit is the number of a line's first unit among all of the order.
func (b *basket) firstUnit(line int) int {
	n := int64(0)
	for i := range line {
		n += b.Lines[i].Quantity
	}
	return int(n)
}

// skuName is what tells a line's variant from others.
func skuName(l *market.Line) string {
	if _, variant, _ := l.Product.Variant(l.Variant); variant != "" {
		return variant
	}
	return "Default"
}

// sellerSKU is the seller's word for what a line is of; it may be empty.
func sellerSKU(l *market.Line) string {
	if _, _, sku := l.Product.Variant(l.Variant); sku != "" {
		return sku
	}
	return l.Product.SKU
}

func imageURL(name string) string { return "https://p16-oec.example/tos/" + name + ".jpeg" }

func (v *view) writeUnit(w *wire.Writer, line, unit int) {
	l, places := &v.basket.Lines[line], v.region.Places
	w.Open('{')
	w.Member("id", unitID(v.Ref, unit))
	w.Member("sku_id", skuID(&l.Product, l.Variant))
	w.Member("sku_name", skuName(l))
	w.Member("sku_image", imageURL(l.Product.Images()[0]))
	w.Member("sku_type", "NORMAL")
	w.Member("product_id", productID(&l.Product))
	w.Member("product_name", l.Product.Name)
	w.Member("seller_sku", sellerSKU(l))
	money(w, "original_price", l.Original, places)
	money(w, "sale_price", l.Price, places)
	money(w, "platform_discount", l.PlatformOff, places)
	money(w, "seller_discount", l.SellerOff, places)
	w.Member("currency", v.region.Currency)
	w.Member("display_status", statusNames[v.Status])
	v.writeUnitParcel(w, l)
	cancelReason, cancelUser := "", ""
	if c := v.cancelled; c != nil && c.Done != 0 {
		cancelReason, cancelUser = cancelReasons[c.By].text, partyNames[c.By]
	}
	w.Member("cancel_reason", cancelReason)
	w.Member("cancel_user", cancelUser)
	w.Name("is_gift").Bool(false)
	w.Name("item_tax").Open('[')
	if tax := v.basket.unitTax[line]; tax != 0 {
		w.Open('{')
		w.Member("tax_type", "GST")
		money(w, "tax_amount", tax, places)
		w.Member("tax_rate", "0.0"+strconv.Itoa(goodsTax))
		w.Close('}')
	}
	w.Close(']')
	w.Name("combined_listing_skus").Strings()
	money(w, "small_order_fee", 0, places)
	money(w, "retail_delivery_fee", 0, places)
	money(w, "buyer_service_fee", 0, places)
	w.Member("handling_duration_days", strconv.Itoa(daysToShip))
	w.Name("is_dangerous_good").Bool(false)
	w.Name("needs_prescription").Bool(false)
	w.Close('}')
}

// writeUnitParcel writes what a unit says of its package, which it does not name before there is one.
func (v *view) writeUnitParcel(w *wire.Writer, l *market.Line) {
	number, carrier := "", provider{}
	if l.Parcel < len(v.parcels) {
		p := &v.parcels[l.Parcel]
		w.Member("package_id", v.packageID(l.Parcel))
		w.Member("package_status", packageNames[p.Status])
		if number = trackingNumber(p); number != "" {
			carrier = v.provider()
		}
	}
	w.Member("tracking_number", number)
	w.Member("shipping_provider_id", carrier.id)
	w.Member("shipping_provider_name", carrier.name)
	w.Name("rts_time").Int(v.Reached(v.Life.Began(market.Processed)))
}
