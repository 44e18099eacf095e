package tiktok

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/mappertest"
	"github.com/shopstream/shopstream/transformers/read"
)

func nested(levels int) string { return strings.Repeat(`[`, levels) + strings.Repeat(`]`, levels) }

// TestPoisonRows puts each poison row first, in the middle and last: its neighbours must not notice.
func TestPoisonRows(t *testing.T) {
	t.Parallel()
	const lost = "unidentified-"
	lines := func(rows string) string { return good("P", `"line_items":[`+rows+`]`) }
	for name, c := range map[string]struct {
		row    string
		id     string // how the order's id begins
		parse  bool   // whether it is a parse error
		errors []string
	}{
		"good":                    {good("P", ""), "P", false, nil},
		"unknown status":          {good("P", `"status":"TELEPORTED"`), "P", false, nil},
		"a string":                {`"secret buyer"`, lost, true, nil},
		"null":                    {`null`, lost, true, nil},
		"a deep list":             {nested(300), lost, true, []string{"row: nested too deeply, kept as text"}},
		"empty object":            {`{}`, lost, true, []string{"create_time: missing", "id: missing", "line_items: missing", "payment.currency: missing", "status: missing", "update_time: missing"}},
		"id is null":              {good("P", `"id":null`), lost, true, []string{"id: missing"}},
		"id is empty":             {good("", ""), lost, true, []string{"id: missing"}},
		"id is 0":                 {good("P", `"id":0`), lost, true, []string{"id: missing"}},
		"id is an object":         {good("P", `"id":{"a":1}`), lost, true, []string{"id: missing", "id: want an id"}},
		"id is a number":          {good("P", `"id":18446744073709551615`), "18446744073709551615", false, nil},
		"id has bad UTF-8":        {good("P\xff", ""), lost, true, []string{"id: missing", "id: want an id", "row: not valid UTF-8, bad bytes replaced"}},
		"times are texts":         {good("P", `"create_time":"1718000100","update_time":"soon"`), "P", false, []string{"update_time: missing", "update_time: want a time in unix seconds"}},
		"time is in ms":           {good("P", `"paid_time":1718000100000`), "P", false, []string{"paid_time: want a time in unix seconds"}},
		"cod is text":             {good("P", `"is_cod":"yes"`), "P", false, []string{"is_cod: want true or false"}},
		"payment is null":         {good("P", `"payment":null`), "P", false, nil},
		"payment is a text":       {good("P", `"payment":"all"`), "P", false, []string{"payment: want an object"}},
		"lines are null":          {good("P", `"line_items":null`), "P", false, []string{"line_items: missing"}},
		"no lines":                {good("P", `"line_items":[]`), "P", false, []string{"line_items: missing"}},
		"lines are an object":     {good("P", `"line_items":{"a":1}`), "P", false, []string{"line_items: missing", "line_items: want a list"}},
		"a line is null":          {lines(`{"id":"1","product_id":"2"},null`), "P", false, []string{"line_items[1]: want an object"}},
		"a line without ids":      {lines(`{}`), "P", false, []string{"line_items[0].id: missing", "line_items[0].product_id: missing"}},
		"one unit twice":          {lines(`{"id":"1","product_id":"2"},{"id":"1","product_id":"2"}`), "P", false, []string{"line_items: two lines have one id"}},
		"package is a number":     {lines(`{"id":"1","product_id":"2","package_id":7,"tracking_number":8}`), "P", false, nil},
		"package is an object":    {lines(`{"id":"1","product_id":"2","package_id":{}}`), "P", false, []string{"line_items[0].package_id: want an id"}},
		"package without id":      {good("P", `"packages":[{"weight":1}]`), "P", false, []string{"packages[0].id: missing"}},
		"one package twice":       {good("P", `"packages":[{"id":"1"},{"id":"1"}]`), "P", false, []string{"packages: two packages have one id"}},
		"district is text":        {good("P", `"recipient_address":{"district_info":["Quận 1"]}`), "P", false, []string{"recipient_address.district_info[0]: want an object"}},
		"district is no text":     {good("P", `"recipient_address":{"district_info":[{"address_level_name":"City","address_name":1}]}`), "P", false, []string{"recipient_address.district_info[0].address_name: want a string"}},
		"money with commas":       {good("P", `"payment":{"currency":"VND","total_amount":"1,000"}`), "P", false, []string{"payment.total_amount: not a plain decimal amount of at most 34 digits"}},
		"half a surrogate":        {good("P", `"note":"\ud83d"`), "P", false, nil},
		"dollars and dots":        {good("P", `"$set":{"$inc":{"a.b":1}},"a.b.c":[{"":null}]`), "P", false, nil},
		"deep enough":             {good("P", `"new":`+nested(read.MaxKept)), "P", false, nil},
		"too deep":                {good("P", `"new":`+nested(read.MaxKept+1)), "P", false, []string{"new: nested too deeply, kept as text"}},
		"deep in a level":         {good("P", `"recipient_address":{"district_info":[{"new":`+nested(read.MaxKept-2)+`}]}`), "P", false, nil},
		"too deep in a level":     {good("P", `"recipient_address":{"district_info":[{"new":`+nested(5000)+`}]}`), "P", false, []string{"recipient_address.district_info: nested too deeply, kept as text"}},
		"a sum that is too large": {lines(unitOf("1", strings.Repeat("9", 31)) + "," + unitOf("2", strings.Repeat("9", 31))), "P", false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			neighbours := ordersOf(t, good("A", ""), good("B", ""))
			for at := range 3 {
				got := ordersOf(t, slices.Insert([]string{good("A", ""), good("B", "")}, at, c.row)...)
				poison := got[at]
				if !reflect.DeepEqual(slices.Delete(slices.Clone(got), at, at+1), neighbours) {
					t.Errorf("at %d: the neighbours changed", at)
				}
				id := strings.TrimPrefix(poison.ID, "tiktok:main:555:")
				if !strings.HasPrefix(id, c.id) || (poison.ParseError != "") != c.parse {
					t.Errorf("at %d: id %q, parse error %q", at, id, poison.ParseError)
				}
				if !slices.Equal(poison.ValidationErrors, c.errors) {
					t.Errorf("at %d: validation errors %q", at, poison.ValidationErrors)
				}
				if want := c.errors == nil && !c.parse; poison.IsValid != want {
					t.Errorf("at %d: valid %v", at, poison.IsValid)
				}
				if doc, err := bson.Marshal(&poison); err != nil || bson.Raw(doc).Validate() != nil {
					t.Errorf("at %d: cannot be stored: %v", at, err)
				}
			}
		})
	}
}

