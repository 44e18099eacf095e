package lazada

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
)

// sample returns a file of testdata.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func part(path string, body []byte) schemas.PagePart {
	return schemas.PagePart{Path: path, FetchedAt: 1718100000123, Body: body}
}

// documents maps a page, which must be readable.
func documents(t *testing.T, kind, op string, page schemas.Page) []transformers.Document {
	t.Helper()
	all, err := mapped(kind, op, page)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func mapped(kind, op string, page schemas.Page) ([]transformers.Document, error) {
	from := transformers.Origin{
		Platform: schemas.Lazada, ChannelID: "main", ShopID: "555", Kind: kind, Op: op, Zone: time.FixedZone("", 7*3600),
	}
	return Mapper{}.Documents(from, &page)
}

func keys(all []transformers.Document) []string {
	var keys []string
	for _, d := range all {
		keys = append(keys, strings.TrimPrefix(d.Key(), "lazada:main:555:"))
	}
	return keys
}

// replaced returns the text with something else in it, which must be there.
func replaced(t *testing.T, text []byte, old, replacement string) []byte {
	t.Helper()
	if !bytes.Contains(text, []byte(old)) {
		t.Fatalf("%q is not in the sample", old)
	}
	return bytes.ReplaceAll(text, []byte(old), []byte(replacement))
}

func orderPage(rows, items []byte, ids ...string) schemas.Page {
	page := schemas.Page{IDs: ids, Region: "TH", Parts: []schemas.PagePart{part(pathOrders, rows), part(pathItems, items)}}
	page.Parts[1].FetchedAt++
	return page
}

func TestUnknownOps(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{{schemas.Orders, "order_search"}, {schemas.Products, OpOrderDetail}, {"reviews", "review_list"}} {
		if _, err := mapped(c[0], c[1], schemas.Page{}); !errors.Is(err, transformers.ErrUnknownOp) {
			t.Errorf("%q: %v", c, err)
		}
	}
}

func TestNoPages(t *testing.T) {
	t.Parallel()
	rows, items := sample(t, "orders_rows.json"), sample(t, "orders_items_get.json")
	failure := []byte(`{"code":"IllegalAccessToken","type":"ISV","message":"secret","request_id":"1"}`)
	for name, c := range map[string]struct {
		kind, op string
		parts    []schemas.PagePart
	}{
		"no parts":             {schemas.Orders, OpOrderDetail, nil},
		"an error":             {schemas.Products, OpProductList, []schemas.PagePart{part(pathProducts, failure)}},
		"another endpoint":     {schemas.Products, OpProductList, []schemas.PagePart{part(pathOrders, rows)}},
		"another beside":       {schemas.Orders, OpOrderDetail, []schemas.PagePart{part(pathOrders, rows), part("/x", rows)}},
		"no list":              {schemas.Orders, OpOrderDetail, []schemas.PagePart{part(pathOrders, rows), part(pathItems, []byte(`{"data":{}}`))}},
		"no object":            {schemas.Returns, OpReverseList, []schemas.PagePart{part(pathReverse, []byte(`[]`))}},
		"two traces":           {schemas.Tracking, OpTracking, []schemas.PagePart{part(pathTrace, []byte(`{"result":{}}`)), part(pathTrace, []byte(`{"result":{}}`))}},
		"a failed trace":       {schemas.Tracking, OpTracking, []schemas.PagePart{part(pathTrace, []byte(`{"result":{"success":false}}`))}},
		"a trace of no order":  {schemas.Tracking, OpTracking, []schemas.PagePart{part(pathTrace, []byte(`{"result":{}}`))}},
		"a trace of two":       {schemas.Tracking, OpTracking, []schemas.PagePart{part(pathOrders, rows), part(pathItems, items), part(pathTrace, sample(t, "logistic_trace.json"))}},
		"no number of rows":    {schemas.Transactions, OpTransactionList, []schemas.PagePart{part(pathSeen, []byte(`{"skip":-1}`))}},
		"seen is no object":    {schemas.Transactions, OpTransactionList, []schemas.PagePart{part(pathSeen, []byte(`{"seen":[]}`))}},
		"two pages of finance": {schemas.Transactions, OpTransactionList, []schemas.PagePart{part(pathTransactions, []byte(`{"data":[]}`)), part(pathTransactions, []byte(`{"data":[]}`))}},
	} {
		all, err := mapped(c.kind, c.op, schemas.Page{Parts: c.parts})
		if err == nil || len(all) > 0 || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %d documents, %v", name, len(all), err)
		}
	}
}

