// Package transformer is what transformers/<platform> holds, of the smallest platform there can be. Only tests use it.
package transformer

import (
	"fmt"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// Mapper makes documents of the platform's pages.
type Mapper struct{}

// Kinds says what it maps.
func (Mapper) Kinds() []string { return []string{schemas.Orders} }

// Fields is what documents keep in platform fields.
func (Mapper) Fields() transformers.Fields {
	return transformers.Fields{schemas.Orders: {"platform_fields.gift"}}
}

// Documents maps a page.
func (Mapper) Documents(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	if from.Op != "order_page" {
		return nil, fmt.Errorf("%w: %.40q", transformers.ErrUnknownOp, from.Op)
	}
	var documents []transformers.Document
	for i := range page.Parts {
		var rows []read.Element
		err := read.Answer(page.Parts[i].Body, func(s *jsonscan.Scanner, key string) {
			if key == "orders" {
				rows = read.Elements(s)
			}
		})
		if err != nil {
			return nil, fmt.Errorf("parts[%d]: %w", i, err)
		}
		for _, row := range rows {
			o, updated := order(from, row)
			documents = append(documents, transformers.Document{
				Document: o, UpdateTime: updated, FetchedAt: page.Parts[i].FetchedAt, Revision: 1,
			})
		}
	}
	return documents, nil
}

func order(from transformers.Origin, e read.Element) (o *schemas.Order, updated int64) {
	o = new(schemas.Order)
	r := read.NewRow(e)
	if r.Readable() {
		for key := range r.Scan.Object() {
			switch name := string(key); name {
			case "id":
				o.OrderID = r.Key(name, "an order id")
			case "state":
				o.Status = r.Text(name)
			case "total":
				o.TotalAmount = r.Money(name)
			case "created":
				o.CreateTime = schemas.FormatTime(r.Time(name), from.Zone)
			case "updated":
				updated = r.Time(name)
				o.UpdateTime = schemas.FormatTime(updated, from.Zone)
			default:
				r.Keep(name)
			}
		}
	}
	o.UnifiedStatus = map[string]string{"new": "pending", "done": "completed"}[o.Status]
	o.Identity = from.Identity(r.Identify("id", o.OrderID))
	o.PlatformFields = r.Finish(&o.Lineage)
	return o, updated
}
