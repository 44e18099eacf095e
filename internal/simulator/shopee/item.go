package shopee

import (
	"slices"
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// itemDetails answers get_item_base_info.
func (a *API) itemDetails(c *call, w *wire.Writer) *refusal {
	names, refused := c.names("item_id_list")
	if refused != nil {
		return refused
	}
	ids := make([]int64, len(names))
	for i, name := range names {
		id, err := strconv.ParseInt(name, 10, 64)
		if err != nil {
			return badParam("item_id_list has an entry that is no number")
		}
		ids[i] = id
	}
	if c.fault == world.FaultMissing {
		ids = ids[:len(ids)-1]
	}
	found := 0
	w.Name("response").Open('{')
	w.Name("item_list").Open('[')
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			continue
		}
		if s, ok := a.world.FindProduct(c.shop, id, c.now); ok {
			found++
			a.writeItem(w, c, &s)
		}
	}
	w.Close(']')
	w.Close('}')
	if found == 0 && c.fault != world.FaultMissing {
		return errNoItem
	}
	return nil
}

func (a *API) writeItem(w *wire.Writer, c *call, s *market.Shelf) {
	region := a.world.RegionOf(s.Shop)
	w.Open('{')
	w.Name("item_id").Int(s.ID)
	w.Name("category_id").Int(s.Category())
	w.Name("item_name").Text(s.Name)
	writeDescription(w, s)
	w.Name("item_sku").Text(s.SKU)
	w.Name("create_time").Int(s.Create)
	w.Name("update_time").Int(s.Update)
	writeAttributes(w, s)
	if s.Variants == 0 {
		writePrice(w, s, region)
		writeStock(w, s, 0)
	}
	writeImages(w, s)
	w.Name("weight").DecimalText(s.Grams, 3)
	writeDimension(w, s)
	writeChannels(w, s, region)
	writePreOrder(w)
	if s.Key>>13&1 == 0 {
		w.Name("wholesales").Strings()
		w.Name("size_chart").Text("")
		w.Name("video_info").Strings()
		w.Name("gtin_code").Text("")
	}
	w.Name("condition").Text("NEW")
	w.Name("item_status").Text(itemStatus(s))
	if s.Key>>14&3 == 0 {
		w.Name("deboost").Text("FALSE")
	} else {
		w.Name("deboost").Bool(false)
	}
	w.Name("has_model").Bool(s.Variants > 0)
	w.Name("has_promotion").Bool(s.Percent > 0)
	if s.Percent > 0 {
		w.Name("promotion_id").Int(itemPromotion(&s.Product))
	}
	brand := s.Brand()
	w.Name("brand").Open('{')
	w.Name("brand_id").Int(brand.ID)
	w.Name("original_brand_name").Text(brand.Name)
	w.Close('}')
	w.Name("item_dangerous").Int(0)
	w.Name("tag").Open('{')
	w.Name("kit").Bool(false)
	w.Close('}')
	for _, extra := range [...]struct{ parameter, member string }{{"need_tax_info", "tax_info"}, {"need_complaint_policy", "complaint_policy"}} {
		if c.wants(extra.parameter) {
			w.Name(extra.member).Open('{')
			w.Close('}')
		}
	}
	w.Close('}')
}

// writeDescription writes plain text, or the form with fields, beside which the text is empty.
func writeDescription(w *wire.Writer, s *market.Shelf) {
	text := s.Name + "\nHàng mới 100% ✅"
	if s.Key>>18&3 != 0 {
		w.Name("description").Text(text)
		w.Name("description_type").Text("normal")
		return
	}
	w.Name("description").Text("")
	w.Name("description_type").Text("extended")
	w.Name("description_info").Open('{')
	w.Name("extended_description").Open('{')
	w.Name("field_list").Open('[')
	w.Open('{')
	w.Name("field_type").Text("text")
	w.Name("text").Text(text)
	w.Close('}')
	w.Close(']')
	w.Close('}')
	w.Close('}')
}

