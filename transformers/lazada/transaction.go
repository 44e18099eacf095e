package lazada

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// transactions reads a transaction_list page.
func transactions(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	seen, err := occurrencesOf(page)
	if err != nil {
		return nil, err
	}
	answers := *page
	answers.Parts = slices.DeleteFunc(slices.Clone(page.Parts), func(p schemas.PagePart) bool { return read.Is(&p, pathSeen) })
	if len(answers.Parts) > 1 {
		return nil, errors.New("page has more than one answer: which of their rows overlap cannot be told")
	}
	return mapRows(&answers, pathTransactions, []string{"data"}, func(e read.Element) (transformers.Document, string) {
		if seen.skip > 0 {
			seen.skip--
			return transformers.Document{}, ""
		}
		return readTransaction(from, page.Region, e, seen), ""
	})
}

// readTransaction maps a row of finance. Lazada does not say when such a row was last changed.
func readTransaction(from transformers.Origin, region string, e read.Element, seen *occurrences) transformers.Document {
	r := read.NewRow(e)
	b := transactionBuilder{t: &schemas.Transaction{Region: region}, row: r, site: siteOf(region, from.Zone, r.Bad), keyed: r.Readable()}
	t := b.t
	t.Currency = b.site.currency
	if r.Readable() {
		for key := range r.Scan.Object() {
			b.member(string(key))
		}
		b.settle(from)
	}
	var id string
	if b.keyed && b.key.usable() {
		id = b.key.id(b.day, seen.turn(b.key))
	}
	t.TransactionID = r.Identify("key of "+strings.Join(keyNames[:], ", "), id)
	t.Identity = from.Identity(t.TransactionID)
	t.PlatformFields = r.Finish(&t.Lineage)
	return transformers.Document{Document: t, Revision: transactionRevision, Unmapped: r.Bad.AllUnmapped()}
}

// transactionBuilder holds what is read of a row until the document can be put together.
type transactionBuilder struct {
	t    *schemas.Transaction
	row  *read.Row
	site site

	key             rowKey
	keyed           bool   // every member of the key can be read
	day             string // of the row, such as 2024-06-12; what stands there when it is no date
	created         int64
	kind, fee, paid string
}

// member reads the row's member key. What makes the row's key is kept as well: the id alone is no good for searching.
func (b *transactionBuilder) member(key string) {
	t, r := b.t, &b.row.Object
	switch key {
	case "statement":
		t.StatementID = b.keyText(keyStatement, r.Code)
	case "order_no":
		t.OrderID = b.keyText(keyOrder, r.Code)
	case "transaction_number":
		b.keyText(keyNumber, b.codeKept)
	case "orderItem_no":
		b.keyText(keyItem, b.codeKept)
	case "fee_type":
		b.keyText(keyFee, b.codeKept)
	case "reference":
		b.keyText(keyReference, b.codeKept)
	case "amount":
		t.Amount = r.GroupedMoney(key)
	case "VAT_in_amount", "WHT_amount":
		if m := r.GroupedMoney(key); m != "" {
			t.Amounts = append(t.Amounts, schemas.Amount{Name: key, Amount: m})
		}
	case "transaction_date":
		b.keyText(keyDate, b.date)
	case "transaction_type":
		b.kind = b.codeKept(key)
	case "fee_name":
		b.fee = b.codeKept(key)
	case "paid_status":
		b.paid = r.Text(key)
	default:
		r.Keep(key)
	}
}

// codeKept reads a text or number that is kept as well.
func (b *transactionBuilder) codeKept(name string) string {
	e := b.row.Keep(name)
	if len(e.Raw) == 0 || e.Raw[0] == 'n' {
		return ""
	}
	code, ok := read.ParseCode(e.Raw)
	if !ok {
		b.row.Bad.Add(name, "want a string")
	}
	return code
}

// date reads the row's day, and returns it as it is written.
func (b *transactionBuilder) date(name string) string {
	e, ok := b.row.Value()
	if !ok {
		return ""
	}
	text, _ := read.ParseCode(e.Raw)
	b.day = text
	switch b.created, ok = read.ParseSiteTime(e.Raw, b.site.zone); {
	case !ok:
		b.row.Wrong(name, e, "want a time")
		return text
	case b.created == 0:
		return text
	}
	b.day = time.Unix(b.created, 0).In(b.site.zone).Format(time.DateOnly)
	return text
}

// keyText reads a member of the row's key. One that is neither text nor number leaves the row without a key.
func (b *transactionBuilder) keyText(at int, text func(name string) string) string {
	c := b.row.Scan.Next()
	if c == '{' || c == '[' || c == 't' || c == 'f' {
		b.keyed = false
	}
	b.key[at] = text(keyNames[at])
	return b.key[at]
}

// settle fills in what follows from several members, and marks what every row must have.
func (b *transactionBuilder) settle(from transformers.Origin) {
	t := b.t
	t.CreateTime = schemas.FormatTime(b.created, from.Zone)
	t.Type = transactionType(b.kind, b.fee)
	if !isTransactionType(b.kind) {
		b.row.Bad.Unmapped("platform_fields.transaction_type", strings.ReplaceAll(b.kind, " ", "_")) // a plain word like others
	}
	t.Status, t.UnifiedStatus = b.paid, paidStatus(b.paid)
	b.row.Must("amount", t.Amount != "")
	b.row.Must("transaction_date", b.created != 0)
}

// transactionType tells a row's type by its transaction_type, such as Refunds-Lazada Fees, and the name of its fee, such as
// Reversal Commission. Claims are paid for what was lost or damaged, whoever's order it was.
func transactionType(kind, fee string) string {
	text := strings.ToLower(kind + "\n" + fee)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	switch {
	case has("claim", "adjustment", "compensation"):
		return schemas.TypeAdjustment
	case has("refund", "reversal"):
		return schemas.TypeRefund
	case strings.EqualFold(fee, "Item Price Credit"):
		return schemas.TypeOrderIncome
	}
	return schemas.TypeFee
}

// isTransactionType reports whether a transaction_type is one that transactionType was made for. Of the names of fees, of which
// there are always new ones, that is not to be said.
func isTransactionType(kind string) bool {
	of, what, _ := strings.Cut(kind, "-")
	switch strings.ToLower(strings.TrimSpace(of)) {
	case "orders", "refunds", "other services", "3p services":
		return what == "" || slices.Contains([]string{
			"sales", "item charges", "lazada fees", "logistics", "shipping fees", "marketing fees", "claims", "other credit", "services", "others",
		}, strings.ToLower(what))
	case "", "adjustments", "lazada fees", "logistics", "marketing fees", "other", "reimbursements", "sponsored discovery":
		return true
	}
	return false
}

// paidStatus gives whether a row or statement is paid the word that all platforms share.
func paidStatus(status string) string {
	switch strings.ToLower(status) {
	case "paid", "1":
		return "completed"
	case "not paid", "0":
		return "pending"
	}
	return unknown
}
