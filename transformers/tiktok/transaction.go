package tiktok

import (
	"slices"
	"strings"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// transactionBuilder holds what is read of a row of money until the document can be put together.
type transactionBuilder struct {
	from transformers.Origin
	t    *schemas.Transaction
	row  *read.Row

	created int64
}

func newTransaction(from transformers.Origin, region string, e read.Element) *transactionBuilder {
	return &transactionBuilder{from: from, t: &schemas.Transaction{Region: region}, row: read.NewRow(e)}
}

// read reads the members that all rows of money share, and leaves the others to member.
func (b *transactionBuilder) read(member func(key string)) {
	t, r := b.t, b.row
	for key := range r.Scan.Object() {
		switch key := string(key); key {
		case "currency":
			if currency := r.Text(key); currency != "" {
				t.Currency = currency
			}
		default:
			member(key)
		}
	}
	slices.SortStableFunc(t.Amounts, func(a, c schemas.Amount) int { return strings.Compare(a.Name, c.Name) })
}

// maxBreakdown is how many levels of objects amounts are looked for in. TikTok's have three.
const maxBreakdown = 8

// money reads a member that is an amount or an object with amounts in it, and keeps any other one. By TikTok's names, amounts
// are what ends with amount.
func (b *transactionBuilder) money(r *read.Object, path, name string) {
	switch {
	case strings.HasSuffix(name, "amount"):
		if m := r.Money(name); m != "" {
			b.t.Amounts = append(b.t.Amounts, schemas.Amount{Name: path + name, Amount: m})
		}
	case r.Scan.Next() == '{':
		e, _ := r.Value()
		if e.Depth > maxBreakdown {
			r.KeepElement(name, e)
			return
		}
		r.Part(name, e, func(in *read.Object) {
			for key := range in.Scan.Object() {
				b.money(in, path+name+".", string(key))
			}
		})
	default:
		r.Keep(name)
	}
}

// choose takes the transaction's own amount out of those that were read: the first of the names that is there, of which the
// first of all is what every row should have.
func (b *transactionBuilder) choose(names ...string) {
	for _, name := range names {
		is := func(a schemas.Amount) bool { return a.Name == name }
		if i := slices.IndexFunc(b.t.Amounts, is); i >= 0 {
			b.t.Amount = b.t.Amounts[i].Amount
			if b.t.Amounts = slices.DeleteFunc(b.t.Amounts, is); len(b.t.Amounts) == 0 {
				b.t.Amounts = nil
			}
			return
		}
	}
	b.row.Must(names[0], false)
}

// typed returns the type for the platform's word, which is in platform_fields.
func (b *transactionBuilder) typed(word string, typeOf func(word string) (unified string, known bool)) string {
	unified, known := typeOf(word)
	if !known {
		b.row.Bad.Unmapped("platform_fields.type", word)
	}
	return unified
}

// finish checks what every row of money must have and gives the document its key, which ends with id.
func (b *transactionBuilder) finish(id string) transformers.Document {
	t := b.t
	if b.row.Readable() {
		t.CreateTime = schemas.FormatTime(b.created, b.from.Zone)
		b.row.Must("id", id != "")
		b.row.Must("currency", t.Currency != "")
	}
	t.TransactionID = id
	t.Identity = b.from.Identity(b.row.Identify("id", id))
	t.PlatformFields = b.row.Finish(&t.Lineage)
	return transformers.Document{Document: t, Revision: transactionRevision, Unmapped: b.row.Bad.AllUnmapped()}
}