func TestPageIsAboutItsIDs(t *testing.T) {
	t.Parallel()
	rows, items := sample(t, "orders_rows.json"), sample(t, "orders_items_get.json")
	all := documents(t, schemas.Orders, OpOrderDetail, orderPage(rows, items, "416318151816002", "416318151816000"))
	if got, want := keys(all), []string{"416318151816000", "416318151816002"}; !slices.Equal(got, want) {
		t.Errorf("documents %q, want %q", got, want)
	}
	for _, d := range all {
		if d.FetchedAt != 1718100000123 {
			t.Errorf("%s was fetched at %d, not with its older part", d.Key(), d.FetchedAt)
		}
	}
}

// TestHalves maps orders of which one side is missing or cannot be told.
func TestHalves(t *testing.T) {
	t.Parallel()
	rows, items := sample(t, "orders_rows.json"), sample(t, "orders_items_get.json")
	none := []byte(`{"data":[]}`)
	if all := documents(t, schemas.Orders, OpOrderDetail, orderPage(rows, none)); len(all) != 0 {
		t.Errorf("orders without items gave %q: they are asked for again", keys(all))
	}
	all := documents(t, schemas.Orders, OpOrderDetail, orderPage([]byte(`{"data":{"orders":[]}}`), items))
	if len(all) != 3 {
		t.Fatalf("items without orders gave %q", keys(all))
	}
	for _, d := range all {
		o := d.Document.(*schemas.Order)
		if o.IsValid || !strings.Contains(o.ParseError, pathOrders) || len(o.LineItems) == 0 || o.OrderID == "" {
			t.Errorf("items without their order: %+v", o)
		}
	}
	all = documents(t, schemas.Orders, OpOrderDetail, orderPage([]byte(`{"data":{"orders":[7,{"price":"1.00"},{"order_id":0}]}}`), none))
	for i, want := range []string{"row is not an object", "row has no usable order_id", "row has no usable order_id"} {
		o := all[i].Document.(*schemas.Order)
		if o.ParseError != want || !strings.HasPrefix(keys(all)[i], "unidentified-") {
			t.Errorf("row %d: %s with %q, want %q", i, o.ID, o.ParseError, want)
		}
	}
}

func TestRowsOfOneOrder(t *testing.T) {
	t.Parallel()
	rows, items := sample(t, "tracking_order_row.json"), sample(t, "tracking_item_row.json")
	page := orderPage(rows, items)
	page.Parts = append(page.Parts, part(pathOrders, rows))
	if all := documents(t, schemas.Orders, OpOrderDetail, page); len(all) != 1 {
		t.Errorf("a row that came twice gave %q", keys(all))
	}
	page.Parts[2].Body = replaced(t, rows, `"remarks": ""`, `"remarks": "x"`)
	if _, err := mapped(schemas.Orders, OpOrderDetail, page); !errors.Is(err, transformers.ErrConflict) {
		t.Errorf("two rows that differ: %v", err)
	}
}

