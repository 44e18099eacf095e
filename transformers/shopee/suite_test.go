package shopee

import (
	"fmt"
	"testing"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/mappertest"
)

// pageOf returns a page of Shopee's answers with what all of them may lose: what stands around the rows.
func pageOf(name, kind, op string, documents int, parts ...mappertest.Part) mappertest.Page {
	p := mappertest.Page{
		Name: name, Platform: schemas.Shopee, Kind: kind, Op: op, Region: "SG", Documents: documents, Parts: parts,
		Dropped: map[string]string{}, Loose: map[string]string{},
	}
	for i := range parts {
		part := fmt.Sprintf("parts[%d]", i)
		p.Envelope = append(p.Envelope, part, part+".response")
		p.Dropped[part+".request_id"] = "names the call, not the data"
		p.Dropped[part+".message"] = "empty in answers that are no errors"
		p.Loose[part+".error"] = "says whether there is data at all"
	}
	return p
}

// but changes a page.
func but(p mappertest.Page, change func(p *mappertest.Page)) mappertest.Page {
	change(&p)
	return p
}

func warned(parts ...int) func(p *mappertest.Page) {
	return func(p *mappertest.Page) {
		for _, i := range parts {
			p.Dropped[fmt.Sprintf("parts[%d].warning", i)] = "about the call, not the data"
		}
	}
}

// rowsInResponse takes the objects of these parts' responses out of the envelope: they are rows.
func rowsInResponse(parts ...int) func(p *mappertest.Page) {
	return func(p *mappertest.Page) {
		for _, i := range parts {
			response := fmt.Sprintf("parts[%d].response", i)
			for n, place := range p.Envelope {
				if place == response {
					p.Envelope[n] = response + "[]" // the batch's wrappers, where there are any
				}
			}
		}
	}
}

func answerOf(endpoint, file string) mappertest.Part {
	return mappertest.Part{Path: "/api/v2/" + endpoint, File: file}
}

const listed = "says whether the list goes on"

// releasedIncome is what each income is that Shopee lists.
var releasedIncome = map[string]string{"type": schemas.TypeOrderIncome, "unified_status": "completed"}

