package lazada

import (
	"strings"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// payouts reads a payout_list page.
func payouts(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	return mapRows(page, pathPayouts, []string{"data"},
		func(e read.Element) (transformers.Document, string) {
			t, updated := readPayout(from, page.Region, e)
			return transformers.Document{Document: t, UpdateTime: updated, Revision: transactionRevision}, t.StatementID
		})
}

// readPayout maps a statement, and returns when it was last changed, in unix seconds, 0 when it does not say.
func readPayout(from transformers.Origin, region string, e read.Element) (*schemas.Transaction, int64) {
	r := read.NewRow(e)
	b := payoutBuilder{t: &schemas.Transaction{Type: schemas.TypePayout, Region: region}, row: r, site: siteOf(region, from.Zone, r.Bad)}
	t := b.t
	t.Currency = b.site.currency
	if r.Readable() {
		for key := range r.Scan.Object() {
			b.member(string(key))
		}
		t.CreateTime = schemas.FormatTime(b.created, from.Zone)
		t.UpdateTime = schemas.FormatTime(b.updated, from.Zone)
		t.UnifiedStatus = paidStatus(t.Status)
		r.Must("payout", t.Amount != "")
		r.Must("created_at", b.created != 0)
		r.Must("updated_at", b.updated != 0)
	}
	var id string
	if t.StatementID != "" && len(t.StatementID) <= maxKey && printable(t.StatementID) {
		id = schemas.TransactionID("payout", t.StatementID)
	}
	t.TransactionID = r.Identify("statement_number", id)
	t.Identity = from.Identity(t.TransactionID)
	t.PlatformFields = r.Finish(&t.Lineage)
	return t, b.updated
}

// payoutBuilder holds what is read of a statement until the document can be put together.
type payoutBuilder struct {
	t    *schemas.Transaction
	row  *read.Row
	site site

	created, updated int64
}

func (b *payoutBuilder) member(key string) {
	t, r := b.t, &b.row.Object
	switch key {
	case "statement_number":
		t.StatementID = r.Code(key)
	case "created_at":
		b.created = r.SiteTime(key, b.site.zone)
	case "updated_at":
		b.updated = r.SiteTime(key, b.site.zone)
	case "payout":
		b.payout(key)
	case "paid":
		t.Status = r.Code(key)
	case "opening_balance", "item_revenue", "shipment_fee", "shipment_fee_credit", "other_revenue_total", "fees_total", "subtotal1",
		"refunds", "fees_on_refunds_total", "subtotal2", "guarantee_deposit", "closing_balance":
		if m := r.GroupedMoney(key); m != "" {
			t.Amounts = append(t.Amounts, schemas.Amount{Name: key, Amount: m})
		}
	default:
		r.Keep(key)
	}
}

// payout reads what is paid out, which may have the currency behind it: 1434.68 THB.
func (b *payoutBuilder) payout(name string) {
	t, r := b.t, &b.row.Object
	if r.Scan.Next() != '"' {
		t.Amount = r.Money(name)
		return
	}
	e, _ := r.Value()
	text, _ := jsonscan.Text(e.Raw)
	if text == "" {
		return
	}
	number := strings.Trim(text, letters+" ")
	currency := strings.TrimSpace(strings.Replace(text, number, "", 1))
	m, err := read.ParseGroupedMoney(number)
	if err != nil || currency != "" && !isCurrency(currency) {
		r.Wrong(name, e, "want an amount, perhaps with its currency")
		return
	}
	if t.Amount = m; currency != "" {
		t.Currency = currency
	}
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// isCurrency reports whether text is written as a currency of ISO 4217.
func isCurrency(text string) bool { return len(text) == 3 && strings.Trim(text, letters) == "" }
