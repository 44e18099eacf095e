package tiktok

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// settlement is the statement that rows of statement_transactions belong to: what its own row in the list of statements says,
// and what stands around the rows.
type settlement struct {
	id       string
	time     int64 // when the money became the seller's, in unix seconds
	created  int64 // likewise: when the statement was made
	currency string
	status   string

	bad  read.Problems
	kept *read.Object           // what stands around the rows and has no place in them
	rest schemas.PlatformFields // all that was kept
}

// statementTransactions maps the transactions of one statement. A page begins with the statement's row of statement_list.
func statementTransactions(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	if len(page.Parts) == 0 {
		return nil, errors.New("page has no parts")
	}
	var documents []transformers.Document
	fetched := page.Parts[0].FetchedAt
	for i := range page.Parts {
		part := &page.Parts[i]
		fetched = min(fetched, part.FetchedAt)
		switch {
		case read.Is(part, "/statements"):
			continue // read below, whichever stands first
		case !read.Is(part, "/statement_transactions"):
			return nil, fmt.Errorf("parts[%d] is no answer of /statement_transactions", i)
		}
		var of settlement
		transactions, err := of.read(part.Body)
		if err != nil {
			return nil, fmt.Errorf("parts[%d]: %w", i, err)
		}
		if err := of.complete(page); err != nil {
			return nil, err
		}
		for _, e := range transactions {
			documents = append(documents, readSettled(from, page.Region, &of, e))
		}
	}
	for i := range documents {
		documents[i].FetchedAt = fetched
	}
	return documents, nil
}

