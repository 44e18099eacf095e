package tiktok

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/mappertest"
)

// The paths of the calls.
const (
	pathSearch     = "/order/202309/orders/search"
	pathOrders     = "/order/202309/orders"
	pathStatements = "/finance/202309/statements"
	pathSettled    = "/finance/202501/statements/7371234567890123456/statement_transactions"
)

// envelope is what stands around the rows of a part.
func envelope(part string) []string { return []string{part, part + ".data"} }

var loose = map[string]string{"parts[0].code": "says whether there is data at all"}

// dropped are the values around the rows, and others.
func dropped(part string, more map[string]string, names ...string) map[string]string {
	reasons := map[string]string{
		"request_id":           "names the call, not the data",
		"message":              "empty of meaning in answers that are no errors",
		"data.total_count":     "counts rows for who pages",
		"data.next_page_token": "is for who pages",
	}
	all := map[string]string{}
	for _, name := range names {
		all[part+"."+name] = reasons[name]
	}
	maps.Copy(all, more)
	return all
}

// bothCalls names the search and the call by ids, which give orders alike.
const bothCalls = "orders, orders/search"

var orderPages = []mappertest.Page{
	{
		Name: "order_search", Platform: schemas.TikTok, Kind: schemas.Orders, Op: OpOrderSearch, Region: "ID", Documents: 3,
		Parts:    []mappertest.Part{{Path: pathSearch, File: "order_search.json", Call: bothCalls}},
		Envelope: envelope("parts[0]"), Loose: loose,
		Dropped: dropped("parts[0]", nil, "request_id", "message", "data.total_count", "data.next_page_token"),
	},
	{
		Name: "order_search_last_page", Platform: schemas.TikTok, Kind: schemas.Orders, Op: OpOrderSearch, Region: "ID",
		Parts: []mappertest.Part{{Path: pathSearch, File: "order_search_last_page.json", Call: bothCalls}},
	},
	{
		Name: "order_detail", Platform: schemas.TikTok, Kind: schemas.Orders, Op: OpOrderDetail, Region: "ID", Documents: 1,
		Parts:    []mappertest.Part{{Path: pathOrders, File: "order_detail.json", Call: bothCalls}},
		Envelope: envelope("parts[0]"), Loose: loose,
		Dropped: dropped("parts[0]", nil, "request_id", "message"),
	},
	{
		Name: "order_regions", Platform: schemas.TikTok, Kind: schemas.Orders, Op: OpOrderDetail, Region: "GB", Documents: 3,
		Parts:    []mappertest.Part{{Path: pathOrders, File: "order_regions.json", Call: bothCalls}},
		Envelope: envelope("parts[0]"), Loose: loose,
		Dropped: dropped("parts[0]", nil, "request_id", "message"),
	},
}

var productPages = []mappertest.Page{
	{
		Name: "product_search", Platform: schemas.TikTok, Kind: schemas.Products, Op: OpProductSearch, Region: "ID",
		Parts: []mappertest.Part{{Path: "/product/202502/products/search", File: "product_search.json"}},
	},
	{
		Name: "product_detail", Platform: schemas.TikTok, Kind: schemas.Products, Op: OpProductDetail, Region: "ID", Documents: 1,
		Parts:    []mappertest.Part{{Path: "/product/202309/products/1729382476852921560", File: "product_detail.json"}},
		Envelope: []string{"parts[0]"}, Loose: loose, Dropped: dropped("parts[0]", nil, "request_id", "message"),
	},
	{
		Name: "product_variants", Platform: schemas.TikTok, Kind: schemas.Products, Op: OpProductDetail, Region: "VN", Documents: 1,
		Parts:    []mappertest.Part{{Path: "/product/202309/products/1729500000000000001", File: "product_variants.json"}},
		Envelope: []string{"parts[0]"}, Loose: loose, Dropped: dropped("parts[0]", nil, "request_id", "message"),
	},
	{
		Name: "product_draft", Platform: schemas.TikTok, Kind: schemas.Products, Op: OpProductDetail, Documents: 1,
		Parts:    []mappertest.Part{{Path: "/product/202309/products/1729500000000000009", File: "product_draft.json"}},
		Envelope: []string{"parts[0]"}, Loose: loose, Dropped: dropped("parts[0]", nil, "request_id", "message"),
	},
}

