package lazada

import (
	"slices"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// unit is one piece of what was bought, but for its id. Units that are equal are one line to whoever folds them.
type unit struct {
	line, parcel                       int
	price, ofSeller, ofPlatform        int64 // what it costs, and the vouchers' parts of that
	shipping                           market.Shipping
	status, reason, detail, from, back string // from: who cancelled or returned; back: where its return stands
	updated                            int64
}

// paid is what the buyer paid for it, without shipping.
func (u *unit) paid() int64 { return u.price - u.ofSeller - u.ofPlatform }

// view is an order with all that is written about it. Everything in it is as it was when the order was last changed.
type view struct {
	*market.Order
	world    *World
	region   *market.Region
	basket   market.Basket
	person   market.Person
	units    []unit
	statuses []string // of the units, each once
}

func (w *World) view(o *market.Order) *view {
	v := &view{Order: o, world: w, region: w.RegionOf(o.Shop), basket: w.Basket(o), person: w.Person(o)}
	v.units = make([]unit, 0, v.basket.Quantity())
	for i := range v.basket.Lines {
		l := &v.basket.Lines[i]
		u := unit{line: i, parcel: l.Parcel, price: l.Original - l.SellerOff, ofPlatform: l.PlatformOff, from: "null-null"}
		if v.vouchered() {
			u.price, u.ofSeller = l.Original, l.SellerOff
		}
		u.status, u.updated = unitStatus(o), o.Update
		for range l.Quantity {
			v.units = append(v.units, u)
		}
	}
	v.share()
	v.cancel()
	v.sendBack()
	for i := range v.units {
		if !slices.Contains(v.statuses, v.units[i].status) {
			v.statuses = append(v.statuses, v.units[i].status)
		}
	}
	return v
}

// vouchered says whether the seller's discount is a voucher; else it is a special price, and nothing is left of the old one.
func (v *view) vouchered() bool { return v.Key>>16&3 == 0 }

// share gives each unit its part of the shipping fee, the first one what cannot be shared.
func (v *view) share() {
	n := int64(len(v.units))
	s := v.basket.Shipping
	part := market.Shipping{Original: s.Original / n, SellerOff: s.SellerOff / n, PlatformOff: s.PlatformOff / n, Paid: s.Paid / n}
	for i := range v.units {
		v.units[i].shipping = part
	}
	first := &v.units[0].shipping
	first.Original += s.Original % n
	first.SellerOff += s.SellerOff % n
	first.PlatformOff += s.PlatformOff % n
	first.Paid += s.Paid % n
}

// unitStatus is the platform's word for what may become of an order's units, none of which came back.
func unitStatus(o *market.Order) string {
	switch o.Status {
	case market.Unpaid:
		return "unpaid"
	case market.Held, market.ToShip, market.Cancelling:
	case market.Processed:
		return []string{"ready_to_ship", "packed", "ready_to_ship", "ready_to_ship_pending"}[o.Key>>20&3]
	case market.Retry:
		return "ready_to_ship"
	case market.Shipped:
		return "shipped"
	case market.Delivered, market.Returning:
		return "delivered"
	case market.Completed:
		return "confirmed"
	case market.Cancelled:
		if o.Life.Fate != market.Undelivered {
			return "canceled"
		}
		return []string{
			"failed_delivery", "shipped_back", "shipped_back_success", "lost_by_3pl", "damaged_by_3pl", "shipped_back_failed",
			"shipped_back_success", "package_scrapped",
		}[o.Key>>22&7]
	}
	return "pending"
}

// cancel says who cancelled the order and why.
func (v *view) cancel() {
	c, ok := v.Cancellation()
	if !ok || v.Status != market.Cancelled {
		return
	}
	from, reason, detail := "", "", ""
	switch c.By {
	case market.Buyer:
		from, reason, detail = "buyer-cancel", "Change of mind", "Customer changed mind"
	case market.Seller:
		from, reason, detail = "seller-cancel", "Out of Stock", ""
	case market.System:
		from, reason, detail = "system-cancel", "Payment not completed", "Hết hạn thanh toán ⏰"
	case market.Operator: // was not delivered, and nobody cancelled it
		return
	}
	for i := range v.units {
		u := &v.units[i]
		u.from, u.reason, u.detail = from, reason, detail
	}
}

// sendBack marks the units that are on their way back or are back, and those that the buyer only wants money for. What comes
// of a return that does not end is nothing that changes the order, so it is as good as one that ends well.
func (v *view) sendBack() {
	if v.Status != market.Returning && v.Status != market.Completed {
		return
	}
	then := *v.Order
	then.Now = v.Update
	for _, r := range v.world.Returns(&then, &v.basket) {
		last := r.Steps()[len(r.Steps())-1].Status
		lost := last == market.ReturnRejected || last == market.ReturnWithdrawn
		for _, at := range v.unitsOf(&r) {
			u := &v.units[at]
			u.from, u.reason, u.back = "buyer-return", reasons[r.Reason].text, reverseStatus(&r)
			if r.Goods && !lost {
				u.status = "returned"
			}
		}
	}
	if v.Status == market.Returning {
		for i := range v.units {
			if u := &v.units[i]; u.back == "" {
				u.updated = v.Life.Here
			}
		}
	}
}

// unitsOf are the indexes of the units that a return is of, in the order of its lines.
func (v *view) unitsOf(r *market.Return) []int {
	var of []int
	for _, l := range r.Lines {
		first := slices.IndexFunc(v.units, func(u unit) bool { return u.line == l.Line })
		for n := range int(l.Quantity) {
			of = append(of, first+n)
		}
	}
	return of
}

// packed says whether the units are in packages: the carrier was asked to come.
func (v *view) packed() bool {
	at := v.Life.Began(market.Processed)
	return at != 0 && at <= v.Now
}

// lines counts the units that differ in more than their ids.
func (v *view) lines() int {
	var seen []unit
	for _, u := range v.units {
		if !slices.Contains(seen, u) {
			seen = append(seen, u)
		}
	}
	return len(seen)
}

// voucher is what the vouchers take off the order, the seller's and the platform's.
func (v *view) voucher() (seller, platform int64) {
	for i := range v.units {
		seller += v.units[i].ofSeller
		platform += v.units[i].ofPlatform
	}
	return seller, platform
}

// price is what the units cost before vouchers.
func (v *view) price() int64 {
	n := int64(0)
	for i := range v.units {
		n += v.units[i].price
	}
	return n
}

// reasons are the platform's codes and words for why something comes back.
var reasons = [...]struct{ code, text string }{
	market.Damaged:        {"1000304", "Damaged item"},
	market.WrongItem:      {"1000305", "Sent me the wrong \"size\""},
	market.NotReceived:    {"1000306", "Chưa nhận được hàng 😢"},
	market.NotAsDescribed: {"1000307", "Item does not match description"},
	market.Missing:        {"1000308", "One of two is missing"},
	market.ChangedMind:    {"1000309", "Change of mind"},
}

// reverseStatus is the platform's word for where a return stands.
func reverseStatus(r *market.Return) string {
	switch r.Status {
	case market.ReturnRequested:
	case market.ReturnAccepted:
		if r.Goods {
			return "SELLER_AGREE_RETURN"
		}
		return "SELLER_AGREE_REFUND"
	case market.ReturnSent:
		return "BUYER_RETURN_ITEM"
	case market.ReturnRefunded:
		return "REFUND_SUCCESS"
	case market.ReturnRejected:
		return "REQUEST_REJECT"
	case market.ReturnWithdrawn:
		return "REQUEST_CANCEL"
	case market.ReturnDisputed:
		return "CS_APPROVING"
	}
	return "REQUEST_INITIATE"
}

// orderRow is the truth about an order.
func (w *World) orderRow(o *market.Order) world.Row {
	v := w.view(o)
	return world.Row{
		ShopID: w.shopID(o.Shop), ID: idText(w.orderID(o.Ref)), CreateTime: o.Create, UpdateTime: o.Update, Status: v.status(),
		Amount: v.basket.Total, Places: v.region.Places, Lines: v.lines(), Quantity: int64(len(v.units)),
	}
}
