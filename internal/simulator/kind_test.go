package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

const (
	itemsPath        = "/api/v2/product/get_item_list"
	itemPath         = "/api/v2/product/get_item_base_info"
	modelsPath       = "/api/v2/product/get_model_list"
	escrowsPath      = "/api/v2/payment/get_escrow_list"
	escrowPath       = "/api/v2/payment/get_escrow_detail"
	escrowsBatchPath = "/api/v2/payment/get_escrow_detail_batch"
	walletPath       = "/api/v2/payment/get_wallet_transaction_list"
	returnsPath      = "/api/v2/returns/get_return_list"
	returnPath       = "/api/v2/returns/get_return_detail"
	packagePath      = "/api/v2/order/get_package_detail"
	trackingPath     = "/api/v2/logistics/get_tracking_info"

	// everyStatus is added to a query: its key repeats.
	everyStatus = "&item_status=NORMAL&item_status=BANNED&item_status=UNLIST&item_status=REVIEWING" +
		"&item_status=SELLER_DELETE&item_status=SHOPEE_DELETE"
)

// answer is any call's, its numbers as they are written.
type answer struct {
	RequestID string          `json:"request_id"`
	Error     string          `json:"error"`
	Message   string          `json:"message"`
	Response  json.RawMessage `json:"response"`
}

// sent makes a call. extra is added to the query, body makes it a POST.
func (b *bench) sent(path string, shop world.Shop, params map[string]string, extra, body string) (int, answer) {
	b.t.Helper()
	r := b.request(path, shop, params)
	r.URL.RawQuery += extra
	if body != "" {
		r.Method, r.Body = http.MethodPost, io.NopCloser(strings.NewReader(body))
	}
	w := httptest.NewRecorder()
	b.srv.Handler().ServeHTTP(w, r)
	var got answer
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.RequestID == "" {
		b.t.Errorf("%s answered %d %.300s: %v", path, w.Code, w.Body, err)
	}
	return w.Code, got
}

// into makes a call that must go well and reads its response.
func (b *bench) into(v any, path string, shop world.Shop, params map[string]string, extra, body string) {
	b.t.Helper()
	status, got := b.sent(path, shop, params, extra, body)
	if status != http.StatusOK || got.Error != "" {
		b.t.Fatalf("%s %v answered %d %s %s", path, params, status, got.Error, got.Message)
	}
	if err := json.Unmarshal(got.Response, v); err != nil {
		b.t.Fatalf("%s: %v in %s", path, err, got.Response)
	}
}

func between(name string, from, to int64) map[string]string {
	return map[string]string{name + "_from": strconv.FormatInt(from, 10), name + "_to": strconv.FormatInt(to, 10)}
}

// windows are some of a world's, half-open.
func (b *bench) windows() [][2]int64 {
	return [][2]int64{
		{b.midnight(20), b.midnight(6)},
		{b.midnight(14), b.midnight(0)},
		{b.midnight(3), b.midnight(2)},
		{b.midnight(1) + 3600, b.midnight(1) + 40_000},
		{b.midnight(0), b.midnight(-2)},
		{b.midnight(40), b.midnight(30)},
	}
}

// lastSecond is what a window's end lacks to the end of a half-open one.
func lastSecond(ends string) int64 {
	if ends == Exclusive {
		return 0
	}
	return 1
}

type itemPage struct {
	Items []struct {
		ID     json.Number `json:"item_id"`
		Status string      `json:"item_status"`
		Update int64       `json:"update_time"`
	} `json:"item"`
	Total int64 `json:"total_count"`
	More  bool  `json:"has_next_page"`
	Next  int   `json:"next_offset"`
}

