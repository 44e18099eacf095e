package lazada

import (
	"encoding/json"
	"slices"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

const (
	furthestProduct = 10_000
	productsOfPage  = 50
	usualProducts   = 20
	namesOfList     = 100
)

// productFilters say which products the words of the parameter filter stand for.
var productFilters = map[string]func(s *market.Shelf) bool{
	"all":      func(*market.Shelf) bool { return true },
	"live":     func(s *market.Shelf) bool { return s.Status == market.Listed },
	"sold-out": func(s *market.Shelf) bool { return s.Status == market.Listed && s.TotalStock() == 0 },
	"inactive": func(s *market.Shelf) bool { return s.Status == market.Unlisted },
	"pending":  func(s *market.Shelf) bool { return s.Status == market.Reviewing },
	"rejected": func(s *market.Shelf) bool { return s.Status == market.Banned },
	"deleted":  func(s *market.Shelf) bool { return s.Status == market.Deleted },
}

// products answers products/get.
func (a *API) products(c *call, w *wire.Writer) *refusal {
	filter := c.params.Get("filter")
	if filter == "" {
		return missing("filter")
	}
	passes, known := productFilters[filter]
	if !known {
		return errStatus
	}
	created, refused := a.span(c, "create")
	if refused != nil {
		return refused
	}
	updated, refused := a.span(c, "update")
	if refused != nil {
		return refused
	}
	wanted, refused := c.page(furthestProduct, productsOfPage, usualProducts)
	if refused != nil {
		return refused
	}
	var names []string
	if text := c.params.Get("sku_seller_list"); text != "" {
		if json.Unmarshal([]byte(text), &names) != nil || len(names) > namesOfList {
			return errOrderList
		}
	}
	if c.fault == world.FaultEmptyMore {
		wanted.size = 0
	}
	total := 0
	w.Name("data").Open('{')
	w.Name("products").Open('[')
	for s := range a.world.Products(c.shop, c.now) {
		if !passes(s) || !created.holds(s.Create) || !updated.holds(s.Update) || !a.world.named(s, names) {
			continue
		}
		if total >= wanted.skip && total < wanted.skip+wanted.size {
			a.world.writeProduct(w, s, c.params.Get("options") == "1")
		}
		total++
	}
	w.Close(']')
	if c.fault == world.FaultEmptyMore {
		total++
	}
	w.Name("total_products").Int(int64(total))
	w.Close('}')
	return nil
}

// named says whether the product is one that was asked for by the seller's names; nil asks for all.
func (w *World) named(s *market.Shelf, names []string) bool {
	return names == nil || slices.ContainsFunc(names, func(name string) bool { return w.sells(s, name) })
}
