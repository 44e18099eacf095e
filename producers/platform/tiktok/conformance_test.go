package tiktok

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/producers/platform/conformance"
	"github.com/shopstream/shopstream/schemas"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Run(t, subject())
}

func FuzzRead(f *testing.F) { conformance.Fuzz(f, subject()) }

var testShop = shop.Shop{
	Platform: schemas.TikTok, ShopID: "7000714532876273420", ChannelID: "c1", Enabled: true,
	BaseURL: "https://tiktok.example", AppID: "6bexample", AppSecret: "tts_secret", ShopCipher: "ROW_exampleCipher",
	AccessToken: "ROW_inventedAccessToken", RefreshToken: "ROW_inventedRefreshToken",
}

func subject() conformance.Subject {
	history := platform.Settings{History: true}
	return conformance.Subject{
		New:  func(s platform.Settings) platform.Adapter { return New(s) },
		Shop: testShop,
		Sign: func(v conformance.Vector) string { return keyed(v.Key, v.Base) },
		Refusal: func(code, message string) []byte {
			return fmt.Appendf(nil, `{"code":%s,"message":%q,"request_id":"2024"}`, code, message)
		},
		Codes: map[string]platform.Class{
			"36009002": platform.Rate, "36009003": platform.Transient, "36009007": platform.Transient,
			"36009004": platform.Permanent, "36009009": platform.Permanent, "25001001": platform.Permanent,
			"36009033": platform.Auth, "105002": platform.Auth, "105005": platform.Auth, "101000": platform.Auth,
			"106001": platform.Auth, "106013": platform.Auth,
		},
		Ops: ops(),
		Kinds: []conformance.Kind{
			{Kind: schemas.Orders, PageSize: 100, Whole: true},
			{Kind: schemas.Products, PageSize: 100},
			{Kind: schemas.Transactions, PageSize: 100, Whole: true, IDs: prefixed("", "t", "w", "u")},
			{Kind: schemas.Returns, PageSize: 50, Whole: true, IDs: prefixed("", "c")},
			{Kind: schemas.Tracking, PageSize: 50},
			{Kind: schemas.Tracking, PageSize: 50, Settings: history},
		},
		Tokens: tokens(),
		Serve:  serve,
	}
}

// prefixed names what a row of the world stands for in the lists of a kind.
func prefixed(prefixes ...string) func(conformance.Row) []string {
	return func(row conformance.Row) []string {
		var all []string
		for _, p := range prefixes {
			all = append(all, p+row.ID)
		}
		return all
	}
}

func tokens() *conformance.Tokens {
	return &conformance.Tokens{
		Method: "GET", URL: "https://auth.tiktok-shops.com/api/v2/token/refresh",
		Query: map[string]string{
			"app_key": "6bexample", "app_secret": "tts_secret", "refresh_token": "ROW_inventedRefreshToken", "grant_type": "refresh_token",
		},
		Now:     time.Unix(1718086500, 0),
		Consent: "https://auth.tiktok-shops.com/oauth/authorize?app_key=6bexample&state=s-1",
		Exchange: conformance.Grant{
			Method: "GET", URL: "https://auth.tiktok-shops.com/api/v2/token/get",
			Query: map[string]string{
				"app_key": "6bexample", "app_secret": "tts_secret", "auth_code": "c-1", "grant_type": "authorized_code",
			},
		},
		Answer: sample("token_get"),
		Want: platform.Tokens{
			Access: "ROW_exampleAccessToken", AccessUntil: time.Unix(1718691200, 0),
			Refresh: "ROW_exampleRefreshToken", RefreshUntil: time.Unix(1749622400, 0),
		},
		Refused: map[string][]byte{
			"invalid code": []byte(`{"code":36004004,"message":"Invalid auth code."}`),
			"scope":        []byte(`{"code":105005,"message":"Access denied."}`),
		},
	}
}

// sample reads an answer of testdata, and does without a test so that fuzzing may too.
func sample(name string) []byte {
	body, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		panic(err)
	}
	return body
}

func data(s string) string { return `{"code":0,"message":"Success","data":` + s + `}` }

// emptyLists are answers of a list without rows, and ones that are no answers of a list.
func emptyLists(rows string) []conformance.Odd {
	return []conformance.Odd{
		{Name: "nothing", Answer: data(`{"next_page_token":"","total_count":0,"` + rows + `":[]}`)},
		{Name: "null list", Answer: data(`{"next_page_token":null,"total_count":null,"` + rows + `":null}`)},
		{Name: "all left out", Answer: data(`{}`)},
		{Name: "code as text", Answer: `{"code":"0","data":{}}`},
		{Name: "null data", Answer: data(`null`), Code: "no_data"},
		{Name: "no data", Answer: `{"code":0,"message":"Success"}`, Code: "no_data"},
		{Name: "data is a list", Answer: data(`[]`), Code: "bad_shape"},
		{Name: "no rows but an object", Answer: data(`{"` + rows + `":{}}`), Code: "bad_shape"},
		{Name: "a row without id", Answer: data(`{"` + rows + `":[{}]}`), Code: "bad_shape"},
		{Name: "a row with a fraction", Answer: data(`{"` + rows + `":[{"id":1.5,"return_id":1.5,"cancel_id":1.5}]}`), Code: "bad_shape"},
		{Name: "a row that is none", Answer: data(`{"` + rows + `":[7]}`), Code: "bad_shape"},
		{Name: "token of another type", Answer: data(`{"next_page_token":7}`), Code: "bad_shape"},
		{Name: "total of another type", Answer: data(`{"total_count":"many"}`), Code: "bad_shape"},
		{Name: "a negative total", Answer: data(`{"total_count":-1}`), Code: "bad_shape"},
	}
}

