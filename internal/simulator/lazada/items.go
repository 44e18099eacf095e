package lazada

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

const ordersOfBatch = 50

// items answers order/items/get.
func (a *API) items(c *call, w *wire.Writer) *refusal {
	o, refused := a.orderOf(c)
	if refused != nil {
		return refused
	}
	w.Name("data")
	writeUnits(w, a.world.view(&o))
	return nil
}

// itemsOfMany answers orders/items/get.
func (a *API) itemsOfMany(c *call, w *wire.Writer) *refusal {
	text := c.params.Get("order_ids")
	if text == "" {
		return missing("order_ids")
	}
	ids, refused := idList(text)
	if refused != nil {
		return refused
	}
	if c.fault == world.FaultMissing {
		ids = ids[:len(ids)-1]
	}
	var found []market.Order
	unknown := false
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			continue
		}
		o, ok := a.world.find(c.shop, id, c.now)
		if ok {
			found = append(found, o)
		}
		unknown = unknown || !ok
	}
	switch {
	case len(found) == 0 && unknown:
		return errNoOrders
	case unknown:
		return errSomeOrders
	}
	w.Name("data").Open('[')
	for i := range found {
		id := a.world.orderID(found[i].Ref)
		w.Open('{')
		w.Name("order_id").Int(id)
		w.Name("order_number").Int(id)
		w.Name("order_items")
		writeUnits(w, a.world.view(&found[i]))
		w.Close('}')
	}
	w.Close(']')
	return nil
}

// idList reads a JSON array of order ids, which may be numbers or their text.
func idList(text string) ([]int64, *refusal) {
	var list []json.Number // takes text that is a number, too
	if json.Unmarshal([]byte(text), &list) != nil || len(list) == 0 {
		return nil, errOrderList
	}
	if len(list) > ordersOfBatch {
		return nil, errManyOrders
	}
	ids := make([]int64, len(list))
	for i, number := range list {
		id, err := number.Int64()
		if err != nil {
			return nil, errOrderList
		}
		ids[i] = id
	}
	return ids, nil
}

func writeUnits(w *wire.Writer, v *view) {
	w.Open('[')
	for i := range v.units {
		writeUnit(w, v, i)
	}
	w.Close(']')
}

func writeUnit(w *wire.Writer, v *view, i int) {
	u := &v.units[i]
	p := &v.basket.Lines[u.line].Product
	s := skuOf(v.region, p, v.basket.Lines[u.line].Variant)
	w.Open('{')
	w.Name("order_item_id").Int(market.UnitID(v.Ref, i))
	w.Name("order_id").Int(v.world.orderID(v.Ref))
	for _, name := range []string{"purchase_order_id", "purchase_order_number", "invoice_number"} {
		w.Member(name, "")
	}
	w.Member("name", p.Name)
	w.Member("sku", s.seller)
	w.Member("shop_sku", s.shop)
	w.Member("sku_id", idText(s.id))
	w.Member("product_id", idText(p.ID))
	w.Member("variation", s.variation)
	w.Member("product_main_image", imageURL(p.Images()[0]))
	w.Member("product_detail_url", s.url)
	writeUnitAmounts(w, v, u)
	w.Member("status", u.status)
	w.Member("reason", u.reason)
	w.Member("reason_detail", u.detail)
	w.Member("cancel_return_initiator", u.from)
	w.Member("return_status", u.back)
	writeUnitShipping(w, v, u)
	w.Member("created_at", v.local(v.Create))
	w.Member("updated_at", v.local(u.updated))
	paid := int64(0)
	if v.Life.Paid <= v.Update {
		paid = v.Life.Paid * 1000
	}
	w.Name("payment_time").Int(paid)
	w.Name("buyer_id").Int(v.person.ID)
	w.Member("shop_id", v.world.shopName(v.Shop)) // the platform does call the name so
	for _, name := range []string{
		"stage_pay_status", "digital_delivery_info", "extra_attributes", "fulfillment_sla", "gift_wrapping", "personalization",
	} {
		w.Member(name, "")
	}
	w.Member("order_type", "Normal")
	w.Member("order_flag", "NORMAL")
	w.Name("mp3_order").Bool(false)
	w.Name("biz_group").Int(70001)
	w.Name("can_escalate_pickup").Bool(false)
	w.Close('}')
}

func writeUnitAmounts(w *wire.Writer, v *view, u *unit) {
	w.Member("currency", v.region.Currency)
	for _, m := range [...]struct {
		name  string
		units int64
	}{
		{"item_price", u.price},
		{"paid_price", u.paid()},
		{"tax_amount", 0},
		{"shipping_amount", u.shipping.Paid},
		{"shipping_service_cost", 0},
		{"shipping_fee_original", u.shipping.Original},
		{"shipping_fee_discount_seller", u.shipping.SellerOff},
		{"shipping_fee_discount_platform", u.shipping.PlatformOff},
		{"voucher_amount", u.ofSeller + u.ofPlatform},
		{"voucher_seller", u.ofSeller},
		{"voucher_platform", u.ofPlatform},
		{"voucher_seller_lpi", 0},
		{"voucher_platform_lpi", 0},
		{"wallet_credits", 0},
	} {
		v.amount(w, m.name, m.units)
	}
	w.Member("voucher_code", v.voucherCode(u.ofSeller))
	w.Member("voucher_code_seller", v.voucherCode(u.ofSeller))
	w.Member("voucher_code_platform", "")
}

// writeUnitShipping writes who brings the unit, and in which package once there is one.
func writeUnitShipping(w *wire.Writer, v *view, u *unit) {
	provider, code, number, sla := "", "", "", ""
	if ready := v.Reached(v.Life.Ready); ready != 0 {
		provider = v.carrier()
		at := time.Unix(ready, 0).In(v.region.Zone)
		sla = time.Date(at.Year(), at.Month(), at.Day()+2, 23, 59, 59, 0, at.Location()).Format(time.RFC3339)
	}
	if v.packed() {
		parcels := v.world.Parcels(v.Order, &v.basket)
		code, number = v.trackingCode(&parcels[u.parcel]), v.packageID(u.parcel)
	}
	w.Member("shipment_provider", provider)
	w.Member("shipping_type", "Dropshipping")
	w.Member("shipping_provider_type", "standard")
	w.Member("tracking_code", code)
	w.Member("tracking_code_pre", "")
	w.Member("package_id", number)
	w.Member("promised_shipping_time", "")
	w.Member("sla_time_stamp", sla)
	w.Member("warehouse_code", "dropshipping")
	for _, name := range []string{"is_digital", "is_fbl", "is_reroute", "delivery_option_sof"} {
		w.Name(name).Int(0)
	}
}

// carrier is who brings the order.
func (v *view) carrier() string {
	return []string{"LEX " + v.region.Code, "J&T Express", "Ninja Van", "LEX " + v.region.Code}[v.Key>>32&3]
}

// packageID is unique over all shops.
func (v *view) packageID(parcel int) string {
	return "FP" + idText(v.world.orderID(v.Ref)) + strconv.Itoa(parcel+1)
}

func (v *view) trackingCode(p *market.Parcel) string { return "LEX" + v.region.Code + p.Digits }
