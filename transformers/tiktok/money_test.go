package tiktok

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/mappertest"
)

// settledPage is a page of a statement's transactions.
func settledPage(ids ...string) mappertest.Page {
	p := page(schemas.Transactions, OpStatementTransactions, pathStatements, pathSettled)
	p.IDs = ids
	return p
}

const settledRow = `"transactions":[{"id":"7","type":"ORDER","order_id":"5","settlement_amount":"1"}]`

// TestStatementOfTransactions: the statement is the one that the answer names, or else the one that was asked for, or else the
// only one there is; what is missing in one answer is taken from the other.
func TestStatementOfTransactions(t *testing.T) {
	t.Parallel()
	const time, later = "2024-06-11T07:00:00+07:00", "2024-06-11T07:01:40+07:00"
	row := func(id string) string {
		return `{"data":{"statements":[{"id":"` + id + `","statement_time":1718064000,"currency":"IDR"}]}}`
	}
	for name, c := range map[string]struct {
		ids                       []string
		statement, data           string
		id, at, currency, problem string
	}{
		"both":             {[]string{"9"}, row("9"), `"id":"9","create_time":1718064000,"currency":"IDR",`, "9", time, "IDR", ""},
		"asked for":        {[]string{"9"}, row("9"), ``, "9", time, "IDR", ""},
		"the only one":     {nil, row("9"), ``, "9", time, "IDR", ""},
		"ids are numbers":  {nil, strings.ReplaceAll(row("9"), `"9"`, `9`), `"id":9,`, "9", time, "IDR", ""},
		"another":          {nil, row("8"), `"id":"9","create_time":1718064100,"currency":"USD",`, "9", later, "USD", ""},
		"no row":           {[]string{"9"}, `{"data":{}}`, `"create_time":1718064100,"currency":"USD",`, "9", later, "USD", ""},
		"a row of no kind": {[]string{"9"}, `{"data":{"statements":[7]}}`, `"currency":"USD",`, "9", "", "USD", ""},
		"a bad currency":   {[]string{"9"}, row("9"), `"currency":{"a":1},`, "9", time, "IDR", "statement.currency: want a string"},
	} {
		got := documents[schemas.Transaction](t, settledPage(c.ids...), c.statement, answer(c.data+settledRow))[0]
		if got.StatementID != c.id || got.ReleaseTime != c.at || got.CreateTime != c.at || got.Currency != c.currency || got.TransactionID != "7" {
			t.Errorf("%s: got %+v", name, got)
		}
		if strings.Join(got.ValidationErrors, "; ") != c.problem {
			t.Errorf("%s: problems %q", name, got.ValidationErrors)
		}
	}
}

func TestTransactionIDs(t *testing.T) {
	t.Parallel()
	const lost = "unidentified-"
	for row, want := range map[string]string{
		`"id":"7","type":"ORDER","order_id":"5"`:               "7",
		`"id":7,"type":"ORDER"`:                                "7",
		`"type":"ORDER","order_id":"5"`:                        "9:ORDER:5:",
		`"id":"","type":"ORDER","order_id":"5"`:                "9:ORDER:5:",
		`"type":"PROMOTION_ADJUSTMENT","adjustment_id":"6"`:    "9:PROMOTION_ADJUSTMENT::6",
		`"type":"a:b","order_id":"","adjustment_order_id":"5"`: "9:a%3Ab:5:",
		`"type":"ORDER"`:                                       lost,
		`"order_id":"5"`:                                       lost,
		`"id":{},"type":"ORDER","order_id":"5"`:                lost,
		`"type":"ORDER","order_id":"5","adjustment_id":["6"]`:  lost,
		`"type":7,"order_id":"5"`:                              "9:7:5:",
		`"type":"ORDER","order_id":"5","adjustment_id":"0"`:    "9:ORDER:5:",
		`"type":"ORDER","order_id":"18446744073709551617"`:     "9:ORDER:18446744073709551617:",
		`"type":"ORDER","order_id":18446744073709551615`:       "9:ORDER:18446744073709551615:",
	} {
		row = `"transactions":[{` + row + `,"settlement_amount":"1"}]`
		got := documents[schemas.Transaction](t, settledPage("9"), `{"data":{}}`, answer(`"currency":"USD","create_time":1718064100,`+row))[0]
		id := strings.TrimPrefix(got.ID, "tiktok:main:555:")
		if id != want && (want != lost || !strings.HasPrefix(id, lost)) || (got.ParseError != "") != (want == lost) {
			t.Errorf("%s: id %s, want %s (%s)", row, id, want, got.ParseError)
		}
	}
}

