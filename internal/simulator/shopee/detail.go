package shopee

import (
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
)

// view is what writing one order's details needs.
type view struct {
	*market.Order
	world       *World
	region      *market.Region
	basket      basket
	returns     []market.Return // at the order's moment
	person      market.Person
	withPending bool
}

// field is a member of the details that comes only when asked for by name.
type field struct {
	name  string
	write func(w *wire.Writer, v *view)
}

// optionalFields are in the order they are answered in.
var optionalFields = [...]field{
	{"total_amount", func(w *wire.Writer, v *view) { w.Name("total_amount").Decimal(v.basket.Total, v.region.Places) }},
	{"shipping_carrier", func(w *wire.Writer, v *view) { w.Name("shipping_carrier").Text(v.carrier()) }},
	{"checkout_shipping_carrier", func(w *wire.Writer, _ *view) { w.Name("checkout_shipping_carrier").Text(carriers[0].name) }},
	{"payment_method", func(w *wire.Writer, v *view) { w.Name("payment_method").Text(v.payment()) }},
	{"estimated_shipping_fee", func(w *wire.Writer, v *view) {
		w.Name("estimated_shipping_fee").Decimal(v.basket.Shipping.Paid, v.region.Places)
	}},
	{"actual_shipping_fee", func(w *wire.Writer, v *view) { w.Name("actual_shipping_fee").Decimal(v.actualFee(), v.region.Places) }},
	{"actual_shipping_fee_confirmed", func(w *wire.Writer, v *view) {
		w.Name("actual_shipping_fee_confirmed").Bool(v.actualFee() > 0)
	}},
	{"reverse_shipping_fee", func(w *wire.Writer, _ *view) { w.Name("reverse_shipping_fee").Int(0) }},
	{"buyer_user_id", func(w *wire.Writer, v *view) { w.Name("buyer_user_id").Int(v.person.ID) }},
	{"buyer_username", func(w *wire.Writer, v *view) { w.Name("buyer_username").Text(v.person.Username) }},
	{"recipient_address", writeAddress},
	{"goods_to_declare", func(w *wire.Writer, _ *view) { w.Name("goods_to_declare").Bool(false) }},
	{"note", func(w *wire.Writer, v *view) { w.Name("note").Text(v.person.Note) }},
	{"note_update_time", writeNoteTime},
	{"item_list", writeItems},
	{"pay_time", writePayTime},
	{"dropshipper", func(w *wire.Writer, _ *view) { w.Name("dropshipper").Null() }},
	{"dropshipper_phone", func(w *wire.Writer, _ *view) { w.Name("dropshipper_phone").Null() }},
	{"split_up", func(w *wire.Writer, v *view) { w.Name("split_up").Bool(v.basket.Parcels > 1) }},
	{"buyer_cancel_reason", func(w *wire.Writer, v *view) { w.Name("buyer_cancel_reason").Text(cancelledBy(v.Order).buyerReason) }},
	{"cancel_by", func(w *wire.Writer, v *view) { w.Name("cancel_by").Text(cancelledBy(v.Order).by) }},
	{"cancel_reason", func(w *wire.Writer, v *view) { w.Name("cancel_reason").Text(cancelledBy(v.Order).reason) }},
	{"buyer_cpf_id", func(w *wire.Writer, _ *view) { w.Name("buyer_cpf_id").Null() }},
	{"fulfillment_flag", func(w *wire.Writer, _ *view) { w.Name("fulfillment_flag").Text("fulfilled_by_local_seller") }},
	{"pickup_done_time", func(w *wire.Writer, v *view) { w.Name("pickup_done_time").Int(v.Reached(v.Life.Sent)) }},
	{"package_list", writePackages},
	{"invoice_data", func(w *wire.Writer, _ *view) { w.Name("invoice_data").Null() }},
	{"order_chargeable_weight_gram", func(w *wire.Writer, v *view) {
		w.Name("order_chargeable_weight_gram").Int(v.basket.Grams(-1))
	}},
	{"return_request_due_date", writeReturnDue},
	{"edt", func(w *wire.Writer, _ *view) { w.Name("edt_from").Int(0); w.Name("edt_to").Int(0) }},
	{"payment_info", func(w *wire.Writer, _ *view) { w.Name("payment_info").Strings() }},
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
func writeOrder(w *wire.Writer, v *view, asked fieldSet) {
	w.Open('{')
	w.Name("order_sn").Text(v.world.sn(v.Ref))
	if booked(v.Order) {
		w.Name("booking_sn").Text(bookingSN(v.Order))
	}
	w.Name("region").Text(v.region.Code)
	w.Name("currency").Text(v.region.Currency)
	w.Name("cod").Bool(v.Life.COD)
	status := shown(v.Order, v.withPending)
	w.Name("order_status").Text(status)
	if status == statusNames[market.Held] {
		w.Name("pending_terms").Strings("SYSTEM_PENDING")
		w.Name("pending_description").Strings("The order is being checked.")
	}
	w.Name("message_to_seller").Text(v.person.Message)
	w.Name("create_time").Int(v.Create)
	w.Name("update_time").Int(v.Update)
	w.Name("days_to_ship").Int(daysToShip(v.Order))
	shipBy := int64(0)
	if ready := v.Reached(v.Life.Ready); ready > 0 {
		shipBy = ready + daysToShip(v.Order)*market.Date
	}
	w.Name("ship_by_date").Int(shipBy)
	if booked(v.Order) {
		w.Name("advance_package").Bool(true)
	}
	for i := range optionalFields {
		if asked&(1<<i) != 0 {
			optionalFields[i].write(w, v)
		}
	}
	w.Close('}')
}

func (v *view) payment() string {
	switch {
	case v.Life.COD:
		return "Cash on Delivery"
	case v.Key&3 == 0:
		return "Credit Card/Debit Card"
	case v.region.Code == "SG" && v.Key&3 == 1:
		return "PayNow"
	}
	return "ShopeePay"
}

// actualFee is known once the parcel has arrived.
func (v *view) actualFee() int64 {
	if v.Life.Here == 0 || v.Reached(v.Life.Here) == 0 {
		return 0
	}
	return v.basket.Shipping.Paid + v.basket.Shipping.Paid/4
}

// writePayTime leaves the member out for some unpaid orders and writes null for the others, as the platform does both.
func writePayTime(w *wire.Writer, v *view) {
	paid := v.Reached(v.Life.Paid)
	if paid == 0 && v.Key>>16&1 == 0 {
		return
	}
	w.Name("pay_time").IntOrNull(paid)
}

func writeNoteTime(w *wire.Writer, v *view) {
	at := int64(0)
	if v.person.Note != "" {
		at = v.Create
	}
	w.Name("note_update_time").Int(at)
}

func writeReturnDue(w *wire.Writer, v *view) {
	due := v.Reached(v.Life.Here)
	if due > 0 {
		due += 15 * market.Date
	}
	w.Name("return_request_due_date").Int(due)
}

func writeNoPlastic(w *wire.Writer, v *view) {
	if v.Key>>20&3 == 0 {
		w.Name("no_plastic_packing").Bool(true)
	}
}

func writeAddress(w *wire.Writer, v *view) {
	p := &v.person
	w.Name("recipient_address").Open('{')
	w.Name("name").Text(p.Name)
	w.Name("phone").Text(p.Phone)
	w.Name("town").Text("")
	w.Name("district").Text(p.District)
	w.Name("city").Text(p.City)
	w.Name("state").Text(p.State)
	w.Name("region").Text(v.region.Code)
	w.Name("zipcode").Text(p.Zip)
	w.Name("full_address").Text(p.Full)
	if p.Located {
		w.Name("geolocation").Open('{')
		w.Name("latitude").Decimal(10_776_889, 6)
		w.Name("longitude").Decimal(106_700_806, 6)
		w.Close('}')
	}
	w.Close('}')
}

// cancellation is who ended an order and why, all empty for an order that was not cancelled.
type cancellation struct{ by, reason, buyerReason string }

func cancelledBy(o *market.Order) cancellation {
	if o.Status != market.Cancelled && o.Status != market.Cancelling {
		return cancellation{}
	}
	switch o.Life.Fate {
	case market.BuyerCancels:
		return cancellation{"buyer", "Others", "CHANGE_OF_MIND"}
	case market.SellerCancels:
		return cancellation{"seller", "OUT_OF_STOCK", ""}
	case market.Undelivered:
		return cancellation{"Ops", "Failed Delivery", ""}
	case market.NeverPaid:
		return cancellation{"system", "BACKEND_UNPAID_ORDER", ""}
	case market.Kept, market.Returned:
	}
	return cancellation{}
}
