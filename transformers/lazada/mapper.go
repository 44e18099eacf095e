// Package lazada turns pages of Lazada's Open Platform into documents.
//
// A member of an answer has one of three fates: it is a field of the document, or it stays verbatim in platform_fields of
// the document, line or package that it belongs to, or it is null and says nothing. One whose type is not what Lazada
// documents keeps its raw value in platform_fields, and the document is marked with its name. Lazada writes ids, amounts and
// times as numbers on one site and as text on another; both are what it documents.
package lazada

import (
	"errors"
	"fmt"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// The ops whose pages can be read.
const (
	OpOrderList         = "order_list"          // names orders; gives no documents
	OpOrderDetail       = "order_detail"        // up to 50 orders: their rows, and their items
	OpProductList       = "product_list"        // up to 50 products, whole
	OpTransactionList   = "transaction_list"    // up to 500 rows of finance, and how often rows like them were seen before
	OpPayoutList        = "payout_list"         // statements with what was paid out for them
	OpReverseList       = "reverse_list"        // returns, refunds and cancellations, whole
	OpTrackingOrderList = "tracking_order_list" // names orders; gives no documents
	OpTrackingItems     = "tracking_items"      // finds parcels that are on their way; gives no documents
	OpTracking          = "tracking"            // orders with their items and perhaps the way of their parcels
)

// The endpoints that answers come from, by how their paths end.
const (
	pathOrders       = "/orders/get"
	pathItems        = "/orders/items/get"
	pathProducts     = "/products/get"
	pathTransactions = "/finance/transaction/details/get"
	pathPayouts      = "/finance/payout/status/get"
	pathReverse      = "/reverse/getreverseordersforseller"
	pathTrace        = "/logistic/order/trace"
	pathSeen         = "shopstream:/seen" // our own: see occurrences
)

// Revisions of the mappings. Raise one with every change of what its documents say: documents that were made by the one
// before are then replaced although their pages are the same.
const (
	orderRevision       = 1
	productRevision     = 1
	transactionRevision = 1
	returnRevision      = 1
	trackingRevision    = 1
)

// Mapper reads Lazada's pages. Its zero value is ready.
type Mapper struct{}

var _ transformers.Mapper = Mapper{}

// Kinds implements transformers.Mapper.
func (Mapper) Kinds() []string {
	return []string{schemas.Orders, schemas.Products, schemas.Transactions, schemas.Returns, schemas.Tracking}
}

// Fields implements transformers.Mapper.
func (Mapper) Fields() transformers.Fields { return fields() }

// Documents implements transformers.Mapper.
func (Mapper) Documents(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	switch from.Kind + " " + from.Op {
	case schemas.Orders + " " + OpOrderList,
		schemas.Tracking + " " + OpTrackingOrderList, schemas.Tracking + " " + OpTrackingItems:
		return nil, nil
	case schemas.Orders + " " + OpOrderDetail:
		return orders(from, page)
	case schemas.Products + " " + OpProductList:
		return products(from, page)
	case schemas.Transactions + " " + OpTransactionList:
		return transactions(from, page)
	case schemas.Transactions + " " + OpPayoutList:
		return payouts(from, page)
	case schemas.Returns + " " + OpReverseList:
		return returns(from, page)
	case schemas.Tracking + " " + OpTracking:
		return tracking(from, page)
	}
	return nil, fmt.Errorf("%w: %.40q of kind %.40q", transformers.ErrUnknownOp, from.Op, from.Kind)
}

// rowMapper makes a document of a row, without FetchedAt, and returns its id as the platform gives it, "" when it gives none. A
// row that is to have no document gives none.
type rowMapper func(e read.Element) (d transformers.Document, id string)

// mapRows makes documents of the rows of a page whose parts are all answers of one endpoint, at place in them.
func mapRows(page *schemas.Page, endpoint string, place []string, mapRow rowMapper) ([]transformers.Document, error) {
	if len(page.Parts) == 0 {
		return nil, errors.New("page has no parts")
	}
	var documents []transformers.Document
	for i := range page.Parts {
		part := &page.Parts[i]
		if !read.Is(part, endpoint) {
			return nil, fmt.Errorf("parts[%d] is no answer of %s", i, endpoint)
		}
		rows, err := list(part.Body, place...)
		if err != nil {
			return nil, fmt.Errorf("parts[%d]: %w", i, err)
		}
		for _, e := range rows {
			if d, id := mapRow(e); d.Document != nil && read.About(page, id) {
				d.FetchedAt = part.FetchedAt
				documents = append(documents, d)
			}
		}
	}
	return documents, nil
}

// list takes the envelope off an answer and returns the rows of the list at place, the names of members from the outside in.
// An answer that is an error, or has no such list, is no page.
func list(body []byte, place ...string) (rows []read.Element, err error) {
	found := false
	err = answer(body, func(s *jsonscan.Scanner, key string) {
		if key != place[0] {
			return
		}
		if inner, ok := listAt(s, place[1:]); ok {
			rows, found = inner, true
		}
	})
	if err == nil && !found {
		err = fmt.Errorf("answer has no list %q", place)
	}
	return rows, err
}

// answer walks the members of an answer. One that is an error by its code gives an error; rows in an answer's envelope that
// are no answer by themselves have no code.
func answer(body []byte, member func(s *jsonscan.Scanner, key string)) error {
	code := ""
	err := read.Answer(body, func(s *jsonscan.Scanner, key string) {
		if key == "code" {
			code, _ = read.ParseCode(s.Value())
			return
		}
		member(s, key)
	})
	if err == nil && code != "" && code != "0" {
		err = fmt.Errorf("answer is the error %.60q", code)
	}
	return err
}

// listAt reads the list at place in the value to come.
func listAt(s *jsonscan.Scanner, place []string) (rows []read.Element, found bool) {
	if len(place) == 0 {
		if s.Next() != '[' {
			return nil, false
		}
		return read.Elements(s), true
	}
	if s.Next() != '{' {
		return nil, false
	}
	for key := range s.Object() {
		if string(key) == place[0] {
			rows, found = listAt(s, place[1:])
		}
	}
	return rows, found
}
