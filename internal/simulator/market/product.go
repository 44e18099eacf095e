package market

import (
	"fmt"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// soldProducts are what a shop's orders are made of. It is prime, so that any step visits all of them before one comes twice.
const soldProducts = 307

// Product is something a shop sells, but for what changes with time: see [Shelf].
type Product struct {
	Shop       int
	Ordinal    int // in its shop
	Key        uint64
	ID         int64 // unique over all shops of a market
	Name       string
	SKU        string // the seller's; may be empty
	Price      int64  // original price in the currency's smallest unit
	Discounted int64  // after the seller's discount; where money has no cents, in steps of 100
	Percent    int64  // that discount
	Grams      int64
	Variants   int // 0: no variation. A price holds for all variants
	Location   string
}

var productNames = [...]string{
	"Áo sơ mi linen tay dài", "Linen shirt", "Nón bucket 🌸 unisex", "Canvas tote bag 16\"", "Ốp lưng \"trong suốt\"",
	"Mug 350 ml", "Bình giữ nhiệt 500ml", "Kem chống nắng SPF50+ ☀️", "USB-C cable\t1 m", "Đèn bàn LED <ấm>",
	"Sữa rửa mặt & toner", "Yoga mat 6mm", "Dép quai ngang", "Túi rút 10/cái", "Gấu bông 🧸👨‍👩‍👧", "フェイスマスク", "ชุดนอน",
}

var (
	colors    = [...]string{"Blue", "Đen", "Trắng kem", "Pink 🌷", "Olive"}
	sizes     = [...]string{"S", "M", "L", "XL"}
	locations = [...]string{"VN10XX2UZ", "VN0A1B2C3", "SGZ", "SG00QK"}
)

const (
	lowID     = 20_000_000_000
	lowStep   = 41
	highID    = 1<<53 + 1
	laterID   = 16_000_000 // counts of products that no order has begin here
	laterRoom = 4096       // of them in a shop
)

// product is the k-th product of a shop. Ids are unique over all shops; every fourth is odd and above 2^53, where a float64
// has no odd numbers.
func (m *Market) product(shop, k int) Product {
	key := world.Hash(m.key, streamItem, uint64(shop), uint64(k)) //nolint:gosec // not negative
	r := world.NewRand(key)
	p := Product{Shop: shop, Ordinal: k, Key: key, ID: productID(shop, k)}
	p.Name = world.Pick(&r, productNames[:])
	region := m.RegionOf(shop)
	if region.Places == 0 {
		p.Price = 500 * r.Between(20, 1200)
	} else {
		p.Price = r.Between(95, 19_999)
	}
	p.Percent = world.Pick(&r, []int64{0, 0, 5, 12, 25, 50})
	p.Discounted = p.Price * (100 - p.Percent) / 100
	p.Discounted -= p.Discounted % region.step()
	p.Grams = 10 * r.Between(2, 250)
	if r.Chance(60) {
		p.Variants = int(r.Between(2, 8))
	}
	if !r.Chance(10) {
		p.SKU = fmt.Sprintf("SKU-%03d", k)
	}
	p.Location = locations[r.Below(2)]
	if shop%2 == 1 {
		p.Location = locations[2+r.Below(2)]
	}
	return p
}

func productID(shop, k int) int64 {
	n := int64(shop)*soldProducts + int64(k)
	if k >= soldProducts {
		n = laterID + int64(shop)*laterRoom + int64(k-soldProducts)
	}
	if k%4 == 0 {
		return highID + 2*n
	}
	return lowID + lowStep*n
}

// locateProduct is the inverse of productID, whether or not the product exists.
func locateProduct(id int64) (shop, k int, ok bool) {
	n := (id - lowID) / lowStep
	if id >= highID {
		n = (id - highID) / 2
	}
	switch {
	case id < lowID:
		return 0, 0, false
	case n >= laterID:
		n -= laterID
		shop, k = int(n/laterRoom), soldProducts+int(n%laterRoom)
	default:
		shop, k = int(n/soldProducts), int(n%soldProducts)
	}
	return shop, k, productID(shop, k) == id
}

// Variant is the id, name and SKU of a variant, 0 and empty texts if the product has none.
func (p *Product) Variant(v int) (id int64, name, sku string) {
	if p.Variants == 0 {
		return 0, "", ""
	}
	color, size := p.Options(v)
	if p.SKU != "" {
		sku = fmt.Sprintf("%s-%d", p.SKU, v+1)
	}
	if p.ID > 1<<53 {
		id = p.ID*10 + int64(v) + 1
	} else {
		id = 200_000_000_000 + (p.ID-lowID)*10 + int64(v)
	}
	return id, color + "," + size, sku
}

// Options are a variant's colour and size.
func (p *Product) Options(v int) (color, size string) {
	return colors[v%len(colors)], sizes[v%len(sizes)]
}
