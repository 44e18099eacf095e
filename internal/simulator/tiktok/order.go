package tiktok

import (
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

const shippingByPlatform = "TIKTOK"

// goodsTax is what buyers in Singapore pay on top of a unit's price, in percent.
const goodsTax = 9

// basket is a market's basket with the tax of the shop's country.
type basket struct {
	market.Basket
	unitTax []int64 // of a unit of each line
}

func (w *World) basket(o *market.Order) basket {
	b := basket{Basket: w.Basket(o)}
	b.unitTax = make([]int64, len(b.Lines))
	if w.RegionOf(o.Shop).Code != market.SG.Code {
		return b
	}
	for i := range b.Lines {
		b.unitTax[i] = b.Lines[i].Price * goodsTax / 100
		b.Tax += b.Lines[i].Quantity * b.unitTax[i]
	}
	b.Total = b.Subtotal() + b.Shipping.Paid + b.Tax
	return b
}

// view is what writing one order needs.
type view struct {
	*market.Order
	world     *World
	region    *market.Region
	basket    basket
	parcels   []market.Parcel
	person    market.Person
	cancelled *market.Cancellation // nil if nobody asked for it
}

func (w *World) view(o *market.Order) *view {
	v := &view{Order: o, world: w, region: w.RegionOf(o.Shop), basket: w.basket(o), person: w.Person(o)}
	v.parcels = w.Parcels(o, &v.basket.Basket)
	if c, ok := o.Cancellation(); ok {
		v.cancelled = &c
	}
	return v
}

// orderRow is the truth about an order. The units of a line differ in nothing but their ids, and lines in more than that.
func (w *World) orderRow(o *market.Order) world.Row {
	b := w.basket(o)
	return world.Row{
		ShopID: w.shopText(o.Shop),
		ID:     w.id(leadOrder, o.Ref), CreateTime: o.Create, UpdateTime: o.Update, Status: statusNames[o.Status],
		Amount: b.Total, Places: w.RegionOf(o.Shop).Places, Lines: len(b.Lines), Quantity: b.Quantity(),
	}
}

// provider is a carrier.
type provider struct{ id, name string }

var providers = [...]provider{
	{"6617675021119438849", "J&T Express"}, {"6841743441349706241", "Giao Hàng Tiết Kiệm"}, {"7117858858072016645", "Ninja Van"},
}

func (v *view) provider() provider { return providers[v.Key>>32%uint64(len(providers))] }

// trackingNumber is a parcel's, "" until the carrier was asked.
func trackingNumber(p *market.Parcel) string {
	if p.Digits == "" {
		return ""
	}
	return "8" + p.Digits
}

// writeOrder writes an order as both the search and the details have it.
func (a *API) writeOrder(w *wire.Writer, o *market.Order) {
	v := a.world.view(o)
	w.Open('{')
	w.Member("id", a.world.id(leadOrder, v.Ref))
	w.Member("status", statusNames[v.Status])
	w.Member("buyer_message", v.person.Message)
	v.writeTimes(w)
	w.Member("fulfillment_type", "FULFILLMENT_BY_SELLER")
	w.Member("delivery_type", "HOME_DELIVERY")
	w.Member("shipping_type", shippingByPlatform)
	carrier, number := v.provider(), ""
	if len(v.parcels) > 0 {
		number = trackingNumber(&v.parcels[0])
	}
	w.Member("shipping_provider", carrier.name)
	w.Member("shipping_provider_id", carrier.id)
	w.Member("tracking_number", number)
	w.Member("delivery_option_id", "7091146663229654785")
	w.Member("delivery_option_name", "Standard shipping")
	w.Member("warehouse_id", a.world.warehouseID(v.Shop, 0))
	w.Member("user_id", userID(&v.person))
	w.Member("buyer_email", v.person.Username+"@chat.seller.example")
	w.Member("seller_note", v.person.Note)
	v.writeKind(w)
	v.writePackages(w)
	v.writePayment(w)
	if v.Status != market.Unpaid && v.Status != market.Held {
		v.writeAddress(w)
	}
	v.writeUnits(w)
	w.Close('}')
}

// daysToShip is what the seller promised.
const daysToShip = 2

// writeTimes writes 0 for some moments that have not come, and leaves out others.
func (v *view) writeTimes(w *wire.Writer) {
	w.Name("create_time").Int(v.Create)
	w.Name("update_time").Int(v.Update)
	if paid := v.Reached(v.Life.Paid); paid != 0 || v.Key>>16&1 == 0 {
		w.Name("paid_time").Int(paid)
	}
	if ready := v.Reached(v.Life.Ready); ready != 0 {
		w.Name("rts_sla_time").Int(ready + daysToShip*market.Date)
		w.Name("tts_sla_time").Int(ready + (daysToShip+1)*market.Date)
		w.Name("cancel_order_sla_time").Int(ready + (daysToShip+2)*market.Date)
		w.Name("shipping_due_time").Int(ready + (daysToShip+2)*market.Date)
		w.Name("collection_due_time").Int(ready + (daysToShip+5)*market.Date)
	}
	w.Name("delivery_due_time").Int(0)
	for _, m := range [...]struct {
		name string
		at   int64
	}{
		{"rts_time", v.Life.Began(market.Processed)}, {"collection_time", v.Life.Sent}, {"delivery_time", v.Life.Here},
	} {
		if m.at != 0 && v.Reached(m.at) != 0 {
			w.Name(m.name).Int(m.at)
		}
	}
	if c := v.cancelled; c != nil {
		if c.By == market.Buyer {
			w.Name("request_cancel_time").Int(c.Asked)
		}
		if c.Done != 0 {
			w.Name("cancel_time").Int(c.Done)
			w.Member("cancellation_initiator", partyNames[c.By])
			w.Member("cancel_reason", cancelReasons[c.By].text)
		}
	}
}

func (v *view) writeKind(w *wire.Writer) {
	w.Member("payment_method_name", v.payment())
	w.Name("is_cod").Bool(v.Life.COD)
	w.Name("is_sample_order").Bool(false)
	w.Name("is_on_hold_order").Bool(v.Status == market.Held)
	w.Name("is_replacement_order").Bool(false)
	w.Name("is_buyer_request_cancel").Bool(v.Status == market.Cancelling)
	w.Name("has_updated_recipient_address").Bool(false)
	tag := ""
	if v.basket.Parcels > 1 && len(v.parcels) > 0 {
		tag = "SPLIT"
	}
	w.Member("split_or_combine_tag", tag)
	w.Member("need_upload_invoice", "UNKNOWN")
	w.Member("commerce_platform", "TIKTOK_SHOP")
	w.Member("order_type", "NORMAL")
	w.Name("handling_duration").Open('{')
	w.Member("days", strconv.Itoa(daysToShip))
	w.Member("type", "BUSINESS_DAY")
	w.Close('}')
}

func (v *view) payment() string {
	switch {
	case v.Life.COD:
		return "Cash on delivery"
	case v.Key&3 == 0:
		return "Credit/debit card"
	case v.region.Code == market.SG.Code:
		return "PayNow"
	}
	return "ZaloPay"
}

// writePayment writes amounts that add up as the platform says: the total is the goods after both discounts, the shipping fee
// after both discounts, and the tax.
func (v *view) writePayment(w *wire.Writer) {
	b, s := &v.basket, &v.basket.Shipping
	w.Name("payment").Open('{')
	w.Member("currency", v.region.Currency)
	for _, m := range [...]struct {
		name  string
		value int64
	}{
		{"sub_total", b.Subtotal()},
		{"shipping_fee", s.Paid},
		{"seller_discount", b.SellerDiscount()},
		{"platform_discount", b.PlatformDiscount()},
		{"total_amount", b.Total},
		{"original_total_product_price", b.Originals()},
		{"original_shipping_fee", s.Original},
		{"shipping_fee_seller_discount", s.SellerOff},
		{"shipping_fee_platform_discount", s.PlatformOff},
		{"shipping_fee_cofunded_discount", 0},
		{"tax", b.Tax},
		{"product_tax", b.Tax},
		{"shipping_fee_tax", 0},
		{"small_order_fee", 0},
		{"retail_delivery_fee", 0},
		{"buyer_service_fee", 0},
		{"handling_fee", 0},
		{"shipping_insurance_fee", 0},
		{"item_insurance_fee", 0},
	} {
		money(w, m.name, m.value, v.region.Places)
	}
	w.Close('}')
}

// writePackages leaves the list out while there is nothing to ship.
func (v *view) writePackages(w *wire.Writer) {
	if len(v.parcels) == 0 {
		return
	}
	w.Name("packages").Open('[')
	for i := range v.parcels {
		w.Open('{')
		w.Member("id", v.packageID(i))
		w.Close('}')
	}
	w.Close(']')
}

func (v *view) packageID(parcel int) string { return v.world.id(leadPackage+int64(parcel), v.Ref) }
