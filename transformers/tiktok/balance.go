package tiktok

import (
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// statements maps the rows of a list of statements, each the sum of a day that its transactions explain.
func statements(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	return each(page, "statements", []string{"/statements"}, func(e read.Element) (transformers.Document, bool) {
		return readStatement(from, page.Region, e), true
	})
}

func readStatement(from transformers.Origin, region string, e read.Element) transformers.Document {
	b := newTransaction(from, region, e)
	t, r := b.t, b.row
	t.Type = schemas.TypeStatement
	if r.Readable() {
		b.read(func(key string) {
			switch key {
			case "id":
				t.StatementID = r.LooseID(key)
			case "statement_time":
				b.created = r.Time(key)
			case "payment_status":
				t.Status = r.Text(key)
			default:
				b.money(&r.Object, "", key)
			}
		})
		b.choose("settlement_amount")
		t.UnifiedStatus = moneyStatus(t.Status)
		t.ReleaseTime = schemas.FormatTime(b.created, from.Zone)
		r.Must("statement_time", b.created != 0)
	}
	return b.finish(typedID(schemas.TypeStatement, t.StatementID))
}

// typedID is the id of a row whose own id is only unique among those of its type; "" when it has none.
func typedID(kind, id string) string {
	if id == "" {
		return ""
	}
	return schemas.TransactionID(kind, id)
}

// withdrawals maps the rows of a list of what went in and out of the seller's balance.
func withdrawals(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	return each(page, "withdrawals", []string{"/withdrawals"}, func(e read.Element) (transformers.Document, bool) {
		return readWithdrawal(from, page.Region, e), true
	})
}

// readWithdrawal maps a movement of the balance. The platform's own type stays, since two of them are one of ours.
func readWithdrawal(from transformers.Origin, region string, e read.Element) transformers.Document {
	b := newTransaction(from, region, e)
	t, r := b.t, b.row
	t.Type = schemas.TypeWallet
	var id, kind string
	if r.Readable() {
		b.read(func(key string) {
			switch key {
			case "id":
				id = r.LooseID(key)
			case "type":
				kind = keptText(&r.Object, key)
			case "create_time":
				b.created = r.Time(key)
			case "status":
				t.Status = r.Text(key)
			default:
				b.money(&r.Object, "", key)
			}
		})
		b.choose("amount")
		t.Type = b.typed(kind, balanceType)
		t.UnifiedStatus = moneyStatus(t.Status)
		r.Must("create_time", b.created != 0)
		r.Must("type", kind != "")
	}
	return b.finish(typedID(schemas.TypeWithdrawal, id))
}

// keptText reads a text that is kept as well.
func keptText(r *read.Object, name string) string {
	w := readWord(r, name)
	r.KeepElement(name, w.e)
	return w.text
}