// items pages a window of products to its end; to is what is sent.
func (b *bench) items(shop world.Shop, from, to int64, size int) []string {
	b.t.Helper()
	params := between("update_time", from, to)
	params["page_size"], params["offset"] = strconv.Itoa(size), "0"
	var ids []string
	for {
		var page itemPage
		b.into(&page, itemsPath, shop, params, everyStatus, "")
		for _, it := range page.Items {
			ids = append(ids, it.ID.String())
		}
		if !page.More {
			if page.Total != int64(len(ids)) || page.Next != 0 {
				b.t.Errorf("%d items listed, %d counted, next is %d", len(ids), page.Total, page.Next)
			}
			return ids
		}
		if len(page.Items) != size {
			b.t.Fatalf("%d items on a page of %d", len(page.Items), size)
		}
		params["offset"] = strconv.Itoa(page.Next)
	}
}

func TestItemPagesAreTheTruth(t *testing.T) {
	t.Parallel()
	for _, ends := range []string{Inclusive, Exclusive} {
		b := setup(t, Options{Shops: 2, Days: 20, OrdersPerDay: 20, TimeTo: ends})
		for _, shop := range b.shops {
			for _, w := range append(b.windows(), [2]int64{0, 1 << 32}) {
				got, want := b.items(shop, w[0], w[1]-lastSecond(ends), 23), ids(b.truthOf(world.Products, shop, "create_time", w[0], w[1]))
				if !slices.Equal(got, want) {
					t.Errorf("%s %v: %d items listed, %d true", ends, w, len(got), len(want))
				}
			}
		}
	}
}

// numbered pages a list with page numbers to its end. to is what is sent.
func (b *bench) numbered(path, list, span string, shop world.Shop, from, to int64, first int) []json.RawMessage {
	b.t.Helper()
	var rows []json.RawMessage
	params := between(span, from, to)
	for number := first; ; number++ {
		const size = 23
		params["page_no"], params["page_size"] = strconv.Itoa(number), strconv.Itoa(size)
		var page map[string]json.RawMessage
		b.into(&page, path, shop, params, "", "")
		var got []json.RawMessage
		if err := json.Unmarshal(page[list], &got); err != nil || len(got) > size {
			b.t.Fatalf("%d rows on a page of %d: %v", len(got), size, err)
		}
		rows = append(rows, got...)
		if string(page["more"]) != "true" {
			return rows
		}
	}
}

func TestMoneyPagesAreTheTruth(t *testing.T) {
	t.Parallel()
	for _, ends := range []string{Inclusive, Exclusive} {
		b := setup(t, Options{Shops: 2, Days: 40, OrdersPerDay: 40, TimeTo: ends})
		kinds := map[string]int{}
		for _, shop := range b.shops {
			for _, w := range b.windows() {
				to := w[1] - lastSecond(ends)
				var got []truthRow
				for _, text := range b.numbered(escrowsPath, "escrow_list", "release_time", shop, w[0], to, 1) {
					got = append(got, incomeRow(t, shop, text))
				}
				for _, text := range b.numbered(walletPath, "transaction_list", "create_time", shop, w[0], to, 0) {
					got = append(got, walletRow(t, shop, text, kinds))
				}
				want := b.truthOf(world.Transactions, shop, "update_time", w[0], w[1])
				byID := func(a, b truthRow) int { return strings.Compare(a.ID, b.ID) }
				slices.SortFunc(got, byID)
				slices.SortFunc(want, byID)
				if !slices.Equal(got, want) {
					t.Errorf("%s %v: %d rows listed, %d true", ends, w, len(got), len(want))
				}
			}
		}
		for _, kind := range []string{
			"ESCROW_VERIFIED_ADD", "ESCROW_VERIFIED_MINUS", "ADJUSTMENT_MINUS", "WITHDRAWAL_CREATED", "PAID_ADS_CHARGE",
			"ADJUSTMENT_CENTER_ADD", "ADJUSTMENT_FOR_RR_AFTER_ESCROW_VERIFIED",
		} {
			if kinds[kind] == 0 {
				t.Errorf("no %s among %v", kind, kinds)
			}
		}
	}
}