// ofStatement are the values of a statement's own row in the page of its transactions.
func ofStatement(own []string, more ...string) map[string]string {
	all := map[string]string{}
	for _, name := range append([]string{
		"settlement_amount", "revenue_amount", "fee_amount", "adjustment_amount", "payment_status", "payment_id",
		"net_sales_amount", "shipping_cost_amount",
	}, own...) {
		all["parts[0].data.statements[]."+name] = "in the statement's own document"
	}
	for _, name := range more {
		all["parts[1].data."+name] = "a sum of all transactions, in the statement's own document or to be added up"
	}
	return all
}

var statementLoose = map[string]string{
	"parts[1].code":                             "says whether there is data at all",
	"parts[0].data.statements[].id":             "the row is another statement's then",
	"parts[0].data.statements[].currency":       "kept by the statement's own document",
	"parts[0].data.statements[].statement_time": "kept by the statement's own document",
}

var transactionPages = []mappertest.Page{
	{
		Name: "statements", Platform: schemas.TikTok, Kind: schemas.Transactions, Op: OpStatementList, Region: "ID", Documents: 2,
		Parts:    []mappertest.Part{{Path: pathStatements, File: "statements.json"}},
		Envelope: envelope("parts[0]"), Loose: loose,
		Dropped: dropped("parts[0]", nil, "request_id", "message", "data.next_page_token"),
		Always:  map[string]string{"type": schemas.TypeStatement},
	},
	{
		Name: "statement_transactions", Platform: schemas.TikTok, Kind: schemas.Transactions, Op: OpStatementTransactions,
		Region: "ID", IDs: []string{"7371234567890123456"}, Documents: 2,
		Parts:    []mappertest.Part{{Path: pathStatements, File: "statement_row.json"}, {Path: pathSettled, File: "statement_transactions.json"}},
		Envelope: []string{"parts[0]", "parts[0].data", "parts[0].data.statements[]", "parts[1]", "parts[1].data.total_settlement_breakdown"},
		Loose:    statementLoose,
		Dropped: dropped("parts[1]", ofStatement([]string{"currency", "id"}, // the answer says them too, and its time is the statement's
			"payable_amount", "total_reserve_amount", "total_settlement_amount", "total_settlement_breakdown.total_revenue_amount",
			"total_settlement_breakdown.total_shipping_cost_amount", "total_settlement_breakdown.total_fee_tax_amount",
			"total_settlement_breakdown.total_adjustment_amount",
		), "request_id", "message", "data.total_count", "data.next_page_token"),
	},
	{
		Name: "statement_adjustments", Platform: schemas.TikTok, Kind: schemas.Transactions, Op: OpStatementTransactions,
		Region: "ID", IDs: []string{"7371234567890123457"}, Documents: 3,
		Parts:    []mappertest.Part{{Path: pathStatements, File: "statement_row_second.json"}, {Path: pathSettled, File: "statement_adjustments.json"}},
		Envelope: []string{"parts[0]", "parts[0].data", "parts[0].data.statements[]", "parts[1]"},
		Loose:    statementLoose,
		Dropped:  dropped("parts[1]", ofStatement(nil), "request_id", "message", "data.total_count", "data.next_page_token"),
	},
	{
		Name: "withdrawals", Platform: schemas.TikTok, Kind: schemas.Transactions, Op: OpWithdrawalList, Region: "ID", Documents: 2,
		Parts:    []mappertest.Part{{Path: "/finance/202309/withdrawals", File: "withdrawals.json"}},
		Envelope: envelope("parts[0]"), Loose: loose,
		Dropped: dropped("parts[0]", nil, "request_id", "message", "data.total_count", "data.next_page_token"),
	},
	{
		Name: "withdrawals_all", Platform: schemas.TikTok, Kind: schemas.Transactions, Op: OpWithdrawalList, Region: "ID", Documents: 3,
		Parts:    []mappertest.Part{{Path: "/finance/202309/withdrawals", File: "withdrawals_all.json"}},
		New:      map[string]string{"platform_fields.type": "a row has the type SOMETHING_NEW", "status": "and the status ODD"},
		Envelope: envelope("parts[0]"), Loose: loose, Dropped: dropped("parts[0]", nil, "request_id", "message"),
	},
	{
		Name: "unsettled", Platform: schemas.TikTok, Kind: schemas.Transactions, Op: OpUnsettledList, Documents: 3,
		Parts:    []mappertest.Part{{Path: "/finance/202507/orders/unsettled", File: "unsettled.json"}},
		Envelope: envelope("parts[0]"), Loose: loose,
		Dropped: dropped("parts[0]", nil, "request_id", "message", "data.total_count", "data.next_page_token"),
		Always:  map[string]string{"type": schemas.TypeUnsettled, "unified_status": "pending"},
	},
}

