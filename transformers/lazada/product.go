package lazada

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// products reads a product_list page.
func products(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	return mapRows(page, pathProducts, []string{"data", "products"},
		func(e read.Element) (transformers.Document, string) {
			p, updated := readProduct(from, page.Region, e)
			return transformers.Document{Document: p, UpdateTime: updated, Revision: productRevision}, p.ProductID
		})
}

// readProduct maps a product, and returns its update time in unix seconds, 0 when it gives none.
func readProduct(from transformers.Origin, region string, e read.Element) (*schemas.Product, int64) {
	r := read.NewRow(e)
	b := productBuilder{product: &schemas.Product{Region: region}, row: r, site: siteOf(region, from.Zone, r.Bad)}
	p := b.product
	p.Currency = b.site.currency
	if r.Readable() {
		for key := range r.Scan.Object() {
			b.member(string(key))
		}
		b.settle(from)
	}
	p.Identity = from.Identity(r.Identify("item_id", p.ProductID))
	p.PlatformFields = r.Finish(&p.Lineage)
	return p, b.updated
}

// productBuilder holds what is read of a product until the document can be put together.
type productBuilder struct {
	product *schemas.Product
	row     *read.Row
	site    site

	created, updated int64
}

func (b *productBuilder) member(key string) {
	p, r := b.product, &b.row.Object
	switch key {
	case "item_id":
		p.ProductID = r.ID(key)
	case "primary_category":
		p.CategoryID = r.ID(key)
	case "created_time":
		b.created = r.SiteTime(key, b.site.zone)
	case "updated_time":
		b.updated = r.SiteTime(key, b.site.zone)
	case "status":
		p.Status = r.Text(key)
	case "images":
		p.Images = images(r, key)
	case "attributes":
		b.attributes(key)
	case "skus":
		p.Variants = nil
		r.List(key, b.variant)
	default:
		r.Keep(key)
	}
}

// attributes reads the product's attributes, which differ from category to category. A product without a description has
// often a short one.
func (b *productBuilder) attributes(name string) {
	p := b.product
	var inside *read.Object
	var short read.Element
	b.row.Inside(name, func(in *read.Object, key string) {
		inside = in
		switch key {
		case "name":
			p.Title = in.Text(key)
		case "brand":
			p.Brand = in.Text(key)
		case "description":
			p.Description = in.Text(key)
		case "short_description":
			short = in.Keep(key)
		default:
			in.Keep(key)
		}
	})
	if text, ok := jsonscan.Text(short.Raw); ok && p.Description == "" {
		p.Description = text
		inside.Rest.Delete("short_description")
		b.row.Rest.Delete(name)
		if rest := inside.Rest.Fields(); rest != nil {
			b.row.Rest.Set(name, []byte(rest))
		}
	}
}

// images reads a list of addresses, or a string that holds the JSON of one.
func images(r *read.Object, name string) []string {
	if r.Scan.Next() != '"' {
		return r.Texts(name)
	}
	e, _ := r.Value()
	text, _ := jsonscan.Text(e.Raw)
	if strings.TrimSpace(text) == "" {
		return nil
	}
	inner := read.NewObject([]byte(text), r.Prefix, &read.Problems{})
	var list []string
	if inner.Scan.Next() == '[' {
		list = inner.Texts(name)
	}
	if len(inner.Bad.List()) > 0 || inner.Scan.End() != nil {
		r.Wrong(name, e, "want a list, or the JSON of one")
		return nil
	}
	return list
}

