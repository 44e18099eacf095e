// Package shopee turns pages of Shopee's Open Platform v2 into documents.
//
// A member of an answer has one of three fates: it is a field of the document, or it stays verbatim in platform_fields of
// the document, line, variant or package that it belongs to, or it is null and says nothing. One whose type is not what
// Shopee documents keeps its raw value in platform_fields, and the document is marked with its name.
package shopee

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// The ops whose pages give documents.
const (
	OpOrderDetail  = "order_detail"  // up to 50 orders with everything that makes their documents
	OpProduct      = "product"       // items without models, or one item and its models
	OpEscrowDetail = "escrow_detail" // rows of the escrow list and what their orders' amounts are made of
	OpWalletList   = "wallet_list"   // movements of the seller's balance
	OpReturnDetail = "return_detail" // one return
	OpTracking     = "tracking"      // orders with their packages, and perhaps the packages' ways
)

// The ops whose pages name things or stand at the beginning of others' pages.
const (
	OpOrderList         = "order_list"
	OpItemList          = "item_list"
	OpItemBaseInfo      = "item_base_info"
	OpTransactions      = "transactions"
	OpEscrowList        = "escrow_list"
	OpReturnList        = "return_list"
	OpTrackingOrderList = "tracking_order_list"
	OpTrackingOrders    = "tracking_orders"
	OpTrackingPackages  = "tracking_packages"
	OpTrackingHistory   = "tracking_history"
)

// The revisions of the mappings. Raise a kind's with every change of what its documents say: documents that were made by the
// one before are then replaced although their pages are the same.
const (
	orderRevision       = 1
	productRevision     = 1
	transactionRevision = 1
	returnRevision      = 1
	trackingRevision    = 1
)

// Mapper reads Shopee's pages. Its zero value is ready.
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
	o, known := ops[op{from.Kind, from.Op}]
	if !known {
		return nil, fmt.Errorf("%w: %.40q of kind %.40q", transformers.ErrUnknownOp, from.Op, from.Kind)
	}
	if o.documents == nil {
		return nil, nil
	}
	if err := o.check(page); err != nil {
		return nil, err
	}
	return o.documents(from, page)
}

type op struct{ kind, name string }

// reading says how the pages of an op are read: by documents, nil when they give none, and of which answers they consist. A
// page without the first one is none.
type reading struct {
	documents func(transformers.Origin, *schemas.Page) ([]transformers.Document, error)
	answers   []string
}

var ops = map[op]reading{
	{schemas.Orders, OpOrderList}:           {},
	{schemas.Orders, OpOrderDetail}:         {orders, []string{"/get_order_detail"}},
	{schemas.Products, OpItemList}:          {},
	{schemas.Products, OpItemBaseInfo}:      {},
	{schemas.Products, OpProduct}:           {products, []string{"/get_item_base_info", "/get_model_list"}},
	{schemas.Transactions, OpTransactions}:  {},
	{schemas.Transactions, OpEscrowList}:    {},
	{schemas.Transactions, OpEscrowDetail}:  {incomes, []string{"/get_escrow_list", "/get_escrow_detail", "/get_escrow_detail_batch"}},
	{schemas.Transactions, OpWalletList}:    {walletRows, []string{"/get_wallet_transaction_list"}},
	{schemas.Returns, OpReturnList}:         {},
	{schemas.Returns, OpReturnDetail}:       {returns, []string{"/get_return_detail"}},
	{schemas.Tracking, OpTrackingOrderList}: {},
	{schemas.Tracking, OpTrackingOrders}:    {},
	{schemas.Tracking, OpTrackingPackages}:  {},
	{schemas.Tracking, OpTrackingHistory}:   {},
	{schemas.Tracking, OpTracking}:          {trackings, []string{"/get_order_detail", "/get_package_detail", "/get_tracking_info"}},
}

// check returns an error when a part is no answer that the op's pages consist of: it would be lost.
func (o reading) check(page *schemas.Page) error {
	first := false
	for i := range page.Parts {
		n := slices.IndexFunc(o.answers, func(suffix string) bool { return read.Is(&page.Parts[i], suffix) })
		if n < 0 {
			return fmt.Errorf("parts[%d] is no answer of %s", i, strings.Join(o.answers, ", "))
		}
		first = first || n == 0
	}
	if !first {
		return fmt.Errorf("page has no answer of %s", o.answers[0])
	}
	return nil
}

// orders reads the parts of an order_detail page; each row of each of them is a document.
func orders(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	var documents []transformers.Document
	for i := range page.Parts {
		part := &page.Parts[i]
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
