package lazada

import (
	"slices"
	"strings"
	"time"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// eventNames are the platform's words for what happens to a package.
var eventNames = [...]struct{ code, kind, title, description string }{
	market.EventCreated:        {"created", "ORDER", "Order placed", "Đơn hàng đã được tạo"},
	market.EventRequested:      {"ready_to_ship", "ORDER", "Ready to ship", "Người bán đang chuẩn bị hàng"},
	market.EventMissed:         {"pickup_failed", "TRANSIT", "Pickup failed", "Carrier did not come and will come again"},
	market.EventPickedUp:       {"shipped", "TRANSIT", "Shipped", "Parcel was handed to the carrier"},
	market.EventHub:            {"in_transit", "TRANSIT", "In transit", "Parcel left the sort centre"},
	market.EventOutForDelivery: {"out_for_delivery", "DELIVERY", "Out for delivery", "Đang giao hàng 🚚"},
	market.EventDelivered:      {"delivered", "DELIVERY", "Delivered", "Parcel delivered"},
	market.EventFailed:         {"failed_delivery", "DELIVERY", "Delivery failed", "Giao hàng không thành công"},
	market.EventVoided:         {"canceled", "ORDER", "Canceled", "Order was canceled"},
}

// trace answers logistic/order/trace. It is empty until the order is ready to ship.
func (a *API) trace(c *call, w *wire.Writer) *refusal {
	o, refused := a.orderOf(c)
	if refused != nil {
		return refused
	}
	v := a.world.view(&o)
	w.Name("result").Open('{')
	w.Name("success").Bool(true)
	w.Name("not_success").Bool(false)
	w.Name("retry").Bool(false)
	w.Name("repeated").Bool(false)
	w.Name("error_code").Open('{')
	w.Member("displayMessage", "")
	w.Close('}')
	w.Name("module").Open('[')
	if status := v.units[0].status; v.packed() && status != "packed" && status != "ready_to_ship_pending" {
		w.Open('{')
		w.Member("ofc_order_id", "OFC"+idText(a.world.orderID(o.Ref)))
		w.Name("warehouse_detail_info").Strings()
		w.Name("package_detail_info_list").Open('[')
		for _, p := range a.world.Parcels(&o, &v.basket) {
			if list := c.params.Get("ofcPackageIdList"); list == "" || strings.Contains(list, v.packageID(p.Ordinal)) {
				writeTraced(w, v, &p)
			}
		}
		w.Close(']')
		w.Close('}')
	}
	w.Close(']')
	w.Close('}')
	return nil
}

// writeTraced writes the newest event first for most packages: the platform does not say which way it goes.
func writeTraced(w *wire.Writer, v *view, p *market.Parcel) {
	w.Open('{')
	w.Member("ofc_package_id", v.packageID(p.Ordinal))
	w.Member("tracking_number", v.trackingCode(p))
	w.Name("order_line_info_list").Open('[')
	for i := range v.units {
		if v.units[i].parcel == p.Ordinal {
			w.Open('{')
			w.Name("trade_order_line_id").IntText(market.UnitID(v.Ref, i))
			w.Close('}')
		}
	}
	w.Close(']')
	events := slices.Clone(p.Events)
	if p.Key>>8&3 != 0 {
		slices.Reverse(events)
	}
	w.Name("logistic_detail_info_list").Open('[')
	for _, e := range events {
		name := &eventNames[e.Kind]
		w.Open('{')
		w.Member("title", name.title)
		w.Member("description", name.description)
		w.Member("detail_type", name.kind)
		w.Member("status_code", name.code)
		w.Name("event_time").Int(e.At * 1000)
		w.Member("event_date", time.Unix(e.At, 0).In(v.region.Zone).Format(time.DateOnly))
		w.Name("receive_time").Int(e.At*1000 + 10_000)
		w.Member("package_location_name", v.person.State)
		w.Member("icon", "")
		if e.Kind == market.EventDelivered {
			w.Name("proof_images").Strings()
		}
		w.Close('}')
	}
	w.Close(']')
	w.Close('}')
}

// parcelStatus is what the order's tracking document says: the statuses of the units in the package that is furthest behind. One
// that came back whole is behind those that somebody keeps something of; else they go together, and the first one counts.
func (v *view) parcelStatus() string {
	of := make([][]string, v.basket.Parcels)
	for i := range v.units {
		if u := &v.units[i]; !slices.Contains(of[u.parcel], u.status) {
			of[u.parcel] = append(of[u.parcel], u.status)
		}
	}
	behind := max(slices.IndexFunc(of, func(s []string) bool { return len(s) == 1 && s[0] == "returned" }), 0)
	return strings.Join(of[behind], ",")
}

// trackingRows yields the orders of a window that have packages.
func (w *World) trackingRows(window market.Window, now int64, yield func(world.Row) bool) {
	for o := range w.Orders(window, now, market.Newest) {
		v := w.view(o)
		if !v.packed() {
			continue
		}
		row := world.Row{
			ShopID: w.shopID(o.Shop), ID: idText(w.orderID(o.Ref)), CreateTime: o.Create, UpdateTime: o.Update, Status: v.parcelStatus(),
			Places: v.region.Places, Lines: v.basket.Parcels,
		}
		if !yield(row) {
			return
		}
	}
}
