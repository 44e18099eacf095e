package shopee

import (
	"encoding/json"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// readOrder maps a row of get_order_detail, and returns the order's update time in unix seconds, 0 when it gives none.
func readOrder(from transformers.Origin, e read.Element) (*schemas.Order, int64) {
	b := &orderBuilder{from: from, order: &schemas.Order{}, row: read.NewRow(e)}
	if b.row.Readable() {
		b.read()
		b.check()
	}
	b.order.Identity = from.Identity(b.row.Identify("order_sn", b.order.OrderID))
	b.order.PlatformFields = b.row.Finish(&b.order.Lineage)
	return b.order, b.updated
}

// orderBuilder holds what is read of a row until the document can be put together.
type orderBuilder struct {
	from  transformers.Origin
	order *schemas.Order
	row   *read.Row

	created, updated int64

	estimatedFee, actualFee schemas.Money
	actualFeeConfirmed      *bool
	buyer                   schemas.Buyer
	address                 schemas.Address
	cancellation            schemas.Cancellation
	lines                   []lineKey         // of order.LineItems, by index
	inside                  []json.RawMessage // the item_list of order.Packages, by index
}

func (b *orderBuilder) read() {
	for key := range b.row.Scan.Object() {
		b.member(string(key))
	}
	o := b.order
	o.CreateTime = schemas.FormatTime(b.created, b.from.Zone)
	o.UpdateTime = schemas.FormatTime(b.updated, b.from.Zone)
	o.UnifiedStatus = orderStatus(o.Status)
	o.ShippingFee = b.estimatedFee
	if b.actualFeeConfirmed != nil && *b.actualFeeConfirmed && b.actualFee != "" {
		o.ShippingFee = b.actualFee
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
	b.fillPackages()
}

// member reads the order's member key. Shopee gives no time of delivery, completion or cancellation, and no subtotal; none
// is made up. (The lines do not add up to one: those of bundle deals have the price 0.)
func (b *orderBuilder) member(key string) {
	o, r := b.order, b.row
	switch key {
	case "order_sn":
		o.OrderID = r.Key(key, "an order id")
	case "region":
		o.Region = r.Text(key)
	case "currency":
		o.Currency = r.Text(key)
	case "order_status":
		o.Status = r.Text(key)
	case "create_time":
		b.created = r.Time(key)
	case "update_time":
		b.updated = r.Time(key)
	case "pay_time":
		o.PaidTime = schemas.FormatTime(r.Time(key), b.from.Zone)
	case "ship_by_date":
		o.ShipByTime = schemas.FormatTime(r.Time(key), b.from.Zone)
	case "total_amount":
		o.TotalAmount = r.Money(key)
	case "estimated_shipping_fee":
		b.estimatedFee = r.MoneyKept(key)
	case "actual_shipping_fee":
		b.actualFee = r.MoneyKept(key)
	case "actual_shipping_fee_confirmed":
		b.actualFeeConfirmed = r.BoolKept(key)
	case "payment_method":
		o.PaymentMethod = r.Text(key)
	case "cod":
		o.IsCOD = r.Bool(key)
	case "buyer_user_id":
		b.buyer.ID = r.ID(key)
	case "buyer_username":
		b.buyer.Name = r.Text(key)
	case "message_to_seller":
		b.buyer.Message = r.Text(key)
	case "recipient_address":
		r.Inside(key, b.addressMember)
	case "item_list":
		o.LineItems, b.lines = nil, nil
		r.List(key, b.line)
	case "package_list":
		o.Packages, b.inside = nil, nil
		r.List(key, b.parcel)
	case "cancel_by":
		b.cancellation.By = r.Text(key)
	case "cancel_reason":
		b.cancellation.Reason = r.Text(key)
	case "buyer_cancel_reason":
		b.cancellation.ReasonDetail = r.Text(key)
	default:
		r.Keep(key)
	}
}

// addressMember reads a member of recipient_address. A town has no field of its own.
func (b *orderBuilder) addressMember(r *read.Object, key string) {
	a := &b.address
	switch key {
	case "name":
		a.Name = r.Text(key)
	case "phone":
		a.Phone = r.Text(key)
	case "full_address":
		a.FullAddress = r.Text(key)
	case "district":
		a.District = r.Text(key)
	case "city":
		a.City = r.Text(key)
	case "state":
		a.State = r.Text(key)
	case "zipcode":
		a.PostalCode = r.Text(key)
	case "region":
		a.RegionCode = r.Text(key)
	default:
		r.Keep(key)
	}
}

// check marks what every order must have.
func (b *orderBuilder) check() {
	o := b.order
	b.row.Must("order_sn", o.OrderID != "")
	b.row.Must("create_time", b.created != 0)
	b.row.Must("update_time", b.updated != 0)
	b.row.Must("order_status", o.Status != "")
	b.row.Must("currency", o.Currency != "")
	b.row.Must("item_list", len(o.LineItems) > 0 || b.mayBeEmpty())
	seen := make(map[string]bool, len(o.LineItems))
	for _, l := range o.LineItems {
		if seen[l.LineIDs[0]] {
			b.row.Bad.Add("item_list", "two lines have one id")
		}
		seen[l.LineIDs[0]] = true
	}
}

// mayBeEmpty reports whether Shopee may leave the lines out: of orders that are not paid, and of bookings that have not
// met their order yet.
func (b *orderBuilder) mayBeEmpty() bool {
	return b.order.Status == "UNPAID" || b.row.Rest.Get("booking_sn") != nil
}
