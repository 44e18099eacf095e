package lazada

import (
	"errors"
	"strings"
	"time"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// orders reads an order_detail page: an order's document is made of its row and its items.
func orders(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	rows, err := joinOrders(page, func(*schemas.PagePart) error { return errors.New("no answer of " + pathOrders + " or " + pathItems) })
	if err != nil {
		return nil, err
	}
	if len(page.Parts) == 0 {
		return nil, errors.New("page has no parts")
	}
	documents := make([]transformers.Document, 0, len(rows))
	for i := range rows {
		documents = append(documents, readOrder(from, page.Region, &rows[i]))
	}
	return documents, nil
}

// readOrder maps an order.
func readOrder(from transformers.Origin, region string, j *joined) transformers.Document {
	b := &orderBuilder{
		from: from, zone: zoneOf(region, from.Zone), order: &schemas.Order{OrderID: j.id, Region: region}, row: read.NewRow(j.head()),
	}
	j.walk(b.row, b.member, b.unit)
	b.finish()
	b.order.Identity = from.Identity(b.row.Identify("order_id", j.id))
	b.order.PlatformFields = b.row.Finish(&b.order.Lineage)
	return transformers.Document{
		Document: b.order, UpdateTime: b.updated, FetchedAt: j.fetchedAt, Revision: orderRevision, Unmapped: b.row.Bad.AllUnmapped(),
	}
}

// orderBuilder holds what is read of an order until the document can be put together.
type orderBuilder struct {
	from  transformers.Origin
	zone  *time.Location // of times that name none
	order *schemas.Order
	row   *read.Row

	created, updated int64
	promised         said // the time to ship by where the items have none

	price, voucher schemas.Money
	noSum          bool // an amount of the sum is there and cannot be read

	buyer             schemas.Buyer
	address           schemas.Address
	buyerName, toName fullName
	units             []unit
	inside            []statusSet // of the units in order.Packages, by index
}

// member reads the order's member key. Lazada gives no time of delivery, completion or cancellation; none is made up.
func (b *orderBuilder) member(key string) {
	o, r := b.order, &b.row.Object
	switch key {
	case "order_id", "order_number": // the same
		keepOther(r, key, o.OrderID)
	case "created_at":
		b.created = r.SiteTime(key, b.zone)
	case "updated_at":
		b.updated = r.SiteTime(key, b.zone)
	case "promised_shipping_times":
		b.promised = sayTime(r, key, b.zone)
	case "statuses":
		b.statuses(r.Texts(key))
	case "price":
		b.price = b.amountKept(key)
	case "voucher":
		b.voucher = b.amountKept(key)
	case "shipping_fee":
		o.ShippingFee = r.Money(key)
		b.noSum = b.noSum || r.Rest.Get(key) != nil
	case "shipping_fee_original":
		o.ShippingFeeOriginal = r.Money(key)
	case "voucher_seller":
		o.SellerDiscount = r.Money(key)
	case "voucher_platform":
		o.PlatformDiscount = r.Money(key)
	case "payment_method":
		if o.PaymentMethod = r.Text(key); o.PaymentMethod != "" {
			o.IsCOD = new(o.PaymentMethod == "COD")
		}
	case "customer_first_name":
		b.buyerName.first = r.Text(key)
	case "customer_last_name":
		b.buyerName.last = r.Text(key)
	case "buyer_note":
		b.buyer.Message = r.Text(key)
	case "address_shipping":
		b.address = schemas.Address{}
		r.Inside(key, b.addressMember)
	default:
		r.Keep(key)
	}
}

// statuses gives the order the statuses of its units.
func (b *orderBuilder) statuses(each []string) {
	b.order.Status, b.order.UnifiedStatus = orderStatus(each)
	unmapped(b.row.Bad, "status", orderWords, each)
}

// addressMember reads a member of address_shipping. What address2, address4 and address5 are differs from site to site.
func (b *orderBuilder) addressMember(r *read.Object, key string) {
	a := &b.address
	switch key {
	case "first_name":
		b.toName.first = r.Text(key)
	case "last_name":
		b.toName.last = r.Text(key)
	case "phone":
		a.Phone = r.Text(key)
	case "address1":
		a.Street = r.Text(key)
	case "address3":
		a.State = r.Text(key)
	case "city":
		a.City = r.Text(key)
	case "post_code":
		a.PostalCode = r.Code(key)
	case "customer_email":
		b.buyer.Email = r.Text(key)
	case "country":
		e, ok := r.Value()
		code, isText := read.ParseCode(e.Raw)
		if a.RegionCode = countries[code]; ok && a.RegionCode == "" {
			r.KeepElement(key, e)
			if code != "" {
				r.Bad.UnmappedOfBuyer("platform_fields.address_shipping.country")
			}
		}
		if ok && !isText {
			r.Bad.Add(r.Prefix+key, "want a string")
		}
	default:
		r.Keep(key)
	}
}

// finish puts together what the order's row and its items say, and marks what every order must have.
func (b *orderBuilder) finish() {
	b.joinUnits()
	o, r := b.order, b.row
	if o.Status == "" {
		var each statusSet
		for i := range b.units {
			each.add(b.units[i].line.Status)
		}
		b.statuses(each)
	}
	o.CreateTime = schemas.FormatTime(b.created, b.from.Zone)
	o.UpdateTime = schemas.FormatTime(b.updated, b.from.Zone)
	b.addUp()
	b.buyer.Name, b.address.Name = b.buyerName.String(), b.toName.String()
	if b.buyer != (schemas.Buyer{}) {
		o.Buyer = &b.buyer
	}
	if b.address != (schemas.Address{}) {
		o.RecipientAddress = &b.address
	}
	if !r.Readable() {
		return
	}
	r.Must("order_id", o.OrderID != "")
	r.Must("created_at", b.created != 0)
	r.Must("updated_at", b.updated != 0)
	r.Must("statuses", o.Status != "")
	r.Must("currency", o.Currency != "")
	r.Must("order_items", len(o.LineItems) > 0)
}

// addUp fills in what Lazada leaves to be added up: price is what the units cost, voucher what the seller and Lazada give of
// it. Without a price, or with an amount that cannot be read, there is no sum.
func (b *orderBuilder) addUp() {
	if b.price == "" || b.noSum {
		return
	}
	subtotal, err := schemas.Sum(b.price, b.voucher.Negated())
	if err == nil {
		b.order.SubtotalAmount = subtotal
		b.order.TotalAmount, err = schemas.Sum(subtotal, b.order.ShippingFee)
	}
	if err != nil {
		b.row.Bad.Add("price", "no total with voucher and shipping_fee: "+err.Error())
	}
}

// amountKept reads an amount of the order's sum that has no field of its own, and keeps it.
func (b *orderBuilder) amountKept(name string) schemas.Money {
	e := b.row.Keep(name)
	if len(e.Raw) == 0 || e.Raw[0] == 'n' || string(e.Raw) == `""` {
		return ""
	}
	m, err := schemas.ParseMoneyJSON(e.Raw)
	if err != nil {
		b.row.Bad.Add(name, err.Error())
		b.noSum = true
	}
	return m
}

// fullName is a name in two parts, of which the second is mostly empty.
type fullName struct{ first, last string }

func (n fullName) String() string { return strings.TrimSpace(n.first + " " + n.last) }
