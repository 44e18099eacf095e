package shopee

import (
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/read"
)

// lineKey is what rows of packages say about the line they hold.
type lineKey struct{ item, model, orderItem, group string }

// holds reports whether a package's row k means the line. What the row does not say is no reason against it.
func (k lineKey) holds(line lineKey) bool {
	same := func(a, b string) bool { return a == "" || a == b }
	return same(k.item, line.item) && same(k.model, line.model) && same(k.orderItem, line.orderItem) && same(k.group, line.group) &&
		k != lineKey{}
}

// line maps a row of item_list.
func (b *orderBuilder) line(i int, e read.Element) {
	r := read.NewObject(e.Raw, "item_list["+strconv.Itoa(i)+"].", b.row.Bad)
	var l schemas.LineItem
	var key lineKey
	var itemSKU, modelSKU, lineID, addOn string
	for name := range r.Scan.Object() {
		switch name := string(name); name {
		case "item_id":
			key.item = r.ID(name)
		case "model_id":
			key.model = r.ID(name)
		case "item_sku":
			itemSKU = r.Text(name)
		case "model_sku":
			modelSKU = r.Text(name)
		case "item_name":
			l.Name = r.Text(name)
		case "model_name":
			l.VariantName = r.Text(name)
		case "model_quantity_purchased":
			l.Quantity = r.Int(name)
		case "model_original_price":
			l.OriginalPrice = r.Money(name)
		case "model_discounted_price":
			l.Price = r.Money(name)
		case "line_item_id":
			lineID = r.ID(name)
		case "order_item_id":
			key.orderItem = r.IDKept(name)
		case "promotion_group_id":
			key.group = r.IDKept(name)
		case "add_on_deal_id":
			addOn = r.IDKept(name)
		case "image_info":
			r.Inside(name, func(in *read.Object, member string) {
				if member == "image_url" {
					l.ImageURL = in.Text(member)
				} else {
					in.Keep(member)
				}
			})
		default:
			r.Keep(name)
		}
	}
	l.ProductID = key.item
	if key.model != "0" { // 0: the item has no variations
		l.VariantID = key.model
	}
	if l.SKU = modelSKU; modelSKU == "" {
		l.SKU = itemSKU
	} else if itemSKU != "" {
		r.Rest.Set("item_sku", read.Quote([]byte(itemSKU)))
	}
	if lineID == "" || lineID == "0" {
		// Older answers have no id of the line; these together are unique, by the platform's word.
		lineID = strings.Join([]string{key.item, key.model, key.orderItem, key.group, addOn}, "-")
	}
	l.LineIDs = []string{lineID}
	if l.ProductID == "" {
		b.row.Bad.Add(r.Prefix+"item_id", "missing")
	}
	if l.Quantity <= 0 {
		b.row.Bad.Add(r.Prefix+"model_quantity_purchased", "want more than 0")
	}
	l.PlatformFields = r.Rest.Fields()
	b.order.LineItems = append(b.order.LineItems, l)
	b.lines = append(b.lines, key)
}

// parcel maps a row of package_list. Its own list of items stays whole, since it says how many of a line are inside.
func (b *orderBuilder) parcel(i int, e read.Element) {
	r := read.NewObject(e.Raw, "package_list["+strconv.Itoa(i)+"].", b.row.Bad)
	var p schemas.Package
	for name := range r.Scan.Object() {
		switch name := string(name); name {
		case "package_number":
			p.PackageID = r.Text(name)
		case "logistics_status":
			p.Status = r.Text(name)
		case "tracking_number":
			p.TrackingNumber = r.Text(name)
		case "shipping_carrier":
			p.ShippingProvider = r.Text(name)
		default:
			r.Keep(name)
		}
	}
	p.PlatformFields = r.Rest.Fields()
	b.order.Packages = append(b.order.Packages, p)
	b.inside = append(b.inside, r.Rest.Get("item_list"))
}

// fillPackages says which lines are in which package, once both are known.
func (b *orderBuilder) fillPackages() {
	for i := range b.order.Packages {
		p := &b.order.Packages[i]
		rows := b.inside[i]
		if len(rows) == 0 {
			continue
		}
		if rows[0] != '[' {
			b.row.Bad.Add("package_list["+strconv.Itoa(i)+"].item_list", "want a list")
			continue
		}
		inside := make([]bool, len(b.lines))
		for _, row := range read.Elements(jsonscan.New(rows)) {
			key := readLineKey(row.Raw)
			for n, line := range b.lines {
				if key.holds(line) && !inside[n] {
					inside[n] = true
					p.LineIDs = append(p.LineIDs, b.order.LineItems[n].LineIDs...)
				}
			}
		}
	}
}

// readLineKey reads a row of a package's item_list; what is no id there counts as unsaid.
func readLineKey(raw []byte) (k lineKey) {
	s := jsonscan.New(raw)
	if s.Next() != '{' {
		return k
	}
	for name := range s.Object() {
		switch string(name) {
		case "item_id":
			k.item, _ = read.ParseID(s.Value())
		case "model_id":
			k.model, _ = read.ParseID(s.Value())
		case "order_item_id":
			k.orderItem, _ = read.ParseID(s.Value())
		case "promotion_group_id":
			k.group, _ = read.ParseID(s.Value())
		}
	}
	return k
}
