package tiktok

import (
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// orders maps the orders of a search or of a call by ids, which give them alike.
func orders(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	return each(page, "orders", []string{"/orders", "/orders/search"}, func(e read.Element) (transformers.Document, bool) {
		d, id := readOrder(from, page.Region, e)
		return d, read.About(page, id)
	})
}

// readOrder maps an order of a shop in region, and returns its id, too.
func readOrder(from transformers.Origin, region string, e read.Element) (d transformers.Document, id string) {
	b := &orderBuilder{from: from, order: &schemas.Order{Region: region}, row: read.NewRow(e)}
	if b.row.Readable() {
		b.read()
		b.check()
	}
	b.order.Identity = from.Identity(b.row.Identify("id", b.order.OrderID))
	b.order.PlatformFields = b.row.Finish(&b.order.Lineage)
	return transformers.Document{
		Document: b.order, UpdateTime: b.updated, Revision: orderRevision, Unmapped: b.row.Bad.AllUnmapped(),
	}, b.order.OrderID
}

// orderBuilder holds what is read of an order until the document can be put together.
type orderBuilder struct {
	from  transformers.Origin
	order *schemas.Order
	row   *read.Row

	created, updated int64

	cancelAsked  *bool
	buyer        schemas.Buyer
	address      schemas.Address
	cancellation schemas.Cancellation
	units        []unit
	parcels      parcels
	words        words // about the parcel of an order that has one
}

func (b *orderBuilder) read() {
	for key := range b.row.Scan.Object() {
		b.member(string(key))
	}
	o := b.order
	o.CreateTime = schemas.FormatTime(b.created, b.from.Zone)
	o.UpdateTime = schemas.FormatTime(b.updated, b.from.Zone)
	o.UnifiedStatus = orderStatus(o.Status, b.cancelAsked)
	if !isOrderStatus(o.Status) {
		b.row.Bad.Unmapped("status", o.Status)
	}
	if isRegion(b.address.RegionCode) {
		o.Region = b.address.RegionCode
	}
	if b.buyer != (schemas.Buyer{}) {
		o.Buyer = &b.buyer
	}
	if b.address != (schemas.Address{}) {
		o.RecipientAddress = &b.address
	}
	if b.cancellation != (schemas.Cancellation{}) {
		o.Cancellation = &b.cancellation
	}
	b.fillLines()
	b.fillPackages()
}

// member reads the order's member key. Of the deadlines, rts_sla_time is when the seller must have shipped; those of the
// carrier and those after which the order is cancelled stay as they are. TikTok gives no time of completion.
func (b *orderBuilder) member(key string) {
	o, r := b.order, b.row
	switch key {
	case "id":
		o.OrderID = r.LooseID(key)
	case "status":
		o.Status = r.Text(key)
	case "create_time":
		b.created = r.Time(key)
	case "update_time":
		b.updated = r.Time(key)
	case "paid_time":
		o.PaidTime = b.time(key)
	case "rts_sla_time":
		o.ShipByTime = b.time(key)
	case "delivery_time":
		o.DeliveryTime = b.time(key)
	case "cancel_time":
		o.CancelTime = b.time(key)
	case "payment":
		r.Inside(key, b.paymentMember)
	case "payment_method_name":
		o.PaymentMethod = r.Text(key)
	case "is_cod":
		o.IsCOD = r.Bool(key)
	case "is_buyer_request_cancel":
		b.cancelAsked = r.BoolKept(key)
	case "user_id":
		b.buyer.ID = r.LooseID(key)
	case "buyer_email":
		b.buyer.Email = r.Text(key)
	case "buyer_message":
		b.buyer.Message = r.Text(key)
	case "recipient_address":
		r.Inside(key, b.addressMember)
	case "cancellation_initiator":
		b.cancellation.By = r.Text(key)
	case "cancel_reason":
		b.cancellation.Reason = r.Text(key)
	case "line_items":
		b.units = nil
		r.List(key, b.unit)
	case "packages":
		b.parcels = nil
		r.List(key, func(i int, e read.Element) { b.parcels.row(&r.Object, i, e) })
	default:
		if !b.words.read(&r.Object, key, &orderWords) {
			r.Keep(key)
		}
	}
}

func (b *orderBuilder) time(key string) string {
	return schemas.FormatTime(b.row.Time(key), b.from.Zone)
}

// paymentMember reads a member of payment, whose amounts are what the buyer pays.
func (b *orderBuilder) paymentMember(r *read.Object, key string) {
	o := b.order
	switch key {
	case "currency":
		o.Currency = r.Text(key)
	case "total_amount":
		o.TotalAmount = r.Money(key)
	case "sub_total":
		o.SubtotalAmount = r.Money(key)
	case "shipping_fee":
		o.ShippingFee = r.Money(key)
	case "original_shipping_fee":
		o.ShippingFeeOriginal = r.Money(key)
	case "seller_discount":
		o.SellerDiscount = r.Money(key)
	case "platform_discount":
		o.PlatformDiscount = r.Money(key)
	case "tax":
		o.TaxAmount = r.Money(key)
	default:
		r.Keep(key)
	}
}

// check marks what every order must have.
func (b *orderBuilder) check() {
	o := b.order
	b.row.Must("id", o.OrderID != "")
	b.row.Must("create_time", b.created != 0)
	b.row.Must("update_time", b.updated != 0)
	b.row.Must("status", o.Status != "")
	b.row.Must("payment.currency", o.Currency != "")
	b.row.Must("line_items", len(o.LineItems) > 0)
	seen := make(map[string]bool, len(b.units))
	for i := range b.units {
		if id := b.units[i].id; id != "" && seen[id] {
			b.row.Bad.Add("line_items", "two lines have one id")
		} else {
			seen[id] = true
		}
	}
}

// isRegion reports whether code is one of ISO 3166's with two letters.
func isRegion(code string) bool {
	return len(code) == 2 && code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z'
}
