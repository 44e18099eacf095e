package shopee

import (
	"slices"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// logisticsStatuses are the platform's words for where a package is.
var logisticsStatuses = [...]string{
	market.ParcelReady:     "LOGISTICS_READY",
	market.ParcelRequested: "LOGISTICS_REQUEST_CREATED",
	market.ParcelMissed:    "LOGISTICS_PICKUP_RETRY",
	market.ParcelMoving:    "LOGISTICS_PICKUP_DONE",
	market.ParcelDelivered: "LOGISTICS_DELIVERY_DONE",
	market.ParcelFailed:    "LOGISTICS_DELIVERY_FAILED",
	market.ParcelVoid:      "LOGISTICS_INVALID",
}

// eventNames are the platform's words for what happens to a package, and what it says about it in Singapore and Vietnam.
var eventNames = [...]struct{ status, english, vietnamese string }{
	market.EventCreated:        {"ORDER_CREATED", "Order created", "Đơn hàng đã được tạo"},
	market.EventRequested:      {"PICKUP_REQUESTED", "Sender is preparing to ship your parcel", "Người bán đang chuẩn bị hàng"},
	market.EventMissed:         {"PICKUP_RETRY", "Pickup failed, will be retried", "Lấy hàng không thành công, sẽ lấy lại"},
	market.EventPickedUp:       {"PICKED_UP", "Parcel picked up by carrier", "Đơn vị vận chuyển đã lấy hàng"},
	market.EventHub:            {"DELIVERY_PENDING", "Parcel departed from sort centre", "Đơn hàng đã rời kho phân loại"},
	market.EventOutForDelivery: {"DELIVERY_PENDING", "Parcel is out for delivery", "Đang giao hàng 🚚"},
	market.EventDelivered:      {"DELIVERED", "Parcel delivered", "Giao hàng thành công"},
	market.EventFailed:         {"FAILED_DELIVERED", "Delivery failed", "Giao hàng không thành công"},
	market.EventVoided:         {"CANCELED", "Order cancelled", "Đơn hàng đã hủy"},
}

// tracking answers get_tracking_info.
func (a *API) tracking(c *call, w *wire.Writer) *refusal {
	sn, number := c.query.Get("order_sn"), c.query.Get("package_number")
	if sn == "" || c.query.Has("package_number") && number == "" {
		return errLogistics
	}
	o, ok := a.world.find(c.shop, sn, c.now)
	if !ok {
		return errNoOrder
	}
	v := a.world.view(&o, true)
	parcels := a.world.Parcels(&o, &v.basket.Basket)
	switch {
	case len(parcels) == 0:
		return errNotShipped
	case number == "" && len(parcels) > 1:
		return errWhichPackage
	}
	i := 0
	if number != "" {
		i = slices.IndexFunc(parcels, func(p market.Parcel) bool { return a.world.packageNumber(o.Ref, p.Ordinal) == number })
	}
	if i < 0 {
		return errNoPackage
	}
	w.Name("response").Open('{')
	w.Name("order_sn").Text(sn)
	w.Name("package_number").Text(a.world.packageNumber(o.Ref, parcels[i].Ordinal))
	w.Name("logistics_status").Text(logisticsStatuses[parcels[i].Status])
	writeEvents(w, v, &parcels[i])
	writeWayBack(w, v)
	w.Close('}')
	return nil
}

// writeEvents writes the newest event first or last: the platform does not say which.
func writeEvents(w *wire.Writer, v *view, p *market.Parcel) {
	events := slices.Clone(p.Events)
	if p.Key>>8&3 != 0 {
		slices.Reverse(events)
	}
	w.Name("tracking_info").Open('[')
	for _, e := range events {
		name := eventNames[e.Kind]
		text := name.english
		if v.region.Code == "VN" {
			text = name.vietnamese
		}
		w.Open('{')
		w.Name("update_time").Int(e.At)
		w.Name("description").Text(text)
		w.Name("logistics_status").Text(name.status)
		w.Close('}')
	}
	w.Close(']')
}

// writeWayBack writes the tracking number of goods that were sent back, if there are any.
func writeWayBack(w *wire.Writer, v *view) {
	for _, r := range v.returns {
		if number := v.world.returnView(v, r).trackingNumber(); number != "" {
			w.Name("reversed_tracking_number").Text(number)
			w.Name("reversed_courier_name").Text(carriers[0].name)
			return
		}
	}
}

// trackingNumber is "" until the carrier was asked to come.
func (v *view) trackingNumber(p *market.Parcel) string {
	if p.Digits == "" {
		return ""
	}
	return v.region.Code + p.Digits + "CU"
}

// trackingRow is the truth about an order's packages, which move together. An order that cannot be sent has none.
func (w *World) trackingRow(o *market.Order) world.Row {
	b := w.Basket(o)
	row := world.Row{ShopID: w.shopText(o.Shop), ID: w.sn(o.Ref), CreateTime: o.Create, UpdateTime: o.Update}
	for _, p := range w.Parcels(o, &b) {
		row.Lines++
		row.Status = logisticsStatuses[p.Status]
		row.UpdateTime = max(row.UpdateTime, p.Update)
	}
	return row
}
