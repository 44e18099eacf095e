package shopee

import (
	"iter"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
)

// returnsIn yields the returns of a window, those of the newest orders first.
func (w *World) returnsIn(window market.Window, now int64) iter.Seq[*returnView] {
	return func(yield func(*returnView) bool) {
		for o, r := range w.ReturnsIn(window, now) {
			copied := *o
			if !yield(w.returnView(w.view(&copied, true), r)) {
				return
			}
		}
	}
}

// returns answers get_return_list.
func (a *API) returns(c *call, w *wire.Writer) *refusal {
	if !c.query.Has("page_no") || !c.query.Has("page_size") {
		return badParam("page_no and page_size are required")
	}
	wanted, refused := c.page(0)
	if refused != nil {
		return refused
	}
	created, refused := a.span(c, "create_time", usualSpan)
	if refused != nil {
		return refused
	}
	updated, refused := a.span(c, "update_time", usualSpan)
	if refused != nil {
		return refused
	}
	if created.given && updated.given && updated.from < created.from {
		return badParam("update_time_from must not be before create_time_from")
	}
	window := market.Window{Shop: c.shop, To: 1 << 40}
	switch {
	case created.given:
		window.From, window.To = created.from, created.to
	case updated.given:
		window.ByUpdate, window.From, window.To = true, updated.from, updated.to
	}
	rows, more := cut(func(yield func(*returnView) bool) {
		for r := range a.world.returnsIn(window, c.now) {
			if updated.holds(r.ret.Update) && c.asksFor("status", returnStatus(&r.ret)) &&
				c.asksFor("negotiation_status", r.negotiation()) && c.asksFor("seller_proof_status", r.proof()) &&
				c.asksFor("seller_compensation_status", compensation) && !yield(r) {
				return
			}
		}
	}, wanted)
	w.Name("response").Open('{')
	w.Name("more").Bool(more)
	w.Name("return").Open('[')
	for _, r := range rows {
		w.Open('{')
		writeReturn(w, r)
		w.Close('}')
	}
	w.Close(']')
	w.Close('}')
	return nil
}

// returnDetail answers get_return_detail.
func (a *API) returnDetail(c *call, w *wire.Writer) *refusal {
	sn := c.query.Get("return_sn")
	if sn == "" {
		return errNoReturnSN
	}
	r, ok := a.world.findReturn(c.shop, sn, c.now)
	if !ok {
		return errNoReturn
	}
	w.Name("response").Open('{')
	writeReturn(w, r)
	w.Name("buyer_videos").Strings()
	writeActivities(w, r)
	writeDispute(w, r)
	logistics := "LOGISTICS_NOT_START"
	if r.trackingNumber() != "" {
		logistics = "LOGISTICS_PICKUP_DONE"
	}
	w.Name("logistics_status").Text(logistics)
	w.Name("reverse_logistics_status").Text(logistics)
	w.Name("return_pickup_address").Open('{')
	w.Name("address").Text("BLOCK 1")
	w.Name("name").Text(r.person.Name)
	w.Name("phone").Text(r.person.Phone)
	w.Name("town").Text("")
	w.Name("district").Text(r.person.District)
	w.Name("city").Text(r.person.City)
	w.Name("state").Text(r.person.State)
	w.Name("region").Text(r.region.Code)
	w.Name("zipcode").Text(r.person.Zip)
	w.Close('}')
	w.Name("virtual_contact_number").Text("")
	w.Name("package_query_number").Text("")
	w.Name("return_address").Open('{')
	w.Name("whs_id").Text("")
	w.Close('}')
	w.Name("is_reverse_logistics_channel_integrated").Bool(r.ret.Goods)
	w.Name("reverse_logistics_channel_name").Text(carriers[0].name)
	w.Close('}')
	return nil
}

// writeDispute writes what seller and platform do about a return.
func writeDispute(w *wire.Writer, r *returnView) {
	w.Name("seller_proof").Open('{')
	w.Name("seller_proof_status").Text(r.proof())
	w.Name("seller_evidence_deadline").Int(r.ret.Create + 3*market.Date)
	w.Close('}')
	w.Name("seller_compensation").Open('{')
	w.Name("seller_compensation_status").Text(compensation)
	w.Name("seller_compensation_due_date").Int(0)
	w.Name("compensation_amount").Int(0)
	w.Close('}')
	w.Name("negotiation").Open('{')
	w.Name("negotiation_status").Text(r.negotiation())
	solution := "REFUND"
	if r.ret.Goods {
		solution = "RETURN_REFUND"
	}
	w.Name("latest_solution").Text(solution)
	w.Name("latest_offer_amount").Decimal(r.refund(), r.region.Places)
	w.Name("latest_offer_creator").Text("buyer")
	w.Name("counter_limit").Int(1)
	w.Name("offer_due_date").Int(r.ret.Create + 2*market.Date)
	w.Close('}')
}

// writeActivities writes the bundles that something comes back of, with money as text, unlike everywhere else.
func writeActivities(w *wire.Writer, r *returnView) {
	places := r.region.Places
	w.Name("activity").Open('[')
	for _, l := range r.lines {
		of := &r.basket.lines[l.Line]
		if of.group == 0 {
			continue
		}
		modelID, _, _ := of.Product.Variant(of.Variant)
		_, promotion := of.promotion()
		w.Open('{')
		w.Name("activity_id").Int(promotion)
		w.Name("activity_type").Text("BUNDLE")
		w.Name("original_price").DecimalText(of.Quantity*of.Original, places)
		w.Name("discounted_price").DecimalText(of.Quantity*of.Price, places)
		w.Name("items").Open('[')
		w.Open('{')
		w.Name("item_id").Int(of.Product.ID)
		w.Name("variation_id").Int(modelID)
		w.Name("quantity_purchased").Int(of.Quantity)
		w.Name("original_price").DecimalText(of.Original, places)
		w.Close('}')
		w.Close(']')
		w.Name("refund_amount").DecimalText(l.Refund, places)
		w.Close('}')
	}
	w.Close(']')
}
