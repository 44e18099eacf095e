package lazada

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/mappertest"
)

// The envelopes' members, and why they may be lost.
const (
	call    = "names the call, not the data"
	counts  = "counts rows; the adapter compares it"
	ofOrder = "not about parcels; the order's own document has it"
	flags   = "says how the call went; there are packages whatever it says"
)

var coded = map[string]string{"parts[0].code": "says whether there is data at all"}

var reversePage = map[string]string{
	"parts[0].request_id": call, "parts[0].result.success": "says how the call went; the adapter looks at it",
	"parts[0].result.page_no": call, "parts[0].result.page_size": call, "parts[0].result.total": counts,
}

// oneUnit is what each line of a reverse order is.
var oneUnit = map[string]string{"lines[].quantity": "1"}

var pages = []mappertest.Page{
	{
		Name: "order_list", Platform: schemas.Lazada, Kind: schemas.Orders, Op: OpOrderList,
		Parts: []mappertest.Part{{Path: pathOrders, File: "orders_get.json"}},
	},
	{
		Name: "order_list_empty", Platform: schemas.Lazada, Kind: schemas.Orders, Op: OpOrderList,
		Parts: []mappertest.Part{{Path: pathOrders, File: "orders_get_empty.json"}},
	},
	{
		Name: "order_detail", Platform: schemas.Lazada, Kind: schemas.Orders, Op: OpOrderDetail, Region: "TH", Documents: 3,
		IDs:      []string{"416318151816000", "416318151816001", "416318151816002"},
		Parts:    []mappertest.Part{{Path: pathOrders, File: "orders_rows.json"}, {Path: pathItems, File: "orders_items_get.json"}},
		Dropped:  map[string]string{"parts[1].request_id": call},
		Envelope: []string{"parts[0]", "parts[0].data", "parts[1]"},
		Loose:    map[string]string{"parts[1].code": "says whether there is data at all"},
		Open:     openPayment,
	},
	{
		Name: "order_detail_units", Platform: schemas.Lazada, Kind: schemas.Orders, Op: OpOrderDetail, Region: "PH", Documents: 1,
		IDs:      []string{"9223372036854775001"},
		Parts:    []mappertest.Part{{Path: pathOrders, File: "units_orders.json"}, {Path: pathItems, File: "units_items.json"}},
		Dropped:  map[string]string{"parts[1].request_id": call},
		Envelope: []string{"parts[0]", "parts[0].data", "parts[1]"},
		Loose:    map[string]string{"parts[1].code": "says whether there is data at all"},
		Open:     openPayment,
	},
	{
		// What the calls for a single order give: the same rows, here in the envelope of the lists.
		Name: "order_single", Platform: schemas.Lazada, Kind: schemas.Orders, Op: OpOrderDetail, Region: "TH", Documents: 1,
		IDs:      []string{"416318151816000"},
		Parts:    []mappertest.Part{{Path: pathOrders, File: "order_single_row.json"}, {Path: pathItems, File: "order_single_items.json"}},
		Dropped:  map[string]string{"parts[1].request_id": call},
		Envelope: []string{"parts[0]", "parts[0].data", "parts[1]"},
		Loose:    map[string]string{"parts[1].code": "says whether there is data at all"},
	},
	{
		Name: "product_list", Platform: schemas.Lazada, Kind: schemas.Products, Op: OpProductList, Region: "TH", Documents: 2,
		Parts:    []mappertest.Part{{Path: pathProducts, File: "products_get.json"}},
		Dropped:  map[string]string{"parts[0].request_id": call, "parts[0].data.total_products": counts},
		Envelope: []string{"parts[0]", "parts[0].data"}, Loose: coded,
		AnyName: []string{"parts[0].data.products[].skus[].saleProp"},
	},
	{
		// What the call for a single product gives: the same row, here in the envelope of the list.
		Name: "product_single", Platform: schemas.Lazada, Kind: schemas.Products, Op: OpProductList, Region: "TH", Documents: 1,
		Parts:    []mappertest.Part{{Path: pathProducts, File: "product_single_row.json"}},
		Dropped:  map[string]string{"parts[0].request_id": call, "parts[0].data.total_products": counts},
		Envelope: []string{"parts[0]", "parts[0].data"}, Loose: coded,
		AnyName: []string{"parts[0].data.products[].skus[].saleProp"},
	},
	{
		Name: "transaction_list", Platform: schemas.Lazada, Kind: schemas.Transactions, Op: OpTransactionList, Region: "TH", Documents: 3,
		Parts:   []mappertest.Part{{Path: pathTransactions, File: "transaction_details.json"}},
		Dropped: map[string]string{"parts[0].request_id": call}, Envelope: []string{"parts[0]"}, Loose: coded,
		Open: map[string]string{"parts[0].data[].fee_name": "there are always new fees; those for claims, refunds and prices say so"},
	},
	{
		Name: "payout_list", Platform: schemas.Lazada, Kind: schemas.Transactions, Op: OpPayoutList, Region: "TH", Documents: 1,
		Parts:   []mappertest.Part{{Path: pathPayouts, File: "payout_status.json"}},
		Dropped: map[string]string{"parts[0].request_id": call}, Envelope: []string{"parts[0]"}, Loose: coded,
		Always: map[string]string{"type": schemas.TypePayout},
	},
	{
		Name: "reverse_list", Platform: schemas.Lazada, Kind: schemas.Returns, Op: OpReverseList, Region: "TH", Documents: 2,
		Parts:    []mappertest.Part{{Path: pathReverse, File: "reverse_orders.json"}},
		Dropped:  reversePage,
		Always:   oneUnit,
		Envelope: []string{"parts[0]", "parts[0].result"}, Loose: coded,
	},
	{
		Name: "reverse_list_vn", Platform: schemas.Lazada, Kind: schemas.Returns, Op: OpReverseList, Region: "VN", Documents: 1,
		Parts:    []mappertest.Part{{Path: pathReverse, File: "reverse_vn.json"}},
		Dropped:  reversePage,
		Always:   oneUnit,
		Envelope: []string{"parts[0]", "parts[0].result"}, Loose: coded,
	},
	{
		Name: "tracking", Platform: schemas.Lazada, Kind: schemas.Tracking, Op: OpTracking, Region: "PH", Documents: 1,
		IDs:      []string{"9223372036854775001"},
		Parts:    []mappertest.Part{{Path: pathOrders, File: "units_tracking_orders.json"}, {Path: pathItems, File: "units_tracking_items.json"}},
		Dropped:  notOfParcels(map[string]string{"parts[1].request_id": call}, "units_tracking_orders.json", "units_tracking_items.json"),
		Envelope: append(bought, "parts[0]", "parts[0].data", "parts[1]"),
		Loose:    map[string]string{"parts[1].code": "says whether there is data at all"},
	},
	{
		Name: "tracking_history", Platform: schemas.Lazada, Kind: schemas.Tracking, Op: OpTracking, Region: "TH", Documents: 1,
		IDs: []string{"416318151816002"},
		Parts: []mappertest.Part{
			{Path: pathOrders, File: "tracking_order_row.json"},
			{Path: pathItems, File: "tracking_item_row.json"},
			{Path: pathTrace, File: "trace_more.json"},
		},
		Dropped: notOfParcels(map[string]string{
			"parts[2].request_id": call, "parts[2].result.success": flags, "parts[2].result.not_success": flags, "parts[2].result.retry": flags,
			"parts[2].result.repeated": flags, "parts[2].result.error_code.displayMessage": flags,
		}, "tracking_order_row.json", "tracking_item_row.json"),
		Envelope: append(bought, "parts[0]", "parts[0].data", "parts[1]", "parts[2]", "parts[2].result", "parts[2].result.error_code"),
		Loose:    map[string]string{"parts[2].code": "says whether there is data at all"},
	},
}

