package schemas

import "strings"

// TransactionSchema names the shape of clean transaction records.
const TransactionSchema = "transaction/1"

// Types of transactions.
const (
	TypeOrderIncome = "order_income" // what an order brought: fees taken off, or with rows of type fee beside it
	TypeStatement   = "statement"    // the sum of a period, which other rows explain
	TypeWallet      = "wallet"       // a movement of the seller's balance
	TypePayout      = "payout"       // paid out to the seller
	TypeWithdrawal  = "withdrawal"   // taken out by the seller
	TypeFee         = "fee"          // one fee or credit of an order
	TypeRefund      = "refund"       // given back to a buyer
	TypeAdjustment  = "adjustment"   // a correction
	TypeUnsettled   = "unsettled"    // expected, not settled yet
)

// Transaction is one row of money of one shop, the same shape for every platform. Rows of one type can be added up; rows of
// different types overlap: a payout pays what order_income rows earned, a wallet moves what they brought, a statement sums them
// up. Nulls are absent.
type Transaction struct {
	Identity `bson:",inline"`

	TransactionID string `json:"transaction_id" bson:"transaction_id"`                     // what the key ends with: see TransactionID
	Type          string `json:"type" bson:"type"`                                         // order_income (an order's money: net of fees on Shopee and TikTok, before the rows of type fee on Lazada), statement (sum of a period), wallet, payout, withdrawal, fee, refund, adjustment or unsettled (expected). Rows of different types overlap
	Region        string `json:"region,omitempty" bson:"region,omitempty"`                 // ISO 3166 alpha-2
	Currency      string `json:"currency,omitempty" bson:"currency,omitempty"`             // ISO 4217, of all amounts
	Status        string `json:"status,omitempty" bson:"status,omitempty"`                 // the platform's word
	UnifiedStatus string `json:"unified_status,omitempty" bson:"unified_status,omitempty"` // pending, completed, failed or unknown

	CreateTime string `json:"create_time,omitempty" bson:"create_time,omitempty"` // ISO 8601: of the row, by the platform
	UpdateTime string `json:"update_time,omitempty" bson:"update_time,omitempty"` // ISO 8601: last changed on the platform

	OrderID      string   `json:"order_id,omitempty" bson:"order_id,omitempty"`           // of the order it belongs to
	StatementID  string   `json:"statement_id,omitempty" bson:"statement_id,omitempty"`   // of the statement it is part of; on Lazada the period's name
	ReleaseTime  string   `json:"release_time,omitempty" bson:"release_time,omitempty"`   // ISO 8601: when the money became the seller's
	Amount       Money    `json:"amount,omitempty" bson:"amount,omitempty"`               // signed: what the seller gets, negative for what is taken
	Amounts      []Amount `json:"amounts,omitempty" bson:"amounts,omitempty"`             // what amount is made of, by the platform's names
	SupersededBy string   `json:"superseded_by,omitempty" bson:"superseded_by,omitempty"` // transaction_id of the row that takes its place, where the platform says so; none does yet, so an unsettled row stays beside the one that settles it

	PlatformFields PlatformFields `json:"platform_fields,omitempty" bson:"platform_fields,omitempty"` // what has no field of its own, verbatim

	Lineage `bson:",inline"`
}

// Schema returns TransactionSchema.
func (t *Transaction) Schema() string { return TransactionSchema }

// Amount is one part of a transaction.
type Amount struct {
	Name   string `json:"name" bson:"name"`     // the platform's name of the member, with dots between levels
	Amount Money  `json:"amount" bson:"amount"` // signed as the platform signs it
}

// idPart makes a part of a transaction's id unambiguous: what separates parts is escaped.
var idPart = strings.NewReplacer("%", "%25", ":", "%3A")

// TransactionID joins what identifies a transaction on its platform to one id.
func TransactionID(parts ...string) string {
	escaped := make([]string, len(parts))
	for i, p := range parts {
		escaped[i] = idPart.Replace(p)
	}
	return strings.Join(escaped, ":")
}
