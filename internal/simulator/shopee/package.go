package shopee

import (
	"slices"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// packages answers get_package_detail.
func (a *API) packages(c *call, w *wire.Writer) *refusal {
	numbers, refused := c.names("package_number_list")
	if refused != nil {
		return refused
	}
	if c.fault == world.FaultMissing {
		numbers = numbers[:len(numbers)-1]
	}
	found := 0
	w.Name("response").Open('{')
	w.Name("package_list").Open('[')
	for i, number := range numbers {
		if slices.Contains(numbers[:i], number) {
			continue
		}
		if v, p, ok := a.world.findPackage(c.shop, number, c.now); ok {
			found++
			writePackageDetail(w, v, p)
		}
	}
	w.Close(']')
	w.Close('}')
	if found == 0 && c.fault != world.FaultMissing {
		return errNoPackage
	}
	return nil
}

// findPackage is a package of this shop by its number, if its order may be sent.
func (w *World) findPackage(shop int, number string, now int64) (*view, *market.Parcel, bool) {
	text, ok := strings.CutPrefix(number, "OFG")
	if !ok || len(text) < 15 {
		return nil, nil, false
	}
	split := len(text) - 14
	day, err1 := strconv.ParseInt(text[:split], 10, 64)
	n, err2 := strconv.ParseInt(text[split:len(text)-1], 10, 64)
	if err1 != nil || err2 != nil || n < 0 || n >= highestNumber {
		return nil, nil, false
	}
	at := w.Locate(day-10_000+firstNumberedDay, n)
	if at.Shop != shop {
		return nil, nil, false
	}
	o, ok := w.Find(at, now)
	if !ok {
		return nil, nil, false
	}
	v := w.view(&o, true)
	parcels := w.Parcels(&o, &v.basket.Basket)
	for i := range parcels {
		if w.packageNumber(at, i) == number {
			return v, &parcels[i], true
		}
	}
	return nil, nil, false
}

// writePackageDetail leaves out of some packages what others have.
func writePackageDetail(w *wire.Writer, v *view, p *market.Parcel) {
	channel := v.channel()
	w.Open('{')
	w.Name("order_sn").Text(v.world.sn(v.Ref))
	w.Name("package_number").Text(v.world.packageNumber(v.Ref, p.Ordinal))
	w.Name("fulfillment_status").Text(logisticsStatuses[p.Status])
	w.Name("update_time").Int(p.Update)
	w.Name("logistics_channel_id").Int(channel.id)
	w.Name("shipping_carrier").Text(channel.name)
	w.Name("tracking_number").Text(v.trackingNumber(p))
	w.Name("pickup_done_time").Int(p.PickedUp)
	w.Name("is_split_up").Bool(v.basket.Parcels > 1)
	w.Name("item_list").Open('[')
	for i := range v.basket.lines {
		if l := &v.basket.lines[i]; l.Parcel == p.Ordinal {
			writePackedItem(w, l, p)
		}
	}
	w.Close(']')
	writeAddress(w, v)
	if p.Key>>10&1 == 0 {
		w.Name("allow_self_design_awb").Bool(true)
		w.Name("days_to_ship").Int(daysToShip(v.Order))
		w.Name("ship_by_date").Int(p.Create + daysToShip(v.Order)*market.Date)
		w.Name("pending_terms").Strings()
		w.Name("pending_description").Strings()
		w.Name("tracking_number_expiration_date").Int(0)
		w.Name("parcel_chargeable_weight_gram").Int(v.basket.Grams(p.Ordinal))
		w.Name("group_shipment_id").Int(0)
		w.Name("sorting_group").Text("")
		w.Name("is_shipment_arranged").Bool(p.Digits != "")
		w.Name("status_info_tag").Open('{')
		w.Name("tag_id").Int(0)
		w.Close('}')
	}
	w.Close('}')
}

func writePackedItem(w *wire.Writer, l *line, p *market.Parcel) {
	modelID, _, modelSKU := l.Product.Variant(l.Variant)
	w.Open('{')
	w.Name("item_id").Int(l.Product.ID)
	w.Name("model_id").Int(modelID)
	w.Name("item_sku").Text(l.Product.SKU)
	w.Name("model_sku").Text(modelSKU)
	w.Name("model_quantity").Int(l.Quantity)
	w.Name("order_item_id").Int(l.itemID)
	w.Name("promotion_group_id").Int(l.group)
	w.Name("product_location_id").Text(l.Product.Location)
	if p.Key>>11&1 == 0 {
		w.Name("consultation_id").Text("")
		w.Name("is_prescription_item").Bool(false)
	}
	w.Close('}')
}
