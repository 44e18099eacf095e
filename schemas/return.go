package schemas

// ReturnSchema names the shape of clean return records.
const ReturnSchema = "return/1"

// Types of returns.
const (
	TypeReturnRefund = "return_refund"
	TypeRefundOnly   = "refund_only"
	TypeReplacement  = "replacement"
	TypeCancellation = "cancellation"
)

// Return is one return, refund or cancellation of one shop, the same shape for every platform. Nulls are absent.
type Return struct {
	Identity `bson:",inline"`

	ReturnID      string `json:"return_id" bson:"return_id"`                               // the platform's id of the return or cancellation
	OrderID       string `json:"order_id,omitempty" bson:"order_id,omitempty"`             // of the order it belongs to
	Type          string `json:"type,omitempty" bson:"type,omitempty"`                     // return_refund, refund_only, replacement or cancellation
	Region        string `json:"region,omitempty" bson:"region,omitempty"`                 // ISO 3166 alpha-2
	Currency      string `json:"currency,omitempty" bson:"currency,omitempty"`             // ISO 4217, of all amounts
	Status        string `json:"status,omitempty" bson:"status,omitempty"`                 // the platform's word
	UnifiedStatus string `json:"unified_status,omitempty" bson:"unified_status,omitempty"` // requested, accepted, returning, completed, rejected, cancelled, disputed or unknown

	CreateTime string `json:"create_time,omitempty" bson:"create_time,omitempty"` // ISO 8601: requested
	UpdateTime string `json:"update_time,omitempty" bson:"update_time,omitempty"` // ISO 8601: last changed on the platform

	Reason         string       `json:"reason,omitempty" bson:"reason,omitempty"`                   // the platform's word
	ReasonDetail   string       `json:"reason_detail,omitempty" bson:"reason_detail,omitempty"`     // in the buyer's or platform's words
	RefundAmount   Money        `json:"refund_amount,omitempty" bson:"refund_amount,omitempty"`     // what the buyer gets back, in units of the currency
	Lines          []ReturnLine `json:"lines,omitempty" bson:"lines,omitempty"`                     // what is returned
	TrackingNumber string       `json:"tracking_number,omitempty" bson:"tracking_number,omitempty"` // of the parcel that comes back
	DueTime        string       `json:"due_time,omitempty" bson:"due_time,omitempty"`               // ISO 8601: the seller must have answered by then

	PlatformFields PlatformFields `json:"platform_fields,omitempty" bson:"platform_fields,omitempty"` // what has no field of its own, verbatim

	Lineage `bson:",inline"`
}

// Schema returns ReturnSchema.
func (r *Return) Schema() string { return ReturnSchema }

// ReturnLine is one line of a return.
type ReturnLine struct {
	LineID       string `json:"line_id,omitempty" bson:"line_id,omitempty"`             // of the order's line, or unit
	ProductID    string `json:"product_id,omitempty" bson:"product_id,omitempty"`       // as in products
	VariantID    string `json:"variant_id,omitempty" bson:"variant_id,omitempty"`       // as in products; absent when the product has none
	SKU          string `json:"sku,omitempty" bson:"sku,omitempty"`                     // the seller's
	Name         string `json:"name,omitempty" bson:"name,omitempty"`                   // of the product
	Quantity     int64  `json:"quantity" bson:"quantity"`                               // units
	RefundAmount Money  `json:"refund_amount,omitempty" bson:"refund_amount,omitempty"` // of the line, in units of the currency

	PlatformFields PlatformFields `json:"platform_fields,omitempty" bson:"platform_fields,omitempty"` // what has no field of its own, verbatim
}
