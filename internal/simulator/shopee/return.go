package shopee

import (
	"time"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// returnStatus is the platform's word for where a return stands.
func returnStatus(r *market.Return) string {
	switch r.Status {
	case market.ReturnRequested:
	case market.ReturnAccepted:
		return "ACCEPTED"
	case market.ReturnSent:
		return "PROCESSING"
	case market.ReturnRefunded, market.ReturnRejected:
		return "CLOSED"
	case market.ReturnWithdrawn:
		return "CANCELLED"
	case market.ReturnDisputed:
		if r.Key&1 == 0 {
			return "JUDGING"
		}
		return "SELLER_DISPUTE"
	}
	return "REQUESTED"
}

// reasonNames are the platform's words for why something comes back.
var reasonNames = [...]string{
	market.Damaged:        "PHYSICAL_DMG",
	market.WrongItem:      "WRONG_ITEM",
	market.NotReceived:    "NOT_RECEIPT",
	market.NotAsDescribed: "DIFFERENT_DESCRIPTION",
	market.Missing:        "ITEM_MISSING",
	market.ChangedMind:    "CHANGE_MIND",
}

var reasonTexts = [...]string{
	market.Damaged:        "Hàng bị vỡ khi nhận 😢",
	market.WrongItem:      "Sent me the wrong \"size\"",
	market.NotReceived:    "",
	market.NotAsDescribed: "Màu khác hình",
	market.Missing:        "One of two is missing",
	market.ChangedMind:    "",
}

// returnView is what writing a return needs. It is the return of an order at one moment.
type returnView struct {
	*view
	ret   market.Return
	lines []market.ReturnedLine // none of some that were withdrawn
}

func (w *World) returnView(v *view, r market.Return) *returnView {
	rv := &returnView{view: v, ret: r, lines: r.Lines}
	if r.Status == market.ReturnWithdrawn && r.Key&2 == 0 {
		rv.lines = nil
	}
	return rv
}

// refund is what is asked for, 0 if nothing is any more.
func (r *returnView) refund() int64 {
	n := int64(0)
	for _, l := range r.lines {
		n += l.Refund
	}
	return n
}

// before is the refund as it were without discounts.
func (r *returnView) before() int64 {
	n := int64(0)
	for _, l := range r.lines {
		n += l.Quantity * r.basket.lines[l.Line].Original
	}
	return n
}

// returnSN is a return's number: the day it was asked for, eight digits and capital letters, and the days since the order was
// created.
func (w *World) returnSN(r *market.Return) string {
	day := market.DayOf(r.Create)
	b := market.DayStart(day).AppendFormat(make([]byte, 0, 15), "060102")
	b = append36(b, w.Number(r.Order))
	return string(append(b, digits36[day-r.Order.Day]))
}

// findReturn is a shop's return of a number as it is at now.
func (w *World) findReturn(shop int, sn string, now int64) (*returnView, bool) {
	if len(sn) != 15 {
		return nil, false
	}
	date, err := time.ParseInLocation("060102", sn[:6], market.Zone)
	n, ok := parse36(sn[6:14])
	age, isDigit := parse36(sn[14:])
	if err != nil || !ok || !isDigit {
		return nil, false
	}
	at := w.Locate(market.DayOf(date.Unix())-age, n)
	if at.Shop != shop {
		return nil, false
	}
	o, ok := w.Find(at, now)
	if !ok {
		return nil, false
	}
	v := w.view(&o, true)
	for _, r := range v.returns {
		if w.returnSN(&r) == sn {
			return w.returnView(v, r), true
		}
	}
	return nil, false
}

// returnRow is the truth about a return.
func (w *World) returnRow(r *returnView) world.Row {
	row := world.Row{
		ShopID: w.shopText(r.Shop), ID: w.returnSN(&r.ret), CreateTime: r.ret.Create, UpdateTime: r.ret.Update,
		Status: returnStatus(&r.ret), Amount: r.refund(), Places: r.region.Places, Lines: len(r.lines),
	}
	for _, l := range r.lines {
		row.Quantity += l.Quantity
	}
	return row
}

// writeReturn writes what list and details have in common.
func writeReturn(w *wire.Writer, r *returnView) {
	places := r.region.Places
	w.Name("image").Open('[')
	if r.ret.Reason == market.Damaged {
		w.Text(imageURL(r.returnDigits()))
	}
	w.Close(']')
	w.Name("reason").Text(reasonNames[r.ret.Reason])
	w.Name("text_reason").Text(reasonTexts[r.ret.Reason])
	w.Name("reassessed_request_reason").Text("")
	w.Name("return_sn").Text(r.world.returnSN(&r.ret))
	w.Name("order_sn").Text(r.world.sn(r.Ref))
	w.Name("refund_amount").Decimal(r.refund(), places)
	w.Name("amount_before_discount").Decimal(r.before(), places)
	w.Name("currency").Text(r.region.Currency)
	w.Name("create_time").Int(r.ret.Create)
	w.Name("update_time").Int(r.ret.Update)
	w.Name("status").Text(returnStatus(&r.ret))
	w.Name("due_date").Int(r.ret.Create + 2*market.Date)
	w.Name("tracking_number").Text(r.trackingNumber())
	disputed := r.ret.Status == market.ReturnDisputed || r.ret.Status == market.ReturnRejected
	if disputed {
		w.Name("dispute_reason").Strings("UNKNOWN")
		w.Name("dispute_text_reason").Strings("see photo")
	} else {
		w.Name("dispute_reason").Strings()
		w.Name("dispute_text_reason").Strings()
	}
	w.Name("needs_logistics").Bool(r.ret.Goods)
	w.Name("user").Open('{')
	w.Name("username").Text(r.person.Username[:1] + "***" + r.person.Username[9:])
	w.Name("email").Text("********oo@shopee.com")
	w.Name("portrait").Text("")
	w.Close('}')
	w.Name("item").Open('[')
	for _, l := range r.lines {
		writeReturnedLine(w, r, l)
	}
	w.Close(']')
	writeReturnTerms(w, r)
}

func writeReturnTerms(w *wire.Writer, r *returnView) {
	due := int64(0)
	if r.ret.Goods && r.ret.Status == market.ReturnAccepted {
		due = r.ret.Update + 5*market.Date
	}
	w.Name("return_ship_due_date").Int(due)
	w.Name("return_seller_due_date").Int(0)
	w.Name("negotiation_status").Text(r.negotiation())
	w.Name("seller_proof_status").Text(r.proof())
	w.Name("seller_compensation_status").Text(compensation)
	if r.ret.Late {
		w.Name("return_refund_type").Text("RRAOC")
	} else {
		w.Name("return_refund_type").Text("RRBOC")
	}
	solution := int64(1)
	if r.ret.Goods {
		solution = 0
	}
	w.Name("return_solution").Int(solution)
	w.Name("is_seller_arrange").Bool(false)
	w.Name("is_shipping_proof_mandatory").Bool(false)
	w.Name("return_refund_request_type").Int(0)
	w.Name("validation_type").Text("seller_validation")
	w.Name("is_arrived_at_warehouse").Int(0)
	if r.ret.Key&4 == 0 {
		w.Name("has_uploaded_shipping_proof").Bool(false)
		w.Name("follow_up_action_list").Strings()
	}
}

const compensation = "PENDING_REQUEST"

// negotiation is whose turn it is.
func (r *returnView) negotiation() string {
	switch r.ret.Status {
	case market.ReturnRequested:
		return "PENDING_RESPOND"
	case market.ReturnDisputed:
		return "PENDING_BUYER_RESPOND"
	default:
		return "TERMINATED"
	}
}

// proof is whether the seller has something to show.
func (r *returnView) proof() string {
	if r.ret.Status == market.ReturnDisputed {
		return "UPLOADED"
	}
	return "PENDING"
}

// writeReturnedLine writes a quantity under the name of amount, as the platform does.
func writeReturnedLine(w *wire.Writer, r *returnView, l market.ReturnedLine) {
	of := &r.basket.lines[l.Line]
	modelID, _, modelSKU := of.Product.Variant(of.Variant)
	w.Open('{')
	w.Name("model_id").Int(modelID)
	w.Name("name").Text(of.Product.Name)
	w.Name("images").Strings(imageURL(of.Product.Images()[0]))
	w.Name("amount").Int(l.Quantity)
	w.Name("item_price").Decimal(of.Price, r.region.Places)
	w.Name("is_add_on_deal").Bool(of.addOn != 0)
	w.Name("is_main_item").Bool(of.main)
	w.Name("add_on_deal_id").Int(of.addOn)
	w.Name("item_id").Int(of.Product.ID)
	w.Name("item_sku").Text(of.Product.SKU)
	w.Name("variation_sku").Text(modelSKU)
	if r.ret.Key&8 == 0 {
		w.Name("refund_amount").Decimal(l.Refund, r.region.Places)
	}
	w.Close('}')
}

// returnDigits are twelve digits of the return's own.
func (r *returnView) returnDigits() string {
	return world.Decimal(100_000_000_000+int64(r.ret.Key%899_999_999_999), 0)
}

// trackingNumber of the way back is known once the goods are on it.
func (r *returnView) trackingNumber() string {
	for _, step := range r.ret.Steps() {
		if step.Status == market.ReturnSent && step.Begin <= r.Now {
			return "RN" + r.region.Code + r.returnDigits()
		}
	}
	return ""
}