var openPayment = map[string]string{"parts[0].data.orders[].payment_method": "each site has its own, and one that is paid at the door is COD"}

// bought are the objects that say what was bought and by whom.
var bought = []string{"parts[0].data.orders[].address_billing", "parts[0].data.orders[].address_shipping"}

// notOfParcels adds to dropped the values of the order's row and of the items that say nothing about parcels.
func notOfParcels(dropped map[string]string, orders, items string) map[string]string {
	for i, file := range []string{orders, items} {
		body, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			panic(err)
		}
		var part any
		if err := json.Unmarshal(body, &part); err != nil {
			panic(err)
		}
		maps.Copy(dropped, valuesOf("parts["+strconv.Itoa(i)+"]", part, []map[string]bool{orderMembers, itemMembers}[i], false))
	}
	return dropped
}

// valuesOf returns the places of the plain values of some members, at whatever depth.
func valuesOf(place string, v any, members map[string]bool, inside bool) map[string]string {
	all := map[string]string{}
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			maps.Copy(all, valuesOf(place+"."+key, member, members, inside || members[key]))
		}
	case []any:
		for _, element := range v {
			maps.Copy(all, valuesOf(place+"[]", element, members, inside))
		}
	default:
		if inside {
			all[place] = ofOrder
		}
	}
	return all
}

func TestSuite(t *testing.T) {
	t.Parallel()
	mappertest.Run(t, Mapper{}, "../../schemas/json", pages)
}

// What is said of a line comes from the members that say it, although a change of any other takes one unit out of a line of several.
func TestSourcesOfLines(t *testing.T) {
	t.Parallel()
	const items = "orders/items/get: data[].order_items[]"
	mappertest.SourcesOf(t, schemas.Orders, "line_items[].quantity", "how many of `"+items+"` are alike")
	mappertest.SourcesOf(t, schemas.Orders, "line_items[].seller_discount", "`"+items+".voucher_seller`")
	mappertest.SourcesOf(t, schemas.Orders, "line_items[].platform_discount", "`"+items+".voucher_platform`")
}

// What counts only where the others are empty is told apart, and a list of images may be a text that holds one.
func TestSourcesThatStandIn(t *testing.T) {
	t.Parallel()
	mappertest.SourcesOf(t, schemas.Orders, "ship_by_time",
		"`orders/items/get: data[].order_items[].sla_time_stamp`", "else `orders/get: data.orders[].promised_shipping_times`")
	mappertest.SourcesOf(t, schemas.Products, "images[]", "`products/get: data.products[].images[]`", "`products/get: data.products[].images`")
}

func FuzzDocuments(f *testing.F) { mappertest.Fuzz(f, Mapper{}, pages) }
