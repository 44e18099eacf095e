package tiktok

import "github.com/shopstream/shopstream/internal/simulator/wire"

var countries = map[string]string{"VN": "Việt Nam", "SG": "Singapore"}

// writeAddress writes who gets the order, masked as platforms mask it.
func (v *view) writeAddress(w *wire.Writer) {
	p := &v.person
	country := countries[v.region.Code]
	street := "12****** "
	full := country
	for _, part := range [...]string{p.State, p.City, p.District, street} {
		if part != "" {
			full += ", " + part
		}
	}
	w.Name("recipient_address").Open('{')
	w.Member("full_address", full)
	w.Member("phone_number", p.Phone)
	w.Member("name", p.Name)
	w.Member("first_name", p.Name)
	w.Member("last_name", "")
	w.Member("first_name_local_script", "")
	w.Member("last_name_local_script", "")
	w.Member("address_detail", street)
	w.Member("address_line1", street)
	w.Member("address_line2", "")
	w.Member("address_line3", "")
	w.Member("address_line4", "")
	w.Name("district_info").Open('[')
	for i, level := range [...]struct{ kind, name string }{
		{"Country", country}, {"Province", p.State}, {"City", p.City}, {"District", p.District},
	} {
		if level.name == "" {
			continue
		}
		w.Open('{')
		w.Member("address_level", "L"+string('0'+byte(i)))
		w.Member("address_level_name", level.kind)
		w.Member("address_name", level.name)
		w.Close('}')
	}
	w.Close(']')
	w.Name("delivery_preferences").Open('{')
	w.Member("drop_off_location", "")
	w.Close('}')
	w.Member("postal_code", p.Zip)
	w.Member("region_code", v.region.Code)
	w.Member("post_town", "")
	w.Close('}')
}
