package schemas

// TrackingSchema names the shape of clean tracking records.
const TrackingSchema = "tracking/1"

// OrderTracking is where the parcels of one order are, the same shape for every platform. Orders without a parcel have none.
type OrderTracking struct {
	Identity `bson:",inline"`

	OrderID       string `json:"order_id" bson:"order_id"`                                 // the platform's id of the order
	Region        string `json:"region,omitempty" bson:"region,omitempty"`                 // ISO 3166 alpha-2
	Currency      string `json:"currency,omitempty" bson:"currency,omitempty"`             // ISO 4217, of all amounts
	Status        string `json:"status,omitempty" bson:"status,omitempty"`                 // the platform's word
	UnifiedStatus string `json:"unified_status,omitempty" bson:"unified_status,omitempty"` // pending, to_ship, shipped, delivered, failed, returning, returned, lost, cancelled or unknown: of the parcel that is furthest behind

	CreateTime string `json:"create_time,omitempty" bson:"create_time,omitempty"` // ISO 8601: of the order
	UpdateTime string `json:"update_time,omitempty" bson:"update_time,omitempty"` // ISO 8601: of the order or its parcels, last changed on the platform

	Packages []TrackedPackage `json:"packages,omitempty" bson:"packages,omitempty"` // the parcels of the order

	PlatformFields PlatformFields `json:"platform_fields,omitempty" bson:"platform_fields,omitempty"` // what has no field of its own, verbatim

	Lineage `bson:",inline"`
}

// Schema returns TrackingSchema.
func (t *OrderTracking) Schema() string { return TrackingSchema }

// TrackedPackage is one parcel and its way.
type TrackedPackage struct {
	PackageID        string          `json:"package_id,omitempty" bson:"package_id,omitempty"`               // the platform's id of the parcel
	TrackingNumber   string          `json:"tracking_number,omitempty" bson:"tracking_number,omitempty"`     // the carrier's
	ShippingProvider string          `json:"shipping_provider,omitempty" bson:"shipping_provider,omitempty"` // name of the carrier
	Status           string          `json:"status,omitempty" bson:"status,omitempty"`                       // the platform's word
	UnifiedStatus    string          `json:"unified_status,omitempty" bson:"unified_status,omitempty"`       // pending, to_ship, shipped, delivered, failed, returning, returned, lost, cancelled or unknown
	UpdatedTime      string          `json:"updated_time,omitempty" bson:"updated_time,omitempty"`           // ISO 8601: of the parcel, last changed
	History          []TrackingEvent `json:"history,omitempty" bson:"history,omitempty"`                     // what happened on the way, oldest first, as far as it was asked for

	PlatformFields PlatformFields `json:"platform_fields,omitempty" bson:"platform_fields,omitempty"` // what has no field of its own, verbatim
}

// TrackingEvent is one thing that happened to a parcel.
type TrackingEvent struct {
	Time        string `json:"time,omitempty" bson:"time,omitempty"`               // ISO 8601
	Status      string `json:"status,omitempty" bson:"status,omitempty"`           // the platform's word, where it has one
	Description string `json:"description,omitempty" bson:"description,omitempty"` // in the platform's words
	Location    string `json:"location,omitempty" bson:"location,omitempty"`       // where it happened, as the platform names it

	PlatformFields PlatformFields `json:"platform_fields,omitempty" bson:"platform_fields,omitempty"` // what has no field of its own, verbatim
}
