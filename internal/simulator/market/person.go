package market

import "github.com/shopstream/shopstream/internal/simulator/world"

// Person is who bought and where it goes, masked as platforms mask it.
type Person struct {
	ID                                            int64
	Username                                      string
	Message                                       string // the buyer's to the seller
	Note                                          string // the seller's own
	Name, Phone, District, City, State, Zip, Full string
	Located                                       bool // the address has a geolocation
}

var vietnam = [...][3]string{
	{"Quận 7", "Thành phố Hồ Chí Minh", "Hồ Chí Minh"},
	{"Quận Ba Đình", "Hà Nội", "Hà Nội"},
	{"Thành phố Thủ Đức", "Thành phố Hồ Chí Minh", "Hồ Chí Minh"},
	{"Quận Hải Châu", "Đà Nẵng", "Đà Nẵng"},
	{"Huyện Củ Chi", "", "Hồ Chí Minh"},
}

var thailand = [...][3]string{
	{"บางรัก/ Bang Rak", "กรุงเทพมหานคร/ Bangkok", "กรุงเทพมหานคร/ Bangkok"},
	{"เมืองเชียงใหม่/ Mueang Chiang Mai", "เชียงใหม่/ Chiang Mai", "เชียงใหม่/ Chiang Mai"},
}

var malaysia = [...][3]string{
	{"Bukit Bintang", "Kuala Lumpur", "Wilayah Persekutuan"},
	{"Petaling", "Shah Alam", "Selangor"},
}

var messages = [...]string{
	"Please pack well 🙏", "Giao giờ hành chính giúp em ạ", "line one\nline two", "He said \"leave it at the door\" \\o/", "👍🏽",
}

// Person is who bought an order.
func (m *Market) Person(o *Order) Person {
	r := world.NewRand(world.Hash(o.Key, streamPerson))
	p := Person{ID: 1_000_000_000 + r.Below(800_000_000), Username: r.Base36(10)}
	if r.Chance(15) {
		p.Message = world.Pick(&r, messages[:])
	}
	if r.Chance(5) {
		p.Note = "đã gọi khách 📞"
	}
	p.Located = r.Chance(10)
	p.Name, p.Phone = "N****n", "******"+string('0'+byte(r.Below(10)))+string('0'+byte(r.Below(10))) //nolint:gosec // digits
	switch m.RegionOf(o.Shop).Code {
	case "SG":
		p.Zip, p.Full = "1****"+string('0'+byte(r.Below(10))), "******#05" //nolint:gosec // a digit
	case "TH":
		p.settle(world.Pick(&r, thailand[:]), "10")
	case "MY":
		p.settle(world.Pick(&r, malaysia[:]), "50")
	default:
		p.settle(world.Pick(&r, vietnam[:]), "")
	}
	return p
}

// settle gives a person an address in a place: district, city, state.
func (p *Person) settle(place [3]string, zip string) {
	p.District, p.City, p.State = place[0], place[1], place[2]
	p.Full = "12****** " + p.District
	if zip != "" {
		p.Zip = zip + "***"
	}
}
