package market

import "github.com/shopstream/shopstream/internal/simulator/world"

// Line is one line of an order. Amounts are for one unit, in the currency's smallest unit.
type Line struct {
	Product     Product
	Variant     int // 0 if the product has none, too
	Quantity    int64
	Original    int64 // before discounts
	SellerOff   int64
	PlatformOff int64 // the platform's share, which the seller gets from it; 0 in markets without vouchers
	Price       int64 // what the buyer pays: Original - SellerOff - PlatformOff
	Parcel      int   // which package it is in
}

// Shipping is what bringing an order costs.
type Shipping struct {
	Original    int64 // before discounts
	SellerOff   int64
	PlatformOff int64
	Paid        int64 // by the buyer: Original - SellerOff - PlatformOff
	Actual      int64 // what the carrier takes; not below Original
}

// Basket is what was bought and what it costs. It never changes during an order's life.
type Basket struct {
	Lines    []Line
	Parcels  int
	Shipping Shipping
	Tax      int64
	Total    int64 // what the buyer pays: Subtotal + Shipping.Paid + Tax
	Deal     int64 // a draw from [0, 100) for baskets of more than one line: whether a platform makes a bundle of it
}

// Basket draws what was bought. About three orders of eight have two to ten lines, one of eighteen is sent in two packages.
func (m *Market) Basket(o *Order) Basket {
	r := world.NewRand(world.Hash(o.Key, streamBasket))
	n := 1
	if r.Chance(38) {
		n = 2 + int(min(r.Below(9), r.Below(9)))
	}
	b := Basket{Lines: make([]Line, n), Parcels: 1}
	start, stride := r.Below(soldProducts), r.Between(1, soldProducts-1)
	for i := range b.Lines {
		p := m.product(o.Shop, int((start+int64(i)*stride)%soldProducts))
		l := Line{Product: p, Quantity: 1 + r.Below(1+r.Below(4)), Original: p.Price, SellerOff: p.Price - p.Discounted}
		if p.Variants > 0 {
			l.Variant = int(r.Below(int64(p.Variants)))
		}
		b.Lines[i] = l
	}
	if n > 1 {
		b.Deal = r.Below(100)
		if r.Chance(16) {
			b.Parcels = 2
			for i := range b.Lines {
				b.Lines[i].Parcel = i % 2
			}
		}
	}
	region := m.RegionOf(o.Shop)
	b.Shipping.Paid = r.Between(4, 40) * 1000
	if region.Places > 0 {
		b.Shipping.Paid = r.Between(0, 599)
	}
	m.discount(&b, o, region)
	b.Tax = b.Subtotal() * m.rules.Tax / 100
	b.Total = b.Subtotal() + b.Shipping.Paid + b.Tax
	return b
}

// discount takes the platform's part off the prices, and adds to the shipping fee what the buyer was spared.
func (m *Market) discount(b *Basket, o *Order, region *Region) {
	step := region.step()
	voucher := world.NewRand(world.Hash(o.Key, streamVoucher))
	percent := int64(0)
	if m.rules.Vouchers && voucher.Chance(30) {
		percent = voucher.Between(2, 15)
	}
	for i := range b.Lines {
		l := &b.Lines[i]
		l.PlatformOff = (l.Original - l.SellerOff) * percent / 100
		l.PlatformOff -= l.PlatformOff % step
		l.Price = l.Original - l.SellerOff - l.PlatformOff
	}
	r := world.NewRand(world.Hash(o.Key, streamShipping))
	s := &b.Shipping
	spared := s.Paid / 4
	s.Actual = s.Paid + spared
	if m.rules.Vouchers && r.Chance(15) { // free shipping
		spared, s.Paid = s.Actual, 0
	}
	switch r.Below(3) {
	case 0:
		s.PlatformOff = spared
	case 1:
		s.PlatformOff = spared / 2
		s.SellerOff = spared - s.PlatformOff
	default:
		s.SellerOff = spared
	}
	s.Original = s.Paid + s.SellerOff + s.PlatformOff
}

// Quantity counts units.
func (b *Basket) Quantity() int64 { return b.sum(func(*Line) int64 { return 1 }) }

// Originals is the sum of the prices before discounts.
func (b *Basket) Originals() int64 { return b.sum(func(l *Line) int64 { return l.Original }) }

// SellerDiscount is the seller's part of the discounts on prices.
func (b *Basket) SellerDiscount() int64 { return b.sum(func(l *Line) int64 { return l.SellerOff }) }

// PlatformDiscount is the platform's part of the discounts on prices.
func (b *Basket) PlatformDiscount() int64 { return b.sum(func(l *Line) int64 { return l.PlatformOff }) }

// Subtotal is what the buyer pays for the goods.
func (b *Basket) Subtotal() int64 { return b.sum(func(l *Line) int64 { return l.Price }) }

func (b *Basket) sum(perUnit func(*Line) int64) int64 {
	n := int64(0)
	for i := range b.Lines {
		n += b.Lines[i].Quantity * perUnit(&b.Lines[i])
	}
	return n
}

// Grams is the weight of a package, of the whole order if parcel is negative.
func (b *Basket) Grams(parcel int) int64 {
	n := int64(0)
	for i := range b.Lines {
		if l := &b.Lines[i]; parcel < 0 || l.Parcel == parcel {
			n += l.Quantity * l.Product.Grams
		}
	}
	return n
}

// step is what amounts that somebody rounds are multiples of.
func (r *Region) step() int64 {
	if r.Places == 0 {
		return 100
	}
	return 1
}
