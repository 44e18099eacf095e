package lazada

import (
	"fmt"
	"os"
	"strings"
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
	Platform: schemas.Lazada, ShopID: "1001", ChannelID: "c1", Region: "TH", Enabled: true,
	BaseURL: "https://site.example/rest", AppID: "123456", AppSecret: "helloworld",
	AccessToken: "test-access-token", RefreshToken: "test-refresh-token",
}

func subject() conformance.Subject {
	return conformance.Subject{
		New:  func(s platform.Settings) platform.Adapter { return New(s) },
		Shop: testShop,
		Sign: func(v conformance.Vector) string {
			if strings.HasPrefix(v.Name, "push") {
				return digest(v.Key, v.Base) // what the platform sends is signed in lower case
			}
			return sign(v.Key, v.Base, nil)
		},
		Refusal: func(code, message string) []byte {
			return fmt.Appendf(nil, `{"code":%q,"type":"ISV","message":%q,"request_id":"0ba2"}`, code, message)
		},
		Codes: map[string]platform.Class{
			"IllegalAccessToken": platform.Auth, "IllegalRefreshToken": platform.Auth, "IncompleteSignature": platform.Auth,
			"SellerNotVerified": platform.Auth,
			"ApiCallLimit":      platform.Rate, "SellerCallLimit": platform.Rate, "AppCallLimit": platform.Rate, "901": platform.Rate,
			"ServiceTimeout": platform.Transient, "6": platform.Transient, "15": platform.Transient, "506": platform.Transient,
			"1000":             platform.Transient,
			"MissingParameter": platform.Permanent, "14": platform.Permanent, "17": platform.Permanent, "19": platform.Permanent,
			"37": platform.Permanent, "1000012": platform.Permanent,
		},
		Ops:    ops(),
		Kinds:  conformanceKinds(),
		Tokens: tokens(),
		Serve:  serve,
	}
}

func conformanceKinds() []conformance.Kind {
	return []conformance.Kind{
		{Kind: schemas.Orders, PageSize: 100},
		{Kind: schemas.Products, PageSize: 50, Whole: true},
		{
			Kind: schemas.Transactions, PageSize: 500, Whole: true,
			MaxSpan: map[string]int64{TransactionList: 179 * daySeconds},
			IDs: func(r conformance.Row) []string {
				key, _ := rowKey([]byte(transactionRow(r)))
				return []string{key + "-0"}
			},
		},
		{Kind: schemas.Returns, PageSize: 100, Whole: true},
		{Kind: schemas.Tracking, PageSize: 100},
		{Kind: schemas.Tracking, PageSize: 100, Settings: platform.Settings{History: true}},
	}
}

