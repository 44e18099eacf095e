// Package tiktok speaks TikTok Shop's Open API, 202309 and newer: it signs calls and reads answers, without I/O. What a page
// means as documents is the transformer's matter.
//
// Sources are the platform's documentation and several independent clients; where they leave something open the comment at
// that place says what is assumed and why it cannot lose a row.
package tiktok

import (
	"time"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// The ops. Transactions and Returns are roots without a call: they are read from several lists.
const (
	OrderSearch = "order_search" // a list of whole orders
	OrderDetail = "order_detail" // orders by their ids

	ProductSearch = "product_search" // a list of products, too short to be documents
	ProductDetail = "product_detail" // one product

	Transactions          = "transactions"
	StatementList         = "statement_list"         // a list of statements, a day each
	StatementTransactions = "statement_transactions" // the list of one statement's rows
	WithdrawalList        = "withdrawal_list"        // a list of movements of the seller's balance
	UnsettledList         = "unsettled_list"         // the list of rows that are in no statement yet

	Returns            = "returns"
	ReturnSearch       = "return_search"       // a list of returns
	CancellationSearch = "cancellation_search" // a list of cancellations

	PackageSearch  = "package_search"  // a list of parcels, which name their orders
	TrackingOrders = "tracking_orders" // the orders of parcels, on the way to their history
	Tracking       = "tracking"        // the orders of parcels, or the history of one order's parcels
)

// Adapter is TikTok Shop's [platform.Adapter] and [platform.Authorizer].
type Adapter struct {
	settings platform.Settings
	classes  map[string]platform.Class
}

var (
	_ platform.Adapter    = (*Adapter)(nil)
	_ platform.Authorizer = (*Adapter)(nil)
)

// New returns the adapter.
func New(s platform.Settings) *Adapter { return &Adapter{settings: s, classes: s.Classes(codes)} }

// Platform returns [schemas.TikTok].
func (*Adapter) Platform() string { return schemas.TikTok }

// Root names the first op of a kind.
func (*Adapter) Root(kind string) (string, bool) {
	op, ok := map[string]string{
		schemas.Orders:       OrderSearch,
		schemas.Products:     ProductSearch,
		schemas.Transactions: Transactions,
		schemas.Returns:      Returns,
		schemas.Tracking:     PackageSearch,
	}[kind]
	return op, ok
}

// Lists reports whether op reads a list that selects by the chunk's window. What is not settled yet, and the rows of a
// statement, are lists that do not.
func (*Adapter) Lists(op string) bool {
	l, ok := lists[op]
	return ok && l.windowed
}

// Split cuts the kinds that are read from several lists. What is not settled yet is the same whatever the window, so only a
// plan's last chunk asks for it.
func (*Adapter) Split(t *schemas.Task) []platform.Draft {
	var ops []string
	switch t.Op {
	case Transactions:
		ops = []string{StatementList, WithdrawalList}
		if t.Last {
			ops = append(ops, UnsettledList)
		}
	case Returns:
		ops = []string{ReturnSearch, CancellationSearch}
	}
	var drafts []platform.Draft
	for _, op := range ops {
		drafts = append(drafts, platform.Draft{Op: op, Continues: true})
	}
	return drafts
}

// Request builds the signed call of a task.
func (a *Adapter) Request(t *schemas.Task, s shop.Shop, now time.Time) (platform.Request, error) {
	c, err := a.call(t)
	if err != nil {
		return platform.Request{}, err
	}
	if s.ShopCipher == "" {
		return platform.Request{}, platform.NewError(platform.Auth, "no_shop_cipher",
			"the shop has no shop_cipher: add it to the shops file, /authorization/202309/shops names it")
	}
	return a.signed(c, s, now), nil
}

func (a *Adapter) call(t *schemas.Task) (call, error) {
	if l, ok := lists[t.Op]; ok {
		return a.listCall(t, l)
	}
	switch t.Op {
	case OrderDetail, TrackingOrders:
		return a.ordersCall(t)
	case Tracking:
		if len(t.Parts) > 0 {
			return trackingCall(t)
		}
		return a.ordersCall(t)
	case ProductDetail:
		return productCall(t)
	case Transactions, Returns:
		return call{}, platform.NewError(platform.Permanent, "bad_task", t.Op+" has no call of its own")
	default:
		return call{}, unknownOp(t)
	}
}

func unknownOp(t *schemas.Task) *platform.Error {
	return platform.NewError(platform.Permanent, "unknown_op", "tiktok has no op "+t.Op)
}

// nobody is an id that nothing has.
const nobody = "0"

// Probe asks for one second of a list, or for something that does not exist.
func (*Adapter) Probe(t *schemas.Task) schemas.Task {
	p := *t
	p.Cursor, p.Carry = "", nil
	if len(t.IDs) > 0 {
		p.IDs = []string{nobody}
	}
	p.Window.To = p.Window.From + 1
	return p
}