// variant reads an element of skus.
func (b *productBuilder) variant(i int, e read.Element) {
	r := read.NewObject(e.Raw, "skus["+strconv.Itoa(i)+"].", b.row.Bad)
	var v schemas.Variant
	var price, special schemas.Money
	var quantity, available *int64
	for key := range r.Scan.Object() {
		switch key := string(key); key {
		case "SkuId":
			v.VariantID = r.ID(key)
		case "SellerSku":
			v.SKU = r.Code(key)
		case "Status":
			v.Status = r.Text(key)
		case "price":
			price = r.Money(key)
		case "special_price":
			special = r.Money(key)
		case "quantity":
			quantity = count(r, key)
		case "Available":
			available = count(r, key)
		case "saleProp":
			v.Name = b.saleProps(r, r.Keep(key))
		default:
			r.Keep(key)
		}
	}
	// A special price counts whatever its period: from when to when it does is kept, and is in no documented zone.
	v.OriginalPrice, v.Price = price, price
	if special.Sign() > 0 {
		v.Price = special
	} else if special.Sign() < 0 {
		r.Rest.Set("special_price", read.Quote([]byte(special)))
	}
	if v.Stock = available; available == nil {
		v.Stock = quantity
	} else if quantity != nil && *quantity != *available { // part of it is reserved
		r.Rest.Set("quantity", []byte(strconv.FormatInt(*quantity, 10)))
	}
	if v.VariantID == "" {
		b.row.Bad.Add(r.Prefix+"SkuId", "missing")
	}
	v.PlatformFields = r.Rest.Fields()
	b.product.Variants = append(b.product.Variants, v)
}

// saleProps names a variant by the values of its properties, such as Blue,M. Which properties they are stays in saleProp.
func (b *productBuilder) saleProps(r *read.Object, e read.Element) string {
	s := jsonscan.New(e.Raw)
	if s.Next() != '{' {
		if len(e.Raw) > 0 && e.Raw[0] != 'n' {
			b.row.Bad.Add(r.Prefix+"saleProp", "want an object")
		}
		return ""
	}
	var values []string
	for key := range s.Object() {
		name := string(key)
		raw := s.Value()
		value, ok := read.ParseCode(raw)
		if !ok && raw[0] != 'n' {
			b.row.Bad.Add(r.Prefix+"saleProp."+name, "want a string")
		}
		if value != "" {
			values = append(values, value)
		}
	}
	return strings.Join(values, ",")
}

// count reads a number of units, which some answers have as text; nil is absence.
func count(r *read.Object, name string) *int64 {
	if r.Scan.Next() != '"' {
		return r.Count(name)
	}
	e, _ := r.Value()
	text, _ := jsonscan.Text(e.Raw)
	if text == "" {
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		r.Wrong(name, e, "want an integer")
		return nil
	}
	return &n
}

// settle puts together what the members say, and marks what every product must have.
func (b *productBuilder) settle(from transformers.Origin) {
	p, r := b.product, b.row
	p.CreateTime = schemas.FormatTime(b.created, from.Zone)
	p.UpdateTime = schemas.FormatTime(b.updated, from.Zone)
	p.UnifiedStatus = productStatus(p.Status)
	p.TotalStock = totalStock(p.Variants)
	r.Must("item_id", p.ProductID != "")
	r.Must("created_time", b.created != 0)
	r.Must("updated_time", b.updated != 0)
	r.Must("status", p.Status != "")
	r.Must("attributes.name", p.Title != "")
	r.Must("skus", len(p.Variants) > 0)
}

// totalStock adds up the variants' stocks; there is none unless every variant has one.
func totalStock(variants []schemas.Variant) *int64 {
	var total int64
	for _, v := range variants {
		if v.Stock == nil || *v.Stock > 0 && total > math.MaxInt64-*v.Stock || *v.Stock < 0 && total < math.MinInt64-*v.Stock {
			return nil
		}
		total += *v.Stock
	}
	if len(variants) == 0 {
		return nil
	}
	return &total
}

// productStatus gives a product's status the word that all platforms share. The words for lists to filter by are there too.
func productStatus(status string) string {
	words := [][]string{
		{"active", "active", "live", "sold-out"},
		{"inactive", "inactive"},
		{"pending", "pending", "pending qc"},
		{"rejected", "rejected", "suspended"},
		{"deleted", "deleted"},
	}
	for _, w := range words {
		if slices.Contains(w[1:], strings.ToLower(status)) {
			return w[0]
		}
	}
	return unknown
}
