package tiktok

import (
	"slices"
	"strconv"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// returns maps the rows of a search for returns, refunds and replacements.
func returns(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	return each(page, "return_orders", []string{"/returns/search"}, func(e read.Element) (transformers.Document, bool) {
		return readReturn(from, page.Region, &returnNames, e), true
	})
}

// cancellations maps the rows of a search for cancellations: returns of what was not sent.
func cancellations(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	return each(page, "cancellations", []string{"/cancellations/search"}, func(e read.Element) (transformers.Document, bool) {
		return readReturn(from, page.Region, &cancelNames, e), true
	})
}

// requestNames are the names of members that returns and cancellations both have, each in its own words.
type requestNames struct{ id, kind, status, reason, reasonText, lines string }

var (
	returnNames = requestNames{"return_id", "return_type", "return_status", "return_reason", "return_reason_text", "return_line_items"}
	cancelNames = requestNames{"cancel_id", "cancel_type", "cancel_status", "cancel_reason", "cancel_reason_text", "cancel_line_items"}
)

func readReturn(from transformers.Origin, region string, names *requestNames, e read.Element) transformers.Document {
	b := &returnBuilder{names: names, ret: &schemas.Return{Region: region}, row: read.NewRow(e)}
	if b.row.Readable() {
		b.read(from)
		b.check()
	}
	b.ret.Identity = from.Identity(b.row.Identify(names.id, b.ret.ReturnID))
	b.ret.PlatformFields = b.row.Finish(&b.ret.Lineage)
	return transformers.Document{Document: b.ret, UpdateTime: b.updated, Revision: returnRevision, Unmapped: b.row.Bad.AllUnmapped()}
}

type returnBuilder struct {
	names *requestNames
	ret   *schemas.Return
	row   *read.Row

	created, updated, due int64

	kind, arbitration string // the platform's words
	lines             []returnLine
}

func (b *returnBuilder) read(from transformers.Origin) {
	for key := range b.row.Scan.Object() {
		b.member(string(key))
	}
	r := b.ret
	r.CreateTime = schemas.FormatTime(b.created, from.Zone)
	r.UpdateTime = schemas.FormatTime(b.updated, from.Zone)
	r.DueTime = schemas.FormatTime(b.due, from.Zone)
	r.UnifiedStatus = returnStatus(r.Status, b.arbitration)
	if returnStatus(r.Status, "") == "unknown" {
		b.row.Bad.Unmapped("status", r.Status)
	}
	if !slices.Contains(arbitrations, b.arbitration) {
		b.row.Bad.Unmapped("platform_fields.arbitration_status", b.arbitration)
	}
	r.Type = schemas.TypeCancellation
	if b.names == &returnNames {
		if r.Type = returnType(b.kind); r.Type == "" {
			b.row.Bad.Unmapped("platform_fields."+b.names.kind, b.kind)
		}
	}
	b.fillLines()
}

// member reads a member of the row. The platform's type stays: that of cancellations says who asked, and of returns it may be
// one that is not known yet.
func (b *returnBuilder) member(key string) {
	ret, r := b.ret, b.row
	switch key {
	case b.names.id:
		ret.ReturnID = r.LooseID(key)
	case b.names.kind:
		b.kind = keptText(&r.Object, key)
	case b.names.status:
		ret.Status = r.Text(key)
	case b.names.reason:
		ret.Reason = r.Text(key)
	case b.names.reasonText:
		ret.ReasonDetail = r.Text(key)
	case b.names.lines:
		b.lines = nil
		r.List(key, b.line)
	case "order_id":
		ret.OrderID = r.LooseID(key)
	case "create_time":
		b.created = r.Time(key)
	case "update_time":
		b.updated = r.Time(key)
	case "refund_amount":
		e, _ := r.Value()
		r.Part(key, e, func(in *read.Object) {
			var currency word
			ret.RefundAmount, currency = readRefund(in)
			ret.Currency = currency.text
		})
	case "return_tracking_number":
		ret.TrackingNumber = r.Text(key)
	case "arbitration_status":
		b.arbitration = keptText(&r.Object, key)
	case "seller_next_action_response":
		b.due = deadline(&r.Object, key)
	default:
		r.Keep(key)
	}
}

// readRefund reads a sum that the buyer gets back, and its currency, which is left to the caller.
func readRefund(in *read.Object) (total schemas.Money, currency word) {
	for key := range in.Scan.Object() {
		switch key := string(key); key {
		case "refund_total":
			total = in.Money(key)
		case "currency":
			currency = readWord(in, key)
		default:
			in.Keep(key)
		}
	}
	return total, currency
}

// deadline returns the first deadline of a list of what the seller may do next, in unix seconds. The list stays whole, since it
// says what for.
func deadline(r *read.Object, name string) (first int64) {
	e := r.Keep(name)
	switch {
	case len(e.Raw) == 0 || e.Raw[0] == 'n':
		return 0
	case e.Raw[0] != '[':
		r.Bad.Add(r.Prefix+name, "want a list")
		return 0
	}
	for i, row := range read.Elements(jsonscan.New(e.Raw)) {
		in := read.NewObject(row.Raw, r.Prefix+name+"["+strconv.Itoa(i)+"].", r.Bad)
		if row.Raw[0] != '{' {
			r.Bad.Add(r.Prefix+name+"["+strconv.Itoa(i)+"]", "want an object")
			continue
		}
		for key := range in.Scan.Object() {
			if key := string(key); key == "deadline" {
				if at := in.Time(key); at != 0 && (first == 0 || at < first) {
					first = at
				}
			}
		}
	}
	return first
}

// returnLine is a row of the lines: one unit, as in orders.
type returnLine struct {
	schemas.ReturnLine
	refund read.Element // refund_amount
	rest   *read.Object
}

func (b *returnBuilder) line(i int, e read.Element) {
	l := returnLine{rest: read.NewObject(e.Raw, b.names.lines+"["+strconv.Itoa(i)+"].", b.row.Bad)}
	r := l.rest
	for name := range r.Scan.Object() {
		switch name := string(name); name {
		case "order_line_item_id":
			l.LineID = r.LooseID(name)
		case "product_id":
			l.ProductID = r.LooseID(name)
		case "sku_id":
			l.VariantID = r.LooseID(name)
		case "seller_sku":
			l.SKU = r.Text(name)
		case "product_name":
			l.Name = r.Text(name)
		case "refund_amount":
			l.refund, _ = r.Value()
		default:
			r.Keep(name)
		}
	}
	l.Quantity = 1
	b.lines = append(b.lines, l)
}

// fillLines puts the lines together once the currency of the whole is known; one that says another keeps it.
func (b *returnBuilder) fillLines() {
	for i := range b.lines {
		l := &b.lines[i]
		l.rest.Part("refund_amount", l.refund, func(in *read.Object) {
			var currency word
			l.RefundAmount, currency = readRefund(in)
			if b.ret.Currency == "" {
				b.ret.Currency = currency.text
			}
			if currency.text != "" && currency.text != b.ret.Currency {
				in.Wrong("currency", currency.e, "not the currency of the whole")
			}
		})
		l.PlatformFields = l.rest.Rest.Fields()
		b.ret.Lines = append(b.ret.Lines, l.ReturnLine)
	}
}

// check marks what every return must have. Replacements have no amount, and lines may be left out.
func (b *returnBuilder) check() {
	r := b.ret
	b.row.Must(b.names.id, r.ReturnID != "")
	b.row.Must("order_id", r.OrderID != "")
	b.row.Must(b.names.kind, b.kind != "")
	b.row.Must(b.names.status, r.Status != "")
	b.row.Must("create_time", b.created != 0)
	b.row.Must("update_time", b.updated != 0)
	b.row.Must("refund_amount.currency", r.Currency != "" || r.RefundAmount == "")
}