func writeAttributes(w *wire.Writer, s *market.Shelf) {
	w.Name("attribute_list").Open('[')
	if s.Key>>20&1 == 0 {
		w.Open('{')
		w.Name("attribute_id").Int(4811)
		w.Name("original_attribute_name").Text("Brand")
		w.Name("is_mandatory").Bool(true)
		w.Name("attribute_value_list").Open('[')
		w.Open('{')
		w.Name("value_id").Int(0)
		w.Name("original_value_name").Text(s.Brand().Name)
		w.Name("value_unit").Text("")
		w.Close('}')
		w.Close(']')
		w.Close('}')
	}
	w.Close(']')
}

// writePrice writes what an item or each of its models costs; the inflated prices are not there for all.
func writePrice(w *wire.Writer, s *market.Shelf, region *market.Region) {
	w.Name("price_info").Open('[')
	w.Open('{')
	w.Name("currency").Text(region.Currency)
	w.Name("original_price").Decimal(s.Price, region.Places)
	w.Name("current_price").Decimal(s.Discounted, region.Places)
	if s.Key>>22&3 != 0 {
		w.Name("inflated_price_of_original_price").Decimal(s.Price, region.Places)
		w.Name("inflated_price_of_current_price").Decimal(s.Discounted, region.Places)
	}
	w.Close('}')
	w.Close(']')
}

// writeStock writes what can be sold of a model, or of an item without models. Some more is reserved.
func writeStock(w *wire.Writer, s *market.Shelf, variant int) {
	available := s.Stock(variant)
	reserved := available / 17
	location := s.Location
	if available == 0 {
		location = ""
	}
	w.Name("stock_info_v2").Open('{')
	w.Name("summary_info").Open('{')
	w.Name("total_reserved_stock").Int(reserved)
	w.Name("total_available_stock").Int(available)
	w.Close('}')
	w.Name("seller_stock").Open('[')
	w.Open('{')
	w.Name("location_id").Text(location)
	w.Name("stock").Int(available + reserved)
	w.Name("if_saleable").Bool(true)
	w.Close('}')
	w.Close(']')
	if s.Key>>25&1 == 0 {
		w.Name("shopee_stock").Strings()
	}
	w.Close('}')
}

func writeImages(w *wire.Writer, s *market.Shelf) {
	ids := s.Images()
	urls := make([]string, len(ids))
	for i, id := range ids {
		urls[i] = imageURL(id)
	}
	w.Name("image").Open('{')
	w.Name("image_url_list").Strings(urls...)
	w.Name("image_id_list").Strings(ids...)
	w.Name("image_ratio").Text("1:1")
	w.Close('}')
}

func imageURL(id string) string { return "https://cf.shopee.example/file/" + id }

func writeDimension(w *wire.Writer, s *market.Shelf) {
	w.Name("dimension").Open('{')
	w.Name("package_length").Int(int64(s.Key >> 27 & 31))
	w.Name("package_width").Int(int64(s.Key >> 28 & 31))
	w.Name("package_height").Int(int64(s.Key >> 29 & 7))
	w.Close('}')
}

// writeChannels writes how the item may be sent; fees are not there for all.
func writeChannels(w *wire.Writer, s *market.Shelf, region *market.Region) {
	w.Name("logistic_info").Open('[')
	for i, channel := range carriers[:1+s.Key>>30&1] {
		w.Open('{')
		w.Name("logistic_id").Int(channel.id)
		w.Name("logistic_name").Text(channel.name)
		w.Name("enabled").Bool(true)
		w.Name("is_free").Bool(false)
		if i == 0 && s.Key>>31&1 == 0 {
			fee := int64(199)
			if region.Places == 0 {
				fee = 16_500
			}
			w.Name("shipping_fee").Decimal(fee, region.Places)
			w.Name("size_id").Int(0)
			w.Name("estimated_shipping_fee").Decimal(fee, region.Places)
		}
		w.Close('}')
	}
	w.Close(']')
}

func writePreOrder(w *wire.Writer) {
	w.Name("pre_order").Open('{')
	w.Name("is_pre_order").Bool(false)
	w.Name("days_to_ship").Int(2)
	w.Close('}')
}
