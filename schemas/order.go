package schemas

// OrderSchema names the shape of clean order records.
const OrderSchema = "order/1"

// Order is one order of one shop, the same shape for every platform. Nulls are absent.
type Order struct {
	Identity `bson:",inline"`

	OrderID       string `json:"order_id" bson:"order_id"`                                 // the platform's id of the order
	Region        string `json:"region,omitempty" bson:"region,omitempty"`                 // ISO 3166 alpha-2
	Currency      string `json:"currency,omitempty" bson:"currency,omitempty"`             // ISO 4217, of all amounts
	Status        string `json:"status,omitempty" bson:"status,omitempty"`                 // the platform's word
	UnifiedStatus string `json:"unified_status,omitempty" bson:"unified_status,omitempty"` // unpaid, pending, to_ship, shipped, delivered, completed, cancelling, cancelled, returning or unknown

	CreateTime    string `json:"create_time,omitempty" bson:"create_time,omitempty"`       // ISO 8601: ordered
	UpdateTime    string `json:"update_time,omitempty" bson:"update_time,omitempty"`       // ISO 8601: last changed on the platform
	PaidTime      string `json:"paid_time,omitempty" bson:"paid_time,omitempty"`           // ISO 8601
	ShipByTime    string `json:"ship_by_time,omitempty" bson:"ship_by_time,omitempty"`     // ISO 8601: the seller must have shipped by then
	DeliveryTime  string `json:"delivery_time,omitempty" bson:"delivery_time,omitempty"`   // ISO 8601
	CompletedTime string `json:"completed_time,omitempty" bson:"completed_time,omitempty"` // ISO 8601
	CancelTime    string `json:"cancel_time,omitempty" bson:"cancel_time,omitempty"`       // ISO 8601

	TotalAmount         Money  `json:"total_amount,omitempty" bson:"total_amount,omitempty"`                   // what the buyer pays
	SubtotalAmount      Money  `json:"subtotal_amount,omitempty" bson:"subtotal_amount,omitempty"`             // of the lines, after discounts
	ShippingFee         Money  `json:"shipping_fee,omitempty" bson:"shipping_fee,omitempty"`                   // after discounts
	ShippingFeeOriginal Money  `json:"shipping_fee_original,omitempty" bson:"shipping_fee_original,omitempty"` // before discounts
	SellerDiscount      Money  `json:"seller_discount,omitempty" bson:"seller_discount,omitempty"`             // given by the seller
	PlatformDiscount    Money  `json:"platform_discount,omitempty" bson:"platform_discount,omitempty"`         // given by the platform
	TaxAmount           Money  `json:"tax_amount,omitempty" bson:"tax_amount,omitempty"`                       // paid by the buyer
	PaymentMethod       string `json:"payment_method,omitempty" bson:"payment_method,omitempty"`               // the platform's word
	IsCOD               *bool  `json:"is_cod,omitempty" bson:"is_cod,omitempty"`                               // paid at the door

	Buyer            *Buyer        `json:"buyer,omitempty" bson:"buyer,omitempty"`                         // who bought, as far as the platform tells
	RecipientAddress *Address      `json:"recipient_address,omitempty" bson:"recipient_address,omitempty"` // where the order goes; platforms mask most of it
	LineItems        []LineItem    `json:"line_items,omitempty" bson:"line_items,omitempty"`               // what was bought
	Packages         []Package     `json:"packages,omitempty" bson:"packages,omitempty"`                   // the parcels of the order
	Cancellation     *Cancellation `json:"cancellation,omitempty" bson:"cancellation,omitempty"`           // who cancelled it, and why

	PlatformFields PlatformFields `json:"platform_fields,omitempty" bson:"platform_fields,omitempty"` // what has no field of its own, verbatim

	Lineage `bson:",inline"`
}

// Schema returns OrderSchema.
func (o *Order) Schema() string { return OrderSchema }

// Buyer is who bought, as far as the platform tells.
type Buyer struct {
	ID      string `json:"id,omitempty" bson:"id,omitempty"`           // the platform's id of the buyer
	Name    string `json:"name,omitempty" bson:"name,omitempty"`       // often masked
	Email   string `json:"email,omitempty" bson:"email,omitempty"`     // often masked or a relay
	Message string `json:"message,omitempty" bson:"message,omitempty"` // the buyer's words to the seller
}

