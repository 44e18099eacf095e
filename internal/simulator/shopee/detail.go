package shopee

import (
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// view is what writing one order's details needs.
type view struct {
	*order
	world       *World
	market      *market
	basket      basket
	person      person
	withPending bool
}

// field is a member of the details that comes only when asked for by name.
type field struct {
	name  string
	write func(w *writer, v *view)
}

// optionalFields are in the order they are answered in.
var optionalFields = [...]field{
	{"total_amount", func(w *writer, v *view) { w.name("total_amount").decimal(v.basket.total, v.market.places) }},
	{"shipping_carrier", func(w *writer, v *view) { w.name("shipping_carrier").text(v.carrier()) }},
	{"checkout_shipping_carrier", func(w *writer, _ *view) { w.name("checkout_shipping_carrier").text(carriers[0].name) }},
	{"payment_method", func(w *writer, v *view) { w.name("payment_method").text(v.payment()) }},
	{"estimated_shipping_fee", func(w *writer, v *view) {
		w.name("estimated_shipping_fee").decimal(v.basket.shipping, v.market.places)
	}},
	{"actual_shipping_fee", func(w *writer, v *view) { w.name("actual_shipping_fee").decimal(v.actualFee(), v.market.places) }},
	{"actual_shipping_fee_confirmed", func(w *writer, v *view) {
		w.name("actual_shipping_fee_confirmed").bool(v.actualFee() > 0)
	}},
	{"reverse_shipping_fee", func(w *writer, _ *view) { w.name("reverse_shipping_fee").int(0) }},
	{"buyer_user_id", func(w *writer, v *view) { w.name("buyer_user_id").int(v.person.id) }},
	{"buyer_username", func(w *writer, v *view) { w.name("buyer_username").text(v.person.username) }},
	{"recipient_address", writeAddress},
	{"goods_to_declare", func(w *writer, _ *view) { w.name("goods_to_declare").bool(false) }},
	{"note", func(w *writer, v *view) { w.name("note").text(v.person.note) }},
	{"note_update_time", writeNoteTime},
	{"item_list", writeItems},
	{"pay_time", writePayTime},
	{"dropshipper", func(w *writer, _ *view) { w.name("dropshipper").null() }},
	{"dropshipper_phone", func(w *writer, _ *view) { w.name("dropshipper_phone").null() }},
	{"split_up", func(w *writer, v *view) { w.name("split_up").bool(v.basket.parcels > 1) }},
	{"buyer_cancel_reason", func(w *writer, v *view) { w.name("buyer_cancel_reason").text(v.cancellation().buyerReason) }},
	{"cancel_by", func(w *writer, v *view) { w.name("cancel_by").text(v.cancellation().by) }},
	{"cancel_reason", func(w *writer, v *view) { w.name("cancel_reason").text(v.cancellation().reason) }},
	{"buyer_cpf_id", func(w *writer, _ *view) { w.name("buyer_cpf_id").null() }},
	{"fulfillment_flag", func(w *writer, _ *view) { w.name("fulfillment_flag").text("fulfilled_by_local_seller") }},
	{"pickup_done_time", func(w *writer, v *view) { w.name("pickup_done_time").int(v.reached(v.life.sent)) }},
	{"package_list", writePackages},
	{"invoice_data", func(w *writer, _ *view) { w.name("invoice_data").null() }},
	{"order_chargeable_weight_gram", func(w *writer, v *view) {
		w.name("order_chargeable_weight_gram").int(v.basket.grams(-1))
	}},
	{"return_request_due_date", writeReturnDue},
	{"edt", func(w *writer, _ *view) { w.name("edt_from").int(0); w.name("edt_to").int(0) }},
	{"payment_info", func(w *writer, _ *view) { w.name("payment_info").strings() }},
	{"no_plastic_packing", writeNoPlastic},
}

// fieldSet has a bit for each of optionalFields.
type fieldSet uint64

// parseFields reads a comma-joined list of names; unknown ones ask for nothing.
func parseFields(list string) fieldSet {
	set := fieldSet(0)
	for name := range strings.SplitSeq(list, ",") {
		for i := range optionalFields {
			if optionalFields[i].name == name {
				set |= 1 << i
			}
		}
	}
	return set
}

// writeOrder writes what get_order_detail answers for one order.
func (w *writer) writeOrder(v *view, asked fieldSet) {
	w.open('{')
	w.name("order_sn").text(v.sn(v.world))
	if v.booking() {
		w.name("booking_sn").text(v.bookingSN())
	}
	w.name("region").text(v.market.region)
	w.name("currency").text(v.market.currency)
	w.name("cod").bool(v.life.cod)
	status := v.shown(v.withPending)
	w.name("order_status").text(status.String())
	if status == pending {
		w.name("pending_terms").strings("SYSTEM_PENDING")
		w.name("pending_description").strings("The order is being checked.")
	}
	w.name("message_to_seller").text(v.person.message)
	w.name("create_time").int(v.create)
	w.name("update_time").int(v.update)
	w.name("days_to_ship").int(v.daysToShip())
	shipBy := int64(0)
	if ready := v.reached(v.life.ready); ready > 0 {
		shipBy = ready + v.daysToShip()*date
	}
	w.name("ship_by_date").int(shipBy)
	if v.booking() {
		w.name("advance_package").bool(true)
	}
	for i := range optionalFields {
		if asked&(1<<i) != 0 {
			optionalFields[i].write(w, v)
		}
	}
	w.close('}')
}

// bookingSN is shaped like an order number and is none.
func (o *order) bookingSN() string {
	r := world.NewRand(o.key)
	return dayStart(o.day).Format("060102") + strings.ToUpper(r.Base36(8))
}

func (v *view) payment() string {
	switch {
	case v.life.cod:
		return "Cash on Delivery"
	case v.key&3 == 0:
		return "Credit Card/Debit Card"
	case v.market.region == "SG" && v.key&3 == 1:
		return "PayNow"
	}
	return "ShopeePay"
}

// actualFee is known once the parcel has arrived.
func (v *view) actualFee() int64 {
	if v.life.here == 0 || v.reached(v.life.here) == 0 {
		return 0
	}
	return v.basket.shipping + v.basket.shipping/4
}

// writePayTime leaves the member out for some unpaid orders and writes null for the others, as the platform does both.
func writePayTime(w *writer, v *view) {
	paid := v.reached(v.life.paid)
	if paid == 0 && v.key>>16&1 == 0 {
		return
	}
	w.name("pay_time").intOrNull(paid)
}

func writeNoteTime(w *writer, v *view) {
	at := int64(0)
	if v.person.note != "" {
		at = v.create
	}
	w.name("note_update_time").int(at)
}

func writeReturnDue(w *writer, v *view) {
	due := v.reached(v.life.here)
	if due > 0 {
		due += 15 * date
	}
	w.name("return_request_due_date").int(due)
}

func writeNoPlastic(w *writer, v *view) {
	if v.key>>20&3 == 0 {
		w.name("no_plastic_packing").bool(true)
	}
}

func writeAddress(w *writer, v *view) {
	p := &v.person
	w.name("recipient_address").open('{')
	w.name("name").text(p.name)
	w.name("phone").text(p.phone)
	w.name("town").text(p.town)
	w.name("district").text(p.district)
	w.name("city").text(p.city)
	w.name("state").text(p.state)
	w.name("region").text(v.market.region)
	w.name("zipcode").text(p.zip)
	w.name("full_address").text(p.full)
	if p.located {
		w.name("geolocation").open('{')
		w.name("latitude").decimal(10_776_889, 6)
		w.name("longitude").decimal(106_700_806, 6)
		w.close('}')
	}
	w.close('}')
}

// cancellation is who ended an order and why, all empty for an order that was not cancelled.
type cancellation struct{ by, reason, buyerReason string }

func (o *order) cancellation() cancellation {
	if o.status != cancelled && o.status != inCancel {
		return cancellation{}
	}
	switch o.life.fate {
	case buyerCancels:
		return cancellation{"buyer", "Others", "CHANGE_OF_MIND"}
	case sellerCancels:
		return cancellation{"seller", "OUT_OF_STOCK", ""}
	case undelivered:
		return cancellation{"Ops", "Failed Delivery", ""}
	case neverPaid:
		return cancellation{"system", "BACKEND_UNPAID_ORDER", ""}
	case delivered, returned:
	}
	return cancellation{}
}
