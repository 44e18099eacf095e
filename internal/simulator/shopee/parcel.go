package shopee

import "github.com/shopstream/shopstream/internal/simulator/world"

// carrier is a logistics channel.
type carrier struct {
	id   int64
	name string
}

var carriers = [...]carrier{{50021, "SPX Express"}, {18080, "Standard Delivery"}, {50011, "Giao Hàng Nhanh"}}

func (v *view) channel() carrier { return carriers[v.key>>32%uint64(len(carriers))] }

// carrier of the order is known once it may be shipped.
func (v *view) carrier() string {
	if v.reached(v.life.ready) == 0 {
		return ""
	}
	return v.channel().name
}

// writePackages writes an empty list while there is nothing to ship.
func writePackages(w *writer, v *view) {
	w.name("package_list").open('[')
	if v.reached(v.life.ready) > 0 {
		for parcel := range v.basket.parcels {
			w.writePackage(v, parcel)
		}
	}
	w.close(']')
}

func (w *writer) writePackage(v *view, parcel int) {
	r := world.NewRand(world.Hash(v.key, streamPackage, uint64(parcel))) //nolint:gosec // not negative
	channel := v.channel()
	w.open('{')
	w.name("package_number").text(string(v.world.appendPackageNumber(nil, v.order, parcel)))
	w.name("logistics_status").text(v.logistics())
	w.name("logistics_channel_id").int(channel.id)
	w.name("shipping_carrier").text(channel.name)
	w.name("allow_self_design_awb").bool(true)
	w.name("parcel_chargeable_weight_gram").int(v.basket.grams(parcel))
	group := int64(0)
	if r.Chance(20) {
		group = 150_000_000_000_000 + r.Below(1_000_000_000_000)
	}
	w.name("group_shipment_id").intOrNull(group)
	if r.Chance(30) {
		w.name("sorting_group").text("North")
	}
	w.name("item_list").open('[')
	for i := range v.basket.lines {
		if l := &v.basket.lines[i]; l.parcel == parcel {
			w.writePackedLine(l)
		}
	}
	w.close(']')
	w.close('}')
}

func (w *writer) writePackedLine(l *line) {
	modelID, _, _ := l.item.model(l.model)
	w.open('{')
	w.name("item_id").int(l.item.id)
	w.name("model_id").int(modelID)
	w.name("model_quantity").int(l.quantity)
	w.name("order_item_id").int(l.itemID)
	w.name("promotion_group_id").int(l.group)
	w.name("product_location_id").text(l.item.location)
	w.close('}')
}

// logistics is the state of all packages of an order: they move together.
func (v *view) logistics() string {
	switch v.status {
	case processed:
		return "LOGISTICS_REQUEST_CREATED"
	case retryShip:
		return "LOGISTICS_PICKUP_RETRY"
	case shipped:
		return "LOGISTICS_PICKUP_DONE"
	case toConfirm, toReturn, completed:
		return "LOGISTICS_DELIVERY_DONE"
	case cancelled:
		if v.life.fate == undelivered {
			return "LOGISTICS_DELIVERY_FAILED"
		}
		return "LOGISTICS_INVALID"
	case unpaid, pending, readyToShip, inCancel:
	}
	return "LOGISTICS_READY"
}