var returnPages = []mappertest.Page{
	{
		Name: "returns_search", Platform: schemas.TikTok, Kind: schemas.Returns, Op: OpReturnSearch, Region: "ID", Documents: 3,
		Parts:    []mappertest.Part{{Path: "/return_refund/202309/returns/search", File: "returns_search.json"}},
		Envelope: envelope("parts[0]"), Loose: loose,
		Dropped:   dropped("parts[0]", nil, "request_id", "message", "data.total_count", "data.next_page_token"),
		Always:    map[string]string{"lines[].quantity": "1"},
		Unsampled: map[string]any{"parts[0].data.return_orders[].return_line_items[].product_id": "1729500000000000001"},
	},
	{
		Name: "returns_spellings", Platform: schemas.TikTok, Kind: schemas.Returns, Op: OpReturnSearch, Region: "US", Documents: 2,
		Parts:    []mappertest.Part{{Path: "/return_refund/202309/returns/search", File: "returns_spellings.json"}},
		Envelope: envelope("parts[0]"), Loose: loose, Dropped: dropped("parts[0]", nil, "request_id", "message"),
		Always: map[string]string{"lines[].quantity": "1"},
	},
	{
		Name: "cancellations_search", Platform: schemas.TikTok, Kind: schemas.Returns, Op: OpCancellationSearch, Region: "ID", Documents: 2,
		Parts:    []mappertest.Part{{Path: "/return_refund/202309/cancellations/search", File: "cancellations_search.json"}},
		Envelope: envelope("parts[0]"), Loose: loose,
		Dropped: dropped("parts[0]", nil, "request_id", "message", "data.total_count", "data.next_page_token"),
		Always:  map[string]string{"lines[].quantity": "1", "type": schemas.TypeCancellation},
		Unsampled: map[string]any{
			"parts[0].data.cancellations[].cancel_line_items[].product_id":         "1729500000000000001",
			"parts[0].data.cancellations[].seller_next_action_response[].deadline": 1718100000,
		},
	},
}

func allPages() (all []mappertest.Page) {
	for _, pages := range [][]mappertest.Page{orderPages, productPages, transactionPages, returnPages, trackingPages} {
		all = append(all, pages...)
	}
	return all
}

func TestSuite(t *testing.T) {
	t.Parallel()
	mappertest.Run(t, Mapper{}, "../../schemas/json", allPages())
}

// What is said of a line comes from the members that say it, although a change of any other takes one unit out of a line of several.
func TestSourcesOfLines(t *testing.T) {
	t.Parallel()
	const units = bothCalls + ": data.orders[].line_items[]"
	mappertest.SourcesOf(t, schemas.Orders, "line_items[].quantity", "how many of `"+units+"` are alike")
	mappertest.SourcesOf(t, schemas.Orders, "line_items[].seller_discount", "`"+units+".seller_discount`")
	mappertest.SourcesOf(t, schemas.Orders, "line_items[].platform_discount", "`"+units+".platform_discount`")
}

// The sources of orders are those of both calls.
func TestSearchGivesOrdersAsTheCallByIDsDoes(t *testing.T) {
	t.Parallel()
	var keys [2][]string
	for i := range keys {
		p := orderPages[0]
		if i == 1 {
			p.Op, p.Parts = OpOrderDetail, []mappertest.Part{{Path: pathOrders, File: p.Parts[0].File}}
		}
		body, err := os.ReadFile(filepath.Join("testdata", p.Parts[0].File))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range mappertest.Process(t, p.Platform, Mapper{}, p.Record(t, body)).Publish {
			if schemas.Header(r, schemas.HeaderIndex) != "" {
				d := mappertest.New(p.Kind)
				if err := json.Unmarshal(r.Value, d); err != nil {
					t.Fatal(err)
				}
				keys[i] = append(keys[i], d.Key()+" "+d.Trace().Hash)
			}
		}
	}
	if len(keys[0]) != orderPages[0].Documents || !slices.Equal(keys[0], keys[1]) {
		t.Errorf("the search gives %q, the call by ids %q", keys[0], keys[1])
	}
}

func FuzzDocuments(f *testing.F) { mappertest.Fuzz(f, Mapper{}, allPages()) }
