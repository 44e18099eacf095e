package schemas

// EachKept calls f with each part of d that keeps what has no field of its own, and with the part's place, such as
// line_items[].platform_fields. Parts that keep nothing are left out.
func EachKept(d Document, f func(place string, kept PlatformFields)) {
	each := func(place string, kept PlatformFields) {
		if len(kept) > 0 {
			f(place, kept)
		}
	}
	switch d := d.(type) {
	case *Order:
		each("platform_fields", d.PlatformFields)
		for i := range d.LineItems {
			each("line_items[].platform_fields", d.LineItems[i].PlatformFields)
		}
		for i := range d.Packages {
			each("packages[].platform_fields", d.Packages[i].PlatformFields)
		}
	case *Product:
		each("platform_fields", d.PlatformFields)
		for i := range d.Variants {
			each("variants[].platform_fields", d.Variants[i].PlatformFields)
		}
	case *Transaction:
		each("platform_fields", d.PlatformFields)
	case *Return:
		each("platform_fields", d.PlatformFields)
		for i := range d.Lines {
			each("lines[].platform_fields", d.Lines[i].PlatformFields)
		}
	case *OrderTracking:
		each("platform_fields", d.PlatformFields)
		for i := range d.Packages {
			p := &d.Packages[i]
			each("packages[].platform_fields", p.PlatformFields)
			for j := range p.History {
				each("packages[].history[].platform_fields", p.History[j].PlatformFields)
			}
		}
	}
}