// unitOf returns a unit with a discount of the seller's.
func unitOf(id, discount string) string {
	return `{"id":"` + id + `","product_id":"2","seller_discount":"` + discount + `"}`
}

// TestPoisonPages: what is no answer of the op at all is given up with a reason that quotes nothing of it.
func TestPoisonPages(t *testing.T) {
	t.Parallel()
	search := page(schemas.Orders, OpOrderSearch, pathSearch)
	for name, c := range map[string]struct {
		page  mappertest.Page
		body  string
		class string
	}{
		"cut off":            {search, `{"code":0,"data":{"orders":[{"id":"SECRET`, stream.ClassUndecodable},
		"HTML":               {search, `<html>SECRET</html>`, stream.ClassUndecodable},
		"a string":           {search, `"SECRET"`, stream.ClassUndecodable},
		"empty object":       {search, `{}`, stream.ClassUndecodable},
		"an error":           {search, `{"code":36009004,"message":"SECRET","data":null}`, stream.ClassUndecodable},
		"an error as text":   {search, `{"code":"36009004","message":"SECRET"}`, stream.ClassUndecodable},
		"an odd code":        {search, `{"code":{"x":"SECRET"},"data":{}}`, stream.ClassUndecodable},
		"data is a list":     {search, `{"code":0,"data":["SECRET"]}`, stream.ClassUndecodable},
		"orders are no list": {search, answer(`"orders":{"a":"SECRET"}`), stream.ClassUndecodable},
		"deeper than JSON":   {search, answer(`"orders":[` + nested(10000) + `]`), stream.ClassUndecodable},
		"contradiction":      {search, answer(`"orders":[` + good("SECRET", "") + `,` + good("SECRET", `"note":"x"`) + `]`), transformers.ClassConflict},
		"another answer":     {page(schemas.Orders, OpOrderSearch, "/finance/202309/withdrawals"), answer(""), stream.ClassUndecodable},
		"no product":         {page(schemas.Products, OpProductDetail, "/product/202502/products/search"), answer(""), stream.ClassUndecodable},
		"no transactions":    {page(schemas.Transactions, OpStatementTransactions, pathSettled), answer(`"transactions":"SECRET"`), stream.ClassUndecodable},
		"no statement":       {page(schemas.Transactions, OpStatementTransactions, pathOrders), answer(""), stream.ClassUndecodable},
		"history alone":      {page(schemas.Tracking, OpTracking, pathHistory), answer(`"tracking":[]`), stream.ClassUndecodable},
		"no tracking":        {page(schemas.Tracking, OpTracking, pathSearch), answer(""), stream.ClassUndecodable},
		"unknown op":         {page(schemas.Tracking, OpOrderDetail, pathOrders), answer(""), transformers.ClassUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := process(t, c.page, c.body)
			if len(result.Publish) != 0 || len(result.Rejected) != 1 || result.Rejected[0].Class != c.class {
				t.Fatalf("got %+v", result)
			}
			if err := result.Rejected[0].Err.Error(); strings.Contains(err, "SECRET") {
				t.Errorf("the reason quotes the answer: %s", err)
			}
		})
	}
}

