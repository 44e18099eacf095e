package shopee

import (
	"fmt"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// itemsPerShop is prime, so that any step visits all items before one comes twice.
const itemsPerShop = 307

// item is something a shop sells.
type item struct {
	id       int64
	name     string
	sku      string
	price    int64 // original price in the currency's smallest unit
	discount int64 // percent off
	grams    int64
	models   int // 0: no variation
	location string
	key      uint64
}

var itemNames = [...]string{
	"Áo sơ mi linen tay dài", "Linen shirt", "Nón bucket 🌸 unisex", "Canvas tote bag 16\"", "Ốp lưng \"trong suốt\"",
	"Mug 350 ml", "Bình giữ nhiệt 500ml", "Kem chống nắng SPF50+ ☀️", "USB-C cable\t1 m", "Đèn bàn LED <ấm>",
	"Sữa rửa mặt & toner", "Yoga mat 6mm", "Dép quai ngang", "Túi rút 10/cái", "Gấu bông 🧸👨‍👩‍👧", "フェイスマスク", "ชุดนอน",
}

var (
	colors    = [...]string{"Blue", "Đen", "Trắng kem", "Pink 🌷", "Olive"}
	sizes     = [...]string{"S", "M", "L", "XL"}
	locations = [...]string{"VN10XX2UZ", "VN0A1B2C3", "SGZ", "SG00QK"}
)

// item is the k-th item of a shop. Ids are unique over all shops; every fourth is odd and above 2^53, where a float64 has
// no odd numbers.
func (w *World) item(shop, k int) item {
	key := world.Hash(w.seed, streamItem, uint64(shop), uint64(k)) //nolint:gosec // not negative
	r := world.NewRand(key)
	n := int64(shop)*itemsPerShop + int64(k)
	it := item{id: 20_000_000_000 + 41*n, key: key}
	if k%4 == 0 {
		it.id = 1<<53 + 1 + 2*n
	}
	it.name = world.Pick(&r, itemNames[:])
	if marketOf(shop).places == 0 {
		it.price = 500 * r.Between(20, 1200)
	} else {
		it.price = r.Between(95, 19_999)
	}
	it.discount = world.Pick(&r, []int64{0, 0, 5, 12, 25, 50})
	it.grams = 10 * r.Between(2, 250)
	if r.Chance(60) {
		it.models = int(r.Between(2, 8))
	}
	if !r.Chance(10) {
		it.sku = fmt.Sprintf("SKU-%03d", k)
	}
	it.location = locations[r.Below(2)]
	if shop%2 == 1 {
		it.location = locations[2+r.Below(2)]
	}
	return it
}

// discounted is the price of one unit after the seller's discount; where money has no cents, in steps of 100.
func (it *item) discounted(places int) int64 {
	p := it.price * (100 - it.discount) / 100
	if places == 0 {
		p -= p % 100
	}
	return p
}

// model is the id, name and sku of a variation, 0 and empty texts if the item has none.
func (it *item) model(m int) (id int64, name, sku string) {
	if it.models == 0 {
		return 0, "", ""
	}
	name = colors[m%len(colors)] + "," + sizes[m%len(sizes)]
	if it.sku != "" {
		sku = fmt.Sprintf("%s-%d", it.sku, m+1)
	}
	if it.id > 1<<53 {
		return it.id*10 + int64(m) + 1, name, sku
	}
	return 200_000_000_000 + (it.id-20_000_000_000)*10 + int64(m), name, sku
}
