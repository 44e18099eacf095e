package tiktok

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
)

// What an answer says beside a new status may decide about the unified status; the new one is said still.
func TestNewWordsBesideOthers(t *testing.T) {
	t.Parallel()
	of := func(field, value string) []schemas.Unmapped { return []schemas.Unmapped{{Field: field, Value: value}} }
	for name, c := range map[string]struct {
		kind, op, path, data string
		want                 []schemas.Unmapped
	}{
		"asked to cancel":        {schemas.Orders, OpOrderDetail, pathOrders, `"orders":[{"id":"1","status":"NEW","is_buyer_request_cancel":true}]`, of("status", "NEW")},
		"asked, and known":       {schemas.Orders, OpOrderDetail, pathOrders, `"orders":[{"id":"1","status":"ON_HOLD","is_buyer_request_cancel":true}]`, nil},
		"without a status":       {schemas.Orders, OpOrderDetail, pathOrders, `"orders":[{"id":"1"}]`, nil},
		"disputed":               {schemas.Returns, OpReturnSearch, "/return_refund/202309/returns/search", `"return_orders":[{"return_id":"1","return_type":"REFUND","return_status":"NEW","arbitration_status":"IN_PROGRESS"}]`, of("status", "NEW")},
		"disputes that ended":    {schemas.Returns, OpReturnSearch, "/return_refund/202309/returns/search", `"return_orders":[{"return_id":"1","return_type":"REFUND","return_status":"AWAITING_BUYER_SHIP","arbitration_status":"CLOSED"}]`, nil},
		"a type of cancellation": {schemas.Returns, OpCancellationSearch, "/return_refund/202309/cancellations/search", `"cancellations":[{"cancel_id":"1","cancel_type":"NEW","cancel_status":"CANCELLATION_REQUEST_PENDING"}]`, nil},
		"levels of an address": {
			schemas.Orders, OpOrderDetail, pathOrders, `"orders":[{"id":"1","recipient_address":{"district_info":[` +
				`{"address_level_name":"Elm Street 7"},{"address_level_name":"Moon"},{"address_level_name":" SUB-DISTRICT "}]}}]`,
			of("platform_fields.recipient_address.district_info[].address_level_name", ""),
		},
		"levels without a field": {schemas.Orders, OpOrderDetail, pathOrders, `"orders":[{"id":"1","recipient_address":{"district_info":[` +
			`{"address_level_name":"Country"},{"address_level_name":"County"},{"address_level_name":"Sub-district"}]}}]`, nil},
		"an estimate's type":   {schemas.Transactions, OpUnsettledList, "/finance/202507/orders/unsettled", `"transactions":[{"id":"1","type":"NEW"}]`, nil},
		"a silent parcel":      {schemas.Tracking, OpTracking, pathOrders, `"orders":[{"id":"1","status":"NEW","packages":[{"id":"2"}]}]`, of("platform_fields.status", "NEW")},
		"a silent one, known":  {schemas.Tracking, OpTracking, pathOrders, `"orders":[{"id":"1","status":"PARTIALLY_SHIPPING","packages":[{"id":"2"}]}]`, nil},
		"a parcel that speaks": {schemas.Tracking, OpTracking, pathOrders, `"orders":[{"id":"1","status":"NEW","packages":[{"id":"2"}],"line_items":[{"id":"3","package_id":"2","package_status":"COMPLETED"}]}]`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &schemas.Page{Parts: []schemas.PagePart{{Path: c.path, Body: json.RawMessage(answer(c.data))}}}
			all, err := Mapper{}.Documents(transformers.Origin{Platform: schemas.TikTok, Kind: c.kind, Op: c.op}, p)
			if err != nil || len(all) != 1 {
				t.Fatalf("%d documents, %v", len(all), err)
			}
			if !reflect.DeepEqual(all[0].Unmapped, c.want) {
				t.Errorf("unmapped: %v, want %v", all[0].Unmapped, c.want)
			}
		})
	}
}