// Address is where an order goes; platforms mask most of it with asterisks.
type Address struct {
	Name        string `json:"name,omitempty" bson:"name,omitempty"`                 // of who receives it
	Phone       string `json:"phone,omitempty" bson:"phone,omitempty"`               // as the platform writes it
	FullAddress string `json:"full_address,omitempty" bson:"full_address,omitempty"` // in one line
	Street      string `json:"street,omitempty" bson:"street,omitempty"`             // street and house
	District    string `json:"district,omitempty" bson:"district,omitempty"`         // part of the city
	City        string `json:"city,omitempty" bson:"city,omitempty"`                 // city or province
	State       string `json:"state,omitempty" bson:"state,omitempty"`               // state or region of the country
	PostalCode  string `json:"postal_code,omitempty" bson:"postal_code,omitempty"`   // as text
	RegionCode  string `json:"region_code,omitempty" bson:"region_code,omitempty"`   // ISO 3166 alpha-2
}

// LineItem is one line of an order. Units that a platform lists one by one are folded into Quantity and keep their ids.
type LineItem struct {
	LineIDs          []string `json:"line_ids,omitempty" bson:"line_ids,omitempty"`                   // the platform's ids: one, or one a unit
	ProductID        string   `json:"product_id,omitempty" bson:"product_id,omitempty"`               // as in products
	VariantID        string   `json:"variant_id,omitempty" bson:"variant_id,omitempty"`               // as in products; absent when the product has none
	SKU              string   `json:"sku,omitempty" bson:"sku,omitempty"`                             // the seller's
	Name             string   `json:"name,omitempty" bson:"name,omitempty"`                           // of the product
	VariantName      string   `json:"variant_name,omitempty" bson:"variant_name,omitempty"`           // such as Blue,M
	Quantity         int64    `json:"quantity" bson:"quantity"`                                       // units
	Price            Money    `json:"price,omitempty" bson:"price,omitempty"`                         // of one unit, after the seller's discounts
	OriginalPrice    Money    `json:"original_price,omitempty" bson:"original_price,omitempty"`       // of one unit, before discounts
	SellerDiscount   Money    `json:"seller_discount,omitempty" bson:"seller_discount,omitempty"`     // of the whole line
	PlatformDiscount Money    `json:"platform_discount,omitempty" bson:"platform_discount,omitempty"` // of the whole line
	Status           string   `json:"status,omitempty" bson:"status,omitempty"`                       // the platform's word
	ImageURL         string   `json:"image_url,omitempty" bson:"image_url,omitempty"`                 // of the product or variant

	PlatformFields PlatformFields `json:"platform_fields,omitempty" bson:"platform_fields,omitempty"` // what has no field of its own, verbatim
}

// Package is one parcel of an order.
type Package struct {
	PackageID        string   `json:"package_id,omitempty" bson:"package_id,omitempty"`               // the platform's id of the parcel
	Status           string   `json:"status,omitempty" bson:"status,omitempty"`                       // the platform's word
	TrackingNumber   string   `json:"tracking_number,omitempty" bson:"tracking_number,omitempty"`     // the carrier's
	ShippingProvider string   `json:"shipping_provider,omitempty" bson:"shipping_provider,omitempty"` // name of the carrier
	LineIDs          []string `json:"line_ids,omitempty" bson:"line_ids,omitempty"`                   // of the lines, or units, inside

	PlatformFields PlatformFields `json:"platform_fields,omitempty" bson:"platform_fields,omitempty"` // what has no field of its own, verbatim
}

// Cancellation says who cancelled an order and why.
type Cancellation struct {
	By           string `json:"by,omitempty" bson:"by,omitempty"`                       // the platform's word for buyer, seller or system
	Reason       string `json:"reason,omitempty" bson:"reason,omitempty"`               // the platform's word
	ReasonDetail string `json:"reason_detail,omitempty" bson:"reason_detail,omitempty"` // the buyer's or seller's own
}
