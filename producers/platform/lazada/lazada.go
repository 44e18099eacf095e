// Package lazada speaks the API of Lazada's Open Platform: it signs calls and reads answers, without I/O. What a page means
// as documents is the transformer's matter.
//
// Sources are the platform's documentation, several independent clients and a few captured answers; where they leave
// something open the comment at that place says what is assumed and why it cannot lose a row.
package lazada

import (
	"strconv"
	"time"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// The ops, by kind. The ones that are no call of their own are cut by Split.
const (
	OrderList   = "order_list"   // names the orders of a window
	OrderDetail = "order_detail" // the items of orders, beside the rows that named them

	ProductList = "product_list" // whole products

	Transactions    = "transactions"     // no call: the two lists below
	TransactionList = "transaction_list" // the rows of an account statement
	PayoutList      = "payout_list"      // statements and what was paid out for them

	ReverseList = "reverse_list" // returns, refunds and cancellations

	TrackingOrderList = "tracking_order_list" // names the orders whose parcels are asked for
	TrackingItems     = "tracking_items"      // their items, which tell the parcels that are on their way
	Tracking          = "tracking"            // items, or what happened to one order's parcels: see traced
)

const (
	ordersPath       = "/orders/get"
	itemsPath        = "/orders/items/get"
	productsPath     = "/products/get"
	transactionsPath = "/finance/transaction/details/get"
	payoutsPath      = "/finance/payout/status/get"
	reversePath      = "/reverse/getreverseordersforseller"
	tracePath        = "/logistic/order/trace"
)

// pageSizes are the rows or ids of a call, by op: the platform's maximum where it names one. For returns it names none.
var pageSizes = map[string]int{
	OrderList: 100, TrackingOrderList: 100,
	OrderDetail: 50, TrackingItems: 50, Tracking: 50,
	ProductList:     50,
	TransactionList: 500,
	ReverseList:     100,
}

// Adapter is Lazada's [platform.Adapter] and [platform.Authorizer].
type Adapter struct {
	settings platform.Settings
	classes  map[string]platform.Class
	// mostTransactions is maxTransactions, unless a test has less patience.
	mostTransactions int
}

var (
	_ platform.Adapter    = (*Adapter)(nil)
	_ platform.Authorizer = (*Adapter)(nil)
)

// New returns the adapter. Of the settings it knows Errors, PageSizes, History and AuthURL.
func New(s platform.Settings) *Adapter {
	return &Adapter{settings: s, classes: s.Classes(codes), mostTransactions: maxTransactions}
}

// Platform returns [schemas.Lazada].
func (*Adapter) Platform() string { return schemas.Lazada }

// Root names the first op of a kind.
func (*Adapter) Root(kind string) (string, bool) {
	op, ok := map[string]string{
		schemas.Orders:       OrderList,
		schemas.Products:     ProductList,
		schemas.Transactions: Transactions,
		schemas.Returns:      ReverseList,
		schemas.Tracking:     TrackingOrderList,
	}[kind]
	return op, ok
}

// Lists reports whether op reads a list.
func (*Adapter) Lists(op string) bool {
	switch op {
	case OrderList, TrackingOrderList, ProductList, TransactionList, PayoutList, ReverseList:
		return true
	}
	return false
}

// Split cuts transactions, which are two lists, the longer of which allows a bounded span of time.
func (*Adapter) Split(t *schemas.Task) []platform.Draft {
	switch t.Op {
	case Transactions:
		return splitTransactions(t)
	case TransactionList:
		if drafts := dayWindows(t.Window); len(t.Carry) == 0 && len(drafts) > 1 {
			return drafts
		}
	}
	return nil
}

// pageSize returns how many rows or ids a call of op asks for.
func (a *Adapter) pageSize(op string) int { return a.settings.PageSize(op, pageSizes[op]) }

// Request builds the signed call of a task.
func (a *Adapter) Request(t *schemas.Task, s shop.Shop, now time.Time) (platform.Request, error) {
	c, err := a.call(t, s)
	if err != nil {
		return platform.Request{}, err
	}
	c.query.Set("access_token", s.AccessToken.Reveal())
	return c.signed(s, now), nil
}

// call returns what a task asks for.
func (a *Adapter) call(t *schemas.Task, s shop.Shop) (call, error) {
	switch t.Op {
	case OrderList, TrackingOrderList:
		return a.orderListCall(t)
	case OrderDetail, TrackingItems:
		return a.itemsCall(t)
	case Tracking:
		if traced(t) {
			return traceCall(t)
		}
		return a.itemsCall(t)
	case ProductList:
		return a.productListCall(t)
	case TransactionList:
		return a.transactionListCall(t, s.Region)
	case PayoutList:
		return payoutListCall(t, s.Region)
	case ReverseList:
		return a.reverseListCall(t)
	default:
		return call{}, unknownOp(t.Op)
	}
}

func unknownOp(op string) *platform.Error {
	return platform.NewError(platform.Permanent, "unknown_op", "lazada has no call for the op "+op)
}

func badTask(what string) *platform.Error {
	return platform.NewError(platform.Permanent, "bad_task", what)
}

// listWindow returns the trail of a list task and the window that the list reads.
func listWindow(t *schemas.Task) (platform.Trail, schemas.Window, error) {
	tr, err := platform.ReadTrail(t)
	if err != nil {
		return tr, schemas.Window{}, err
	}
	w := tr.Window(t)
	if w.To <= w.From {
		return tr, w, badTask("the window of the list is empty")
	}
	return tr, w, nil
}

// offset returns the offset, in rows, that the cursor of a list by offsets stands for.
func offset(t *schemas.Task) (int, error) {
	if t.Cursor == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(t.Cursor)
	if err != nil || n < 0 {
		return 0, badTask("the cursor of the list task is no offset")
	}
	return n, nil
}

// Probe asks for one second of a list, or for an order that does not exist.
func (a *Adapter) Probe(t *schemas.Task) schemas.Task {
	p := *t
	p.Cursor, p.Carry, p.Ready = "", nil, false
	switch {
	case !a.Lists(t.Op):
		p.IDs = []string{"0"} // the parts stay: they tell which call Tracking is
	case t.Op == PayoutList:
		p.IDs, p.Parts, p.Window.From = nil, nil, p.Window.To-1 // everything since then comes back
	default:
		p.IDs, p.Parts, p.Window.To = nil, nil, p.Window.From+1
	}
	return p
}
