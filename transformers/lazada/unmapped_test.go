package lazada

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/shopstream/shopstream/schemas"
)

// Beside known statuses, or in a dispute, a new one does not decide about the unified status; it is said still.
func TestNewWordsBesideOthers(t *testing.T) {
	t.Parallel()
	of := func(field string, values ...string) (all []schemas.Unmapped) {
		for _, v := range values {
			all = append(all, schemas.Unmapped{Field: field, Value: v})
		}
		return all
	}
	order := func(members string) schemas.PagePart {
		return part(pathOrders, []byte(`{"code":"0","data":{"orders":[{"order_id":1,`+members+`}]}}`))
	}
	items := func(items string) schemas.PagePart {
		return part(pathItems, []byte(`{"code":"0","data":[{"order_id":1,"order_items":[`+items+`]}]}`))
	}
	returned := func(members, lines string) []schemas.PagePart {
		return []schemas.PagePart{part(pathReverse, []byte(`{"code":"0","result":{"success":true,"items":[{"reverse_order_id":1,`+members+`"reverse_order_lines":[`+lines+`]}]}}`))}
	}
	paid := func(kind string) []schemas.PagePart {
		return []schemas.PagePart{part(pathTransactions, []byte(`{"code":"0","data":[{"transaction_type":"`+kind+`","fee_name":"Brand New"}]}`))}
	}
	for name, c := range map[string]struct {
		kind, op string
		parts    []schemas.PagePart
		want     []schemas.Unmapped
	}{
		"an order of several": {schemas.Orders, OpOrderDetail, []schemas.PagePart{
			order(`"statuses":["delivered","beamed"]`), items(`{"order_item_id":2,"status":"delivered"}`),
		}, of("status", "beamed")},
		"an order that leaves it to items": {schemas.Orders, OpOrderDetail, []schemas.PagePart{
			order(`"price":1`), items(`{"order_item_id":2,"status":"beamed"},{"order_item_id":3,"status":"shipped"}`),
		}, of("status", "beamed")},
		"a parcel of several": {schemas.Tracking, OpTracking, []schemas.PagePart{
			order(`"statuses":["delivered"]`),
			items(`{"order_item_id":2,"package_id":"P","status":"delivered"},{"order_item_id":3,"package_id":"P","status":"beamed"},{"order_item_id":4,"package_id":"P","status":"beamed"}`),
		}, of("packages[].status", "beamed")},
		"a dispute":          {schemas.Returns, OpReverseList, returned(`"request_type":"RETURN",`, `{"reverse_status":"NEW","is_dispute":true},{"reverse_status":"REFUND_PENDING"}`), of("status", "NEW")},
		"a type of return":   {schemas.Returns, OpReverseList, returned(`"request_type":"SWAP",`, `{"reverse_status":"REFUND_PENDING"}`), of("platform_fields.request_type", "SWAP")},
		"a country":          {schemas.Orders, OpOrderDetail, []schemas.PagePart{order(`"statuses":["delivered"],"address_shipping":{"country":"Atlantis"}`), items(``)}, of("platform_fields.address_shipping.country", "")},
		"no country":         {schemas.Orders, OpOrderDetail, []schemas.PagePart{order(`"statuses":["delivered"],"address_shipping":{"country":""}`), items(``)}, nil},
		"a type of money":    {schemas.Transactions, OpTransactionList, paid("Orders-Brand New Fees"), of("platform_fields.transaction_type", "Orders-Brand_New_Fees")},
		"another":            {schemas.Transactions, OpTransactionList, paid("Gifts"), of("platform_fields.transaction_type", "Gifts")},
		"a known one":        {schemas.Transactions, OpTransactionList, paid("Refunds-Marketing Fees"), nil},
		"one without a what": {schemas.Transactions, OpTransactionList, paid("Other Services"), nil},
		"one with a dash":    {schemas.Transactions, OpTransactionList, paid("Sponsored Discovery - Top up"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := documents(t, c.kind, c.op, schemas.Page{Region: "TH", Parts: c.parts})
			if len(all) != 1 {
				t.Fatalf("%d documents", len(all))
			}
			if got := all[0].Unmapped; !reflect.DeepEqual(got, c.want) {
				t.Errorf("unmapped: %v, want %v", fmt.Sprint(got), c.want)
			}
		})
	}
}
