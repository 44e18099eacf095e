package tiktok

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// statementList lists statements, of which a shop has one a day. Each is a document, and a list of rows.
var statementList = list{
	endpoint: endpoint{http.MethodGet, "finance", "202309", "statements"},
	least:    1,
	most:     100,
	windowed: true,
	params: func(_ *schemas.Task, w schemas.Window, c *call) {
		between(c, "statement_time", w)
		c.query.Set("sort_field", "statement_time")
		c.query.Set("sort_order", "ASC")
	},
	rows: "statements",
	id:   byMember("id"),
	answer: func(_ *Adapter, _ *schemas.Task, rows []row) (platform.Answer, error) {
		answer := platform.Answer{Page: true, Listed: ids(rows), Answered: ids(rows)}
		for _, r := range rows {
			answer.Children = append(answer.Children, platform.Draft{
				Op: StatementTransactions, IDs: []string{r.id}, Rows: enveloped("statements", r.raw), Continues: true,
			})
		}
		return answer, nil
	},
}

// statementTransactions lists the rows of the statement that the task asks for. Its pages begin with the statement's own row,
// without which a transaction does not know when it was settled.
var statementTransactions = list{
	endpoint: endpoint{http.MethodGet, "finance", "202501", "statements/{statement_id}/statement_transactions"},
	least:    1,
	most:     100,
	within:   true,
	params: func(_ *schemas.Task, _ schemas.Window, c *call) {
		c.query.Set("sort_field", "order_create_time")
		c.query.Set("sort_order", "ASC")
	},
	rows: "transactions",
	id:   transactionID,
	answer: func(a *Adapter, t *schemas.Task, rows []row) (platform.Answer, error) {
		answer, err := documents(a, t, rows)
		for _, statement := range t.IDs { // this is a page of it
			if !slices.Contains(answer.Answered, statement) {
				answer.Answered = append(answer.Answered, statement)
			}
		}
		return answer, err
	},
}

// transactionID names a row of a statement. Rows of the older version have no id, and none is like another of its statement in
// all of these.
func transactionID(row []byte) string {
	if id := idText(member(row, "id")); id != "" {
		return id
	}
	kind, order, adjustment := idText(member(row, "type")), idText(member(row, "order_id")), idText(member(row, "adjustment_id"))
	if order == "" && adjustment == "" {
		return ""
	}
	return schemas.TransactionID(kind, order, adjustment)
}

// withdrawalList lists what went in and out of the seller's balance, in an order that is not documented.
var withdrawalList = list{
	endpoint: endpoint{http.MethodGet, "finance", "202309", "withdrawals"},
	least:    1,
	most:     100,
	windowed: true,
	params: func(_ *schemas.Task, w schemas.Window, c *call) {
		between(c, "create_time", w)
		c.query.Set("types", "WITHDRAW,SETTLE,TRANSFER,REVERSE")
	},
	rows:   "withdrawals",
	id:     byMember("id"),
	answer: documents,
}

// unsettledSince is when the data of unsettledList begins: 2025-01-01 UTC.
const unsettledSince = 1735689600

// unsettledList lists estimates of all that is in no statement yet, whatever its time. Orders that come in while it is read
// are kept out, but for plans that end before there is any data, whose range the platform would not understand.
var unsettledList = list{
	endpoint: endpoint{http.MethodGet, "finance", "202507", "orders/unsettled"},
	least:    1,
	most:     100,
	params: func(_ *schemas.Task, w schemas.Window, c *call) {
		c.query.Set("sort_field", "order_create_time")
		c.query.Set("sort_order", "ASC")
		if w.To > unsettledSince {
			c.query.Set("search_time_lt", strconv.FormatInt(w.To, 10))
		}
	},
	rows:   "transactions",
	id:     transactionID,
	answer: documents,
}

// between selects by a time in the query. The names of the parameters say that the beginning counts and the end does not.
func between(c *call, field string, w schemas.Window) {
	c.query.Set(field+"_ge", strconv.FormatInt(w.From, 10))
	c.query.Set(field+"_lt", strconv.FormatInt(w.To, 10))
}
