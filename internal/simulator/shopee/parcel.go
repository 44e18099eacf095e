package shopee

import (
	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// carrier is a logistics channel.
type carrier struct {
	id   int64
	name string
}

var carriers = [...]carrier{{50021, "SPX Express"}, {18080, "Standard Delivery"}, {50011, "Giao Hàng Nhanh"}}

func (v *view) channel() carrier { return carriers[v.Key>>32%uint64(len(carriers))] }

// carrier of the order is known once it may be shipped.
func (v *view) carrier() string {
	if v.Reached(v.Life.Ready) == 0 {
		return ""
	}
	return v.channel().name
}

// writePackages writes an empty list while there is nothing to ship.
func writePackages(w *wire.Writer, v *view) {
	w.Name("package_list").Open('[')
	parcels := v.world.Parcels(v.Order, &v.basket.Basket)
	for i := range parcels {
		writePackage(w, v, &parcels[i])
	}
	w.Close(']')
}

func writePackage(w *wire.Writer, v *view, p *market.Parcel) {
	parcel := p.Ordinal
	r := world.NewRand(world.Hash(v.Key, streamPackage, uint64(parcel))) //nolint:gosec // not negative
	channel := v.channel()
	w.Open('{')
	w.Name("package_number").Text(v.world.packageNumber(v.Ref, parcel))
	w.Name("logistics_status").Text(logisticsStatuses[p.Status])
	w.Name("logistics_channel_id").Int(channel.id)
	w.Name("shipping_carrier").Text(channel.name)
	w.Name("allow_self_design_awb").Bool(true)
	w.Name("parcel_chargeable_weight_gram").Int(v.basket.Grams(parcel))
	group := int64(0)
	if r.Chance(20) {
		group = 150_000_000_000_000 + r.Below(1_000_000_000_000)
	}
	w.Name("group_shipment_id").IntOrNull(group)
	if r.Chance(30) {
		w.Name("sorting_group").Text("North")
	}
	w.Name("item_list").Open('[')
	for i := range v.basket.lines {
		if l := &v.basket.lines[i]; l.Parcel == parcel {
			writePackedLine(w, l)
		}
	}
	w.Close(']')
	w.Close('}')
}

func writePackedLine(w *wire.Writer, l *line) {
	modelID, _, _ := l.Product.Variant(l.Variant)
	w.Open('{')
	w.Name("item_id").Int(l.Product.ID)
	w.Name("model_id").Int(modelID)
	w.Name("model_quantity").Int(l.Quantity)
	w.Name("order_item_id").Int(l.itemID)
	w.Name("promotion_group_id").Int(l.group)
	w.Name("product_location_id").Text(l.Product.Location)
	w.Close('}')
}