func TestTotal(t *testing.T) {
	t.Parallel()
	row := func(members string) []byte {
		return []byte(`{"data":{"orders":[{"order_id":1,"created_at":"2024-06-06 11:02:19 +0700","updated_at":1717646539000,"statuses":["pending"],` + members + `}]}}`)
	}
	items := []byte(`{"data":[{"order_id":"1","order_items":[{"order_item_id":2,"currency":"IDR"}]}]}`)
	for members, want := range map[string]schemas.Money{
		`"price":"159.00","voucher":15.9,"shipping_fee":38.0`:             "181.10",
		`"price":"159.00","voucher":"","shipping_fee":null`:               "159.00",
		`"price":"0.1","shipping_fee":0.2`:                                "0.3",
		`"price":"100","voucher":"120"`:                                   "-20",
		`"price":"90071992547409930.25","voucher":"0.50"`:                 "90071992547409929.75",
		`"price":"","voucher":1,"shipping_fee":2`:                         "",
		`"price":"5","voucher":{}`:                                        "",
		`"price":"5","shipping_fee":"about 3"`:                            "",
		`"price":"1,000"`:                                                 "",
		`"price":"` + strings.Repeat("9", 31) + `","shipping_fee":0.0001`: "",
	} {
		o := documents(t, schemas.Orders, OpOrderDetail, orderPage(row(members), items))[0].Document.(*schemas.Order)
		if o.TotalAmount != want {
			t.Errorf("%s: total %q, want %q", members, o.TotalAmount, want)
		}
		if wrong := want == "" && !strings.HasPrefix(members, `"price":""`); o.IsValid == wrong {
			t.Errorf("%s: %q", members, o.ValidationErrors)
		}
	}
}

// TestCancellation gives an order what its units say only when it is cancelled as a whole.
func TestCancellation(t *testing.T) {
	t.Parallel()
	rows, items := sample(t, "units_orders.json"), sample(t, "units_items.json")
	o := documents(t, schemas.Orders, OpOrderDetail, orderPage(rows, items))[0].Document.(*schemas.Order)
	if o.Cancellation != nil {
		t.Errorf("one unit of six is cancelled, and the order by %+v", o.Cancellation)
	}
	items = replaced(t, items, `"status": "ready_to_ship"`, `"status": "canceled"`)
	items = replaced(t, items, `"status": "shipped"`, `"status": "canceled"`)
	o = documents(t, schemas.Orders, OpOrderDetail, orderPage(rows, items))[0].Document.(*schemas.Order)
	if want := (schemas.Cancellation{By: "seller-cancel", Reason: "Out of stock", ReasonDetail: "Sold in the shop"}); o.Cancellation == nil || *o.Cancellation != want {
		t.Errorf("cancelled by %+v, want %+v", o.Cancellation, want)
	}
}

func TestOccurrences(t *testing.T) {
	t.Parallel()
	page := schemas.Page{Region: "TH", Parts: []schemas.PagePart{
		part(pathSeen, sample(t, "seen.json")), part(pathTransactions, sample(t, "transactions_overlap.json")),
	}}
	all := documents(t, schemas.Transactions, OpTransactionList, page)
	const place = "10 Jun 2024 - 16 Jun 2024:TH12345-2024-0612:416318151816000:416318151916000:"
	want := []string{
		place + "64:TH12345-1:2024-06-12.2", place + "64:TH12345-1:2024-06-12.3", place + "64:TH12345-1:2024-06-12.4", place + "14:TH12345-1:2024-06-12.0", place + "17:TH12345-1:2024-06-12.0",
	}
	if got := keys(all); !slices.Equal(got, want) {
		t.Errorf("documents\n%q, want\n%q", got, want)
	}
	amounts := []schemas.Money{"-25.00", "-25.00", "-1025.50", "-79.50", "3.98"}
	types := []string{schemas.TypeFee, schemas.TypeFee, schemas.TypeFee, schemas.TypeRefund, schemas.TypeRefund}
	for i, d := range all {
		row := d.Document.(*schemas.Transaction)
		if row.Amount != amounts[i] || row.Type != types[i] || !row.IsValid {
			t.Errorf("row %d: %s of %s, %q; want %s of %s", i, row.Type, row.Amount, row.ValidationErrors, types[i], amounts[i])
		}
	}
	if got := all[3].Document.(*schemas.Transaction).Amounts; got[1] != (schemas.Amount{Name: "WHT_amount", Amount: "-1000.10"}) {
		t.Errorf("amounts %v", got)
	}
}

