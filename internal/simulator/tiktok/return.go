package tiktok

import (
	"iter"
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// returnReasons are why something comes back.
var returnReasons = [...]reason{
	market.Damaged:        {"ecom_order_delivered_refund_and_return_reason_defective", "Item is defective"},
	market.WrongItem:      {"ecom_order_delivered_refund_and_return_reason_wrong_product", "Wrong item was sent"},
	market.NotReceived:    {"ecom_order_delivered_refund_reason_package_not_received", "Package was not received"},
	market.NotAsDescribed: {"ecom_order_delivered_refund_and_return_reason_not_match", "Item does not match the description"},
	market.Missing:        {"ecom_order_delivered_refund_reason_missing_product", "Item or part is missing"},
	market.ChangedMind:    {"ecom_order_delivered_refund_and_return_reason_no_need", "No longer needed"},
}

// back is a return as the platform shows it.
type back struct {
	*view
	ret market.Return
}

// replaced says whether the buyer wants another piece and no money: some of those who in the end get none.
func replaced(r *market.Return) bool {
	steps := r.Steps()
	return r.Goods && r.Key>>20&1 == 0 && steps[len(steps)-1].Status != market.ReturnRefunded
}

func returnType(r *market.Return) string {
	switch {
	case replaced(r):
		return "REPLACEMENT"
	case r.Goods:
		return "RETURN_AND_REFUND"
	}
	return "REFUND"
}

// returnStatus is the platform's word. It has been spelling that of a refusal in two ways.
func returnStatus(r *market.Return) string {
	what := "RETURN_OR_REFUND_REQUEST_"
	if replaced(r) {
		what = "REPLACEMENT_REQUEST_"
	}
	switch r.Status {
	case market.ReturnAccepted:
		if r.Goods {
			return "AWAITING_BUYER_SHIP"
		}
		return what + "SUCCESS"
	case market.ReturnSent:
		return "BUYER_SHIPPED_ITEM"
	case market.ReturnRefunded:
		return what + "COMPLETE"
	case market.ReturnRejected:
		if !replaced(r) && r.Key>>21&1 == 0 {
			return "REFUND_OR_RETURN_REQUEST_REJECT"
		}
		return what + "REJECT"
	case market.ReturnWithdrawn:
		return what + "CANCEL"
	case market.ReturnRequested, market.ReturnDisputed:
	}
	return what + "PENDING"
}

// arbitration is who the platform sides with, "" if nobody asked it.
func arbitration(r *market.Return) string {
	if r.Status == market.ReturnDisputed {
		return "IN_PROGRESS"
	}
	for _, step := range r.Steps() {
		if step.Status == market.ReturnDisputed && step.Begin < r.Update {
			return "SUPPORT_SELLER"
		}
	}
	return ""
}

func (w *World) returnID(r *market.Return) string { return w.id(leadReturn+int64(r.Ordinal), r.Order) }

// returnRow is the truth about a return, whose lines are single units.
func (w *World) returnRow(o *market.Order, r *market.Return) world.Row {
	row := world.Row{
		ShopID: w.shopText(o.Shop), ID: w.returnID(r), CreateTime: r.Create, UpdateTime: r.Update, Status: returnStatus(r),
		Amount: r.Refund(), Places: w.RegionOf(o.Shop).Places, Lines: int(r.Quantity()), Quantity: r.Quantity(),
	}
	if replaced(r) {
		row.Amount = 0
	}
	return row
}

var returnList = listRule{least: 10, most: 50, usual: 10, sorts: []string{"create_time", "update_time"}}

// searchReturns answers the list of returns.
func (a *API) searchReturns(c *call, w *wire.Writer) *refusal {
	f, refused := c.filter()
	if refused != nil {
		return refused
	}
	created, updated, refused := c.spans(f)
	if refused != nil {
		return refused
	}
	l, refused := a.listing(c, returnList)
	if refused != nil {
		return refused
	}
	p := l.cut(c, func(yield func(market.Position) bool) {
		for o, r := range a.world.returnsIn(c.shop, created, updated, c.now) {
			if !a.letsReturn(f, o, &r) {
				continue
			}
			at := market.Position{At: r.Create, Ref: o.Ref, Ordinal: r.Ordinal}
			if l.sort == "update_time" {
				at.At = r.Update
			}
			if !yield(at) {
				return
			}
		}
	})
	l.write(c, w, p, "return_orders", true, func(at market.Position) { a.writeReturn(c, w, at) })
	return nil
}

// returnsIn are a shop's returns that were created and last changed in two spans.
func (w *World) returnsIn(shop int, created, updated span, now int64) iter.Seq2[*market.Order, market.Return] {
	window := market.Window{Shop: shop, From: created.from, To: created.to}
	if created == always {
		window = market.Window{Shop: shop, ByUpdate: true, From: updated.from, To: updated.to}
	}
	return func(yield func(*market.Order, market.Return) bool) {
		for o, r := range w.ReturnsIn(window, now) {
			if created.holds(r.Create) && updated.holds(r.Update) && !yield(o, r) {
				return
			}
		}
	}
}

// letsReturn says whether a return is one that a filter asks for, but for its times.
func (a *API) letsReturn(f *filter, o *market.Order, r *market.Return) bool {
	if !among(f.Returns, a.world.returnID(r)) || !among(f.Orders, a.world.id(leadOrder, o.Ref)) || !among(f.ReturnTypes, returnType(r)) ||
		!among(f.ReturnStatuses, returnStatus(r)) || !among(f.Arbitrations, arbitration(r)) {
		return false
	}
	return a.bought(f, o)
}

// bought says whether one of the buyers that a filter names bought an order; it may name none.
func (a *API) bought(f *filter, o *market.Order) bool {
	if len(f.Buyers) == 0 {
		return true
	}
	person := a.world.Person(o)
	return among(f.Buyers, userID(&person))
}

func (a *API) writeReturn(c *call, w *wire.Writer, at market.Position) {
	o, ok := a.world.Find(at.Ref, c.now)
	if !ok {
		return
	}
	b := back{view: a.world.view(&o)}
	for _, r := range a.world.Returns(&o, &b.basket.Basket) {
		if r.Ordinal == at.Ordinal {
			b.ret = r
		}
	}
	b.write(w)
}

func (b *back) write(w *wire.Writer) {
	r := &b.ret
	why := returnReasons[r.Reason]
	w.Open('{')
	w.Member("order_id", b.world.id(leadOrder, r.Order))
	w.Member("return_id", b.world.returnID(r))
	w.Member("return_type", returnType(r))
	w.Member("return_status", returnStatus(r))
	w.Member("arbitration_status", arbitration(r))
	w.Member("role", "BUYER")
	w.Member("return_reason", why.key)
	w.Member("return_reason_text", why.text)
	if r.Goods {
		w.Member("shipment_type", "PLATFORM")
		w.Member("handover_method", "DROP_OFF")
	}
	number := ""
	for _, step := range r.Steps() {
		if step.Status == market.ReturnSent && step.Begin <= b.Now {
			number = "9" + strconv.FormatUint(100_000_000_000+r.Key%899_999_999_999, 10)
		}
	}
	w.Member("return_tracking_number", number)
	w.Name("can_buyer_keep_item").Bool(!r.Goods)
	w.Name("create_time").Int(r.Create)
	w.Name("update_time").Int(r.Update)
	b.writeActions(w)
	b.writeReturned(w)
	if !replaced(r) {
		w.Name("refund_amount")
		writeRefund(w, b.region, refund{goods: r.Refund()})
	}
	w.Name("shipping_fee_amount").Open('[')
	w.Open('{')
	w.Member("currency", b.region.Currency)
	money(w, "seller_paid_return_shipping_fee", 0, b.region.Places)
	money(w, "platform_paid_return_shipping_fee", 0, b.region.Places)
	money(w, "buyer_paid_return_shipping_fee", 0, b.region.Places)
	w.Close('}')
	w.Close(']')
	w.Member("is_combined_return", "false")
	w.Name("buyer_rejected_partial_refund").Bool(false)
	w.Close('}')
}

// writeActions writes what the seller may do next, and until when.
func (b *back) writeActions(w *wire.Writer) {
	action := ""
	switch b.ret.Status {
	case market.ReturnRequested:
		action = "SELLER_RESPOND_RETURN"
		if !b.ret.Goods {
			action = "SELLER_RESPOND_REFUND"
		}
		if replaced(&b.ret) {
			action = "SELLER_RESPOND_REPLACEMENT"
		}
	case market.ReturnSent:
		action = "SELLER_RESPOND_RECEIVE_PACKAGE"
	case market.ReturnAccepted, market.ReturnRefunded, market.ReturnRejected, market.ReturnWithdrawn, market.ReturnDisputed:
	}
	writeNext(w, action, b.ret.Update+4*market.Date)
}

// writeNext writes the list of what the seller may do next, which is empty without an action.
func writeNext(w *wire.Writer, action string, deadline int64) {
	w.Name("seller_next_action_response").Open('[')
	if action != "" {
		w.Open('{')
		w.Member("action", action)
		w.Name("deadline").Int(deadline)
		w.Close('}')
	}
	w.Close(']')
}

// unitShift lies between the ids of an order's units and those of the rows that ask for them back.
const unitShift = 4_000_000_000_000_000_000

// writeReturned writes a row for each unit that comes back. They share what their line brings; the first has what is left.
func (b *back) writeReturned(w *wire.Writer) {
	w.Name("return_line_items").Open('[')
	for _, l := range b.ret.Lines {
		first := b.basket.firstUnit(l.Line)
		each, rest := l.Refund/l.Quantity, l.Refund%l.Quantity
		for n := range int(l.Quantity) {
			w.Open('{')
			w.Name("return_line_item_id").IntText(unitShift + market.UnitID(b.Ref, first+n))
			b.writeUnitOf(w, l.Line, first+n)
			if !replaced(&b.ret) {
				w.Name("refund_amount")
				writeRefund(w, b.region, refund{goods: each + rest})
			}
			rest = 0
			w.Close('}')
		}
	}
	w.Close(']')
}

// writeUnitOf writes which unit of an order a row is about.
func (v *view) writeUnitOf(w *wire.Writer, line, unit int) {
	l := &v.basket.Lines[line]
	w.Member("order_line_item_id", unitID(v.Ref, unit))
	w.Member("sku_id", skuID(&l.Product, l.Variant))
	w.Member("sku_name", skuName(l))
	w.Member("product_name", l.Product.Name)
	w.Member("seller_sku", sellerSKU(l))
	w.Name("product_image").Open('{')
	w.Member("url", imageURL(l.Product.Images()[0]))
	w.Name("width").Int(200)
	w.Name("height").Int(200)
	w.Close('}')
}

// refund is what a buyer gets back.
type refund struct{ goods, shipping, tax int64 }

func writeRefund(w *wire.Writer, region *market.Region, r refund) {
	w.Open('{')
	w.Member("currency", region.Currency)
	money(w, "refund_total", r.goods+r.shipping+r.tax, region.Places)
	money(w, "refund_subtotal", r.goods, region.Places)
	money(w, "refund_shipping_fee", r.shipping, region.Places)
	money(w, "refund_tax", r.tax, region.Places)
	w.Member("retail_delivery_fee", "")
	money(w, "buyer_service_fee", 0, region.Places)
	w.Close('}')
}
