package shopee

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"unicode/utf8"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// readOrder maps a row of get_order_detail, and returns the order's update time in unix seconds, 0 when it gives none.
//
// A row that is no object or has no usable order_sn cannot be told from which order it is. It becomes a document of its
// own, so that it is neither lost nor holds up its neighbours: with parse_error, and the id unidentified-<hash of the row>,
// which no order has. The fetcher sees an order that it asked for and that was not answered, so the ledger shows it too.
func readOrder(from transformers.Origin, row read.Element) (*schemas.Order, int64) {
	bad := &read.Problems{}
	raw := row.Raw
	if !utf8.Valid(raw) {
		bad.Add("row", "not valid UTF-8, bad bytes replaced")
		raw = bytes.ToValidUTF8(raw, []byte("\uFFFD"))
	}
	b := &orderBuilder{from: from, order: &schemas.Order{}, bad: bad}
	if raw[0] != '{' {
		b.rest = read.NewObject(nil, "", bad)
		b.rest.KeepElement("row", read.Element{Raw: raw, Depth: row.Depth})
		b.order.ParseError = "row is not an object"
	} else {
		b.read(raw)
		b.check()
	}
	b.identify(row.Raw)
	b.order.PlatformFields = b.rest.Rest.Fields()
	b.order.ValidationErrors = bad.List()
	b.order.IsValid = len(b.order.ValidationErrors) == 0 && b.order.ParseError == ""
	return b.order, b.updated
}

// orderBuilder holds what is read of a row until the document can be put together.
type orderBuilder struct {
	from  transformers.Origin
	order *schemas.Order
	bad   *read.Problems
	rest  *read.Object

	created, updated int64

	estimatedFee, actualFee schemas.Money
	actualFeeConfirmed      *bool
	buyer                   schemas.Buyer
	address                 schemas.Address
	cancellation            schemas.Cancellation
	lines                   []lineKey         // of order.LineItems, by index
	inside                  []json.RawMessage // the item_list of order.Packages, by index
}

func (b *orderBuilder) read(raw []byte) {
	b.rest = read.NewObject(raw, "", b.bad)
	for key := range b.rest.Scan.Object() {
		b.member(string(key))
	}
	o := b.order
	o.CreateTime = schemas.FormatTime(b.created, b.from.Zone)
	o.UpdateTime = schemas.FormatTime(b.updated, b.from.Zone)
	o.UnifiedStatus = unifiedStatus(o.Status)
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
	o, r := b.order, b.rest
	switch key {
	case "order_sn":
		o.OrderID = b.orderSN()
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

// orderSN reads the order's id. A number is taken, since it says which order this is, and is a problem.
func (b *orderBuilder) orderSN() string {
	r := b.rest
	e, ok := r.Value()
	if !ok {
		return ""
	}
	sn, ok := "", false
	if e.Raw[0] == '"' {
		sn, ok = read.TextID(e.Raw)
	} else if sn, ok = read.ParseID(e.Raw); ok {
		r.Bad.Add("order_sn", "want a string")
	}
	if !ok {
		r.Wrong("order_sn", e, "want an order id")
		return ""
	}
	return sn
}

// identify gives the document its key.
func (b *orderBuilder) identify(row []byte) {
	id := b.order.OrderID
	if id == "" {
		sum := sha256.Sum256(row)
		id = "unidentified-" + hex.EncodeToString(sum[:16])
		if b.order.ParseError == "" {
			b.order.ParseError = "row has no usable order_sn"
		}
	}
	b.order.Identity = b.from.Identity(id)
}

// check marks what every order must have.
func (b *orderBuilder) check() {
	o := b.order
	for _, must := range []struct {
		name    string
		missing bool
	}{
		{"order_sn", o.OrderID == ""},
		{"create_time", b.created == 0},
		{"update_time", b.updated == 0},
		{"order_status", o.Status == ""},
		{"currency", o.Currency == ""},
		{"item_list", len(o.LineItems) == 0 && !b.mayBeEmpty()},
	} {
		if must.missing {
			b.bad.Add(must.name, "missing")
		}
	}
	seen := make(map[string]bool, len(o.LineItems))
	for _, l := range o.LineItems {
		if seen[l.LineIDs[0]] {
			b.bad.Add("item_list", "two lines have one id")
		}
		seen[l.LineIDs[0]] = true
	}
}

// mayBeEmpty reports whether Shopee may leave the lines out: of orders that are not paid, and of bookings that have not
// met their order yet.
func (b *orderBuilder) mayBeEmpty() bool {
	return b.order.Status == "UNPAID" || b.rest.Rest.Get("booking_sn") != nil
}
