package shopee

import (
	"strconv"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// trackings reads a tracking page: each order of get_order_detail that the page is about and that has packages is a document,
// with what get_package_detail and get_tracking_info say of its packages. What they say of none of these orders becomes a
// document that cannot be told from which order it is.
func trackings(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	rows, err := rowsOf(page, "/get_order_detail", "order_list")
	if err != nil {
		return nil, err
	}
	told, err := parcelsTold(page)
	if err != nil {
		return nil, err
	}
	var documents []transformers.Document
	for _, order := range rows {
		if read.About(page, member(order.Raw, "order_sn")) && hasPackages(order.Raw) {
			documents = append(documents, readTracking(from, page.Region, order, told))
		}
	}
	for _, t := range told {
		if !t.used && read.About(page, t.orderSN) {
			documents = append(documents, strayParcel(from, page.Region, t))
		}
	}
	return documents, nil
}

// hasPackages reports whether an order's package_list has something, or is no list. A row that is no object may have packages.
func hasPackages(order []byte) bool {
	has := order[0] != '{'
	walk(order, []string{"package_list"}, func(s *jsonscan.Scanner) {
		switch s.Next() {
		case 'n':
			has = false
		case '[':
			has = len(read.Elements(s)) > 0
		default:
			has = true
		}
	})
	return has
}

// trackingBuilder holds what is read of an order until the document can be put together.
type trackingBuilder struct {
	from             transformers.Origin
	tracking         *schemas.OrderTracking
	row              *read.Row
	created, updated int64
	fetchedAt        int64          // of the oldest part
	listed           []read.Element // of package_list
}

func readTracking(from transformers.Origin, region string, order row, told []*parcelRow) transformers.Document {
	b := &trackingBuilder{
		from: from, tracking: &schemas.OrderTracking{Region: region}, row: read.NewRow(order.Element), fetchedAt: order.fetchedAt,
	}
	t := b.tracking
	if b.row.Readable() {
		for key := range b.row.Scan.Object() {
			b.member(string(key))
		}
		b.parcels(told)
		b.row.Must("order_sn", t.OrderID != "")
		b.row.Must("create_time", b.created != 0)
		b.row.Must("update_time", b.updated != 0)
	}
	t.Status, t.UnifiedStatus = read.Behind(t.Packages)
	t.CreateTime = schemas.FormatTime(b.created, from.Zone)
	t.UpdateTime = schemas.FormatTime(b.updated, from.Zone)
	t.Identity = from.Identity(b.row.Identify("order_sn", t.OrderID))
	t.PlatformFields = b.row.Finish(&t.Lineage)
	return transformers.Document{Document: t, UpdateTime: b.updated, FetchedAt: b.fetchedAt, Revision: trackingRevision}
}

func (b *trackingBuilder) member(key string) {
	t, r := b.tracking, b.row
	switch key {
	case "order_sn":
		t.OrderID = r.Key(key, "an order id")
	case "region":
		if region := r.Text(key); region != "" {
			t.Region = region
		}
	case "currency":
		t.Currency = r.Text(key)
	case "create_time":
		b.created = r.Time(key)
	case "update_time":
		b.updated = r.Time(key)
	case "package_list":
		b.listed = nil
		r.List(key, func(_ int, e read.Element) { b.listed = append(b.listed, e) })
	default:
		r.Keep(key)
	}
}

// parcels fills in the packages: those that the order lists, then those that only get_package_detail has, because the order
// was split in between.
func (b *trackingBuilder) parcels(told []*parcelRow) {
	numbers := make(map[string]bool, len(b.listed))
	for i, e := range b.listed {
		number := member(e.Raw, "package_number")
		numbers[number] = true
		p := b.begin()
		for _, t := range told {
			if t.tellsOf(number, b.tracking.OrderID, len(b.listed) == 1) {
				p.add(t)
			}
		}
		p.list("package_list["+strconv.Itoa(i)+"].", e)
		p.end()
	}
	for _, t := range told {
		if t.name == packageDetail && t.orderSN != "" && t.orderSN == b.tracking.OrderID && !numbers[t.number] {
			p := b.begin()
			p.add(t)
			p.end()
		}
	}
}

// strayParcel makes a document of what is said about a package whose order the page does not have, so that it is not lost.
func strayParcel(from transformers.Origin, region string, told *parcelRow) transformers.Document {
	r := read.NewRow(told.Element)
	t := &schemas.OrderTracking{Region: region}
	r.Fail("no order of the page has this package")
	if r.Readable() {
		for key := range r.Scan.Object() {
			if key := string(key); key == "order_sn" {
				t.OrderID = r.Key(key, "an order id")
			} else {
				r.Keep(key)
			}
		}
	}
	t.Identity = from.Identity(r.Identify("order of the page", ""))
	t.PlatformFields = r.Finish(&t.Lineage)
	return transformers.Document{Document: t, FetchedAt: told.fetchedAt, Revision: trackingRevision}
}
