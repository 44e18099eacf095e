package schemas

// OrderSchema names the shape of clean order records.
const OrderSchema = "order/1"

// Order is one order of one shop, the same shape for every platform. Nulls are absent.
type Order struct {
	Identity `bson:",inline"`

	OrderID       string `json:"order_id" bson:"order_id"`
	Region        string `json:"region,omitempty" bson:"region,omitempty"`     // ISO 3166 alpha-2
	Currency      string `json:"currency,omitempty" bson:"currency,omitempty"` // ISO 4217
	Status        string `json:"status,omitempty" bson:"status,omitempty"`     // the platform's word
	UnifiedStatus string `json:"unified_status,omitempty" bson:"unified_status,omitempty"`

	CreateTime    string `json:"create_time,omitempty" bson:"create_time,omitempty"`
	UpdateTime    string `json:"update_time,omitempty" bson:"update_time,omitempty"`
	PaidTime      string `json:"paid_time,omitempty" bson:"paid_time,omitempty"`
	ShipByTime    string `json:"ship_by_time,omitempty" bson:"ship_by_time,omitempty"`
	DeliveryTime  string `json:"delivery_time,omitempty" bson:"delivery_time,omitempty"`
	CompletedTime string `json:"completed_time,omitempty" bson:"completed_time,omitempty"`
	CancelTime    string `json:"cancel_time,omitempty" bson:"cancel_time,omitempty"`

	TotalAmount         Money  `json:"total_amount,omitempty" bson:"total_amount,omitempty"` // what the buyer pays
	SubtotalAmount      Money  `json:"subtotal_amount,omitempty" bson:"subtotal_amount,omitempty"`
	ShippingFee         Money  `json:"shipping_fee,omitempty" bson:"shipping_fee,omitempty"`
	ShippingFeeOriginal Money  `json:"shipping_fee_original,omitempty" bson:"shipping_fee_original,omitempty"`
	SellerDiscount      Money  `json:"seller_discount,omitempty" bson:"seller_discount,omitempty"`
	PlatformDiscount    Money  `json:"platform_discount,omitempty" bson:"platform_discount,omitempty"`
	TaxAmount           Money  `json:"tax_amount,omitempty" bson:"tax_amount,omitempty"`
	PaymentMethod       string `json:"payment_method,omitempty" bson:"payment_method,omitempty"`
	IsCOD               *bool  `json:"is_cod,omitempty" bson:"is_cod,omitempty"`

	Buyer            *Buyer        `json:"buyer,omitempty" bson:"buyer,omitempty"`
	RecipientAddress *Address      `json:"recipient_address,omitempty" bson:"recipient_address,omitempty"`
	LineItems        []LineItem    `json:"line_items,omitempty" bson:"line_items,omitempty"`
	Packages         []Package     `json:"packages,omitempty" bson:"packages,omitempty"`
	Cancellation     *Cancellation `json:"cancellation,omitempty" bson:"cancellation,omitempty"`

	PlatformFields PlatformFields `json:"platform_fields,omitempty" bson:"platform_fields,omitempty"`

	Lineage `bson:",inline"`
}

// Schema returns OrderSchema.
func (o *Order) Schema() string { return OrderSchema }

// Buyer is who bought, as far as the platform tells.
type Buyer struct {
	ID      string `json:"id,omitempty" bson:"id,omitempty"`
	Name    string `json:"name,omitempty" bson:"name,omitempty"`
	Email   string `json:"email,omitempty" bson:"email,omitempty"`
	Message string `json:"message,omitempty" bson:"message,omitempty"`
}

// Address is where an order goes; platforms mask most of it with asterisks.
type Address struct {
	Name        string `json:"name,omitempty" bson:"name,omitempty"`
	Phone       string `json:"phone,omitempty" bson:"phone,omitempty"`
	FullAddress string `json:"full_address,omitempty" bson:"full_address,omitempty"`
	Street      string `json:"street,omitempty" bson:"street,omitempty"`
	District    string `json:"district,omitempty" bson:"district,omitempty"`
	City        string `json:"city,omitempty" bson:"city,omitempty"`
	State       string `json:"state,omitempty" bson:"state,omitempty"`
	PostalCode  string `json:"postal_code,omitempty" bson:"postal_code,omitempty"`
	RegionCode  string `json:"region_code,omitempty" bson:"region_code,omitempty"`
}

// LineItem is one line of an order. Units that a platform lists one by one are folded into Quantity and keep their ids.
type LineItem struct {
	LineIDs          []string `json:"line_ids,omitempty" bson:"line_ids,omitempty"`
	ProductID        string   `json:"product_id,omitempty" bson:"product_id,omitempty"`
	VariantID        string   `json:"variant_id,omitempty" bson:"variant_id,omitempty"`
	SKU              string   `json:"sku,omitempty" bson:"sku,omitempty"`
	Name             string   `json:"name,omitempty" bson:"name,omitempty"`
	VariantName      string   `json:"variant_name,omitempty" bson:"variant_name,omitempty"`
	Quantity         int64    `json:"quantity" bson:"quantity"`
	Price            Money    `json:"price,omitempty" bson:"price,omitempty"` // of one unit, after the seller's discounts
	OriginalPrice    Money    `json:"original_price,omitempty" bson:"original_price,omitempty"`
	SellerDiscount   Money    `json:"seller_discount,omitempty" bson:"seller_discount,omitempty"`
	PlatformDiscount Money    `json:"platform_discount,omitempty" bson:"platform_discount,omitempty"`
	Status           string   `json:"status,omitempty" bson:"status,omitempty"`
	ImageURL         string   `json:"image_url,omitempty" bson:"image_url,omitempty"`

	PlatformFields PlatformFields `json:"platform_fields,omitempty" bson:"platform_fields,omitempty"`
}

// Package is one parcel of an order.
type Package struct {
	PackageID        string   `json:"package_id,omitempty" bson:"package_id,omitempty"`
	Status           string   `json:"status,omitempty" bson:"status,omitempty"`
	TrackingNumber   string   `json:"tracking_number,omitempty" bson:"tracking_number,omitempty"`
	ShippingProvider string   `json:"shipping_provider,omitempty" bson:"shipping_provider,omitempty"`
	LineIDs          []string `json:"line_ids,omitempty" bson:"line_ids,omitempty"`

	PlatformFields PlatformFields `json:"platform_fields,omitempty" bson:"platform_fields,omitempty"`
}

// Cancellation says who cancelled an order and why.
type Cancellation struct {
	By           string `json:"by,omitempty" bson:"by,omitempty"`
	Reason       string `json:"reason,omitempty" bson:"reason,omitempty"`
	ReasonDetail string `json:"reason_detail,omitempty" bson:"reason_detail,omitempty"`
}