func ops() []conformance.Op {
	window := schemas.Window{From: 1718000000, To: 1718086400}
	list := func(op, path, rows, sampled string, listed, answered []string) conformance.Op {
		more := fmt.Appendf(nil, data(`{"next_page_token":"x","%s":[{"id":"1","return_id":"1","cancel_id":"1"}]}`), rows)
		o := conformance.Op{
			Task: schemas.Task{TaskID: "c#0", Op: op, Window: window}, Path: path, Answer: sample(sampled), More: more,
			Listed: listed, Answered: answered, Odd: emptyLists(rows),
		}
		if op == StatementTransactions {
			o.Task.IDs, o.MaxIDs = []string{"7371234567890123456"}, 1
			for i := range o.Odd {
				if o.Odd[i].Code == "" {
					o.Odd[i].Answered = o.Task.IDs
				}
			}
		}
		return o
	}
	orders := []string{"576461413038785752", "576461413038785753", "576461413038785754"}
	statements := []string{"7371234567890123456", "7371234567890123457"}
	transactions := []string{"7371234567890000001", "7371234567890000002"}
	withdrawals := []string{"345000000000000001", "345000000000000002"}
	returns := []string{"4035227006900800000", "4035227006900800001", "4035227006900800002"}
	cancellations := []string{"577086512123755999", "577086512123755998"}
	lists := []conformance.Op{
		list(OrderSearch, "/order/202309/orders/search", "orders", "order_search", orders, orders),
		list(ProductSearch, "/product/202502/products/search", "products", "product_search", []string{"1729382476852921560", "1729382476852921999"}, nil),
		list(StatementList, "/finance/202309/statements", "statements", "statements", statements, statements),
		list(StatementTransactions, "/finance/202501/statements/7371234567890123456/statement_transactions", "transactions",
			"statement_transactions", transactions, append(statements[:1:1], transactions...)),
		list(WithdrawalList, "/finance/202309/withdrawals", "withdrawals", "withdrawals", withdrawals, withdrawals),
		list(UnsettledList, "/finance/202507/orders/unsettled", "transactions", "statement_transactions", transactions, transactions),
		list(ReturnSearch, "/return_refund/202309/returns/search", "return_orders", "returns_search", returns, returns),
		list(CancellationSearch, "/return_refund/202309/cancellations/search", "cancellations", "cancellations_search", cancellations, cancellations),
		list(PackageSearch, "/fulfillment/202309/packages/search", "packages", "packages_search", orders[:1], nil),
	}
	return append(lists, details(orders)...)
}

// details are the ops that ask by id.
func details(orders []string) []conformance.Op {
	byID := func(op string, parts ...schemas.PagePart) conformance.Op {
		o := conformance.Op{
			Task: schemas.Task{TaskID: "c#0.0", Op: op, IDs: orders[:1], Parts: parts}, Path: "/order/202309/orders", MaxIDs: 50,
			Answer: sample("order_detail"), Answered: orders[:1],
		}
		o.Odd = []conformance.Odd{
			{Name: "nothing", Answer: data(`{}`)},
			{Name: "null list", Answer: data(`{"orders":null}`)},
			{Name: "no data", Answer: `{"code":0}`, Code: "no_data"},
			{Name: "id as a number, unknown status", Answer: data(`{"orders":[{"id":` + orders[0] + `,"status":"NEW_WORD"}]}`), Answered: orders[:1]},
			{Name: "row without id", Answer: data(`{"orders":[{"id":""}]}`), Code: "bad_shape"},
			{Name: "not asked", Answer: data(`{"orders":[{"id":"1"}]}`), Code: "not_asked"},
		}
		return o
	}
	history := byID(Tracking, schemas.PagePart{Path: "/order/202309/orders", Body: enveloped("orders")})
	history.Path, history.MaxIDs = "/fulfillment/202309/orders/"+orders[0]+"/tracking", 1
	history.Answer = sample("order_tracking")
	history.Odd = []conformance.Odd{
		{Name: "nothing happened", Answer: data(`{}`), Answered: orders[:1]},
		{Name: "null list", Answer: data(`{"tracking":null}`), Answered: orders[:1]},
		{Name: "no list", Answer: data(`{"tracking":{}}`), Code: "bad_shape"},
		{Name: "no data", Answer: data(`null`), Code: "no_data"},
	}
	product := byID(ProductDetail)
	product.Task.IDs, product.Answered = []string{"1729382476852921560"}, []string{"1729382476852921560"}
	product.Path, product.MaxIDs, product.Answer = "/product/202309/products/1729382476852921560", 1, sample("product_detail")
	product.Odd = []conformance.Odd{
		{Name: "nothing", Answer: data(`{}`)},
		{Name: "id as a number", Answer: data(`{"id":1729382476852921560}`), Answered: product.Answered},
		{Name: "another", Answer: data(`{"id":"1"}`), Code: "not_asked"},
		{Name: "no object", Answer: data(`[]`), Code: "bad_shape"},
	}
	return []conformance.Op{byID(OrderDetail), byID(TrackingOrders), byID(Tracking), history, product}
}