// Rows that are alike but for their day, such as a daily fee without a number, have keys of their own, whichever days are
// listed together: lists hold whole days.
func TestTurnsCountWithinADay(t *testing.T) {
	t.Parallel()
	row := func(day string) string {
		return `{"statement":"w","fee_type":"9","amount":"-1","transaction_date":"` + day + `"}`
	}
	list := func(days ...string) []string {
		rows := make([]string, len(days))
		for i, day := range days {
			rows[i] = row(day)
		}
		page := schemas.Page{Region: "SG", Parts: []schemas.PagePart{part(pathTransactions, []byte(`{"data":[`+strings.Join(rows, ",")+`]}`))}}
		return keys(documents(t, schemas.Transactions, OpTransactionList, page))
	}
	one, two := list("11 Jun 2024", "12 Jun 2024", "12 Jun 2024"), list("12 Jun 2024", "12 Jun 2024", "13 Jun 2024")
	if want := []string{"w::::9::2024-06-11.0", "w::::9::2024-06-12.0", "w::::9::2024-06-12.1"}; !slices.Equal(one, want) {
		t.Errorf("%q, want %q", one, want)
	}
	if want := []string{"w::::9::2024-06-12.0", "w::::9::2024-06-12.1", "w::::9::2024-06-13.0"}; !slices.Equal(two, want) {
		t.Errorf("%q, want %q", two, want)
	}
}

// TestKeys maps rows of finance whose keys are bad or odd.
func TestKeys(t *testing.T) {
	t.Parallel()
	for row, want := range map[string]string{
		`{"statement":"a:b","transaction_number":7,"order_no":null,"fee_type":"1","reference":"%"}`: "a%3Ab:7:::1:%25:.0",
		`{"statement":"s","orderItem_no":true}`:                                                     "unidentified-",
		`{"statement":"s","reference":["r"]}`:                                                       "unidentified-",
		`{"amount":"1.00"}`:                                                                         "unidentified-",
		`{"statement":"a\u0000b"}`:                                                                  "unidentified-",
		`{"statement":"` + strings.Repeat("x", maxKey+1) + `"}`:                                     "unidentified-",
		`"row"`:                              "unidentified-",
		`{"transaction_date":"12 Jun 2024"}`: "unidentified-",
		`{"statement":"s","transaction_date":"12 Jun 2024"}`:        "s::::::2024-06-12.0",
		`{"statement":"s","transaction_date":"soon"}`:               "s::::::soon.0",
		`{"statement":"10 Jun 2024 - 16 Jun 2024","fee_type":"13"}`: "10 Jun 2024 - 16 Jun 2024::::13::.0",
	} {
		page := schemas.Page{Region: "TH", Parts: []schemas.PagePart{part(pathTransactions, []byte(`{"data":[`+row+`]}`))}}
		all := documents(t, schemas.Transactions, OpTransactionList, page)
		if got := keys(all)[0]; got != want && (want != "unidentified-" || !strings.HasPrefix(got, want)) {
			t.Errorf("%s: %q, want %q", row, got, want)
		}
		if row := all[0].Document.(*schemas.Transaction); (row.ParseError == "") != (want != "unidentified-") {
			t.Errorf("%s: %q", row.ID, row.ParseError)
		}
	}
}