// TestEmptyAnswers: what says that there is nothing gives nothing, however it is said.
func TestEmptyAnswers(t *testing.T) {
	t.Parallel()
	pages := map[string]mappertest.Page{
		"orders":        page(schemas.Orders, OpOrderSearch, pathSearch),
		"product":       page(schemas.Products, OpProductDetail, "/product/202309/products/1"),
		"statements":    page(schemas.Transactions, OpStatementList, pathStatements),
		"transactions":  page(schemas.Transactions, OpStatementTransactions, pathSettled),
		"withdrawals":   page(schemas.Transactions, OpWithdrawalList, "/finance/202309/withdrawals"),
		"unsettled":     page(schemas.Transactions, OpUnsettledList, "/finance/202507/orders/unsettled"),
		"returns":       page(schemas.Returns, OpReturnSearch, "/return_refund/202309/returns/search"),
		"cancellations": page(schemas.Returns, OpCancellationSearch, "/return_refund/202309/cancellations/search"),
		"tracking":      page(schemas.Tracking, OpTracking, pathOrders),
	}
	for name, p := range pages {
		for _, body := range []string{`{"code":0,"data":{}}`, `{"code":"0","data":null}`, `{"data":{}}`, `{"code":0}`} {
			result := process(t, p, body)
			if len(result.Rejected) != 0 || len(result.Publish) != 1 {
				t.Errorf("%s: %s gave %+v", name, body, result)
			}
		}
	}
	for _, list := range []string{"null", "[]"} {
		if got := documents[schemas.Order](t, pages["orders"], answer(`"orders":`+list)); len(got) != 0 {
			t.Errorf("%s gave %d orders", list, len(got))
		}
	}
}

func TestAPageIsAboutItsIDs(t *testing.T) {
	t.Parallel()
	p := page(schemas.Orders, OpOrderDetail, pathOrders)
	p.IDs = []string{"B", "C"}
	body := answer(`"orders":[` + good("A", "") + `,` + good("B", "") + `,{}]`)
	got := documents[schemas.Order](t, p, body)
	if len(got) != 2 || got[0].OrderID != "B" || got[1].ParseError == "" {
		t.Errorf("got %+v", got)
	}
}
