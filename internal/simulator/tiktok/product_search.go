package tiktok

import (
	"iter"
	"slices"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
)

// productList has an order of its own: that of the ids.
var productList = listRule{least: 1, most: 100}

// searchProducts answers the list of products. The ends of its windows belong to them.
func (a *API) searchProducts(c *call, w *wire.Writer) *refusal {
	f, refused := c.filter()
	if refused != nil {
		return refused
	}
	created, refused := c.between("create_time", f.CreateFrom, nil, f.CreateLast)
	if refused != nil {
		return refused
	}
	updated, refused := c.between("update_time", f.UpdateFrom, nil, f.UpdateLast)
	if refused != nil {
		return refused
	}
	if refused := c.oneOf("status", f.Status, "ALL", "DRAFT", "PENDING", "FAILED", "ACTIVATE", "SELLER_DEACTIVATED",
		"PLATFORM_DEACTIVATED", "FREEZE", "DELETED"); refused != nil {
		return refused
	}
	l, refused := a.listing(c, productList)
	if refused != nil {
		return refused
	}
	region := a.world.RegionOf(c.shop)
	p := l.cut(c, func(yield func(market.Position) bool) {
		for s := range a.world.products(c.shop, created, updated, c.now) {
			if letsProduct(f, s) && !yield(market.Position{Ref: market.Ref{Shop: c.shop, Day: s.ID}}) {
				return
			}
		}
	})
	l.write(c, w, p, "products", true, func(at market.Position) {
		if s, ok := a.world.FindProduct(c.shop, at.Ref.Day, c.now); ok {
			a.writeListed(w, &s, region)
		}
	})
	return nil
}

func (a *API) writeListed(w *wire.Writer, s *market.Shelf, region *market.Region) {
	w.Open('{')
	writeProductHead(w, s)
	w.Name("sales_regions").Strings(region.Code)
	w.Name("product_sync_fail_reasons").Strings()
	w.Name("recommended_categories").Strings()
	w.Name("skus").Open('[')
	for v := range skus(s) {
		a.writeSKU(w, s, v, region, false)
	}
	w.Close(']')
	w.Close('}')
}

// products are a shop's, deleted ones too, that were created and last changed in two spans.
func (w *World) products(shop int, created, updated span, now int64) iter.Seq[*market.Shelf] {
	return func(yield func(*market.Shelf) bool) {
		for s := range w.Products(shop, now) {
			if created.holds(s.Create) && updated.holds(s.Update) && !yield(s) {
				return
			}
		}
	}
}

// letsProduct says whether a product is one that a filter asks for, but for its times.
func letsProduct(f *filter, s *market.Shelf) bool {
	if f.Status != "" && f.Status != "ALL" && f.Status != productStatus(s) {
		return false
	}
	if len(f.SKUs) == 0 && len(f.SellerSKUs) == 0 {
		return true
	}
	for v := range skus(s) {
		_, _, sku := s.Variant(v)
		if s.Variants == 0 {
			sku = s.SKU
		}
		if slices.Contains(f.SKUs, skuID(&s.Product, v)) || sku != "" && slices.Contains(f.SellerSKUs, sku) {
			return true
		}
	}
	return false
}
