// Package oracle compares what is stored with what a simulated world has, row by row, for any platform and kind. It shares
// nothing with the pipeline but the form of the documents: it asks the simulator over HTTP and reads MongoDB afresh.
package oracle

import (
	"fmt"
	"math/big"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/schemas"
)

// Row is a document as far as it is compared, from either side. What a kind does not have is 0 or "".
type Row struct {
	ID         string `json:"id"`           // what its key ends with
	CreateTime int64  `json:"create_time"`  // unix seconds
	UpdateTime int64  `json:"update_time"`  // unix seconds
	Status     string `json:"status"`       // the platform's word
	Amount     string `json:"total_amount"` // exact decimal
	Lines      int    `json:"lines"`        // lines, variants or packages
	Quantity   int64  `json:"quantity"`     // units, or stock
}

// Same reports whether both say the same; amounts are numbers, however they are written.
func (r Row) Same(o Row) bool {
	a, okA := amount(r.Amount)
	b, okB := amount(o.Amount)
	r.Amount, o.Amount = "", ""
	return r == o && okA == okB && a.Cmp(b) == 0
}

// amount reads an exact decimal; none counts as 0.
func amount(s string) (*big.Rat, bool) {
	if s == "" {
		return new(big.Rat), true
	}
	if r, ok := new(big.Rat).SetString(s); ok {
		return r, true
	}
	return new(big.Rat), false
}

// document is what is read of a stored one, of whatever kind.
type document struct {
	Key        string `bson:"_id"`
	Platform   string `bson:"platform"`
	ChannelID  string `bson:"channel_id"`
	ShopID     string `bson:"shop_id"`
	CreateTime string `bson:"create_time"`
	UpdateTime string `bson:"update_time"`
	Status     string `bson:"status"`
	IsValid    bool   `bson:"is_valid"`

	OrderID       string `bson:"order_id"`
	ProductID     string `bson:"product_id"`
	TransactionID string `bson:"transaction_id"`
	ReturnID      string `bson:"return_id"`

	TotalAmount  *bson.Decimal128 `bson:"total_amount"`
	Amount       *bson.Decimal128 `bson:"amount"`
	RefundAmount *bson.Decimal128 `bson:"refund_amount"`
	TotalStock   int64            `bson:"total_stock"`

	LineItems []counted  `bson:"line_items"`
	Lines     []counted  `bson:"lines"`
	Variants  []struct{} `bson:"variants"`
	Packages  []struct{} `bson:"packages"`
}

type counted struct {
	Quantity int64 `bson:"quantity"`
}

// projection names the fields of document.
var projection = bson.D{
	{Key: "platform", Value: 1},
	{Key: "channel_id", Value: 1},
	{Key: "shop_id", Value: 1},
	{Key: "create_time", Value: 1},
	{Key: "update_time", Value: 1},
	{Key: "status", Value: 1},
	{Key: "is_valid", Value: 1},
	{Key: "order_id", Value: 1},
	{Key: "product_id", Value: 1},
	{Key: "transaction_id", Value: 1},
	{Key: "return_id", Value: 1},
	{Key: "total_amount", Value: 1},
	{Key: "amount", Value: 1},
	{Key: "refund_amount", Value: 1},
	{Key: "total_stock", Value: 1},
	{Key: "line_items.quantity", Value: 1},
	{Key: "lines.quantity", Value: 1},
	{Key: "variants.sku", Value: 1},
	{Key: "packages.package_id", Value: 1},
}

// row reads the document back by its contract: ISO 8601 times, exact amounts.
func (d *document) row(kind string) (Row, error) {
	r := Row{Status: d.Status}
	var err error
	if r.CreateTime, err = seconds(d.CreateTime); err != nil {
		return r, fmt.Errorf("document %s: create_time: %w", d.Key, err)
	}
	if r.UpdateTime, err = seconds(d.UpdateTime); err != nil {
		return r, fmt.Errorf("document %s: update_time: %w", d.Key, err)
	}
	switch kind {
	case schemas.Orders:
		r.ID, r.Amount = d.OrderID, decimal(d.TotalAmount)
		r.Lines, r.Quantity = len(d.LineItems), quantity(d.LineItems)
	case schemas.Products:
		r.ID, r.Lines, r.Quantity = d.ProductID, len(d.Variants), d.TotalStock
	case schemas.Transactions:
		r.ID, r.Amount = d.TransactionID, decimal(d.Amount)
	case schemas.Returns:
		r.ID, r.Amount = d.ReturnID, decimal(d.RefundAmount)
		r.Lines, r.Quantity = len(d.Lines), quantity(d.Lines)
	case schemas.Tracking:
		r.ID, r.Lines = d.OrderID, len(d.Packages)
	}
	return r, nil
}

func seconds(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	return at.Unix(), err
}

func decimal(d *bson.Decimal128) string {
	if d == nil {
		return ""
	}
	return d.String()
}

func quantity(lines []counted) (n int64) {
	for _, l := range lines {
		n += l.Quantity
	}
	return n
}
