package shopee

import "github.com/shopstream/shopstream/internal/simulator/world"

func writeItems(w *writer, v *view) {
	w.name("item_list").open('[')
	for i := range v.basket.lines {
		w.writeLine(v, i)
	}
	w.close(']')
}

func (w *writer) writeLine(v *view, i int) {
	l := &v.basket.lines[i]
	it := &l.item
	modelID, modelName, modelSKU := it.model(l.model)
	w.open('{')
	w.name("item_id").int(it.id)
	w.name("item_name").text(it.name)
	w.name("item_sku").text(it.sku)
	w.name("model_id").int(modelID)
	w.name("model_name").text(modelName)
	w.name("model_sku").text(modelSKU)
	w.name("model_quantity_purchased").int(l.quantity)
	w.name("model_original_price").decimal(it.price, v.market.places)
	w.name("model_discounted_price").decimal(l.price, v.market.places)
	w.name("wholesale").bool(false)
	w.name("weight").decimal(it.grams, 3)
	w.name("add_on_deal").bool(l.addOn != 0)
	w.name("main_item").bool(l.main)
	w.name("add_on_deal_id").int(l.addOn)
	kind, promotion := l.promotion()
	w.name("promotion_type").text(kind)
	w.name("promotion_id").int(promotion)
	w.name("order_item_id").int(l.itemID)
	w.name("line_item_id").int(lineID(v.order, i))
	w.name("promotion_group_id").int(l.group)
	w.name("image_info").open('{')
	w.name("image_url").text("https://cf.shopee.example/file/" + world.Decimal(it.id, 0) + "_tn")
	w.close('}')
	w.writeLocation(v, it)
	w.name("is_prescription_item").bool(false)
	w.name("is_b2c_owned_item").bool(false)
	w.name("consultation_id").text("")
	w.writePromotions(kind, promotion)
	w.name("hot_listing_item").bool(false)
	w.writeQuantities(v, l)
	w.close('}')
}

// writeLocation writes an array, a string or nothing at all: the platform's own pages show more than one shape.
func (w *writer) writeLocation(v *view, it *item) {
	switch v.key >> 24 & 7 {
	case 0:
		return
	case 1, 2, 3:
		w.name("product_location_id").text(it.location)
	default:
		w.name("product_location_id").strings(it.location)
	}
}

func (w *writer) writePromotions(kind string, id int64) {
	w.name("promotion_list").open('[')
	if kind != "" {
		w.open('{')
		w.name("promotion_type").text(kind)
		w.name("promotion_id").int(id)
		w.close('}')
	}
	w.close(']')
}

// writeQuantities says what became of the units of a line.
func (w *writer) writeQuantities(v *view, l *line) {
	var active, cancelling, gone, returning, back int64
	switch {
	case v.status == cancelled:
		gone = l.quantity
	case v.status == inCancel:
		active, cancelling = l.quantity, l.quantity
	case v.status == toReturn:
		active, returning = l.quantity, 1
	case v.status == completed && v.life.fate == returned:
		active, back = l.quantity-1, 1
	default:
		active = l.quantity
	}
	w.name("active_qty").int(active)
	w.name("cancel_requested_qty").int(cancelling)
	w.name("cancelled_qty").int(gone)
	w.name("return_requested_qty").int(returning)
	w.name("returned_qty").int(back)
}

func (l *line) promotion() (kind string, id int64) {
	switch {
	case l.group != 0:
		return "bundle_deal", 7_850_000 + l.itemID>>4%1000
	case l.addOn != 0:
		return "add_on_deal_main", l.addOn
	case l.item.discount >= 25:
		return "flash_sale", 779_222_207_758_537
	case l.item.discount > 0:
		return "product_promotion", 612_000_000 + l.item.id%1000
	}
	return "", 0
}
