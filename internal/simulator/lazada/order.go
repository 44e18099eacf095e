package lazada

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
)

func idText(id int64) string { return strconv.FormatInt(id, 10) }

// status is what the order's document says: the statuses of its units in their order.
func (v *view) status() string { return strings.Join(v.statuses, ",") }

// local writes a moment as the site's clocks show it.
func (v *view) local(at int64) string {
	return time.Unix(at, 0).In(v.region.Zone).Format("2006-01-02 15:04:05 -0700")
}

// order answers order/get.
func (a *API) order(c *call, w *wire.Writer) *refusal {
	o, refused := a.orderOf(c)
	if refused != nil {
		return refused
	}
	w.Name("data")
	writeOrder(w, a.world.view(&o))
	return nil
}

// orderOf is the order that a call is about.
func (a *API) orderOf(c *call) (market.Order, *refusal) {
	text := c.params.Get("order_id")
	if text == "" {
		return market.Order{}, missing("order_id")
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return market.Order{}, errOrderID
	}
	o, ok := a.world.find(c.shop, id, c.now)
	if !ok {
		return market.Order{}, errOrderID
	}
	return o, nil
}

// amount writes an order's or unit's amount: a number for most orders, and text for some, as the platform's pages have it.
func (v *view) amount(w *wire.Writer, name string, units int64) {
	w.Name(name)
	if v.Key>>40&7 == 0 {
		w.Text(fixed(units, v.region.Places))
		return
	}
	number(w, units, v.region.Places, v.Key>>43)
}

func writeOrder(w *wire.Writer, v *view) {
	id := v.world.orderID(v.Ref)
	seller, platform := v.voucher()
	shipping := &v.basket.Shipping
	cancelling := v.Status == market.Cancelling
	w.Open('{')
	w.Name("order_id").Int(id)
	w.Name("order_number").Int(id)
	w.Member("created_at", v.local(v.Create))
	w.Member("updated_at", v.local(v.Update))
	w.Member("address_updated_at", v.local(v.Create))
	w.Member("price", fixed(v.price(), v.region.Places))
	v.amount(w, "shipping_fee", shipping.Paid)
	v.amount(w, "shipping_fee_original", shipping.Original)
	v.amount(w, "shipping_fee_discount_seller", shipping.SellerOff)
	v.amount(w, "shipping_fee_discount_platform", shipping.PlatformOff)
	v.amount(w, "voucher", seller+platform)
	v.amount(w, "voucher_platform", platform)
	v.amount(w, "voucher_seller", seller)
	w.Member("voucher_code", v.voucherCode(seller))
	w.Member("payment_method", v.paymentMethod())
	w.Name("statuses").Strings(v.statuses...)
	w.Name("items_count").Int(int64(len(v.units)))
	w.Member("customer_first_name", v.person.Name)
	w.Member("customer_last_name", "")
	w.Member("national_registration_number", "")
	w.Member("tax_code", "")
	w.Member("branch_number", "")
	w.Name("extra_attributes")
	if v.Key>>46&1 == 0 {
		w.Text(`{"TaxInvoiceRequested":false}`)
	} else {
		w.Null()
	}
	w.Member("promised_shipping_times", "")
	w.Member("delivery_info", "")
	w.Name("gift_option")
	if v.Key>>47&7 == 0 {
		w.Text("0")
	} else {
		w.Bool(false)
	}
	w.Member("gift_message", "")
	w.Member("buyer_note", v.person.Message)
	w.Member("remarks", v.person.Note)
	w.Member("warehouse_code", "dropshipping")
	w.Name("need_cancel_confirm").Bool(cancelling)
	w.Name("is_cancel_pending").Bool(cancelling)
	writeAddress(w, v, "address_billing")
	writeAddress(w, v, "address_shipping")
	w.Close('}')
}

func (v *view) voucherCode(seller int64) string {
	if seller == 0 {
		return ""
	}
	return "SHOP" + v.region.Code
}

func (v *view) paymentMethod() string {
	if v.Life.COD {
		return "COD"
	}
	return []string{"MIXEDCARD", "PAYMENT_ACCOUNT", "BANK_TRANSFER", "MIXEDCARD"}[v.Key>>50&3]
}

// countries are what addresses call the sites' countries.
var countries = map[string]string{"VN": "Vietnam", "SG": "Singapore", "TH": "Thailand", "MY": "Malaysia"}

// writeAddress writes what the seller may see of an address. Singapore has no cities.
func writeAddress(w *wire.Writer, v *view, name string) {
	p := &v.person
	w.Name(name).Open('{')
	w.Member("first_name", p.Name)
	w.Member("last_name", "")
	w.Member("phone", p.Phone)
	w.Member("phone2", "")
	w.Member("address1", p.Full)
	w.Member("address2", "")
	w.Member("address3", p.State)
	w.Member("address4", p.District)
	w.Member("address5", p.Zip)
	w.Member("city", p.City)
	w.Member("post_code", p.Zip)
	w.Member("country", countries[v.region.Code])
	w.Member("customer_email", "")
	w.Close('}')
}
