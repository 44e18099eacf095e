package shopee

import (
	"fmt"
	"strconv"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// returns reads a return_detail page: the answer of get_return_detail in each part is a document.
func returns(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	var documents []transformers.Document
	for i := range page.Parts {
		part := &page.Parts[i]
		e, err := response(part.Body, '{')
		if err != nil {
			return nil, fmt.Errorf("parts[%d]: %w", i, err)
		}
		d := readReturn(from, page.Region, e)
		d.FetchedAt = part.FetchedAt
		documents = append(documents, d)
	}
	return documents, nil
}

// returnBuilder holds what is read of a return until the document can be put together.
type returnBuilder struct {
	from             transformers.Origin
	ret              *schemas.Return
	row              *read.Row
	created, updated int64
}

func readReturn(from transformers.Origin, region string, e read.Element) transformers.Document {
	b := &returnBuilder{from: from, ret: &schemas.Return{Region: region}, row: read.NewRow(e)}
	t := b.ret
	for key := range b.row.Scan.Object() {
		b.member(string(key))
	}
	t.CreateTime = schemas.FormatTime(b.created, from.Zone)
	t.UpdateTime = schemas.FormatTime(b.updated, from.Zone)
	t.UnifiedStatus = returnStatus(t.Status)
	b.row.Must("return_sn", t.ReturnID != "")
	b.row.Must("order_sn", t.OrderID != "")
	b.row.Must("status", t.Status != "")
	b.row.Must("create_time", b.created != 0)
	b.row.Must("update_time", b.updated != 0)
	b.row.Must("currency", t.Currency != "")
	t.Identity = from.Identity(b.row.Identify("return_sn", t.ReturnID))
	t.PlatformFields = b.row.Finish(&t.Lineage)
	return transformers.Document{Document: t, UpdateTime: b.updated, Revision: returnRevision, Unmapped: b.row.Bad.AllUnmapped()}
}

// member reads the return's member key. Who asked for it, and where it is picked up, has no field and stays with the rest.
func (b *returnBuilder) member(key string) {
	t, r := b.ret, b.row
	switch key {
	case "return_sn":
		t.ReturnID = r.Key(key, "a return id")
	case "order_sn":
		t.OrderID = r.Text(key)
	case "return_solution":
		b.solution(key)
	case "status":
		t.Status = r.Text(key)
	case "currency":
		t.Currency = r.Text(key)
	case "create_time":
		b.created = r.Time(key)
	case "update_time":
		b.updated = r.Time(key)
	case "due_date":
		t.DueTime = schemas.FormatTime(r.Time(key), b.from.Zone)
	case "reason":
		t.Reason = r.Text(key)
	case "text_reason":
		t.ReasonDetail = r.Text(key)
	case "refund_amount":
		t.RefundAmount = r.Money(key)
	case "tracking_number":
		t.TrackingNumber = r.Text(key)
	case "item":
		t.Lines = nil
		r.List(key, b.line)
	default:
		r.Keep(key)
	}
}

// solution reads what the buyer gets: 0 is the money for the goods, 1 the money alone. A number that is not documented stays.
func (b *returnBuilder) solution(key string) {
	e, ok := b.row.Value()
	if !ok {
		return
	}
	switch string(e.Raw) {
	case "0":
		b.ret.Type = schemas.TypeReturnRefund
	case "1":
		b.ret.Type = schemas.TypeRefundOnly
	default:
		if _, err := strconv.ParseInt(string(e.Raw), 10, 64); err != nil {
			b.row.Wrong(key, e, "want an integer")
			return
		}
		b.row.KeepElement(key, e)
		b.row.Bad.Unmapped("platform_fields."+key, string(e.Raw))
	}
}

// line maps a row of item. Shopee does not say which line of the order it is.
func (b *returnBuilder) line(i int, e read.Element) {
	r := read.NewObject(e.Raw, "item["+strconv.Itoa(i)+"].", b.row.Bad)
	var l schemas.ReturnLine
	var itemSKU, variationSKU string
	for name := range r.Scan.Object() {
		switch name := string(name); name {
		case "item_id":
			l.ProductID = r.ID(name)
		case "model_id":
			l.VariantID = r.ID(name)
		case "item_sku":
			itemSKU = r.Text(name)
		case "variation_sku":
			variationSKU = r.Text(name)
		case "name":
			l.Name = r.Text(name)
		case "amount": // a number of units
			l.Quantity = r.Int(name)
		case "refund_amount":
			l.RefundAmount = r.Money(name)
		default:
			r.Keep(name)
		}
	}
	if l.VariantID == "0" { // the item has no variations
		l.VariantID = ""
	}
	if l.SKU = variationSKU; variationSKU == "" {
		l.SKU = itemSKU
	} else if itemSKU != "" {
		r.Rest.Set("item_sku", read.Quote([]byte(itemSKU)))
	}
	if l.ProductID == "" {
		r.Bad.Add(r.Prefix+"item_id", "missing")
	}
	if l.Quantity <= 0 {
		r.Bad.Add(r.Prefix+"amount", "want more than 0")
	}
	l.PlatformFields = r.Rest.Fields()
	b.ret.Lines = append(b.ret.Lines, l)
}
