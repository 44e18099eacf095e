package shopee

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/schemas"
)

func escrowRows(rows ...string) schemas.PagePart {
	return part("payment/get_escrow_list", `{"error":"","response":{"escrow_list":[`+strings.Join(rows, ",")+`],"more":false}}`)
}

func escrowBatch(details ...string) schemas.PagePart {
	for i := range details {
		details[i] = `{"escrow_detail":` + details[i] + `}`
	}
	return part("payment/get_escrow_detail_batch", `{"error":"","response":[`+strings.Join(details, ",")+`]}`)
}

func released(sn, at string) string {
	return `{"order_sn":"` + sn + `","payout_amount":5,"escrow_release_time":` + at + `}`
}

func earned(sn string) string { return `{"order_sn":"` + sn + `","order_income":{"escrow_amount":5}}` }

func TestIncomes(t *testing.T) {
	t.Parallel()
	const lost = "unidentified-"
	for name, c := range map[string]struct {
		page   schemas.Page
		keys   []string // how they begin
		errors []string // of all documents
	}{
		"good":                  {schemas.Page{Parts: []schemas.PagePart{escrowRows(released("A", "1718035300")), escrowBatch(earned("A"))}}, []string{"A:1718035300"}, nil},
		"two releases":          {schemas.Page{Parts: []schemas.PagePart{escrowRows(released("A", "1718035300"), released("A", "1718035301")), escrowBatch(earned("A"))}}, []string{"A:1718035300", "A:1718035301"}, nil},
		"others' rows":          {schemas.Page{IDs: []string{"B"}, Parts: []schemas.PagePart{escrowRows(released("A", "1718035300"), released("B", "1718035300")), escrowBatch(earned("A"), earned("B"))}}, []string{"B:1718035300"}, nil},
		"detail missing":        {schemas.Page{Parts: []schemas.PagePart{escrowRows(released("A", "1718035300")), escrowBatch()}}, []string{"A:1718035300"}, []string{"escrow_detail: missing"}},
		"detail of no row":      {schemas.Page{Parts: []schemas.PagePart{escrowRows(), escrowBatch(earned("A"))}}, []string{lost}, nil},
		"detail is odd":         {schemas.Page{Parts: []schemas.PagePart{escrowRows(released("A", "1718035300")), escrowBatch(earned("A"), "7")}}, []string{"A:1718035300", lost}, nil},
		"wrapper is odd":        {schemas.Page{Parts: []schemas.PagePart{escrowRows(), part("payment/get_escrow_detail_batch", `{"response":["secret"]}`)}}, []string{lost}, nil},
		"time is text":          {schemas.Page{Parts: []schemas.PagePart{escrowRows(released("A", `"soon"`)), escrowBatch(earned("A"))}}, []string{lost}, []string{"escrow_release_time: missing", "escrow_release_time: want a time in unix seconds"}},
		"row is null":           {schemas.Page{Parts: []schemas.PagePart{escrowRows(`null`), escrowBatch()}}, []string{lost}, nil},
		"region unknown":        {schemas.Page{Region: "XX", Parts: []schemas.PagePart{escrowRows(released("A", "1718035300")), escrowBatch(earned("A"))}}, []string{"A:1718035300"}, []string{"currency: missing, since the shop's region is not set or has none that is known"}},
		"amount is text":        {schemas.Page{Parts: []schemas.PagePart{escrowRows(released("A", "1718035300")), escrowBatch(`{"order_sn":"A","order_income":{"commission_fee":"free","service_fee":""}}`)}}, []string{"A:1718035300"}, []string{"escrow_detail.order_income.commission_fee: not a plain decimal amount of at most 34 digits"}},
		"income is text":        {schemas.Page{Parts: []schemas.PagePart{escrowRows(released("A", "1718035300")), escrowBatch(`{"order_sn":"A","order_income":"none"}`)}}, []string{"A:1718035300"}, []string{"escrow_detail.order_income: want an object"}},
		"detail with bad UTF-8": {schemas.Page{Parts: []schemas.PagePart{escrowRows(released("A", "1718035300")), escrowBatch("{\"order_sn\":\"A\",\"buyer_user_name\":\"\xff\"}")}}, []string{"A:1718035300"}, []string{"escrow_detail: not valid UTF-8, bad bytes replaced"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := mapped[*schemas.Transaction](t, schemas.Transactions, OpEscrowDetail, &c.page)
			var errors []string
			if len(got) != len(c.keys) {
				t.Fatalf("%d documents, want %d", len(got), len(c.keys))
			}
			for i, d := range got {
				errors = append(errors, d.ValidationErrors...)
				if !strings.HasPrefix(d.ID, "shopee:main:555:"+c.keys[i]) || d.ID != "shopee:main:555:"+d.TransactionID {
					t.Errorf("document %d has the key %s", i, d.ID)
				}
				if (d.ParseError != "") != (c.keys[i] == lost) || d.Type != schemas.TypeOrderIncome {
					t.Errorf("document %d: %s, parse error %q", i, d.Type, d.ParseError)
				}
			}
			if !slices.Equal(errors, c.errors) {
				t.Errorf("validation errors %q", errors)
			}
		})
	}
}

