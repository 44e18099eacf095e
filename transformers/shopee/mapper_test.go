package shopee

import (
	"errors"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
)

func TestStatuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		unify func(string) string
		words map[string]string
	}{
		{orderStatus, map[string]string{
			"UNPAID": "unpaid", "PENDING": "pending", "INVOICE_PENDING": "pending", "READY_TO_SHIP": "to_ship", "PROCESSED": "to_ship",
			"RETRY_SHIP": "to_ship", "SHIPPED": "shipped", "TO_CONFIRM_RECEIVE": "delivered", "COMPLETED": "completed",
			"IN_CANCEL": "cancelling", "CANCELLED": "cancelled", "TO_RETURN": "returning",
		}},
		{productStatus, map[string]string{
			"NORMAL": "active", "UNLIST": "inactive", "REVIEWING": "pending", "BANNED": "rejected", "SELLER_DELETE": "deleted", "SHOPEE_DELETE": "deleted",
		}},
		{walletStatus, map[string]string{"COMPLETED": "completed", "PENDING": "pending", "INITIAL": "pending", "FAILED": "failed"}},
		{returnStatus, map[string]string{
			"REQUESTED": "requested", "PROCESSING": "returning", "ACCEPTED": "accepted", "JUDGING": "disputed", "SELLER_DISPUTE": "disputed",
			"CLOSED": "rejected", "CANCELLED": "cancelled",
		}},
		{packageStatus, map[string]string{
			"LOGISTICS_NOT_START": "pending", "LOGISTICS_PENDING_ARRANGE": "pending", "LOGISTICS_READY": "to_ship",
			"LOGISTICS_REQUEST_CREATED": "to_ship", "LOGISTICS_PICKUP_RETRY": "to_ship", "LOGISTICS_PICKUP_DONE": "shipped",
			"LOGISTICS_DELIVERY_DONE": "delivered", "LOGISTICS_PICKUP_FAILED": "failed", "LOGISTICS_DELIVERY_FAILED": "failed",
			"LOGISTICS_LOST": "lost", "LOGISTICS_INVALID": "cancelled", "LOGISTICS_REQUEST_CANCELED": "cancelled", "LOGISTICS_COD_REJECTED": "cancelled",
		}},
	} {
		for word, want := range c.words {
			if got := c.unify(word); got != want {
				t.Errorf("%s is %s, want %s", word, got, want)
			}
		}
		for _, word := range []string{"", "normal", "TELEPORTED"} {
			if got := c.unify(word); got != "unknown" {
				t.Errorf("%q is %s", word, got)
			}
		}
	}
}

// TestPagesOfOtherAnswers: what is not what the op answers gives up the page, with a reason that quotes nothing of it.
func TestPagesOfOtherAnswers(t *testing.T) {
	t.Parallel()
	rowless := map[string]schemas.PagePart{
		"product/get_item_base_info": items(), "payment/get_escrow_list": escrowRows(), "order/get_order_detail": ordersPart(),
	}
	for op, endpoints := range map[op][]string{
		{schemas.Orders, OpOrderDetail}:        {"order/get_order_detail"},
		{schemas.Products, OpProduct}:          {"product/get_item_base_info", "product/get_model_list"},
		{schemas.Transactions, OpEscrowDetail}: {"payment/get_escrow_list", "payment/get_escrow_detail", "payment/get_escrow_detail_batch"},
		{schemas.Transactions, OpWalletList}:   {"payment/get_wallet_transaction_list"},
		{schemas.Returns, OpReturnDetail}:      {"returns/get_return_detail"},
		{schemas.Tracking, OpTracking}:         {"order/get_order_detail", "order/get_package_detail", "logistics/get_tracking_info"},
	} {
		from := transformers.Origin{Kind: op.kind, Op: op.name}
		if _, err := (Mapper{}).Documents(from, &schemas.Page{}); err == nil {
			t.Errorf("%v: a page without parts was read", op)
		}
		if _, err := (Mapper{}).Documents(from, &schemas.Page{Parts: []schemas.PagePart{part("shop/get_shop_info", `{"response":{"SECRET":1}}`)}}); err == nil {
			t.Errorf("%v: the answer of another endpoint was read", op)
		}
		for _, endpoint := range endpoints {
			for _, body := range []string{
				`"SECRET"`, `[{"SECRET":1}]`, `{"error":"","response":"SECRET"}`, `{"error":"","x":"SECRET"}`, `{"error":"","response":{`,
				`{"error":"error_auth","message":"SECRET","response":{}}`, `{"error":"","response":null}`,
			} {
				page := &schemas.Page{Parts: []schemas.PagePart{part(endpoint, body)}}
				if endpoint != endpoints[0] {
					page.Parts = append(page.Parts, rowless[endpoints[0]])
				}
				_, err := Mapper{}.Documents(from, page)
				if err == nil || strings.Contains(err.Error(), "SECRET") {
					t.Errorf("%v: %s as the answer of %s gave %v", op, body, endpoint, err)
				}
			}
		}
	}
}

func TestOps(t *testing.T) {
	t.Parallel()
	for op, reading := range ops {
		all, err := Mapper{}.Documents(transformers.Origin{Kind: op.kind, Op: op.name}, &schemas.Page{})
		if reading.documents == nil && (err != nil || all != nil) {
			t.Errorf("%v gave %v, %v", op, all, err)
		}
	}
	for _, from := range []transformers.Origin{{Kind: schemas.Orders, Op: "new"}, {Kind: schemas.Returns, Op: OpOrderDetail}, {}} {
		if _, err := (Mapper{}).Documents(from, &schemas.Page{}); !errors.Is(err, transformers.ErrUnknownOp) {
			t.Errorf("%+v gave %v", from, err)
		}
	}
}
