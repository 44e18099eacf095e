package lazada

import (
	"iter"
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// reverse is a reverse order: a return, a refund or a cancellation, with a line for each unit.
type reverse struct {
	view           *view
	id             int64
	kind, status   string
	ofc            string // where the goods are
	code, text     string // the reason
	disputed       bool
	tracking       string
	create, update int64
	lines          []reverseLine
}

type reverseLine struct {
	unit   int
	refund int64
}

// reverseID is the id of an order's cancellation, -1, or of its first or second return, 0 or 1.
func reverseID(w *World, at market.Ref, ordinal int) int64 {
	return w.DecimalID(leadReturn+int64(ordinal), at)
}

// reverses are an order's reverse orders as they are at the order's moment.
func (w *World) reverses(o *market.Order) []reverse {
	switch o.Life.Fate {
	case market.BuyerCancels, market.SellerCancels:
		if c, ok := o.Cancellation(); ok {
			return []reverse{w.cancellation(o, c)}
		}
	case market.Returned:
		if at := o.Life.Began(market.Returning); at <= o.Now {
			return w.returns(o)
		}
	case market.Kept, market.NeverPaid, market.Undelivered:
	}
	return nil
}

// cancellation gives the buyer back all that was paid.
func (w *World) cancellation(o *market.Order, c market.Cancellation) reverse {
	copied := *o
	v := w.view(&copied)
	r := reverse{view: v, id: reverseID(w, o.Ref, -1), kind: "CANCEL", status: "REQUEST_INITIATE", create: c.Asked, update: c.Asked}
	r.code, r.text = "1000201", "Change of mind"
	if c.By == market.Seller {
		r.code, r.text = "1000202", "Out of Stock"
	}
	if c.Done != 0 {
		r.status, r.update = "CANCEL_SUCCESS", c.Done
	}
	for i := range v.units {
		l := reverseLine{unit: i}
		if c.Paid {
			l.refund = v.units[i].paid() + v.units[i].shipping.Paid
		}
		r.lines = append(r.lines, l)
	}
	return r
}

func (w *World) returns(o *market.Order) []reverse {
	copied := *o
	v := w.view(&copied)
	var rows []reverse
	for _, ret := range w.Returns(o, &v.basket) {
		r := reverse{
			view: v, id: reverseID(w, o.Ref, ret.Ordinal), kind: "ONLY_REFUND", status: reverseStatus(&ret), disputed: ret.Status == market.ReturnDisputed,
			code: reasons[ret.Reason].code, text: reasons[ret.Reason].text, create: ret.Create, update: ret.Update,
		}
		if ret.Goods {
			r.kind, r.ofc = "RETURN", "RETURN_PICKUP_PENDING"
		}
		for _, step := range ret.Steps() {
			if step.Status == market.ReturnSent && step.Begin <= o.Now {
				r.ofc, r.tracking = "RETURN_IN_TRANSIT", "RN"+v.region.Code+idText(r.id)
			}
		}
		units := v.unitsOf(&ret)
		for _, l := range ret.Lines {
			for _, refund := range split(l.Refund, l.Quantity) {
				r.lines = append(r.lines, reverseLine{unit: units[0], refund: refund})
				units = units[1:]
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// reversesIn yields the reverse orders of a shop that were created or changed in a window, those of the newest orders first.
func (w *World) reversesIn(window market.Window, now int64) iter.Seq[*reverse] {
	orders := market.Window{Shop: window.Shop, From: window.From - market.Afterlife, To: window.To}
	return func(yield func(*reverse) bool) {
		for o := range w.Orders(orders, now, market.Newest) {
			rows := w.reverses(o)
			for i := range rows {
				at := rows[i].create
				if window.ByUpdate {
					at = rows[i].update
				}
				if at >= window.From && at < window.To && !yield(&rows[i]) {
					return
				}
			}
		}
	}
}

// findReverse is a shop's reverse order of an id as it is at now.
func (w *World) findReverse(shop int, id, now int64) (*reverse, bool) {
	for lead := int64(leadCancellation); lead <= leadReturn+1; lead++ {
		at, ok := w.LocateDecimal(lead, id)
		if !ok || at.Shop != shop {
			continue
		}
		o, ok := w.Find(at, now)
		if !ok {
			return nil, false
		}
		rows := w.reverses(&o)
		for i := range rows {
			if rows[i].id == id {
				return &rows[i], true
			}
		}
	}
	return nil, false
}

// lineID is unique over all reverse orders' lines: a unit comes back once.
func (r *reverse) lineID(l *reverseLine) int64 { return 1<<61 | market.UnitID(r.view.Ref, l.unit) }

// refund is the sum of what the buyer gets back.
func (r *reverse) refund() int64 {
	n := int64(0)
	for i := range r.lines {
		n += r.lines[i].refund
	}
	return n
}

// reverseRow is the truth about a reverse order.
func (w *World) reverseRow(r *reverse) world.Row {
	return world.Row{
		ShopID: w.shopID(r.view.Shop), ID: idText(r.id), CreateTime: r.create, UpdateTime: r.update, Status: r.status,
		Amount: r.refund(), Places: r.view.region.Places, Lines: len(r.lines), Quantity: int64(len(r.lines)),
	}
}

// writeHead writes what list and details begin with.
func (r *reverse) writeHead(w *wire.Writer) {
	w.Name("reverse_order_id").Int(r.id)
	w.Name("trade_order_id").Int(r.view.world.orderID(r.view.Ref))
	w.Member("request_type", r.kind)
	w.Name("is_rtm").Bool(r.kind == "RETURN")
	w.Member("shipping_type", "PICK_UP")
}

// writeLine writes what list and details have in common. Amounts count the currency's smallest unit: cents, or dong.
func (r *reverse) writeLine(w *wire.Writer, l *reverseLine) {
	w.Name("reverse_order_line_id").Int(r.lineID(l))
	w.Name("trade_order_line_id").Int(market.UnitID(r.view.Ref, l.unit))
	w.Member("reverse_status", r.status)
	w.Member("ofc_status", r.ofc)
	w.Name("refund_amount").Int(l.refund)
	w.Name("item_unit_price").Int(r.view.units[l.unit].price)
	w.Member("reason_code", r.code)
	w.Member("reason_text", r.text)
	w.Name("is_dispute").Bool(r.disputed)
	w.Name("trade_order_gmt_create").Int(r.view.Create * 1000)
	w.Name("return_order_line_gmt_create").Int(r.create * 1000)
	w.Name("return_order_line_gmt_modified").Int(r.update * 1000)
	w.Name("is_need_refund").Bool(l.refund != 0)
	w.Name("tracking_number")
	if r.tracking == "" && r.kind == "CANCEL" {
		w.Null()
	} else {
		w.Text(r.tracking)
	}
}

// sku is what the line's unit is of.
func (r *reverse) sku(l *reverseLine) (sku, *market.Product) {
	line := &r.view.basket.Lines[r.view.units[l.unit].line]
	return skuOf(r.view.region, &line.Product, line.Variant), &line.Product
}

// reverseDetail answers order/reverse/return/detail/list.
func (a *API) reverseDetail(c *call, w *wire.Writer) *refusal {
	text := c.params.Get("reverse_order_id")
	if text == "" {
		return missing("reverse_order_id")
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return errReverse
	}
	r, ok := a.world.findReverse(c.shop, id, c.now)
	if !ok {
		return errNoReverse
	}
	w.Name("data").Open('{')
	r.writeHead(w)
	w.Name("reverseOrderLineDTOList").Open('[')
	for i := range r.lines {
		l := &r.lines[i]
		s, p := r.sku(l)
		w.Open('{')
		r.writeLine(w, l)
		w.Name("productDTO").Open('{')
		w.Member("product_id", idText(p.ID))
		w.Member("sku", idText(s.id))
		w.Close('}')
		w.Name("buyer").Open('{')
		w.Name("user_id").Int(r.view.person.ID)
		w.Close('}')
		w.Close('}')
	}
	w.Close(']')
	w.Close('}')
	return nil
}