// TestSites maps the same answers for shops of several regions.
func TestSites(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		region, currency, day, payout string
		refund                        schemas.Money
		valid                         bool
	}{
		{"TH", "THB", "2024-06-12T00:00:00+07:00", "2024-06-17T00:05:00+07:00", "79.50", true},
		{"VN", "VND", "2024-06-12T00:00:00+07:00", "2024-06-17T00:05:00+07:00", "7950", true},
		{"ID", "IDR", "2024-06-12T00:00:00+07:00", "2024-06-17T00:05:00+07:00", "79.50", true},
		{"SG", "SGD", "2024-06-11T23:00:00+07:00", "2024-06-16T23:05:00+07:00", "79.50", true},
		{"MY", "MYR", "2024-06-11T23:00:00+07:00", "2024-06-16T23:05:00+07:00", "79.50", true},
		{"PH", "PHP", "2024-06-11T23:00:00+07:00", "2024-06-16T23:05:00+07:00", "79.50", true},
		{"", "", "2024-06-12T00:00:00+07:00", "2024-06-17T00:05:00+07:00", "79.50", false},
		{"DE", "", "2024-06-12T00:00:00+07:00", "2024-06-17T00:05:00+07:00", "79.50", false},
	} {
		page := func(path, file string) schemas.Page {
			return schemas.Page{Region: c.region, Parts: []schemas.PagePart{part(path, sample(t, file))}}
		}
		back := documents(t, schemas.Returns, OpReverseList, page(pathReverse, "reverse_orders.json"))[0].Document.(*schemas.Return)
		if back.Currency != c.currency || back.RefundAmount != c.refund || back.Lines[0].RefundAmount != c.refund || back.IsValid != c.valid {
			t.Errorf("%s: return of %s %s, %q", c.region, back.RefundAmount, back.Currency, back.ValidationErrors)
		}
		row := documents(t, schemas.Transactions, OpTransactionList, page(pathTransactions, "transaction_details.json"))[0].Document.(*schemas.Transaction)
		if row.Currency != c.currency || row.CreateTime != c.day || row.IsValid != c.valid {
			t.Errorf("%s: transaction in %s of %s, %q", c.region, row.Currency, row.CreateTime, row.ValidationErrors)
		}
		paid := documents(t, schemas.Transactions, OpPayoutList, page(pathPayouts, "payout_status.json"))[0].Document.(*schemas.Transaction)
		if paid.Currency != "THB" || paid.CreateTime != c.payout || paid.IsValid != c.valid {
			t.Errorf("%s: payout in %s of %s, %q", c.region, paid.Currency, paid.CreateTime, paid.ValidationErrors)
		}
		product := documents(t, schemas.Products, OpProductList, page(pathProducts, "products_get.json"))[0].Document.(*schemas.Product)
		if product.Currency != c.currency || product.IsValid != c.valid {
			t.Errorf("%s: product in %s, %q", c.region, product.Currency, product.ValidationErrors)
		}
	}
}

// TestTimesWithoutZone has a shop whose site's zone is not that of the documents.
func TestTimesWithoutZone(t *testing.T) {
	t.Parallel()
	rows := replaced(t, sample(t, "orders_rows.json"), `2024-06-01T08:00:00+08:00`, `2024-06-01 08:00:00`)
	page := orderPage(rows, sample(t, "orders_items_get.json"))
	page.Region = "SG"
	const want = "2024-06-01T07:00:00+07:00"
	orders := documents(t, schemas.Orders, OpOrderDetail, page)
	if o := orders[len(orders)-1].Document.(*schemas.Order); o.CreateTime != want {
		t.Errorf("order %s of %s, want %s", o.OrderID, o.CreateTime, want)
	}
	if o := documents(t, schemas.Tracking, OpTracking, page)[0].Document.(*schemas.OrderTracking); o.CreateTime != want {
		t.Errorf("tracking of order %s of %s, want %s", o.OrderID, o.CreateTime, want)
	}
}

