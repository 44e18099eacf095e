package tiktok

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// products maps the answers of a call for one product, which are the product themselves. One without any data has none.
func products(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	if len(page.Parts) == 0 {
		return nil, errors.New("page has no parts")
	}
	var documents []transformers.Document
	for i := range page.Parts {
		part := &page.Parts[i]
		if path, _, _ := strings.Cut(part.Path, "?"); !strings.Contains(path, "/products/") || strings.HasSuffix(path, "/search") {
			return nil, fmt.Errorf("parts[%d] is no answer of /products/{product_id}", i)
		}
		err := open(part.Body, func(s *jsonscan.Scanner) {
			e := read.Element{Raw: s.Value(), Depth: s.Depth()}
			if len(e.Raw) == 0 || e.Depth == 1 && !slices.Contains(e.Raw, ':') {
				return // cut off, or {}
			}
			p, updated := readProduct(from, page.Region, e)
			if read.About(page, p.ProductID) {
				documents = append(documents, transformers.Document{
					Document: p, UpdateTime: updated, FetchedAt: part.FetchedAt, Revision: productRevision,
				})
			}
		})
		if err != nil {
			return nil, fmt.Errorf("parts[%d]: %w", i, err)
		}
	}
	return documents, nil
}

// readProduct maps a product of a shop in region, and returns its update time in unix seconds, 0 when it gives none.
func readProduct(from transformers.Origin, region string, e read.Element) (*schemas.Product, int64) {
	b := &productBuilder{from: from, product: &schemas.Product{Region: region}, row: read.NewRow(e)}
	if b.row.Readable() {
		b.read()
		b.check()
	}
	b.product.Identity = from.Identity(b.row.Identify("id", b.product.ProductID))
	b.product.PlatformFields = b.row.Finish(&b.product.Lineage)
	return b.product, b.updated
}

type productBuilder struct {
	from    transformers.Origin
	product *schemas.Product
	row     *read.Row

	created, updated int64
	variants         []variant
}

func (b *productBuilder) read() {
	for key := range b.row.Scan.Object() {
		b.member(string(key))
	}
	p := b.product
	p.CreateTime = schemas.FormatTime(b.created, b.from.Zone)
	p.UpdateTime = schemas.FormatTime(b.updated, b.from.Zone)
	p.UnifiedStatus = productStatus(p.Status)
	b.fillVariants()
}

func (b *productBuilder) member(key string) {
	p, r := b.product, b.row
	switch key {
	case "id":
		p.ProductID = r.LooseID(key)
	case "status":
		p.Status = r.Text(key)
	case "title":
		p.Title = r.Text(key)
	case "description":
		p.Description = r.Text(key)
	case "create_time":
		b.created = r.Time(key)
	case "update_time":
		b.updated = r.Time(key)
	case "brand":
		r.Inside(key, func(in *read.Object, member string) {
			if member == "name" {
				p.Brand = in.Text(member)
			} else {
				in.Keep(member)
			}
		})
	case "category_chains":
		p.CategoryID = ""
		r.Parts(key, b.category)
	case "main_images":
		p.Images = nil
		r.Parts(key, b.image)
	case "skus":
		b.variants = nil
		r.List(key, b.variant)
	default:
		r.Keep(key)
	}
}

// category reads one level of the way to the product's category, which begins at the top. The last leaf is the category.
func (b *productBuilder) category(in *read.Object) {
	var id string
	leaf := false
	for key := range in.Scan.Object() {
		switch key := string(key); key {
		case "id":
			id = in.IDKept(key)
		case "is_leaf":
			is := in.BoolKept(key)
			leaf = is != nil && *is
		default:
			in.Keep(key)
		}
	}
	if leaf && id != "" {
		b.product.CategoryID = id
	}
}

// image reads a main image. Its first address is taken; the others are the same image elsewhere.
func (b *productBuilder) image(in *read.Object) {
	for key := range in.Scan.Object() {
		key := string(key)
		if key != "urls" {
			in.Keep(key)
			continue
		}
		e, _ := in.Value()
		urls := read.NewObject(nil, in.Prefix, in.Bad)
		urls.Scan = jsonscan.New(e.Raw)
		switch all := urls.Texts(key); {
		case len(all) == 1 && len(urls.Rest.Fields()) == 0:
			b.product.Images = append(b.product.Images, all[0])
		case len(all) > 0:
			b.product.Images = append(b.product.Images, all[0])
			in.KeepElement(key, e)
		default:
			in.KeepElement(key, e)
		}
	}
}

// check marks what every product must have. Those that are not on sale yet, or no longer, may have no variants.
func (b *productBuilder) check() {
	p := b.product
	b.row.Must("id", p.ProductID != "")
	b.row.Must("status", p.Status != "")
	b.row.Must("title", p.Title != "")
	b.row.Must("update_time", b.updated != 0)
	b.row.Must("skus", len(p.Variants) > 0 || p.Status == "DRAFT" || p.Status == "DELETED")
	seen := make(map[string]bool, len(p.Variants))
	for i, v := range p.Variants {
		if v.VariantID == "" {
			b.row.Bad.Add("skus["+strconv.Itoa(i)+"].id", "missing")
		} else if seen[v.VariantID] {
			b.row.Bad.Add("skus", "two variants have one id")
		}
		seen[v.VariantID] = true
	}
}