var pages = []mappertest.Page{
	but(pageOf("order_detail", schemas.Orders, OpOrderDetail, 4, answerOf("order/get_order_detail", "order_detail.json")),
		func(p *mappertest.Page) {
			p.Region = ""
			p.Unsampled = map[string]any{"parts[0].response.order_list[].package_list[].tracking_number": "SPXID0123"}
		}),
	pageOf("order_list", schemas.Orders, OpOrderList, 0, answerOf("order/get_order_list", "order_list.json")),
	pageOf("order_list_last_page", schemas.Orders, OpOrderList, 0, answerOf("order/get_order_list", "order_list_last_page.json")),

	pageOf("item_list", schemas.Products, OpItemList, 0, answerOf("product/get_item_list", "item_list.json")),
	pageOf("item_base_info", schemas.Products, OpItemBaseInfo, 0, answerOf("product/get_item_base_info", "item_base_info.json")),
	pageOf("items_without_models", schemas.Products, OpProduct, 2, answerOf("product/get_item_base_info", "items_without_models.json")),
	but(pageOf("item_with_models", schemas.Products, OpProduct, 1,
		answerOf("product/get_item_base_info", "item_with_models.json"), answerOf("product/get_model_list", "model_list.json")),
		func(p *mappertest.Page) {
			warned(1)(p)
			rowsInResponse(1)(p)
			p.Region, p.IDs = "VN", []string{"23620853561"}
		}),

	pageOf("transactions", schemas.Transactions, OpTransactions, 0, answerOf("payment/get_escrow_list", "escrow_list.json")),
	pageOf("escrow_list", schemas.Transactions, OpEscrowList, 0, answerOf("payment/get_escrow_list", "escrow_list.json")),
	but(pageOf("escrow_detail_batch", schemas.Transactions, OpEscrowDetail, 2,
		answerOf("payment/get_escrow_list", "escrow_list.json"), answerOf("payment/get_escrow_detail_batch", "escrow_detail_batch.json")),
		func(p *mappertest.Page) {
			p.Always = releasedIncome
			rowsInResponse(1)(p)
			p.Dropped["parts[0].response.more"] = listed
		}),
	but(pageOf("escrow_detail_single", schemas.Transactions, OpEscrowDetail, 1,
		answerOf("payment/get_escrow_list", "escrow_list_single.json"), answerOf("payment/get_escrow_detail", "escrow_detail.json")),
		func(p *mappertest.Page) {
			p.Always = releasedIncome
			rowsInResponse(1)(p)
			p.IDs = []string{"240604F7MXQQ31"}
		}),
	but(pageOf("escrow_detail_vn", schemas.Transactions, OpEscrowDetail, 2,
		answerOf("payment/get_escrow_list", "escrow_list_vn.json"), answerOf("payment/get_escrow_detail_batch", "escrow_detail_vn.json")),
		func(p *mappertest.Page) {
			p.Always = releasedIncome
			rowsInResponse(1)(p)
			p.Region, p.IDs = "VN", []string{"240606KQ8VNB12"}
			p.Dropped["parts[0].response.more"] = listed
		}),
	but(pageOf("wallet", schemas.Transactions, OpWalletList, 3,
		answerOf("payment/get_wallet_transaction_list", "wallet_transaction_list.json")),
		func(p *mappertest.Page) { p.Dropped["parts[0].response.more"] = listed }),
	but(pageOf("wallet_by_number", schemas.Transactions, OpWalletList, 4,
		answerOf("payment/get_wallet_transaction_list", "wallet_by_number.json")),
		func(p *mappertest.Page) {
			p.Dropped["parts[0].response.more"] = listed
			p.New = map[string]string{"platform_fields.transaction_type": "a row has the number 999, which is not documented"}
		}),

	pageOf("return_list", schemas.Returns, OpReturnList, 0, answerOf("returns/get_return_list", "return_list.json")),
	but(pageOf("return_detail", schemas.Returns, OpReturnDetail, 1, answerOf("returns/get_return_detail", "return_detail.json")), rowsInResponse(0)),
	but(pageOf("return_refund_only", schemas.Returns, OpReturnDetail, 1, answerOf("returns/get_return_detail", "return_refund_only.json")),
		func(p *mappertest.Page) {
			rowsInResponse(0)(p)
			p.Region = "VN"
		}),

	pageOf("tracking_orders", schemas.Tracking, OpTrackingOrders, 0, answerOf("order/get_order_detail", "tracking_orders.json")),
	but(pageOf("tracking", schemas.Tracking, OpTracking, 2,
		answerOf("order/get_order_detail", "tracking_orders.json"), answerOf("order/get_package_detail", "package_detail.json")),
		func(p *mappertest.Page) { p.IDs = []string{"240606KQ8VNB12", "240604F7MXQQ31"} }),
	but(pageOf("tracking_with_history", schemas.Tracking, OpTracking, 1,
		answerOf("order/get_order_detail", "tracking_order_split.json"), answerOf("order/get_package_detail", "package_detail_split.json"),
		answerOf("logistics/get_tracking_info", "tracking_info.json"), answerOf("logistics/get_tracking_info", "tracking_info_second.json")),
		rowsInResponse(2, 3)),
}

func TestSuite(t *testing.T) {
	t.Parallel()
	mappertest.Run(t, Mapper{}, "../../schemas/json", pages)
}

// Shopee's lines have a count, and no discounts of their own.
func TestSourcesOfLines(t *testing.T) {
	t.Parallel()
	mappertest.SourcesOf(t, schemas.Orders, "line_items[].quantity", "`get_order_detail: response.order_list[].item_list[].model_quantity_purchased`")
	mappertest.SourcesOf(t, schemas.Orders, "line_items[].seller_discount")
	mappertest.SourcesOf(t, schemas.Orders, "line_items[].platform_discount")
}

func FuzzDocuments(f *testing.F) { mappertest.Fuzz(f, Mapper{}, pages) }
