package schemas

// ProductSchema names the shape of clean product records.
const ProductSchema = "product/1"

// Product is one product of one shop with its variants, the same shape for every platform. Nulls are absent.
type Product struct {
	Identity `bson:",inline"`

	ProductID     string `json:"product_id" bson:"product_id"`                             // the platform's id of the product
	Region        string `json:"region,omitempty" bson:"region,omitempty"`                 // ISO 3166 alpha-2
	Currency      string `json:"currency,omitempty" bson:"currency,omitempty"`             // ISO 4217, of all amounts
	Status        string `json:"status,omitempty" bson:"status,omitempty"`                 // the platform's word
	UnifiedStatus string `json:"unified_status,omitempty" bson:"unified_status,omitempty"` // active, inactive, pending, rejected, deleted or unknown

	CreateTime string `json:"create_time,omitempty" bson:"create_time,omitempty"` // ISO 8601: listed
	UpdateTime string `json:"update_time,omitempty" bson:"update_time,omitempty"` // ISO 8601: last changed on the platform

	Title       string    `json:"title,omitempty" bson:"title,omitempty"`             // as buyers see it
	Description string    `json:"description,omitempty" bson:"description,omitempty"` // text or HTML, as the platform has it
	Brand       string    `json:"brand,omitempty" bson:"brand,omitempty"`             // name of the brand
	CategoryID  string    `json:"category_id,omitempty" bson:"category_id,omitempty"` // the platform's id of the most special category
	Images      []string  `json:"images,omitempty" bson:"images,omitempty"`           // addresses of the main images, in order
	Variants    []Variant `json:"variants,omitempty" bson:"variants,omitempty"`       // what can be bought: at least one, since a product without variants is its only one
	TotalStock  *int64    `json:"total_stock,omitempty" bson:"total_stock,omitempty"` // units that can be sold, of all variants

	PlatformFields PlatformFields `json:"platform_fields,omitempty" bson:"platform_fields,omitempty"` // what has no field of its own, verbatim

	Lineage `bson:",inline"`
}

// Schema returns ProductSchema.
func (p *Product) Schema() string { return ProductSchema }

// Variant is what can be bought of a product.
type Variant struct {
	VariantID     string `json:"variant_id,omitempty" bson:"variant_id,omitempty"`         // the platform's id; absent when the product has no variants
	SKU           string `json:"sku,omitempty" bson:"sku,omitempty"`                       // the seller's
	Name          string `json:"name,omitempty" bson:"name,omitempty"`                     // such as Blue,M
	Price         Money  `json:"price,omitempty" bson:"price,omitempty"`                   // of one unit, as it is sold now
	OriginalPrice Money  `json:"original_price,omitempty" bson:"original_price,omitempty"` // of one unit, before discounts
	Stock         *int64 `json:"stock,omitempty" bson:"stock,omitempty"`                   // units that can be sold
	Status        string `json:"status,omitempty" bson:"status,omitempty"`                 // the platform's word

	PlatformFields PlatformFields `json:"platform_fields,omitempty" bson:"platform_fields,omitempty"` // what has no field of its own, verbatim
}
