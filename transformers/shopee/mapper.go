// Package shopee turns pages of Shopee's Open Platform v2 into documents.
//
// A member of an answer has one of three fates: it is a field of the document, or it stays verbatim in platform_fields of
// the order, line or package that it belongs to, or it is null and says nothing. One whose type is not what Shopee
// documents keeps its raw value in platform_fields, and the document is marked with its name.
package shopee

import (
	"errors"
	"fmt"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// The ops whose pages can be read.
const (
	OpOrderList   = "order_list"   // names orders; gives no documents
	OpOrderDetail = "order_detail" // up to 50 orders with everything that makes their documents
)

// orderRevision is the revision of the order mapping. Raise it with every change of what documents say: documents that
// were made by the one before are then replaced although their pages are the same.
const orderRevision = 1

// Mapper reads Shopee's pages. Its zero value is ready.
type Mapper struct{}

var _ transformers.Mapper = Mapper{}

// Kinds implements transformers.Mapper.
func (Mapper) Kinds() []string { return []string{schemas.Orders} }

// Documents implements transformers.Mapper.
func (Mapper) Documents(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	switch {
	case from.Kind == schemas.Orders && from.Op == OpOrderList:
		return nil, nil
	case from.Kind == schemas.Orders && from.Op == OpOrderDetail:
		return orders(from, page)
	}
	return nil, fmt.Errorf("%w: %.40q of kind %.40q", transformers.ErrUnknownOp, from.Op, from.Kind)
}

// orders reads the parts of an order_detail page; each row of each of them is a document.
func orders(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	if len(page.Parts) == 0 {
		return nil, errors.New("page has no parts")
	}
	var documents []transformers.Document
	for i := range page.Parts {
		part := &page.Parts[i]
		if !read.Is(part, "/get_order_detail") {
			return nil, fmt.Errorf("parts[%d] is no answer of get_order_detail", i)
		}
		rows, err := list(part.Body, "order_list")
		if err != nil {
			return nil, fmt.Errorf("parts[%d]: %w", i, err)
		}
		for _, row := range rows {
			order, updated := readOrder(from, row)
			documents = append(documents, transformers.Document{
				Document: order, UpdateTime: updated, FetchedAt: part.FetchedAt, Revision: orderRevision,
			})
		}
	}
	return documents, nil
}
