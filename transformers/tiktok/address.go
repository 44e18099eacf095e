package tiktok

import (
	"strings"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/read"
)

// addressMember reads a member of recipient_address, which orders have that are paid and not on hold. The lines of the address
// repeat address_detail in parts; they stay as they are, as do the parts of names.
func (b *orderBuilder) addressMember(r *read.Object, key string) {
	a := &b.address
	switch key {
	case "name":
		a.Name = r.Text(key)
	case "phone_number":
		a.Phone = r.Text(key)
	case "full_address":
		a.FullAddress = r.Text(key)
	case "address_detail":
		a.Street = r.Text(key)
	case "postal_code":
		a.PostalCode = r.Text(key)
	case "region_code":
		a.RegionCode = r.Text(key)
	case "district_info":
		a.State, a.City, a.District = "", "", ""
		r.Parts(key, b.districtLevel)
	default:
		r.Keep(key)
	}
}

// districtLevel reads one level of the administration. Its number means another thing in each country, so its name decides. The
// first level of a name that fits has the field; others, such as the country, stay as they are.
func (b *orderBuilder) districtLevel(in *read.Object) {
	var level string
	var name read.Element
	for key := range in.Scan.Object() {
		switch key := string(key); key {
		case "address_level_name":
			e := in.Keep(key)
			level, _ = jsonscan.Text(e.Raw)
		case "address_name":
			name, _ = in.Value()
		default:
			in.Keep(key)
		}
	}
	text, ok := jsonscan.Text(name.Raw)
	field, known := levelField(&b.address, level)
	if !known {
		in.Bad.UnmappedOfBuyer("platform_fields.recipient_address.district_info[].address_level_name")
	}
	switch {
	case len(name.Raw) > 0 && name.Raw[0] != 'n' && !ok:
		in.Wrong("address_name", name, "want a string")
	case field == nil || *field != "":
		in.KeepElement("address_name", name)
	default:
		*field = text
	}
}

// levelField returns the field for a level of that name, nil when there is none, and whether the name is known.
func levelField(a *schemas.Address, level string) (field *string, known bool) {
	switch strings.ToLower(strings.TrimSpace(level)) {
	case "state", "province", "region":
		return &a.State, true
	case "city", "municipality", "town":
		return &a.City, true
	case "district", "ward", "barangay", "suburb":
		return &a.District, true
	case "", "country", "county", "sub-district", "subdistrict": // known, and without a field
		return nil, true
	}
	return nil, false
}