// incomeRow reads a row of get_escrow_list as the truth has it.
func incomeRow(t *testing.T, shop world.Shop, text json.RawMessage) truthRow {
	t.Helper()
	var row struct {
		SN     string      `json:"order_sn"`
		Amount json.Number `json:"payout_amount"`
		At     int64       `json:"escrow_release_time"`
	}
	if err := json.Unmarshal(text, &row); err != nil {
		t.Fatal(err)
	}
	return truthRow{
		ID: fmt.Sprintf("%s:%d", row.SN, row.At), CreateTime: row.At, TotalAmount: row.Amount.String(),
		ShopID: shop.ShopID,
	}
}

// walletRow reads a row of the wallet as the truth has it.
func walletRow(t *testing.T, shop world.Shop, text json.RawMessage, kinds map[string]int) truthRow {
	t.Helper()
	var row struct {
		Status     string      `json:"status"`
		Kind       string      `json:"transaction_type"`
		Amount     json.Number `json:"amount"`
		Balance    json.Number `json:"current_balance"`
		At         int64       `json:"create_time"`
		SN         string      `json:"order_sn"`
		Refund     string      `json:"refund_sn"`
		Withdrawal json.Number `json:"withdrawal_id"`
		Flow       string      `json:"money_flow"`
	}
	if err := json.Unmarshal(text, &row); err != nil {
		t.Fatal(err)
	}
	kinds[row.Kind]++
	about := row.SN
	if withdrawal := row.Withdrawal.String(); about == "" && withdrawal != "" && withdrawal != "0" {
		about = withdrawal
	} else if about == "" {
		about = row.Refund
	}
	if (row.Flow == "MONEY_OUT") != strings.HasPrefix(row.Amount.String(), "-") {
		t.Errorf("%s flows %s", row.Amount, row.Flow)
	}
	return truthRow{
		ID:         fmt.Sprintf("wallet:%d:%s:%s:%s:%s", row.At, row.Kind, row.Amount, row.Balance, about),
		CreateTime: row.At, Status: row.Status, TotalAmount: row.Amount.String(), ShopID: shop.ShopID,
	}
}

func TestReturnPagesAreTheTruth(t *testing.T) {
	t.Parallel()
	for _, ends := range []string{Inclusive, Exclusive} {
		b := setup(t, Options{Shops: 2, Days: 40, OrdersPerDay: 100, TimeTo: ends})
		statuses := map[string]int{}
		for _, shop := range b.shops {
			for _, field := range []string{"create_time", "update_time"} {
				for _, w := range b.windows() {
					var got []truthRow
					for _, text := range b.numbered(returnsPath, "return", field, shop, w[0], w[1]-lastSecond(ends), 0) {
						got = append(got, returnRow(t, shop, text))
						statuses[got[len(got)-1].Status]++
					}
					if want := b.truthOf(world.Returns, shop, field, w[0], w[1]); !slices.Equal(got, want) {
						t.Errorf("%s by %s %v: %d rows listed, %d true", ends, field, w, len(got), len(want))
					}
				}
			}
		}
		if len(statuses) != 7 {
			t.Errorf("statuses %v", statuses)
		}
	}
}

// returnRow reads a return as the truth has it.
func returnRow(t *testing.T, shop world.Shop, text json.RawMessage) truthRow {
	t.Helper()
	var ret struct {
		SN     string      `json:"return_sn"`
		Status string      `json:"status"`
		Create int64       `json:"create_time"`
		Update int64       `json:"update_time"`
		Refund json.Number `json:"refund_amount"`
		Items  []struct {
			Quantity int64 `json:"amount"`
		} `json:"item"`
	}
	if err := json.Unmarshal(text, &ret); err != nil {
		t.Fatal(err)
	}
	row := truthRow{
		ID: ret.SN, CreateTime: ret.Create, UpdateTime: ret.Update, Status: ret.Status, TotalAmount: ret.Refund.String(),
		Lines: len(ret.Items), ShopID: shop.ShopID,
	}
	for _, it := range ret.Items {
		row.Quantity += it.Quantity
	}
	return row
}
