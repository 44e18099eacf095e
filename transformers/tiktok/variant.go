package tiktok

import (
	"math"
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/read"
)

// variant is a row of skus.
type variant struct {
	schemas.Variant
	currency word
	list     read.Element // list_price
	rest     *read.Object
}

// variant maps a row of skus.
func (b *productBuilder) variant(i int, e read.Element) {
	r := read.NewObject(e.Raw, "skus["+strconv.Itoa(i)+"].", b.row.Bad)
	v := variant{rest: r}
	for name := range r.Scan.Object() {
		switch name := string(name); name {
		case "id":
			v.VariantID = r.LooseID(name)
		case "seller_sku":
			v.SKU = r.Text(name)
		case "price":
			e, _ := r.Value()
			r.Part(name, e, v.price)
		case "list_price":
			v.list, _ = r.Value()
		case "inventory":
			v.Stock = stock(r, name)
		case "sales_attributes":
			v.Name = attributes(r, name)
		default:
			r.Keep(name)
		}
	}
	b.variants = append(b.variants, v)
}

// price reads what the variant costs now: sale_price, which has the taxes in it, or the one without where there is no other.
func (v *variant) price(in *read.Object) {
	var sale, net schemas.Money
	for key := range in.Scan.Object() {
		switch key := string(key); key {
		case "sale_price":
			sale = in.Money(key)
		case "tax_exclusive_price":
			net = in.MoneyKept(key)
		case "currency":
			v.currency = readWord(in, key)
		default:
			in.Keep(key)
		}
	}
	if v.Price = sale; sale == "" && net != "" {
		v.Price = net
		in.Rest.Delete("tax_exclusive_price")
	}
}

// stock adds up what all warehouses have. Their list stays whole, since the sum does not say where.
func stock(r *read.Object, name string) *int64 {
	e := r.Keep(name)
	switch {
	case len(e.Raw) == 0 || e.Raw[0] == 'n':
		return nil
	case e.Raw[0] != '[':
		r.Bad.Add(r.Prefix+name, "want a list")
		return nil
	}
	var sum *int64
	for i, row := range read.Elements(jsonscan.New(e.Raw)) {
		n, ok := quantity(row.Raw)
		if !ok {
			r.Bad.Add(r.Prefix+name+"["+strconv.Itoa(i)+"].quantity", "want a count")
			return nil
		}
		if sum == nil {
			sum = new(int64)
		}
		*sum += n
	}
	return sum
}

// quantity reads the count of one warehouse.
func quantity(row []byte) (n int64, ok bool) {
	s := jsonscan.New(row)
	if s.Next() != '{' {
		return 0, false
	}
	for key := range s.Object() {
		if string(key) == "quantity" {
			text, _ := read.ParseID(s.Value())
			count, err := strconv.ParseInt(text, 10, 32)
			n, ok = count, err == nil
		}
	}
	return n, ok
}

// attributes joins the values that tell a variant from its siblings. Their list stays whole, since the values alone do not say
// of what.
func attributes(r *read.Object, name string) string {
	e := r.Keep(name)
	switch {
	case len(e.Raw) == 0 || e.Raw[0] == 'n':
		return ""
	case e.Raw[0] != '[':
		r.Bad.Add(r.Prefix+name, "want a list")
		return ""
	}
	var values []string
	for i, row := range read.Elements(jsonscan.New(e.Raw)) {
		s := jsonscan.New(row.Raw)
		if s.Next() != '{' {
			r.Bad.Add(r.Prefix+name+"["+strconv.Itoa(i)+"]", "want an object")
			continue
		}
		for key := range s.Object() {
			if string(key) != "value_name" || s.Next() == 'n' {
				continue
			}
			value, ok := jsonscan.Text(s.Value())
			if !ok {
				r.Bad.Add(r.Prefix+name+"["+strconv.Itoa(i)+"].value_name", "want a string")
			} else if value != "" {
				values = append(values, value)
			}
		}
	}
	return strings.Join(values, ",")
}

// fillVariants puts the variants together once the product's currency is known: that of the first which has one.
func (b *productBuilder) fillVariants() {
	p := b.product
	for i := range b.variants {
		if p.Currency == "" {
			p.Currency = b.variants[i].currency.text
		}
	}
	total, known := int64(0), len(b.variants) > 0
	for i := range b.variants {
		v := &b.variants[i]
		if v.currency.text != "" && v.currency.text != p.Currency {
			b.row.Bad.Add(v.rest.Prefix+"price.currency", "not the currency of the other variants")
			v.rest.KeepElement("currency", v.currency.e)
		}
		v.before(p.Currency)
		v.PlatformFields = v.rest.Rest.Fields()
		p.Variants = append(p.Variants, v.Variant)
		if v.Stock == nil || total > math.MaxInt64-*v.Stock {
			known = false
		} else {
			total += *v.Stock
		}
	}
	if known {
		p.TotalStock = &total
	}
}

// before reads the price that buyers see struck out: list_price, where it is in the product's currency.
func (v *variant) before(currency string) {
	v.rest.Part("list_price", v.list, func(in *read.Object) {
		var amount schemas.Money
		var named word
		for key := range in.Scan.Object() {
			switch key := string(key); key {
			case "amount":
				amount = in.MoneyKept(key)
			case "currency":
				named = readWord(in, key)
			default:
				in.Keep(key)
			}
		}
		if amount == "" || named.text != currency {
			in.KeepElement("currency", named.e)
			return
		}
		v.OriginalPrice = amount
		in.Rest.Delete("amount")
	})
}