func tokens() *conformance.Tokens {
	now := time.Unix(1717900000, 0)
	return &conformance.Tokens{
		Method: "POST", URL: "https://auth.lazada.com/rest/auth/token/refresh", Now: now,
		Query: map[string]string{
			"app_key": "123456", "refresh_token": "test-refresh-token", "sign_method": "sha256", "timestamp": "1717900000000",
		},
		Consent: "https://auth.lazada.com/oauth/authorize?client_id=123456&country=th&force_auth=true" +
			"&redirect_uri=https%3A%2F%2Fapp.example%2Fback&response_type=code&state=s-1",
		Exchange: conformance.Grant{
			Method: "POST", URL: "https://auth.lazada.com/rest/auth/token/create",
			Query: map[string]string{"app_key": "123456", "code": "c-1", "sign_method": "sha256", "timestamp": "1717900000000"},
		},
		Answer: sample("token_refresh"),
		Want: platform.Tokens{
			Access:      "50000601c30atpedfgu3LVvik87Ixlsvle3mSoB7701ceb156fPunYZ43GBg",
			Refresh:     "500016000300bwa2WteaQyfwBMnPxurcA0mXGhQdTt18356663CfcDTYpWoi",
			AccessUntil: now.Add(2592000 * time.Second), RefreshUntil: now.Add(15552000 * time.Second),
		},
		Refused: map[string][]byte{
			"refresh token dead": []byte(`{"code":"IllegalRefreshToken","type":"ISV","message":"The specified refresh token is invalid or expired"}`),
			"wrong signature":    []byte(`{"code":"IncompleteSignature","message":""}`),
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

// task is one that can be sent, about the day of most samples.
func task(op string, ids ...string) schemas.Task {
	return schemas.Task{TaskID: "c#0", Op: op, Window: schemas.Window{From: 1717200000, To: 1717804800}, IDs: ids}
}

// carrying is the task with a part that an earlier call gave.
func carrying(t schemas.Task, path, body string) schemas.Task {
	t.Parts = append(t.Parts, schemas.PagePart{Path: path, FetchedAt: 1717900000000, Body: []byte(body)})
	return t
}

const moreOrders = `{"code":"0","data":{"count":2,"countTotal":9,"orders":[
	{"order_id":1,"created_at":"2024-06-02 10:00:00 +0700","updated_at":"2024-06-02T10:00:00+07:00"},
	{"order_id":"2","created_at":"2024-06-02 10:00:09 +0700","updated_at":"2024-06-02T10:00:09+07:00"}]}}`

func ops() []conformance.Op {
	orders := []string{"416318151816000", "416318151816001", "416318151816002"}
	details := func(op string) conformance.Op {
		return conformance.Op{
			Task: task(op, orders...), Path: itemsPath, MaxIDs: 50, Answer: sample("orders_items_get"), Answered: orders,
			Odd: append(gone(op), conformance.Odd{
				Name: "id as text", Answer: `{"code":0,"data":[{"order_id":"416318151816000","order_items":[]}]}`, Answered: orders[:1],
			}),
		}
	}
	items := details(TrackingItems)
	items.Answered = nil
	items.Odd = gone(TrackingItems)
	trace := conformance.Op{
		Task: carrying(task(Tracking, orders[2]), itemsPath, `{"data":[]}`), Path: tracePath, MaxIDs: 1,
		Answer: sample("logistic_trace"), Answered: orders[2:], Odd: oddTraces(orders[2:]),
	}
	return append([]conformance.Op{
		orderListOp(OrderList, orders), orderListOp(TrackingOrderList, orders),
		details(OrderDetail), details(Tracking), items, trace,
	}, otherLists()...)
}

func orderListOp(op string, listed []string) conformance.Op {
	data := func(s string) string { return `{"code":"0","data":` + s + `}` }
	return conformance.Op{
		Task: task(op), Path: ordersPath, Answer: sample("orders_get"), Listed: listed, More: []byte(moreOrders),
		Odd: []conformance.Odd{
			{Name: "nothing", Answer: string(sample("orders_get_empty"))},
			{Name: "numbers as text", Answer: `{"code":0,"data":{"count":"1","countTotal":"1","orders":[{"order_id":"7"}]}}`, Listed: []string{"7"}},
			{Name: "no count of the page", Answer: data(`{"countTotal":1,"orders":[{"order_id":7}]}`), Listed: []string{"7"}},
			{Name: "no total", Answer: data(`{"count":0,"orders":[]}`), Code: "bad_shape"},
			{Name: "no list", Answer: data(`{"count":0,"countTotal":0}`), Code: "bad_shape"},
			{Name: "null list", Answer: data(`{"count":0,"countTotal":0,"orders":null}`), Code: "bad_shape"},
			{Name: "row without id", Answer: data(`{"countTotal":1,"orders":[{}]}`), Code: "bad_shape"},
			{Name: "fraction as id", Answer: data(`{"countTotal":1,"orders":[{"order_id":1.5}]}`), Code: "bad_shape"},
			{Name: "other count", Answer: data(`{"count":2,"countTotal":2,"orders":[{"order_id":1}]}`), Code: "bad_shape"},
			{Name: "no data", Answer: `{"code":"0"}`, Code: "bad_shape"},
			{Name: "no code", Answer: `{"data":{"count":0,"countTotal":0,"orders":[]}}`, Code: "no_code"},
			{Name: "empty page before the end", Answer: data(`{"count":0,"countTotal":5,"orders":[]}`), Code: "no_progress"},
			{Name: "more without times", Answer: data(`{"countTotal":5,"orders":[{"order_id":1}]}`), Code: "bad_shape"},
			{
				Name: "more and unsorted", Code: "bad_order", Answer: data(`{"countTotal":5,"orders":[
					{"order_id":1,"created_at":"2024-06-02 10:00:09 +0700"},{"order_id":2,"created_at":"2024-06-02 10:00:08 +0700"}]}`),
			},
		},
	}
}

// gone are refusals of a call for items, and answers to it that make no sense.
func gone(op string) []conformance.Odd {
	one := task(op, "5")
	odd := []conformance.Odd{
		{Name: "not asked for", Answer: `{"code":"0","data":[{"order_id":1,"order_items":[]}]}`, Code: "not_asked"},
		{Name: "no items", Task: &one, Answer: `{"code":"0","data":[{"order_id":5}]}`, Code: "bad_shape"},
		{Name: "nothing", Task: &one, Answer: `{"code":"0","data":[]}`},
		{Name: "no data", Task: &one, Answer: `{"code":"0","result":[]}`, Code: "bad_shape"},
		{Name: "wrong form", Task: &one, Answer: `{"code":"56","message":"E056"}`, Code: "56"},
		{Name: "one of several", Answer: `{"code":"37","message":"some ids are wrong"}`},
	}
	for _, code := range []string{`"16"`, `"37"`, `39`} {
		odd = append(odd, conformance.Odd{Name: "code " + code, Task: &one, Answer: `{"code":` + code + `}`, Gone: one.IDs})
	}
	return odd
}

func oddTraces(asked []string) []conformance.Odd {
	return []conformance.Odd{
		{Name: "nothing yet", Answer: `{"code":"0","result":{"success":true,"module":[]}}`, Answered: asked},
		{Name: "null history", Answer: `{"code":"0","result":{"success":true,"not_success":false,"module":null}}`, Answered: asked},
		{Name: "failed", Answer: `{"code":"0","result":{"success":false,"retry":true}}`, Code: codeResult},
		{Name: "failed by its other flag", Answer: `{"code":"0","result":{"not_success":true}}`, Code: codeResult},
		{Name: "history of another type", Answer: `{"code":"0","result":{"success":true,"module":{}}}`, Code: "bad_shape"},
		{Name: "no result", Answer: `{"code":"0","data":{}}`, Code: "bad_shape"},
		{Name: "unknown order", Answer: `{"code":"16"}`, Code: "16"},
	}
}

func otherLists() []conformance.Op {
	products := []string{"2434182367", "2434182999"}
	returns := []string{"500012345678001", "500012345678002"}
	return []conformance.Op{
		{
			Task: task(ProductList), Path: productsPath, Answer: sample("products_get"), Listed: products, Answered: products,
			More: []byte(`{"code":"0","data":{"total_products":9,"products":[{"item_id":1},{"item_id":"2"}]}}`),
			Odd: []conformance.Odd{
				{Name: "nothing", Answer: `{"code":"0","data":{"total_products":0,"products":[]}}`},
				{Name: "no list", Answer: `{"code":"0","data":{"total_products":0}}`, Code: "bad_shape"},
				{Name: "no total", Answer: `{"code":"0","data":{"products":[]}}`, Code: "bad_shape"},
				{Name: "empty page before the end", Answer: `{"code":"0","data":{"total_products":3,"products":[]}}`, Code: "no_progress"},
			},
		},
		{
			Task: task(TransactionList), Path: transactionsPath, Answer: sample("transaction_details"),
			Listed: sampleTransactions, Answered: sampleTransactions, More: fullTransactions(),
			Odd: []conformance.Odd{
				{Name: "nothing", Answer: `{"code":"0","data":[]}`},
				{Name: "no list", Answer: `{"code":"0","data":{}}`, Code: "bad_shape"},
				{Name: "row of another type", Answer: `{"code":"0","data":[7]}`, Code: "bad_shape"},
			},
		},
		{
			Task: task(PayoutList), Path: payoutsPath, Answer: sample("payout_status"),
			Listed: []string{"payout-TH12345-2024-0610"}, Answered: []string{"payout-TH12345-2024-0610"},
			Odd: []conformance.Odd{
				{Name: "nothing", Answer: `{"code":"0","data":[]}`},
				{Name: "row without number", Answer: `{"code":"0","data":[{"statement_number":""}]}`, Code: "bad_shape"},
			},
		},
		{
			Task: task(ReverseList), Path: reversePath, Answer: sample("reverse_orders"), Listed: returns, Answered: returns,
			More: fullReturns(),
			Odd: []conformance.Odd{
				{Name: "nothing", Answer: `{"code":"0","result":{"success":true,"total":0,"items":[]}}`},
				{Name: "all as text", Answer: `{"code":"0","result":{"success":"true","total":"0","items":[]}}`},
				{Name: "failed, as text", Answer: `{"code":"0","result":{"success":"false","total":"0","items":[]}}`, Code: codeResult},
				{Name: "failed", Answer: `{"code":"0","result":{"success":false,"total":0,"items":[]}}`, Code: codeResult},
				{Name: "no list", Answer: `{"code":"0","result":{"success":true,"total":0}}`, Code: "bad_shape"},
				{Name: "smaller pages than asked for", Answer: `{"code":"0","result":{"total":9,"items":[{"reverse_order_id":1}]}}`, Code: "short_page"},
			},
		},
	}
}