// TestAmounts: every amount has its name, wherever it stands; what is none stays where it is.
func TestAmounts(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":`, 9) + `"1"` + strings.Repeat(`}`, 9)
	row := `{"id":"7","type":"ORDER","b_breakdown":{"z_amount":"-1.50","a":{"amount":"2","rate":"0.1"},"y_amount":""},"a_amount":3,` +
		`"settlement_amount":"5","adjustment_amount":"6","new":{"x":"1"},"deep":` + deep + `,"c_amount":"much"}`
	got := documents[schemas.Transaction](t, settledPage("9"), `{"data":{}}`, answer(`"currency":"USD","transactions":[`+row+`]`))[0]
	want := []schemas.Amount{{Name: "a_amount", Amount: "3"}, {Name: "adjustment_amount", Amount: "6"}, {Name: "b_breakdown.a.amount", Amount: "2"}, {Name: "b_breakdown.z_amount", Amount: "-1.50"}}
	if got.Amount != "5" || !reflect.DeepEqual(got.Amounts, want) {
		t.Errorf("amount %s, amounts %+v", got.Amount, got.Amounts)
	}
	kept := `{"b_breakdown":{"a":{"rate":"0.1"}},"c_amount":"much","deep":` + deep + `,"new":{"x":"1"},"type":"ORDER"}`
	if string(got.PlatformFields) != kept {
		t.Errorf("kept %s", got.PlatformFields)
	}
	if strings.Join(got.ValidationErrors, "; ") != "c_amount: not a plain decimal amount of at most 34 digits" {
		t.Errorf("problems %q", got.ValidationErrors)
	}
}

// TestAdjustmentsWithoutSettlement: the amount is the first that is there, and the row is marked.
func TestAdjustmentsWithoutSettlement(t *testing.T) {
	t.Parallel()
	for amounts, want := range map[string]struct {
		amount  schemas.Money
		problem string
	}{
		`"settlement_amount":"0","adjustment_amount":"6"`: {"0", ""},
		`"settlement_amount":"","adjustment_amount":"6"`:  {"6", ""},
		`"revenue_amount":"6"`:                            {"", "settlement_amount: missing"},
	} {
		got := documents[schemas.Transaction](t, settledPage("9"), `{"data":{}}`,
			answer(`"currency":"USD","transactions":[{"id":"7","type":"X",`+amounts+`}]`))[0]
		if got.Amount != want.amount || strings.Join(got.ValidationErrors, "; ") != want.problem {
			t.Errorf("%s: amount %s, problems %q", amounts, got.Amount, got.ValidationErrors)
		}
	}
}

// TestMoneyOfAnswers: whatever an amount is, the document has its digits.
func TestMoneyOfAnswers(t *testing.T) {
	t.Parallel()
	p := page(schemas.Transactions, OpWithdrawalList, "/finance/202309/withdrawals")
	rapid.Check(t, func(rt *rapid.T) {
		amount := rapid.StringMatching(`-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,12})?`).Draw(rt, "amount")
		written := amount
		if rapid.Bool().Draw(rt, "as text") {
			written = `"` + amount + `"`
		}
		got := documents[schemas.Transaction](t, p, answer(`"withdrawals":[{"id":"1","type":"SETTLE","currency":"VND","create_time":1,"amount":`+written+`}]`))[0]
		if string(got.Amount) != amount || !got.IsValid {
			rt.Fatalf("%s became %s (%q)", written, got.Amount, got.ValidationErrors)
		}
	})
}

// TestRowsOfMoneyWithoutID: none is lost, and none is taken for another.
func TestRowsOfMoneyWithoutID(t *testing.T) {
	t.Parallel()
	got := documents[schemas.Transaction](t, page(schemas.Transactions, OpStatementList, pathStatements),
		answer(`"statements":[{"settlement_amount":"1"},7,{"id":"0","settlement_amount":"2"}]`))
	if len(got) != 3 {
		t.Fatalf("%d documents", len(got))
	}
	for _, d := range got {
		if d.ParseError == "" || !strings.Contains(d.ID, "unidentified-") || d.Type != schemas.TypeStatement {
			t.Errorf("got %+v", d)
		}
	}
}
