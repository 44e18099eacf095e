package tiktok

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// tracking maps orders that have parcels, and what happened on their way where the page has that. An order without a parcel
// gives nothing.
func tracking(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	var histories []history
	var parts []*schemas.PagePart
	for i := range page.Parts {
		part := &page.Parts[i]
		switch {
		case read.Is(part, "/orders"):
			parts = append(parts, part)
		case read.Is(part, "/tracking"):
			h, err := readHistory(part)
			if err != nil {
				return nil, fmt.Errorf("parts[%d]: %w", i, err)
			}
			histories = append(histories, h)
		default:
			return nil, fmt.Errorf("parts[%d] is no answer of /orders or /tracking", i)
		}
	}
	if len(parts) == 0 {
		return nil, errors.New("page has no part with orders")
	}
	var documents []transformers.Document
	for _, part := range parts {
		all, err := rows(part.Body, "orders")
		if err != nil {
			return nil, err
		}
		for _, e := range all {
			d, ok := readTracking(from, page, histories, e, part.FetchedAt)
			if ok {
				documents = append(documents, d)
			}
		}
	}
	return documents, nil
}

// readTracking maps one order. It reports false when the page is not about it, or when it has no parcels and no history.
func readTracking(from transformers.Origin, page *schemas.Page, histories []history, e read.Element, at int64) (transformers.Document, bool) {
	b := &trackingBuilder{from: from, tracking: &schemas.OrderTracking{Region: page.Region}, row: read.NewRow(e)}
	t := b.tracking
	if b.row.Readable() {
		for key := range b.row.Scan.Object() {
			b.member(string(key))
		}
		for _, h := range histories {
			if h.order == t.OrderID && t.OrderID != "" {
				b.history, at = h.data, min(at, h.at)
			}
		}
		b.fill()
		b.check()
	}
	if !read.About(page, t.OrderID) || b.row.Readable() && t.OrderID != "" && len(t.Packages) == 0 && b.row.Rest.Get("history") == nil {
		return transformers.Document{}, false
	}
	t.Identity = from.Identity(b.row.Identify("id", t.OrderID))
	t.PlatformFields = b.row.Finish(&t.Lineage)
	return transformers.Document{
		Document: t, UpdateTime: b.updated, FetchedAt: at, Revision: trackingRevision, Unmapped: b.row.Bad.AllUnmapped(),
	}, true
}

type trackingBuilder struct {
	from     transformers.Origin
	tracking *schemas.OrderTracking
	row      *read.Row

	created, updated int64

	status  string // the order's word, which stays, since the document's is that of a parcel
	units   []unit
	parcels parcels
	words   words
	history read.Element // data of the answer, if there is one
}

// member reads a member of the order that is about its parcels. What was bought, by whom and for how much is left to the
// order's own document.
func (b *trackingBuilder) member(key string) {
	t, r := b.tracking, b.row
	switch key {
	case "id":
		t.OrderID = r.LooseID(key)
	case "status":
		b.status = keptText(&r.Object, key)
	case "create_time":
		b.created = r.Time(key)
	case "update_time":
		b.updated = r.Time(key)
	case "recipient_address":
		r.Inside(key, b.region)
	case "line_items":
		b.units = nil
		r.List(key, b.unit)
	case "packages":
		b.parcels = nil
		r.List(key, func(i int, e read.Element) { b.parcels.row(&r.Object, i, e) })
	default:
		if !purchase[key] && !b.words.read(&r.Object, key, &orderWords) {
			r.Keep(key)
		}
	}
}

// purchase are the members of an order that are not about its parcels.
var purchase = map[string]bool{
	"payment": true, "payment_method_name": true, "is_cod": true, "paid_time": true, "user_id": true, "buyer_email": true,
	"buyer_message": true, "seller_note": true, "cpf": true, "cpf_name": true, "need_upload_invoice": true,
	"cancellation_initiator": true, "cancel_reason": true, "is_buyer_request_cancel": true,
	"request_cancel_time": true, "commerce_platform": true, "order_type": true, "is_sample_order": true,
	"is_replacement_order": true, "replaced_order_id": true, "is_exchange_order": true, "exchange_source_order_id": true,
	"consultation_id": true, "is_on_hold_order": true, "has_updated_recipient_address": true,
}

// region reads the country that the order goes to, which is all that counts of its address here.
func (b *trackingBuilder) region(r *read.Object, key string) {
	if key != "region_code" {
		return
	}
	if w := readWord(r, key); isRegion(w.text) {
		b.tracking.Region = w.text
	} else {
		r.KeepElement(key, w.e)
	}
}

// unit reads what a row of line_items says about its package.
func (b *trackingBuilder) unit(i int, e read.Element) {
	u := unit{rest: read.NewObject(e.Raw, "line_items["+strconv.Itoa(i)+"].", b.row.Bad)}
	for name := range u.rest.Scan.Object() {
		switch name := string(name); name {
		case "id":
			u.id = u.rest.LooseID(name)
		case "package_id":
			u.parcel, _ = readLooseID(u.rest, name)
		default:
			u.words.read(u.rest, name, &unitWords)
		}
	}
	b.units = append(b.units, u)
}

// fill puts the document together. What units say against their package, or about none, stays as platform field line_items.
func (b *trackingBuilder) fill() {
	t, r := b.tracking, b.row
	t.CreateTime = schemas.FormatTime(b.created, b.from.Zone)
	t.UpdateTime = schemas.FormatTime(b.updated, b.from.Zone)
	var said []byte
	for i := range b.units {
		u := &b.units[i]
		if u.parcel.text == "" {
			u.words.keep(u.rest, &unitWords)
		} else {
			b.parcels.named(u.parcel.text).hear(&u.words, u.rest, &unitWords)
		}
		if rest := u.rest.Rest.Fields(); len(rest) > 0 {
			if u.id != "" {
				u.rest.Rest.Set("id", read.Quote([]byte(u.id)))
			}
			said = append(append(said, ','), u.rest.Rest.Fields()...)
		}
	}
	if len(said) > 0 && r.Rest.Get("line_items") == nil {
		said[0] = '['
		r.Rest.Set("line_items", append(said, ']'))
	}
	b.parcels.hearOrder(&b.words, &r.Object)
	silent := len(b.parcels) == 0
	for i := range b.parcels {
		p := &b.parcels[i]
		silent = silent || p.said[wordStatus].text == ""
		t.Packages = append(t.Packages, schemas.TrackedPackage{
			PackageID:        p.id,
			TrackingNumber:   p.said[wordTracking].text,
			ShippingProvider: p.said[wordProvider].text,
			Status:           p.said[wordStatus].text,
			UnifiedStatus:    parcelStatus(p.said[wordStatus].text, b.status),
			PlatformFields:   p.fields(),
		})
	}
	t.Status, t.UnifiedStatus = read.Behind(t.Packages)
	if len(t.Packages) == 0 {
		t.UnifiedStatus = parcelStatus("", b.status)
	}
	if t.Status == "" {
		t.Status = b.status
	}
	if silent && !isOrderStatus(b.status) { // which speaks for them
		r.Bad.Unmapped("platform_fields.status", b.status)
	}
	b.fillHistory()
}

// check marks what every order must have here.
func (b *trackingBuilder) check() {
	t := b.tracking
	b.row.Must("id", t.OrderID != "")
	b.row.Must("status", b.status != "")
	b.row.Must("create_time", b.created != 0)
	b.row.Must("update_time", b.updated != 0)
}