func TestPayoutText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		`"1434.68 THB"`: {"1434.68", "THB"}, `"1,434.68"`: {"1434.68", "SGD"}, `"-5.00THB"`: {"-5.00", "THB"}, `"THB 5"`: {"5", "THB"},
		`12.50`: {"12.50", "SGD"}, `"5 baht"`: {"", "SGD"}, `"5 T"`: {"", "SGD"}, `""`: {"", "SGD"}, `"THB"`: {"", "SGD"}, `[]`: {"", "SGD"},
	} {
		body := replaced(t, sample(t, "payout_status.json"), `"1434.68 THB"`, text)
		page := schemas.Page{Region: "SG", Parts: []schemas.PagePart{part(pathPayouts, body)}}
		row := documents(t, schemas.Transactions, OpPayoutList, page)[0].Document.(*schemas.Transaction)
		if string(row.Amount) != want[0] || row.Currency != want[1] || row.IsValid != (want[0] != "") {
			t.Errorf("%s: %q %q, %q", text, row.Amount, row.Currency, row.ValidationErrors)
		}
	}
}

func TestVariants(t *testing.T) {
	t.Parallel()
	count := func(n int64) *int64 { return &n }
	for members, want := range map[string]schemas.Variant{
		`"price":90.0,"special_price":79.5,"quantity":5,"Available":3`:   {Price: "79.5", OriginalPrice: "90.0", Stock: count(3)},
		`"price":"90.00","special_price":"0.00","quantity":"5"`:          {Price: "90.00", OriginalPrice: "90.00", Stock: count(5)},
		`"price":90,"Available":0,"saleProp":{"size":"M","x":null}`:      {Price: "90", OriginalPrice: "90", Stock: count(0), Name: "M"},
		`"special_price":"","quantity":""`:                               {},
		`"price":90,"special_price":95,"saleProp":{"a":42,"b":"Blue"}`:   {Price: "95", OriginalPrice: "90", Name: "42,Blue"},
		`"quantity":"many","special_price":-1,"price":2,"saleProp":null`: {Price: "2", OriginalPrice: "2"},
	} {
		body := []byte(`{"data":{"products":[{"item_id":1,"skus":[{"SkuId":7,` + members + `}]}]}}`)
		page := schemas.Page{Region: "MY", Parts: []schemas.PagePart{part(pathProducts, body)}}
		p := documents(t, schemas.Products, OpProductList, page)[0].Document.(*schemas.Product)
		got := p.Variants[0]
		stock := func(n *int64) int64 {
			if n == nil {
				return -1
			}
			return *n
		}
		if got.Price != want.Price || got.OriginalPrice != want.OriginalPrice || got.Name != want.Name ||
			stock(got.Stock) != stock(want.Stock) || stock(p.TotalStock) != stock(want.Stock) {
			t.Errorf("%s: %+v, stock %d of %d", members, got, stock(got.Stock), stock(p.TotalStock))
		}
	}
}

// TestOrdersWithoutParcel gives no tracking, unless it cannot be said that there is no parcel.
func TestOrdersWithoutParcel(t *testing.T) {
	t.Parallel()
	rows, items := sample(t, "orders_rows.json"), sample(t, "orders_items_get.json")
	all := documents(t, schemas.Tracking, OpTracking, orderPage(rows, items))
	if got, want := keys(all), []string{"416318151816002"}; !slices.Equal(got, want) {
		t.Errorf("documents %q, want %q", got, want)
	}
	broken := replaced(t, items, `"package_id": ""`, `"package_id": {}`)
	if all = documents(t, schemas.Tracking, OpTracking, orderPage(rows, broken)); len(all) != 3 || all[0].Trace().IsValid {
		t.Errorf("documents %q", keys(all))
	}
	page := orderPage(rows, items, "416318151816000")
	page.Parts = append(page.Parts, part(pathTrace+"?order_id=416318151816000", sample(t, "trace_more.json")))
	all = documents(t, schemas.Tracking, OpTracking, page)
	if o := all[0].Document.(*schemas.OrderTracking); len(o.Packages) != 2 || o.Status != "shipped_back" || o.Packages[0].Status != "delivered" {
		text, _ := json.Marshal(o)
		t.Errorf("parcels that only the trace knows: %s", text)
	}
}
