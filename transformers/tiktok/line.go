package tiktok

import (
	"encoding/binary"
	"strconv"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/read"
)

// unit is a row of line_items: one piece, since TikTok lists each on its own.
type unit struct {
	id       string
	line     schemas.LineItem // as if the unit were a line of its own
	parcel   word             // the id of its package
	words    words            // about that package
	currency word
	rest     *read.Object
}

// unit maps a row of line_items.
func (b *orderBuilder) unit(i int, e read.Element) {
	u := unit{rest: read.NewObject(e.Raw, "line_items["+strconv.Itoa(i)+"].", b.row.Bad)}
	l, r := &u.line, u.rest
	var salePrice schemas.Money
	for name := range r.Scan.Object() {
		switch name := string(name); name {
		case "id":
			u.id = r.LooseID(name)
		case "product_id":
			l.ProductID = r.LooseID(name)
		case "sku_id":
			l.VariantID = r.LooseID(name)
		case "seller_sku":
			l.SKU = r.Text(name)
		case "product_name":
			l.Name = r.Text(name)
		case "sku_name":
			l.VariantName = r.Text(name)
		case "sku_image":
			l.ImageURL = r.Text(name)
		case "original_price":
			l.OriginalPrice = r.Money(name)
		case "sale_price":
			salePrice = r.MoneyKept(name)
		case "seller_discount":
			l.SellerDiscount = r.Money(name)
		case "platform_discount":
			l.PlatformDiscount = r.Money(name)
		case "display_status":
			l.Status = r.Text(name)
		case "package_id":
			u.parcel, _ = readLooseID(r, name)
		case "currency":
			u.currency = readWord(r, name)
		default:
			if !u.words.read(r, name, &unitWords) {
				r.Keep(name)
			}
		}
	}
	u.price(salePrice)
	if u.id == "" {
		b.row.Bad.Add(r.Prefix+"id", "missing")
	} else {
		l.LineIDs = []string{u.id}
	}
	if l.ProductID == "" {
		b.row.Bad.Add(r.Prefix+"product_id", "missing")
	}
	l.Quantity = 1
	b.units = append(b.units, u)
}

// price sets the unit's price. The platform's discount is taken off sale_price too, so that the price after the seller's
// discount is made of the original one, and sale_price stays as it is; without both of them it is the nearest there is.
func (u *unit) price(sale schemas.Money) {
	l := &u.line
	if l.OriginalPrice != "" && l.SellerDiscount != "" {
		if price, err := schemas.Sum(l.OriginalPrice, l.SellerDiscount.Negated()); err == nil {
			l.Price = price
			return
		}
	}
	if l.Price = sale; sale != "" {
		u.rest.Rest.Delete("sale_price")
	}
}

// fillLines makes the lines of the units: those that are alike in everything but their ids are one, where the first of them
// stands. What is kept of a line is what each of its units says.
func (b *orderBuilder) fillLines() {
	lines := make(map[string]int, len(b.units))
	var alike []byte
	for i := range b.units {
		u := &b.units[i]
		b.place(u)
		u.line.PlatformFields = u.rest.Rest.Fields()
		alike = u.appendAlike(alike[:0])
		if n, ok := lines[string(alike)]; ok && add(&b.order.LineItems[n], &u.line) {
			continue
		}
		lines[string(alike)] = len(b.order.LineItems)
		b.order.LineItems = append(b.order.LineItems, u.line)
	}
}

// place puts the unit into its package, and keeps what it says about one that has no place elsewhere.
func (b *orderBuilder) place(u *unit) {
	if u.parcel.text == "" {
		u.words.keep(u.rest, &unitWords)
	} else {
		p := b.parcels.named(u.parcel.text)
		p.hear(&u.words, u.rest, &unitWords)
		if u.id != "" {
			p.lineIDs = append(p.lineIDs, u.id)
		} else {
			u.rest.KeepElement("package_id", u.parcel.e)
		}
	}
	switch o := b.order; {
	case o.Currency == "":
		o.Currency = u.currency.text
	case u.currency.text != "" && u.currency.text != o.Currency:
		u.rest.KeepElement("currency", u.currency.e)
	}
}

// appendAlike appends to key what units of one line have in common, each part behind its length.
func (u *unit) appendAlike(key []byte) []byte {
	l := &u.line
	for _, part := range [...]string{
		l.ProductID, l.VariantID, l.SKU, l.Name, l.VariantName, l.Status, l.ImageURL, u.parcel.text,
		string(l.Price), string(l.OriginalPrice), string(l.SellerDiscount), string(l.PlatformDiscount),
	} {
		key = append(binary.AppendUvarint(key, uint64(len(part))), part...)
	}
	return append(key, l.PlatformFields...)
}

// add adds a unit that is alike to a line, whose discounts are those of all its units. It reports false when Money cannot
// hold their sum.
func add(l, one *schemas.LineItem) bool {
	seller, errSeller := schemas.Sum(l.SellerDiscount, one.SellerDiscount)
	platform, errPlatform := schemas.Sum(l.PlatformDiscount, one.PlatformDiscount)
	if errSeller != nil || errPlatform != nil {
		return false
	}
	l.SellerDiscount, l.PlatformDiscount = seller, platform
	l.LineIDs = append(l.LineIDs, one.LineIDs...)
	l.Quantity += one.Quantity
	return true
}