func TestAmountsDoNotDependOnTheirOrder(t *testing.T) {
	t.Parallel()
	hash := func(income string) string {
		page := &schemas.Page{Parts: []schemas.PagePart{escrowRows(released("A", "1718035300")), escrowBatch(`{"order_sn":"A","order_income":` + income + `}`)}}
		got, _ := mapped[*schemas.Transaction](t, schemas.Transactions, OpEscrowDetail, page)
		return got[0].Hash
	}
	if hash(`{"service_fee":1,"coins":-2,"campaign_fee":0}`) != hash(`{"campaign_fee":0,"coins":-2,"service_fee":1}`) {
		t.Error("the order of members matters")
	}
}

func TestWalletKeys(t *testing.T) {
	t.Parallel()
	const lost = "unidentified-"
	for row, want := range map[string]string{
		`"transaction_type":"ADJUSTMENT_ADD","amount":1.50,"current_balance":10,"order_sn":"A"`:                            "wallet:1718035300:ADJUSTMENT_ADD:1.5:10:A adjustment",
		`"transaction_type":401,"amount":"1.5","current_balance":10.00,"order_sn":"A","withdrawal_id":4`:                   "wallet:1718035300:ADJUSTMENT_ADD:1.5:10:A adjustment",
		`"transaction_type":"401","amount":15e-1,"current_balance":1e1,"order_sn":"A","refund_sn":"R"`:                     "wallet:1718035300:ADJUSTMENT_ADD:1.5:10:A adjustment",
		`"transaction_type":203,"amount":100,"current_balance":-0.00,"order_sn":"","withdrawal_id":18446744073709551615`:   "wallet:1718035300:WITHDRAWAL_CANCELLED:100:0:18446744073709551615 withdrawal",
		`"transaction_type":302,"amount":0.10,"current_balance":-0.10,"order_sn":null,"withdrawal_id":0,"refund_sn":"R:1"`: "wallet:1718035300:AUTO_REFUND_ADD:0.1:-0.1:R%3A1 refund",
		`"transaction_type":"SPM_REFUND_ADD","amount":1000,"current_balance":2000`:                                         "wallet:1718035300:SPM_REFUND_ADD:1000:2000: refund",
		`"transaction_type":"PAID_ADS_REFUND","amount":1,"current_balance":2`:                                              "wallet:1718035300:PAID_ADS_REFUND:1:2: wallet",
		`"transaction_type":"BRAND_NEW","amount":1,"current_balance":2`:                                                    "wallet:1718035300:BRAND_NEW:1:2: wallet",
		`"transaction_type":31337,"amount":1,"current_balance":2`:                                                          "wallet:1718035300:31337:1:2: wallet",
		`"transaction_type":101,"amount":1`:                                                                                "wallet:1718035300:ESCROW_VERIFIED_ADD:1:: wallet",
		`"transaction_type":101,"current_balance":2`:                                                                       lost,
		`"transaction_type":{"a":1},"amount":1,"current_balance":2`:                                                        lost,
		`"transaction_type":101,"amount":1,"current_balance":2,"create_time":0`:                                            lost,
	} {
		page := &schemas.Page{Parts: []schemas.PagePart{part("payment/get_wallet_transaction_list",
			`{"error":"","response":{"transaction_list":[{"status":"COMPLETED","create_time":1718035300,`+row+`}]}}`)}}
		got, _ := mapped[*schemas.Transaction](t, schemas.Transactions, OpWalletList, page)
		d := got[0]
		if want == lost {
			if !strings.HasPrefix(d.TransactionID, lost) || d.ParseError == "" || d.IsValid {
				t.Errorf("%s: %s, parse error %q", row, d.TransactionID, d.ParseError)
			}
			continue
		}
		if d.TransactionID+" "+d.Type != want || !d.IsValid || d.Currency != "VND" {
			t.Errorf("%s: %s %s in %s, %q", row, d.TransactionID, d.Type, d.Currency, d.ValidationErrors)
		}
	}
}

func TestPlainAmounts(t *testing.T) {
	t.Parallel()
	for amount, want := range map[schemas.Money]string{
		"": "", "0": "0", "-0": "0", "-0.00": "0", "0.10": "0.1", "-1.50": "-1.5", "100": "100", "100.00": "100", "1000.010": "1000.01",
	} {
		if got := plain(amount); got != want {
			t.Errorf("%q: got %q, want %q", amount, got, want)
		}
	}
}
