package lazada

import (
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/simulator/market"
)

// sku is a variant of a product, or a product that has none, as the platform knows it.
type sku struct {
	id                           int64
	seller, shop, variation, url string
	color, size                  string // "" without variants
}

// skuOf makes the platform's ids. Every product has a variant here, and every variant a seller's name, be it a number.
func skuOf(region *market.Region, p *market.Product, variant int) sku {
	id, _, seller := p.Variant(variant)
	s := sku{id: id, seller: seller}
	if p.Variants == 0 {
		first := *p
		first.Variants = 1
		id, _, _ = first.Variant(0)
		s.id, s.seller = id+9, p.SKU
	} else {
		s.color, s.size = p.Options(variant)
		s.variation = "Color family:" + s.color + ", Size:" + s.size
	}
	if s.seller == "" {
		s.seller = idText(p.ID) + strconv.Itoa(variant)
	}
	s.shop = idText(p.ID) + "_" + region.Code + "-" + idText(s.id)
	s.url = "https://www.lazada." + strings.ToLower(region.Code) + ".example/products/i" + idText(p.ID) + "-s" + idText(s.id) + ".html"
	return s
}

func imageURL(name string) string { return "https://live.slatic.example/p/" + name + ".jpg" }
