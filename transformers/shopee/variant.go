package shopee

import (
	"math"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/read"
)

// variants fills in what can be bought: the models, or the item itself when it has none. What the answer with the models says
// beside them stays in platform field model_list.
func (b *productBuilder) variants(models *row) {
	var rows []read.Element
	var tiers [][]string
	if models != nil {
		if in := b.row.Beside("model_list", models.Element); in != nil {
			rows, tiers = b.modelRows(in)
		}
	}
	switch {
	case len(rows) > 0:
		for i, e := range rows {
			b.model("model_list.model["+strconv.Itoa(i)+"].", e, tiers)
		}
		b.keepOwn()
		if b.itemSKU != "" {
			b.row.Rest.Set("item_sku", read.Quote([]byte(b.itemSKU)))
		}
	case b.hasModel != nil && *b.hasModel:
		b.row.Must("model_list.model", false)
		b.keepOwn()
		if b.itemSKU != "" {
			b.row.Rest.Set("item_sku", read.Quote([]byte(b.itemSKU)))
		}
	default:
		b.only()
	}
	b.addUp()
}

// keepOwn keeps the price and stock of an item that also has models, which does not happen by the documentation.
func (b *productBuilder) keepOwn() {
	for _, k := range b.own {
		b.row.KeepElement(k.name, k.Element)
	}
}

// modelRows reads the answer with the models: its rows, and the names of the options by tier.
func (b *productBuilder) modelRows(in *read.Object) (rows []read.Element, tiers [][]string) {
	for key := range in.Scan.Object() {
		switch key := string(key); key {
		case "model":
			rows = nil
			in.List(key, func(_ int, e read.Element) { rows = append(rows, e) })
		case "tier_variation":
			tiers = tierNames(in.Keep(key).Raw)
		default:
			in.Keep(key)
		}
	}
	b.row.KeepInside("model_list", in)
	return rows, tiers
}

// tierNames returns the names of the options of each tier, such as [[Blue White] [M L]].
func tierNames(raw []byte) (tiers [][]string) {
	s := jsonscan.New(raw)
	if s.Next() != '[' {
		return nil
	}
	for range s.Array() {
		var names []string
		walk(s.Value(), []string{"option_list"}, func(s *jsonscan.Scanner) {
			if s.Next() != '[' {
				return
			}
			for range s.Array() {
				name := ""
				walk(s.Value(), []string{"option"}, func(s *jsonscan.Scanner) { name, _ = jsonscan.Text(s.Value()) })
				names = append(names, name)
			}
		})
		tiers = append(tiers, names)
	}
	return tiers
}

// model adds the variant of a row of get_model_list.
func (b *productBuilder) model(prefix string, e read.Element, tiers [][]string) {
	r := read.NewObject(e.Raw, prefix, b.row.Bad)
	var v schemas.Variant
	var modelSKU string
	for name := range r.Scan.Object() {
		switch name := string(name); name {
		case "model_id":
			v.VariantID = r.ID(name)
		case "model_sku":
			modelSKU = r.Text(name)
		case "model_status":
			v.Status = r.Text(name)
		case "tier_index":
			v.Name = b.variantName(prefix+name, r.Keep(name).Raw, tiers)
		case "price_info", "stock_info_v2":
			b.priceOrStock(r, name, &v)
		default:
			r.Keep(name)
		}
	}
	if v.VariantID == "" {
		b.row.Bad.Add(prefix+"model_id", "missing")
	}
	if v.SKU = modelSKU; modelSKU == "" {
		v.SKU = b.itemSKU // as in orders
	}
	v.PlatformFields = r.Rest.Fields()
	b.product.Variants = append(b.product.Variants, v)
}

// variantName names a variant by its options, such as Blue,M.
func (b *productBuilder) variantName(member string, raw []byte, tiers [][]string) string {
	s := jsonscan.New(raw)
	if s.Next() != '[' {
		if len(raw) > 0 && raw[0] != 'n' {
			b.row.Bad.Add(member, "want a list")
		}
		return ""
	}
	var names []string
	for tier := range s.Array() {
		i, err := strconv.Atoi(string(s.Value()))
		if err != nil || tier >= len(tiers) || i < 0 || i >= len(tiers[tier]) || tiers[tier][i] == "" {
			b.row.Bad.Add(member, "want indexes of options that have names")
			return ""
		}
		names = append(names, tiers[tier][i])
	}
	return strings.Join(names, ",")
}

// only adds the variant of an item without models.
func (b *productBuilder) only() {
	v := schemas.Variant{SKU: b.itemSKU}
	r := &read.Object{Bad: b.row.Bad}
	for _, k := range b.own {
		r.Scan = jsonscan.New(k.Raw)
		b.priceOrStock(r, k.name, &v)
	}
	v.PlatformFields = r.Rest.Fields()
	b.product.Variants = []schemas.Variant{v}
}

// priceOrStock reads price_info or stock_info_v2, which items and models have alike.
func (b *productBuilder) priceOrStock(r *read.Object, name string, v *schemas.Variant) {
	if name == "stock_info_v2" {
		v.Stock = nil
		r.Inside(name, func(in *read.Object, key string) {
			if key != "summary_info" {
				in.Keep(key)
				return
			}
			in.Inside(key, func(in *read.Object, key string) {
				if key == "total_available_stock" {
					v.Stock = in.Count(key)
				} else {
					in.Keep(key)
				}
			})
		})
		return
	}
	r.First(name, func(in *read.Object, key string) {
		switch key {
		case "currency":
			b.currency(in, key)
		case "current_price":
			v.Price = in.Money(key)
		case "original_price":
			v.OriginalPrice = in.Money(key)
		default:
			in.Keep(key)
		}
	})
}

// currency reads the currency of a price. All amounts of a document have one, so another one is a problem.
func (b *productBuilder) currency(r *read.Object, key string) {
	currency := r.Text(key)
	switch {
	case currency == "" || currency == b.product.Currency:
	case b.product.Currency == "":
		b.product.Currency = currency
	default:
		r.Bad.Add(r.Prefix+key, "not the currency of the other prices")
		r.Rest.Set(key, read.Quote([]byte(currency)))
	}
}

// addUp fills in the stock of all variants, as far as they say theirs, and marks prices whose currency is not said.
func (b *productBuilder) addUp() {
	p := b.product
	var total int64
	known := false
	for i := range p.Variants {
		v := &p.Variants[i]
		if v.Price != "" && p.Currency == "" {
			b.row.Must("price_info[0].currency", false)
		}
		if v.Stock == nil {
			continue
		}
		if *v.Stock > 0 && total > math.MaxInt64-*v.Stock || *v.Stock < 0 && total < math.MinInt64-*v.Stock {
			b.row.Bad.Add("stock_info_v2", "stocks are too large to add up")
			return
		}
		total, known = total+*v.Stock, true
	}
	if known {
		p.TotalStock = &total
	}
}
