package tiktok

import (
	"maps"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/mappertest"
)

// purchased are the values of an order that are not about its parcels.
func purchased(names ...string) map[string]string {
	all := map[string]string{}
	for _, name := range names {
		all["parts[0].data.orders[]."+name] = "what was bought, by whom and for how much is the order's document"
	}
	return all
}

// address are the values of a recipient's address, of which only the country counts.
var address = []string{
	"recipient_address.full_address", "recipient_address.phone_number", "recipient_address.name",
	"recipient_address.address_detail", "recipient_address.postal_code",
	"recipient_address.district_info[].address_level", "recipient_address.district_info[].address_level_name",
	"recipient_address.district_info[].address_name",
}

// bought are the values of units that are not about their parcels.
var bought = []string{
	"line_items[].id", "line_items[].sku_id", "line_items[].sku_name", "line_items[].product_id", "line_items[].product_name",
	"line_items[].seller_sku", "line_items[].original_price", "line_items[].sale_price", "line_items[].platform_discount",
	"line_items[].seller_discount", "line_items[].currency", "line_items[].display_status", "line_items[].rts_time",
}

var detailed = append(append([]string{
	"buyer_message", "paid_time", "user_id", "buyer_email", "seller_note", "payment_method_name", "is_cod", "is_sample_order",
	"is_on_hold_order", "is_replacement_order", "is_buyer_request_cancel", "has_updated_recipient_address",
	"need_upload_invoice", "commerce_platform", "order_type",
	"payment.currency", "payment.sub_total", "payment.shipping_fee", "payment.seller_discount", "payment.platform_discount",
	"payment.total_amount", "payment.original_total_product_price", "payment.original_shipping_fee",
	"payment.shipping_fee_seller_discount", "payment.shipping_fee_platform_discount", "payment.shipping_fee_cofunded_discount",
	"payment.tax", "payment.small_order_fee", "payment.shipping_fee_tax", "payment.product_tax", "payment.retail_delivery_fee",
	"payment.buyer_service_fee", "payment.handling_fee", "payment.shipping_insurance_fee", "payment.item_insurance_fee",
	"recipient_address.first_name", "recipient_address.last_name", "recipient_address.first_name_local_script",
	"recipient_address.last_name_local_script", "recipient_address.address_line1", "recipient_address.address_line2",
	"recipient_address.address_line3", "recipient_address.address_line4", "recipient_address.post_town",
	"recipient_address.delivery_preferences.drop_off_location",
	"line_items[].sku_image", "line_items[].sku_type", "line_items[].cancel_reason", "line_items[].cancel_user",
	"line_items[].is_gift", "line_items[].item_tax[].tax_type", "line_items[].item_tax[].tax_amount",
	"line_items[].item_tax[].tax_rate", "line_items[].small_order_fee", "line_items[].retail_delivery_fee",
	"line_items[].buyer_service_fee", "line_items[].handling_duration_days", "line_items[].is_dangerous_good",
	"line_items[].needs_prescription",
}, address...), bought...)

// elsewhere are the objects whose members are the order's document's.
var elsewhere = []string{
	"parts[0].data.orders[].payment", "parts[0].data.orders[].recipient_address",
	"parts[0].data.orders[].recipient_address.delivery_preferences", "parts[0].data.orders[].recipient_address.district_info[]",
	"parts[0].data.orders[].line_items[]", "parts[0].data.orders[].line_items[].item_tax[]",
}

var split = append(append([]string{
	"paid_time", "user_id", "payment_method_name", "is_cod", "is_buyer_request_cancel",
	"payment.currency", "payment.sub_total", "payment.shipping_fee", "payment.original_shipping_fee",
	"payment.shipping_fee_platform_discount", "payment.seller_discount", "payment.platform_discount", "payment.total_amount",
	"payment.tax",
}, address...), bought...)

func with(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

const pathHistory = "/fulfillment/202309/orders/576461413038785752/tracking"

var trackingPages = []mappertest.Page{
	{
		Name: "packages_search", Platform: schemas.TikTok, Kind: schemas.Tracking, Op: OpPackageSearch,
		Parts: []mappertest.Part{{Path: "/fulfillment/202309/packages/search", File: "packages_search.json"}},
	},
	{
		Name: "tracking_orders", Platform: schemas.TikTok, Kind: schemas.Tracking, Op: OpTrackingOrders,
		Parts: []mappertest.Part{{Path: pathOrders, File: "order_detail.json"}},
	},
	{
		Name: "tracking", Platform: schemas.TikTok, Kind: schemas.Tracking, Op: OpTracking, Region: "ID",
		IDs: []string{"576461413038785752"}, Documents: 1,
		Parts:    []mappertest.Part{{Path: pathOrders, File: "order_detail.json"}},
		Envelope: append(envelope("parts[0]"), elsewhere...),
		Loose:    with(loose, map[string]string{"parts[0].data.orders[].id": "the page is about another order then"}),
		Dropped:  dropped("parts[0]", purchased(detailed...), "request_id", "message"),
	},
	{
		Name: "tracking_history", Platform: schemas.TikTok, Kind: schemas.Tracking, Op: OpTracking, Region: "ID",
		IDs: []string{"576461413038785752"}, Documents: 1,
		Parts:    []mappertest.Part{{Path: pathOrders, File: "order_row.json"}, {Path: pathHistory, File: "order_tracking.json"}},
		Envelope: append(append(envelope("parts[0]"), "parts[1]"), elsewhere...),
		Loose: map[string]string{
			"parts[0].data.orders[].id": "the page is about another order then", "parts[1].code": loose["parts[0].code"],
		},
		Dropped: dropped("parts[1]", purchased(detailed...), "request_id", "message"),
	},
	{
		Name: "tracking_two_packages", Platform: schemas.TikTok, Kind: schemas.Tracking, Op: OpTracking, Region: "VN",
		IDs: []string{"576500000000000001"}, Documents: 1,
		Parts: []mappertest.Part{
			{Path: pathOrders, File: "order_row_two_packages.json"},
			{Path: "/fulfillment/202309/orders/576500000000000001/tracking", File: "order_tracking.json"},
		},
		Envelope: append(append(envelope("parts[0]"), "parts[1]"), elsewhere...),
		Loose: map[string]string{
			"parts[0].data.orders[].id": "the page is about another order then", "parts[1].code": loose["parts[0].code"],
		},
		Dropped: dropped("parts[1]", purchased(split...), "request_id", "message"),
	},
}
