package tiktok

import (
	"strconv"

	"github.com/shopstream/shopstream/internal/simulator/market"
	"github.com/shopstream/shopstream/internal/simulator/wire"
	"github.com/shopstream/shopstream/internal/simulator/world"
)

// productStatus is the platform's word for what became of a product.
func productStatus(s *market.Shelf) string {
	switch s.Status {
	case market.Unlisted:
		return "SELLER_DEACTIVATED"
	case market.Reviewing:
		return "PENDING"
	case market.Banned:
		if s.Key>>40&1 == 0 {
			return "FREEZE"
		}
		return "PLATFORM_DEACTIVATED"
	case market.Deleted:
		return "DELETED"
	case market.Listed:
	}
	return "ACTIVATE"
}

// skus is how many variants a product has; one at the least.
func skus(s *market.Shelf) int { return max(s.Variants, 1) }

// productRow is the truth about a product.
func (w *World) productRow(s *market.Shelf) world.Row {
	return world.Row{
		ShopID: w.shopText(s.Shop), ID: productID(&s.Product), CreateTime: s.Create, UpdateTime: s.Update,
		Status: productStatus(s), Places: w.RegionOf(s.Shop).Places, Lines: skus(s), Quantity: s.TotalStock(),
	}
}

// product answers the details of one product, which are the data itself.
func (a *API) product(c *call, w *wire.Writer) *refusal {
	number, err := strconv.ParseInt(c.request.PathValue("product_id"), 10, 64)
	if err != nil || number < productBase {
		return errNoProduct
	}
	s, ok := a.world.FindProduct(c.shop, number-productBase, c.now)
	if !ok {
		return errNoProduct
	}
	region := a.world.RegionOf(c.shop)
	writeProductHead(w, &s)
	w.Name("category_chains").Open('[')
	top := 600_001 + s.Category()%20
	writeCategory(w, top, 0, "Fashion", false)
	writeCategory(w, s.Category(), top, "Accessories", true)
	w.Close(']')
	if brand := s.Brand(); brand.ID != 0 {
		w.Name("brand").Open('{')
		w.Member("id", strconv.FormatInt(7_082_000_000_000_000_000+brand.ID, 10))
		w.Member("name", brand.Name)
		w.Close('}')
	}
	w.Name("main_images").Open('[')
	for _, image := range s.Images() {
		writeImage(w, image)
	}
	w.Close(']')
	w.Member("description", "<p>"+s.Name+"</p>\n<ul><li>Item "+strconv.Itoa(s.Ordinal)+"</li></ul>")
	w.Name("package_dimensions").Open('{')
	w.Member("length", strconv.FormatInt(10+s.Grams%40, 10))
	w.Member("width", strconv.FormatInt(5+s.Grams%25, 10))
	w.Member("height", "4")
	w.Member("unit", "CENTIMETER")
	w.Close('}')
	w.Name("package_weight").Open('{')
	w.Member("value", world.Decimal(s.Grams, 3))
	w.Member("unit", "KILOGRAM")
	w.Close('}')
	w.Name("skus").Open('[')
	for v := range skus(&s) {
		a.writeSKU(w, &s, v, region, true)
	}
	w.Close(']')
	w.Name("certifications").Strings()
	w.Name("is_cod_allowed").Bool(true)
	w.Name("audit_failed_reasons").Strings()
	w.Member("external_product_id", "")
	w.Name("product_types").Strings()
	w.Name("minimum_order_quantity").Int(1)
	w.Name("is_pre_owned").Bool(false)
	return nil
}

// writeProductHead writes what the list and the details say alike.
func writeProductHead(w *wire.Writer, s *market.Shelf) {
	w.Member("id", productID(&s.Product))
	w.Member("title", s.Name)
	w.Member("status", productStatus(s))
	w.Name("create_time").Int(s.Create)
	w.Name("update_time").Int(s.Update)
	w.Name("is_not_for_sale").Bool(false)
	w.Member("listing_quality_tier", [...]string{"POOR", "FAIR", "GOOD"}[s.Key%3])
	w.Name("audit").Open('{')
	status := "APPROVED"
	if s.Status == market.Reviewing {
		status = "AUDITING"
	}
	w.Member("status", status)
	w.Name("pre_approved_reasons").Strings()
	w.Close('}')
}

func writeCategory(w *wire.Writer, id, parent int64, title string, leaf bool) {
	w.Open('{')
	w.Name("id").IntText(id)
	w.Name("parent_id").IntText(parent)
	w.Member("local_name", title)
	w.Name("is_leaf").Bool(leaf)
	w.Close('}')
}

func writeImage(w *wire.Writer, image string) {
	w.Open('{')
	w.Name("height").Int(1200)
	w.Name("width").Int(1200)
	w.Name("thumb_urls").Strings(imageURL(image + "-t"))
	w.Member("uri", "tos/"+image)
	w.Name("urls").Strings(imageURL(image), imageURL(image+"-2"))
	w.Close('}')
}

// writeSKU writes a variant. The price before the seller's discount is there when there is one.
func (a *API) writeSKU(w *wire.Writer, s *market.Shelf, v int, region *market.Region, detailed bool) {
	_, _, sku := s.Variant(v)
	if s.Variants == 0 {
		sku = s.SKU
	}
	w.Open('{')
	w.Member("id", skuID(&s.Product, v))
	w.Member("seller_sku", sku)
	w.Name("price").Open('{')
	money(w, "sale_price", s.Discounted, region.Places)
	money(w, "tax_exclusive_price", s.Discounted, region.Places)
	w.Member("currency", region.Currency)
	w.Close('}')
	a.writeInventory(w, s, v)
	if s.Percent > 0 {
		w.Name("list_price").Open('{')
		money(w, "amount", s.Price, region.Places)
		w.Member("currency", region.Currency)
		w.Close('}')
	}
	if detailed && s.Variants > 0 {
		color, size := s.Options(v)
		w.Name("sales_attributes").Open('[')
		writeAttribute(w, 100_000, "Color", color)
		writeAttribute(w, 100_007, "Size", size)
		w.Close(']')
	}
	w.Close('}')
}

// writeInventory writes the stock of each of the shop's warehouses.
func (a *API) writeInventory(w *wire.Writer, s *market.Shelf, v int) {
	stock := s.Stock(v)
	parts := []int64{stock}
	if s.Shop%3 == 1 {
		parts = []int64{stock / 3, stock - stock/3}
	}
	w.Name("inventory").Open('[')
	for i, n := range parts {
		w.Open('{')
		w.Member("warehouse_id", a.world.warehouseID(s.Shop, i))
		w.Name("quantity").Int(n)
		w.Close('}')
	}
	w.Close(']')
}

func writeAttribute(w *wire.Writer, id int64, title, value string) {
	w.Open('{')
	w.Name("id").IntText(id)
	w.Member("name", title)
	w.Name("value_id").IntText(7_000_000_000_000_000_000 + int64(world.HashText(1, value)%1_000_000_000))
	w.Member("value_name", value)
	w.Close('}')
}
