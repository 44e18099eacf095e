package shopee

import (
	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

func writeItems(w *wire.Writer, v *view) {
	w.Name("item_list").Open('[')
	for i := range v.basket.lines {
		writeLine(w, v, i)
	}
	w.Close(']')
}

func writeLine(w *wire.Writer, v *view, i int) {
	l := &v.basket.lines[i]
	it := &l.Product
	modelID, modelName, modelSKU := it.Variant(l.Variant)
	w.Open('{')
	w.Name("item_id").Int(it.ID)
	w.Name("item_name").Text(it.Name)
	w.Name("item_sku").Text(it.SKU)
	w.Name("model_id").Int(modelID)
	w.Name("model_name").Text(modelName)
	w.Name("model_sku").Text(modelSKU)
	w.Name("model_quantity_purchased").Int(l.Quantity)
	w.Name("model_original_price").Decimal(it.Price, v.region.Places)
	w.Name("model_discounted_price").Decimal(l.price, v.region.Places)
	w.Name("wholesale").Bool(false)
	w.Name("weight").Decimal(it.Grams, 3)
	w.Name("add_on_deal").Bool(l.addOn != 0)
	w.Name("main_item").Bool(l.main)
	w.Name("add_on_deal_id").Int(l.addOn)
	kind, promotion := l.promotion()
	w.Name("promotion_type").Text(kind)
	w.Name("promotion_id").Int(promotion)
	w.Name("order_item_id").Int(l.itemID)
	w.Name("line_item_id").Int(lineID(v.Ref, i))
	w.Name("promotion_group_id").Int(l.group)
	w.Name("image_info").Open('{')
	w.Name("image_url").Text("https://cf.shopee.example/file/" + world.Decimal(it.ID, 0) + "_tn")
	w.Close('}')
	writeLocation(w, v, it)
	w.Name("is_prescription_item").Bool(false)
	w.Name("is_b2c_owned_item").Bool(false)
	w.Name("consultation_id").Text("")
	writePromotions(w, kind, promotion)
	w.Name("hot_listing_item").Bool(false)
	writeQuantities(w, v, i)
	w.Close('}')
}

// writeLocation writes an array, a string or nothing at all: the platform's own pages show more than one shape.
func writeLocation(w *wire.Writer, v *view, it *market.Product) {
	switch v.Key >> 24 & 7 {
	case 0:
		return
	case 1, 2, 3:
		w.Name("product_location_id").Text(it.Location)
	default:
		w.Name("product_location_id").Strings(it.Location)
	}
}

func writePromotions(w *wire.Writer, kind string, id int64) {
	w.Name("promotion_list").Open('[')
	if kind != "" {
		w.Open('{')
		w.Name("promotion_type").Text(kind)
		w.Name("promotion_id").Int(id)
		w.Close('}')
	}
	w.Close(']')
}

// writeQuantities says what became of the units of a line.
func writeQuantities(w *wire.Writer, v *view, i int) {
	var cancelling, gone, returning, back int64
	bought := v.basket.lines[i].Quantity
	switch v.Status {
	case market.Cancelled:
		gone = bought
	case market.Cancelling:
		cancelling = bought
	default:
		for _, r := range v.returns {
			for _, l := range r.Lines {
				switch {
				case l.Line != i:
				case r.Status == market.ReturnRefunded:
					back += l.Quantity
				case r.Status != market.ReturnRejected && r.Status != market.ReturnWithdrawn:
					returning += l.Quantity
				}
			}
		}
	}
	w.Name("active_qty").Int(bought - gone - back)
	w.Name("cancel_requested_qty").Int(cancelling)
	w.Name("cancelled_qty").Int(gone)
	w.Name("return_requested_qty").Int(returning)
	w.Name("returned_qty").Int(back)
}

func (l *line) promotion() (kind string, id int64) {
	switch {
	case l.group != 0:
		return "bundle_deal", 7_850_000 + l.itemID>>4%1000
	case l.addOn != 0:
		return "add_on_deal_main", l.addOn
	case l.Product.Percent >= 25:
		return "flash_sale", itemPromotion(&l.Product)
	case l.Product.Percent > 0:
		return "product_promotion", itemPromotion(&l.Product)
	}
	return "", 0
}
