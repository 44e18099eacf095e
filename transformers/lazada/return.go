package lazada

import (
	"slices"
	"strconv"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// returns reads a reverse_list page.
func returns(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	return mapRows(page, pathReverse, []string{"result", "items"},
		func(e read.Element) (transformers.Document, string) {
			return readReturn(from, page.Region, e)
		})
}

// readReturn maps a reverse order, and returns its id, too.
func readReturn(from transformers.Origin, region string, e read.Element) (mapped transformers.Document, id string) {
	r := read.NewRow(e)
	b := returnBuilder{d: &schemas.Return{Region: region}, row: r, site: siteOf(region, from.Zone, r.Bad)}
	d := b.d
	d.Currency = b.site.currency
	if r.Readable() {
		for key := range r.Scan.Object() {
			b.member(string(key))
		}
		b.settle(from)
	}
	d.Identity = from.Identity(r.Identify("reverse_order_id", d.ReturnID))
	d.PlatformFields = r.Finish(&d.Lineage)
	return transformers.Document{Document: d, UpdateTime: b.updated, Revision: returnRevision, Unmapped: r.Bad.AllUnmapped()}, d.ReturnID
}

// returnBuilder holds what is read of a reverse order until the document can be put together.
type returnBuilder struct {
	d    *schemas.Return
	row  *read.Row
	site site

	lines   []reverseLine
	updated int64
}

// What every line says and a return says once, in the order of reverseLine.said.
const (
	saidStatus = iota
	saidReasonCode
	saidReasonText
	saidTracking
	saidCreated
	saidModified
	saidOfReturn
)

var returnNames = [saidOfReturn]string{
	"reverse_status", "reason_code", "reason_text", "tracking_number", "return_order_line_gmt_create", "return_order_line_gmt_modified",
}

// reverseLine is an element of reverse_order_lines.
type reverseLine struct {
	line     schemas.ReturnLine // without PlatformFields
	rest     *read.Object       // what has no field
	said     [saidOfReturn]said
	disputed bool
}

func (b *returnBuilder) member(key string) {
	d, r := b.d, &b.row.Object
	switch key {
	case "reverse_order_id":
		d.ReturnID = r.ID(key)
	case "trade_order_id":
		d.OrderID = r.ID(key)
	case "request_type":
		word := r.Text(key)
		if d.Type = returnType(word); d.Type == "" && word != "" {
			r.Rest.Set(key, read.Quote([]byte(word)))
			r.Bad.Add(key, "want RETURN, ONLY_REFUND or CANCEL")
			r.Bad.Unmapped("platform_fields."+key, word)
		}
	case "reverse_order_lines":
		b.lines = nil
		r.List(key, b.line)
	default:
		r.Keep(key)
	}
}

func returnType(word string) string {
	switch word {
	case "RETURN":
		return schemas.TypeReturnRefund
	case "ONLY_REFUND":
		return schemas.TypeRefundOnly
	case "CANCEL":
		return schemas.TypeCancellation
	}
	return ""
}

// line reads an element of reverse_order_lines, which is one unit of an order. item_unit_price has no field and is kept as it
// is: in cents, where the site's refunds are.
func (b *returnBuilder) line(i int, e read.Element) {
	r := read.NewObject(e.Raw, "reverse_order_lines["+strconv.Itoa(i)+"].", b.row.Bad)
	u := reverseLine{rest: r, line: schemas.ReturnLine{Quantity: 1}}
	l := &u.line
	for key := range r.Scan.Object() {
		switch key := string(key); key {
		case "trade_order_line_id":
			l.LineID = r.ID(key)
		case "refund_amount":
			l.RefundAmount = b.refund(r, key)
		case "seller_sku_id":
			l.SKU = r.Code(key)
		case "product":
			r.Inside(key, func(in *read.Object, key string) {
				switch key {
				case "product_id":
					l.ProductID = in.ID(key)
				case "product_sku":
					l.VariantID = in.ID(key)
				default:
					in.Keep(key)
				}
			})
		case "is_dispute":
			disputed := r.BoolKept(key)
			u.disputed = disputed != nil && *disputed
		default:
			if at := slices.Index(returnNames[:], key); at >= saidCreated {
				u.said[at] = sayTime(r, key, b.site.zone)
			} else if at >= 0 {
				u.said[at] = sayText(r, key)
			} else {
				r.Keep(key)
			}
		}
	}
	b.lines = append(b.lines, u)
}

// refund reads an amount in units of the currency.
func (b *returnBuilder) refund(r *read.Object, name string) schemas.Money {
	e, ok := r.Value()
	if !ok || string(e.Raw) == `""` {
		return ""
	}
	m, err := schemas.ParseMoneyJSON(e.Raw)
	if err == nil && b.site.cents {
		m, err = m.Hundredth()
	}
	if err != nil {
		r.Wrong(name, e, err.Error())
		return ""
	}
	return m
}

// settle puts together what the lines say, and marks what every return must have.
func (b *returnBuilder) settle(from transformers.Origin) {
	d, r := b.d, b.row
	var whole [saidOfReturn]said
	for at := range saidOfReturn {
		wins := earlier
		if at == saidModified {
			wins = later
		}
		whole[at], _ = agree(returnNames[at], len(b.lines), func(i int) (*said, *read.Object) {
			return &b.lines[i].said[at], b.lines[i].rest
		}, wins)
	}
	d.Reason, d.ReasonDetail, d.TrackingNumber = whole[saidReasonCode].value, whole[saidReasonText].value, whole[saidTracking].value
	b.updated = whole[saidModified].time
	d.CreateTime = schemas.FormatTime(whole[saidCreated].time, from.Zone)
	d.UpdateTime = schemas.FormatTime(b.updated, from.Zone)
	b.settleStatus()
	b.settleLines()
	r.Must("reverse_order_id", d.ReturnID != "")
	r.Must("trade_order_id", d.OrderID != "")
	r.Must("request_type", d.Type != "")
	r.Must("reverse_status", d.Status != "")
	r.Must("return_order_line_gmt_create", d.CreateTime != "")
	r.Must("return_order_line_gmt_modified", d.UpdateTime != "")
	r.Must("reverse_order_lines", len(d.Lines) > 0)
}

// settleStatus gives the return the statuses of its lines.
func (b *returnBuilder) settleStatus() {
	var statuses statusSet
	var words []string
	for i := range b.lines {
		l := &b.lines[i]
		status := l.said[saidStatus].value
		statuses.add(status)
		words = append(words, returnWord(status, l.disputed))
	}
	b.d.Status = statuses.String()
	for _, status := range statuses {
		if returnWords[status] == "" {
			b.row.Bad.Unmapped("status", status)
		}
	}
	b.d.UnifiedStatus = furthestBehind(returnCourse, words)
}

// settleLines gives the return its lines and the sum of their refunds; there is none unless every line has one.
func (b *returnBuilder) settleLines() {
	refunds := make([]schemas.Money, len(b.lines))
	all := true
	for i := range b.lines {
		l := &b.lines[i]
		l.line.PlatformFields = l.rest.Rest.Fields()
		b.d.Lines = append(b.d.Lines, l.line)
		refunds[i] = l.line.RefundAmount
		all = all && refunds[i] != ""
	}
	if !all {
		return
	}
	var err error
	if b.d.RefundAmount, err = schemas.Sum(refunds...); err != nil {
		b.row.Bad.Add("refund_amount", "no sum: "+err.Error())
	}
}
