package shopee

import (
	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
)

// models answers get_model_list: one item's variations, none for an item that has no models.
func (a *API) models(c *call, w *wire.Writer) *refusal {
	id, refused := c.integer("item_id", 1, 1<<62)
	if refused != nil {
		return refused
	}
	s, ok := a.world.FindProduct(c.shop, id, c.now)
	if !ok {
		return errNoItem
	}
	w.Name("response").Open('{')
	writeTiers(w, &s)
	w.Name("model").Open('[')
	for v := range s.Variants {
		a.writeModel(w, &s, v)
	}
	w.Close(']')
	if s.Key>>33&1 == 0 {
		w.Name("standardise_tier_variation").Strings()
	}
	w.Close('}')
	return nil
}

// tiers are the options of a product's two variations, in the order in which its variants first have them.
func tiers(s *market.Shelf) (colors, sizes []string) {
	seen := map[string]bool{}
	for v := range s.Variants {
		color, size := s.Options(v)
		if !seen["color "+color] {
			colors = append(colors, color)
		}
		if !seen["size "+size] {
			sizes = append(sizes, size)
		}
		seen["color "+color], seen["size "+size] = true, true
	}
	return colors, sizes
}

// writeTiers writes pictures for the first variation alone.
func writeTiers(w *wire.Writer, s *market.Shelf) {
	colors, sizes := tiers(s)
	w.Name("tier_variation").Open('[')
	for i, options := range [][]string{colors, sizes} {
		if len(options) == 0 {
			continue
		}
		w.Open('{')
		w.Name("name").Text([...]string{"Color", "Size"}[i])
		w.Name("option_list").Open('[')
		for n, option := range options {
			w.Open('{')
			w.Name("option").Text(option)
			if i == 0 && n == 0 {
				image := s.Images()[0]
				w.Name("image").Open('{')
				w.Name("image_id").Text(image)
				w.Name("image_url").Text(imageURL(image))
				w.Close('}')
			}
			w.Close('}')
		}
		w.Close(']')
		w.Close('}')
	}
	w.Close(']')
}

func (a *API) writeModel(w *wire.Writer, s *market.Shelf, v int) {
	id, _, sku := s.Variant(v)
	colors, sizes := tiers(s)
	w.Open('{')
	w.Name("model_id").Int(id)
	w.Name("model_sku").Text(sku)
	w.Name("tier_index").Open('[')
	w.Int(int64(v % len(colors)))
	w.Int(int64(v % len(sizes)))
	w.Close(']')
	status := "MODEL_NORMAL"
	if s.Stock(v) == 0 {
		status = "MODEL_UNAVAILABLE"
	}
	w.Name("model_status").Text(status)
	writePrice(w, s, a.world.RegionOf(s.Shop))
	writeStock(w, s, v)
	w.Name("promotion_id").Int(itemPromotion(&s.Product))
	w.Name("has_promotion").Bool(s.Percent > 0)
	if v%2 == 0 {
		writePreOrder(w)
		w.Name("gtin_code").Text("")
		w.Name("weight").DecimalText(s.Grams, 3)
		writeDimension(w, s)
		w.Name("is_fulfillment_by_shopee").Bool(false)
	}
	w.Close('}')
}

// itemPromotion is the id of the promotion an item is in, 0 for none.
func itemPromotion(p *market.Product) int64 {
	switch {
	case p.Percent >= 25:
		return 779_222_207_758_537
	case p.Percent > 0:
		return 612_000_000 + p.ID%1000
	}
	return 0
}
