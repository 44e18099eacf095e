package shopee

import "github.com/shopstream/shopstream/internal/simulator/world"

// person is who bought and where it goes, masked as the platform masks it.
type person struct {
	id                                                  int64
	username, message, note                             string
	name, phone, town, district, city, state, zip, full string
	located                                             bool // the address has a geolocation
}

var vietnam = [...][3]string{
	{"Quận 7", "Thành phố Hồ Chí Minh", "Hồ Chí Minh"},
	{"Quận Ba Đình", "Hà Nội", "Hà Nội"},
	{"Thành phố Thủ Đức", "Thành phố Hồ Chí Minh", "Hồ Chí Minh"},
	{"Quận Hải Châu", "Đà Nẵng", "Đà Nẵng"},
	{"Huyện Củ Chi", "", "Hồ Chí Minh"},
}

var messages = [...]string{
	"Please pack well 🙏", "Giao giờ hành chính giúp em ạ", "line one\nline two", "He said \"leave it at the door\" \\o/", "👍🏽",
}

func newPerson(o *order) person {
	r := world.NewRand(world.Hash(o.key, streamPerson))
	p := person{id: 1_000_000_000 + r.Below(800_000_000), username: r.Base36(10)}
	if r.Chance(15) {
		p.message = world.Pick(&r, messages[:])
	}
	if r.Chance(5) {
		p.note = "đã gọi khách 📞"
	}
	p.located = r.Chance(10)
	p.name, p.phone = "N****n", "******"+string('0'+byte(r.Below(10)))+string('0'+byte(r.Below(10))) //nolint:gosec // digits
	if marketOf(o.shop).region == "SG" {
		p.zip, p.full = "1****"+string('0'+byte(r.Below(10))), "******#05" //nolint:gosec // a digit
		return p
	}
	place := world.Pick(&r, vietnam[:])
	p.district, p.city, p.state = place[0], place[1], place[2]
	p.full = "12****** " + p.district
	return p
}