// read reads an answer: what it says about the statement, and its rows. The sums of all rows are left out, since the
// statement's own document has them, or the rows add up to them.
func (of *settlement) read(body []byte) (transactions []read.Element, err error) {
	isList := true
	if !utf8.Valid(body) {
		of.bad.Add("statement", "not valid UTF-8, bad bytes replaced")
		body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	err = open(body, func(s *jsonscan.Scanner) {
		r := &read.Object{Scan: s, Prefix: "statement.", Bad: &of.bad}
		of.kept = r
		for key := range s.Object() {
			switch key := string(key); key {
			case "id":
				of.id = r.LooseID(key)
			case "create_time":
				of.created = r.Time(key)
			case "status":
				of.status = r.Text(key)
			case "currency":
				of.currency = r.Text(key)
			case "transactions":
				switch s.Next() {
				case '[':
					transactions = read.Elements(s)
				case 'n':
				default:
					isList = false
				}
			case "total_count", "next_page_token", "payable_amount", "total_reserve_amount", "total_settlement_amount",
				"total_settlement_breakdown":
			default:
				r.Keep(key)
			}
		}
	})
	if err == nil && !isList {
		err = errors.New("data.transactions is not a list")
	}
	return transactions, err
}

// complete adds what the statement's own row says. Without one, its time is when it was made, which is nothing else as a rule.
func (of *settlement) complete(page *schemas.Page) error {
	if of.id == "" && len(page.IDs) == 1 {
		of.id = page.IDs[0]
	}
	for i := range page.Parts {
		if !read.Is(&page.Parts[i], "/statements") {
			continue
		}
		all, err := rows(page.Parts[i].Body, "statements")
		if err != nil {
			return fmt.Errorf("parts[%d]: %w", i, err)
		}
		for _, e := range all {
			of.add(e)
		}
	}
	switch {
	case of.time == 0:
		of.time = of.created
	case of.created != 0 && of.created != of.time:
		of.kept.Rest.Set("create_time", strconv.AppendInt(nil, of.created, 10))
	}
	if of.kept != nil {
		of.rest = of.kept.Rest.Fields()
	}
	return nil
}

// add reads a row of statement_list when it is this statement's. What is wrong with it is said by its own document.
func (of *settlement) add(e read.Element) {
	if len(e.Raw) == 0 || e.Raw[0] != '{' {
		return
	}
	r := read.NewObject(e.Raw, "", &read.Problems{})
	var id, currency string
	var at int64
	for key := range r.Scan.Object() {
		switch key := string(key); key {
		case "id":
			id = r.LooseID(key)
		case "statement_time":
			at = r.Time(key)
		case "currency":
			currency = r.Text(key)
		}
	}
	if of.id == "" {
		of.id = id
	}
	if id != of.id {
		return
	}
	of.time = at
	if of.currency == "" {
		of.currency = currency
	}
}

// readSettled maps a transaction of a statement.
func readSettled(from transformers.Origin, region string, of *settlement, e read.Element) transformers.Document {
	b := newTransaction(from, region, e)
	t := b.t
	t.Type, t.StatementID, t.Currency, t.Status = schemas.TypeAdjustment, of.id, of.currency, of.status
	t.ReleaseTime = schemas.FormatTime(of.time, from.Zone)
	b.created = of.time
	var names entry
	if b.row.Readable() {
		names = b.entry()
		b.choose("settlement_amount", "adjustment_amount")
		t.Type = b.typed(names.kind, moneyType)
		t.UnifiedStatus = moneyStatus(t.Status)
	}
	b.row.Bad.Merge(&of.bad)
	if len(of.rest) > 0 {
		b.row.Rest.Set("statement", []byte(of.rest))
	}
	id := names.id
	if id == "" && names.enough {
		id = schemas.TransactionID(of.id, names.kind, t.OrderID, names.adjustment)
	}
	return b.finish(id)
}

// unsettled maps the rows of a list of what is in no statement yet. All its amounts are estimates.
func unsettled(from transformers.Origin, page *schemas.Page) ([]transformers.Document, error) {
	return each(page, "transactions", []string{"/orders/unsettled"}, func(e read.Element) (transformers.Document, bool) {
		return readUnsettled(from, page.Region, e), true
	})
}

// readUnsettled maps an estimate, which has no time of its own: it is as old as its order.
func readUnsettled(from transformers.Origin, region string, e read.Element) transformers.Document {
	b := newTransaction(from, region, e)
	t := b.t
	t.Type, t.UnifiedStatus = schemas.TypeUnsettled, "pending"
	var names entry
	if b.row.Readable() {
		names = b.entry()
		b.choose("est_settlement_amount", "est_adjustment_amount", "settlement_amount")
		b.created = names.ordered
		if b.created != 0 {
			b.row.Rest.Delete("order_create_time")
		}
	}
	id := typedID(schemas.TypeUnsettled, names.id)
	switch {
	case id != "" || !names.enough:
	case names.adjustment == "":
		id = schemas.TransactionID(schemas.TypeUnsettled, t.OrderID)
	default:
		id = schemas.TransactionID(schemas.TypeUnsettled, names.kind, t.OrderID, names.adjustment)
	}
	return b.finish(id)
}

// entry is what names a transaction, settled or not.
type entry struct {
	id, kind, adjustment string // kind is the platform's word
	enough               bool   // to tell it from its neighbours without an id
	ordered              int64  // when its order was made, in unix seconds
}

// entry reads a transaction of a statement, or one that will be. The platform's own type stays, since many of them are one of
// ours. An adjustment may name its order in a member of its own.
func (b *transactionBuilder) entry() (n entry) {
	t, r := b.t, b.row
	var adjusted word
	readable := true
	id := func(name string) word {
		w, ok := readLooseID(&r.Object, name)
		readable = readable && ok
		return w
	}
	b.read(func(key string) {
		switch key {
		case "id":
			n.id = id(key).text
		case "type":
			n.kind = keptText(&r.Object, key)
		case "order_id":
			t.OrderID = id(key).text
		case "adjustment_id":
			w := id(key)
			n.adjustment = w.text
			r.KeepElement(key, w.e)
		case "adjustment_order_id":
			adjusted = id(key)
		case "status":
			if status := r.Text(key); status != "" {
				t.Status = status
			}
		case "order_create_time":
			e, _ := r.Value()
			n.ordered = seconds(e)
			r.KeepElement(key, e)
		default:
			b.money(&r.Object, "", key)
		}
	})
	switch {
	case t.OrderID == "":
		t.OrderID = adjusted.text
	case adjusted.text != "" && adjusted.text != t.OrderID:
		r.KeepElement("adjustment_order_id", adjusted.e)
	}
	r.Must("type", n.kind != "")
	n.enough = readable && n.kind != "" && (t.OrderID != "" || n.adjustment != "")
	return n
}

// seconds reads a time that is kept as well; what is none is 0.
func seconds(e read.Element) int64 {
	r := read.NewObject(nil, "", &read.Problems{})
	r.Scan = jsonscan.New(e.Raw)
	return r.Time("")
}
