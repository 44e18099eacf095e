package market

import (
	"iter"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// ProductStatus is what became of a product.
type ProductStatus uint8

// The statuses of products.
const (
	Listed ProductStatus = iota
	Unlisted
	Reviewing
	Banned
	Deleted // for good
)

// Shelf is a product as it stands in its shop at one moment. It changes at moments of its own, which orders do not move.
type Shelf struct {
	Product
	Create, Update int64 // unix seconds
	Status         ProductStatus
	touch          int64 // how often it was changed
}

const (
	oldestProduct = 15_500 // 2012-06-09: orders are of products created in the 600 days from here on
	firstLater    = 18_000 // 2019-04-14: from here on a product that no order has comes every laterEvery days
	laterEvery    = 3
)

// periods are the days from one change of a product to the next.
var periods = [...]int64{3, 10, 30, 90, 400}

// Products yields a shop's products as they are at now, deleted ones too, in an order that does not change. The first 307
// are the ones that are sold, and older than any order. The shelf is reused: it is valid until the next one.
func (m *Market) Products(shop int, now int64) iter.Seq[*Shelf] {
	return func(yield func(*Shelf) bool) {
		for k := range soldProducts + laterRoom {
			s := m.shelf(shop, k, now)
			if s.Create > now {
				return
			}
			if !yield(&s) {
				return
			}
		}
	}
}

// FindProduct is a shop's product of an id as it is at now, if the shop has created it.
func (m *Market) FindProduct(shop int, id, now int64) (Shelf, bool) {
	owner, k, ok := locateProduct(id)
	if !ok || owner != shop || k >= soldProducts+laterRoom {
		return Shelf{}, false
	}
	s := m.shelf(shop, k, now)
	return s, s.Create <= now
}

func (m *Market) shelf(shop, k int, now int64) Shelf {
	s := Shelf{Product: m.product(shop, k)}
	r := world.NewRand(world.Hash(s.Key, streamProduct))
	second := r.Below(Date)
	doomed := false
	if k < soldProducts {
		s.Create = DayBegin(oldestProduct+r.Below(600)) + second
	} else {
		s.Create = DayBegin(firstLater+laterEvery*int64(k-soldProducts)) + second
		doomed = r.Chance(10)
	}
	period := world.Pick(&r, periods[:]) * Date
	s.touched(period, now)
	const last = 2 // change of a product that is going to be deleted
	if doomed && s.touch >= last {
		s.Update = s.touchedAt(last, period)
		s.touch, s.Status = last, Deleted
		return s
	}
	state := world.NewRand(world.Hash(s.Key, streamTouch, uint64(s.touch))) //nolint:gosec // not negative
	switch p := state.Below(100); {
	case p < 8:
		s.Status = Unlisted
	case p < 11:
		s.Status = Reviewing
	case p < 13:
		s.Status = Banned
	}
	return s
}

// touched finds the last change up to now. A new product is as it was created until the first one.
func (s *Shelf) touched(period, now int64) {
	s.Update = s.Create
	for n := (now-s.Create)/period + 1; n > 0; n-- {
		if at := s.touchedAt(n, period); at <= now {
			s.touch, s.Update = n, at
			return
		}
	}
}

// touchedAt is when the n-th change comes, n from 1.
func (s *Shelf) touchedAt(n, period int64) int64 {
	jitter := int64(world.Hash(s.Key, streamTouch, uint64(n), 1) % uint64(period)) //nolint:gosec // positive
	return s.Create + (n-1)*period + 1 + jitter
}

// Stock is how many units of a variant can be sold, of the product itself if it has no variants.
func (s *Shelf) Stock(variant int) int64 {
	r := world.NewRand(world.Hash(s.Key, streamTouch, uint64(s.touch), 2, uint64(variant))) //nolint:gosec // not negative
	if s.Status == Deleted || r.Chance(10) {
		return 0
	}
	return r.Between(1, 500)
}

// TotalStock is the stock of all variants.
func (s *Shelf) TotalStock() int64 {
	n := int64(0)
	for v := range max(s.Variants, 1) {
		n += s.Stock(v)
	}
	return n
}

// Brand is an id and a name; 0 and NoBrand for products without one.
type Brand struct {
	ID   int64
	Name string
}

var brands = [...]Brand{{0, "NoBrand"}, {0, "NoBrand"}, {1_146_303, "Cỏ Mềm"}, {2_001_877, "Acme & Sons"}, {2_440_012, "ยี่ห้อ"}}

// Brand is the product's.
func (p *Product) Brand() Brand { return brands[p.Key>>16%uint64(len(brands))] }

// Category is the id of the leaf the product hangs on.
func (p *Product) Category() int64 { return 100_001 + int64(p.Key>>24%700) }

// Images are names of pictures, one to nine, the main one first.
func (p *Product) Images() []string {
	r := world.NewRand(world.Hash(p.Key, streamProduct, 1))
	images := make([]string, r.Between(1, 9))
	for i := range images {
		images[i] = r.Hex(24)
	}
	return images
}
