package lazada

import (
	"encoding/json"
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// productStatus is the platform's word for what became of a product.
func productStatus(s *market.Shelf) string {
	switch s.Status {
	case market.Listed:
	case market.Unlisted:
		return "InActive"
	case market.Reviewing:
		return "Pending"
	case market.Banned:
		if s.Key>>8&1 == 0 {
			return "Suspended"
		}
		return "Rejected"
	case market.Deleted:
		return "Deleted"
	}
	return "Active"
}

// product answers product/item/get.
func (a *API) product(c *call, w *wire.Writer) *refusal {
	id, name := c.params.Get("item_id"), c.params.Get("seller_sku")
	switch {
	case id != "":
		n, err := strconv.ParseInt(id, 10, 64)
		s, ok := a.world.FindProduct(c.shop, n, c.now)
		if err != nil || !ok {
			return errNoItem
		}
		w.Name("data")
		a.world.writeProduct(w, &s, true)
		return nil
	case name == "":
		return missing("item_id")
	}
	for s := range a.world.Products(c.shop, c.now) {
		if a.world.sells(s, name) {
			w.Name("data")
			a.world.writeProduct(w, s, true)
			return nil
		}
	}
	return errNoSKU
}

// sells says whether a variant of the product has the seller's name.
func (w *World) sells(s *market.Shelf, name string) bool {
	for v := range max(s.Variants, 1) {
		if skuOf(w.RegionOf(s.Shop), &s.Product, v).seller == name {
			return true
		}
	}
	return false
}

// writeProduct writes a product; where its stock lies is an option.
func (w *World) writeProduct(out *wire.Writer, s *market.Shelf, stock bool) {
	out.Open('{')
	out.Name("item_id").Int(s.ID)
	out.Name("primary_category").Int(s.Category())
	out.Name("created_time").IntText(s.Create * 1000)
	out.Name("updated_time").IntText(s.Update * 1000)
	writeImages(out, s)
	out.Name("marketImages").Strings()
	out.Member("status", productStatus(s))
	out.Member("subStatus", "")
	out.Name("attributes").Open('{')
	out.Member("name", s.Name)
	brand := s.Brand()
	if brand.ID == 0 {
		brand.Name = "No Brand"
	}
	out.Member("brand", brand.Name)
	description := "<p>" + s.Name + " – hàng mới 100% ✅</p>"
	if s.Key>>18&3 == 0 {
		out.Member("short_description", description)
		description = ""
	}
	out.Member("description", description)
	out.Close('}')
	out.Name("skus").Open('[')
	for v := range max(s.Variants, 1) {
		w.writeSKU(out, s, v, stock)
	}
	out.Close(']')
	out.Name("suspendedSkus").Strings()
	out.Name("trialProduct").Bool(false)
	out.Name("rejectReason").Open('[')
	if s.Status == market.Banned {
		out.Open('{')
		out.Member("suggestion", "Replace image")
		out.Member("violationDetail", "Watermark")
		out.Close('}')
	}
	out.Close(']')
	out.Member("hiddenReason", "")
	out.Member("hiddenStatus", "")
	out.Close('}')
}

// writeImages writes a list, or for some products the JSON of one as text.
func writeImages(w *wire.Writer, s *market.Shelf) {
	images := s.Images()
	for i, name := range images {
		images[i] = imageURL(name)
	}
	if s.Key>>12&7 == 0 {
		text, _ := json.Marshal(images) // strings always have a JSON form
		w.Member("images", string(text))
		return
	}
	w.Name("images").Strings(images...)
}

func (w *World) writeSKU(out *wire.Writer, s *market.Shelf, variant int, stock bool) {
	region := w.RegionOf(s.Shop)
	k := skuOf(region, &s.Product, variant)
	available := s.Stock(variant)
	status := "active"
	if available == 0 {
		status = "inactive"
	}
	out.Open('{')
	out.Name("SkuId").Int(k.id)
	out.Member("SellerSku", k.seller)
	out.Member("ShopSku", k.shop)
	out.Member("Status", status)
	out.Name("quantity").Int(available)
	out.Name("Available").Int(available)
	number(out.Name("price"), s.Price, region.Places, s.Key>>20)
	special := s.Discounted
	if s.Percent == 0 {
		special = 0
	}
	number(out.Name("special_price"), special, region.Places, s.Key>>22)
	if special != 0 {
		out.Member("special_from_time", "2024-06-01 00:00")
		out.Member("special_to_time", "2034-06-30 23:59")
	}
	for i, name := range []string{"package_height", "package_length", "package_width"} {
		out.Name(name).IntText(int64(1 + s.Key>>(27+i)&31))
	}
	out.Name("package_weight").DecimalText(s.Grams, 3)
	out.Member("package_content", "")
	out.Member("Url", k.url)
	out.Name("Images").Strings(imageURL(s.Images()[0]))
	out.Name("saleProp").Open('{')
	if k.color != "" {
		out.Member("color_family", k.color)
		out.Member("size", k.size)
	}
	out.Close('}')
	out.Name("multiWarehouseInventories").Open('[')
	if stock {
		writeStock(out, available)
	}
	out.Close(']')
	out.Name("fblWarehouseInventories").Strings()
	out.Name("channelInventories").Strings()
	out.Close('}')
}

// writeStock writes what can be sold and what is taken already.
func writeStock(w *wire.Writer, available int64) {
	w.Open('{')
	w.Member("warehouseCode", "dropshipping")
	w.Name("quantity").Int(available)
	w.Name("totalQuantity").Int(available + available/17)
	w.Name("occupyQuantity").Int(available / 17)
	w.Name("withholdQuantity").Int(0)
	w.Name("sellableQuantity").Int(available)
	w.Close('}')
}

// productRow is the truth about a product.
func (w *World) productRow(s *market.Shelf) world.Row {
	return world.Row{
		ShopID: w.shopID(s.Shop), ID: idText(s.ID), CreateTime: s.Create, UpdateTime: s.Update, Status: productStatus(s),
		Places: w.RegionOf(s.Shop).Places, Lines: max(s.Variants, 1), Quantity: s.TotalStock(),
	}
}
