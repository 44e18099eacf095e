// Package tiktok turns pages of TikTok Shop's Open API into documents.
//
// A member of an answer has one of three fates: it is a field of the document, or it stays verbatim in platform_fields of
// the document, line or package that it belongs to, or it says nothing: null, and an empty text or a time 0 where there is a
// field. One whose type is not what TikTok documents keeps its raw value in platform_fields, and the document is marked with
// its name. Ids are taken as texts and as numbers, and what an answer leaves out is an empty list.
package tiktok

import (
	"errors"
	"fmt"
	"slices"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// The ops whose pages can be read.
const (
	OpOrderSearch           = "order_search"           // a list of orders with everything that makes their documents
	OpOrderDetail           = "order_detail"           // the same orders, asked for by id
	OpProductSearch         = "product_search"         // names products; gives no documents
	OpProductDetail         = "product_detail"         // one product
	OpStatementList         = "statement_list"         // statements
	OpStatementTransactions = "statement_transactions" // a statement's row of that list, and the transactions in it
	OpWithdrawalList        = "withdrawal_list"        // movements of the seller's balance
	OpUnsettledList         = "unsettled_list"         // what is in no statement yet
	OpReturnSearch          = "return_search"          // returns, refunds and replacements
	OpCancellationSearch    = "cancellation_search"    // cancellations
	OpPackageSearch         = "package_search"         // names orders that have parcels; gives no documents
	OpTrackingOrders        = "tracking_orders"        // those orders, on the way to their history; gives no documents
	OpTracking              = "tracking"               // orders that have parcels, or one and what happened on its way
)

// The revisions of the mappings. Raise one with every change of what its documents say: documents that were made by the one
// before are then replaced although their pages are the same.
const (
	orderRevision       = 1
	productRevision     = 1
	transactionRevision = 1
	returnRevision      = 1
	trackingRevision    = 1
)

// Mapper reads TikTok Shop's pages. Its zero value is ready.
type Mapper struct{}

var _ transformers.Mapper = Mapper{}

// Kinds implements transformers.Mapper.
func (Mapper) Kinds() []string {
	return []string{schemas.Orders, schemas.Products, schemas.Transactions, schemas.Returns, schemas.Tracking}
}

// mapping makes the documents of a page of one op.
type mapping func(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error)

// mappings has the mapping of each kind's ops.
var mappings = map[string]map[string]mapping{
	schemas.Orders: {OpOrderSearch: orders, OpOrderDetail: orders},
	schemas.Products: {
		OpProductSearch: nothing,
		OpProductDetail: products,
	},
	schemas.Transactions: {
		OpStatementList:         statements,
		OpStatementTransactions: statementTransactions,
		OpWithdrawalList:        withdrawals,
		OpUnsettledList:         unsettled,
	},
	schemas.Returns: {OpReturnSearch: returns, OpCancellationSearch: cancellations},
	schemas.Tracking: {
		OpPackageSearch:  nothing,
		OpTrackingOrders: nothing,
		OpTracking:       tracking,
	},
}

func nothing(transformers.Origin, *schemas.Page) ([]transformers.Document, error) { return nil, nil }

// Fields implements transformers.Mapper.
func (Mapper) Fields() transformers.Fields { return fields() }

// Documents implements transformers.Mapper.
func (Mapper) Documents(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	do, known := mappings[from.Kind][from.Op]
	if !known {
		return nil, fmt.Errorf("%w: %.40q of kind %.40q", transformers.ErrUnknownOp, from.Op, from.Kind)
	}
	return do(from, page)
}

// each makes the documents of pages whose parts are all answers with one list of rows; a row that is not what the page is
// about gives none.
func each(page *schemas.Page, list string, suffixes []string, row func(e read.Element) (d transformers.Document, about bool)) ([]transformers.Document, error) {
	if len(page.Parts) == 0 {
		return nil, errors.New("page has no parts")
	}
	var documents []transformers.Document
	for i := range page.Parts {
		part := &page.Parts[i]
		if !slices.ContainsFunc(suffixes, func(suffix string) bool { return read.Is(part, suffix) }) {
			return nil, fmt.Errorf("parts[%d] is no answer of %s", i, suffixes[0])
		}
		rows, err := rows(part.Body, list)
		if err != nil {
			return nil, fmt.Errorf("parts[%d]: %w", i, err)
		}
		for _, e := range rows {
			if d, about := row(e); about {
				d.FetchedAt = part.FetchedAt
				documents = append(documents, d)
			}
		}
	}
	return documents, nil
}
