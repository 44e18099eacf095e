package shopee

import (
	"errors"
	"fmt"
	"strings"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// products reads a product page: rows of get_item_base_info, which are a document each, and the answer of get_model_list when
// the page is about one item that has models. That answer does not say whose models they are.
func products(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	rows, err := rowsOf(page, "/get_item_base_info", "item_list")
	if err != nil {
		return nil, err
	}
	models, err := modelList(page)
	if err != nil {
		return nil, err
	}
	var documents []transformers.Document
	about := ""
	for _, item := range rows {
		id := member(item.Raw, "item_id")
		if !read.About(page, id) {
			continue
		}
		if models != nil && id != "" {
			if about != "" && id != about {
				return nil, errors.New("page has one answer of get_model_list for more than one item")
			}
			about = id
		}
		documents = append(documents, readProduct(from, page.Region, item, models))
	}
	return documents, nil
}

// modelList returns the page's answer of get_model_list, nil when it has none.
func modelList(page *schemas.Page) (*row, error) {
	for i := range page.Parts {
		if part := &page.Parts[i]; read.Is(part, "/get_model_list") {
			e, err := response(part.Body, '{')
			if err != nil {
				return nil, fmt.Errorf("parts[%d]: %w", i, err)
			}
			return &row{e, part.FetchedAt}, nil
		}
	}
	return nil, nil
}

// productBuilder holds what is read of an item until the document can be put together.
type productBuilder struct {
	from    transformers.Origin
	product *schemas.Product
	row     *read.Row

	created, updated int64
	itemSKU          string
	hasModel         *bool
	own              []kept // price and stock of an item without models
}

// kept is a member that belongs to the only variant of an item without models.
type kept struct {
	name string
	read.Element
}

func readProduct(from transformers.Origin, region string, item row, models *row) transformers.Document {
	b := &productBuilder{from: from, product: &schemas.Product{Region: region}, row: read.NewRow(item.Element)}
	d := transformers.Document{Document: b.product, FetchedAt: item.fetchedAt, Revision: productRevision}
	if b.row.Readable() {
		for key := range b.row.Scan.Object() {
			b.member(string(key))
		}
		if models != nil {
			d.FetchedAt = min(d.FetchedAt, models.fetchedAt)
		}
		b.variants(models)
		b.finish()
	}
	b.product.Identity = from.Identity(b.row.Identify("item_id", b.product.ProductID))
	b.product.PlatformFields = b.row.Finish(&b.product.Lineage)
	d.UpdateTime = b.updated
	return d
}

func (b *productBuilder) member(key string) {
	p, r := b.product, b.row
	switch key {
	case "item_id":
		p.ProductID = r.ID(key)
	case "item_status":
		p.Status = r.Text(key)
	case "item_name":
		p.Title = r.Text(key)
	case "item_sku":
		b.itemSKU = r.Text(key)
	case "description":
		p.Description = r.Text(key)
	case "category_id":
		p.CategoryID = r.ID(key)
	case "create_time":
		b.created = r.Time(key)
	case "update_time":
		b.updated = r.Time(key)
	case "brand":
		r.Inside(key, func(in *read.Object, key string) {
			if key == "original_brand_name" {
				p.Brand = in.Text(key)
			} else {
				in.Keep(key)
			}
		})
	case "image":
		r.Inside(key, func(in *read.Object, key string) {
			if key == "image_url_list" {
				p.Images = in.Texts(key)
			} else {
				in.Keep(key)
			}
		})
	case "has_model":
		b.hasModel = r.BoolKept(key)
	case "price_info", "stock_info_v2":
		if e, ok := r.Value(); ok {
			b.own = append(b.own, kept{key, e})
		}
	default:
		r.Keep(key)
	}
}

// finish fills in what is made of more than one member, and marks what every item must have.
func (b *productBuilder) finish() {
	p, r := b.product, b.row
	p.CreateTime = schemas.FormatTime(b.created, b.from.Zone)
	p.UpdateTime = schemas.FormatTime(b.updated, b.from.Zone)
	p.UnifiedStatus = productStatus(p.Status)
	if p.Description == "" {
		p.Description = extendedDescription(r.Rest.Get("description_info"))
	}
	r.Must("item_id", p.ProductID != "")
	r.Must("item_name", p.Title != "")
	r.Must("item_status", p.Status != "")
	r.Must("create_time", b.created != 0)
	r.Must("update_time", b.updated != 0)
}

// extendedDescription returns the texts of a description that is made of texts and images, one a line. The whole stays in
// platform_fields, since only that says where the images stand.
func extendedDescription(info []byte) string {
	var texts []string
	walk(info, []string{"extended_description", "field_list"}, func(s *jsonscan.Scanner) {
		if s.Next() != '[' {
			return
		}
		for range s.Array() {
			walk(s.Value(), []string{"text"}, func(s *jsonscan.Scanner) {
				if text, ok := jsonscan.Text(s.Value()); ok && text != "" {
					texts = append(texts, text)
				}
			})
		}
	})
	return strings.Join(texts, "\n")
}

// walk calls found where the members of path lead to, if they do.
func walk(raw []byte, path []string, found func(s *jsonscan.Scanner)) {
	s := jsonscan.New(raw)
	if s.Next() != '{' {
		return
	}
	for key := range s.Object() {
		switch {
		case string(key) != path[0]:
		case len(path) == 1:
			found(s)
		default:
			walk(s.Value(), path[1:], found)
		}
	}
}
