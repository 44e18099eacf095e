package schemas

// Unmapped is a value of a platform, such as a type, that has no word that all platforms share.
type Unmapped struct {
	Field string // where documents keep it, such as platform_fields.type
	Value string // "" where it may say something about a buyer
}

// unknownStatus is the unified status of what no mapper knows.
const unknownStatus = "unknown"

// EachUnknownStatus calls f with each status of d, the platform's word, that has no word that all platforms share, and with the
// field that has it. An order's tracking has the status of one of its parcels, so that only the parcels are looked at.
func EachUnknownStatus(d Document, f func(field, status string)) {
	each := func(field, status, unified string) {
		if status != "" && unified == unknownStatus {
			f(field, status)
		}
	}
	switch d := d.(type) {
	case *Order:
		each("status", d.Status, d.UnifiedStatus)
	case *Product:
		each("status", d.Status, d.UnifiedStatus)
	case *Transaction:
		each("status", d.Status, d.UnifiedStatus)
	case *Return:
		each("status", d.Status, d.UnifiedStatus)
	case *OrderTracking:
		for i := range d.Packages {
			each("packages[].status", d.Packages[i].Status, d.Packages[i].UnifiedStatus)
		}
	}
}
