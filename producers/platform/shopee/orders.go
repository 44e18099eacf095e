package shopee

import (
	"strconv"
	"strings"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// The ops of orders: a list names the orders of a window, details fetch them.
const (
	OrderList   = "order_list"
	OrderDetail = "order_detail"
)

const (
	orderListPath   = "/api/v2/order/get_order_list"
	orderDetailPath = "/api/v2/order/get_order_detail"

	maxRows = 100 // a page of any list
	maxIDs  = 50  // a call for details that takes several ids
)

// detailFields are the optional fields of an order's details: without them only a stub comes back.
var detailFields = strings.Join([]string{
	"buyer_user_id", "buyer_username", "estimated_shipping_fee", "recipient_address", "actual_shipping_fee",
	"goods_to_declare", "note", "note_update_time", "item_list", "pay_time", "dropshipper", "dropshipper_phone",
	"split_up", "buyer_cancel_reason", "cancel_by", "cancel_reason", "actual_shipping_fee_confirmed", "buyer_cpf_id",
	"fulfillment_flag", "pickup_done_time", "package_list", "shipping_carrier", "payment_method", "total_amount",
	"invoice_data", "order_chargeable_weight_gram", "return_request_due_date", "edt", "payment_info",
	"international_label", "prescription_images", "prescription_check_status", "pharmacist_name",
	"is_buyer_shop_collection", "buyer_proof_of_collection", "reverse_shipping_fee", "checkout_shipping_carrier",
	"no_plastic_packing",
}, ",")

func (a *Adapter) askOrderList(t *schemas.Task, c *call) error {
	c.path = orderListPath
	field := t.TimeField
	if field == "" {
		field = schemas.CreateTime
	}
	c.query.Set("time_range_field", field)
	c.query.Set("page_size", strconv.Itoa(a.settings.PageSize(t.Op, maxRows)))
	c.query.Set("cursor", t.Cursor)
	c.query.Set("response_optional_fields", "order_status")
	c.query.Set("request_order_status_pending", "true")
	return askWindow(t, c.query, "time_from", "time_to")
}

func askOrderDetail(t *schemas.Task, c *call, fields string) error {
	c.path = orderDetailPath
	c.query.Set("order_sn_list", strings.Join(t.IDs, ","))
	c.query.Set("response_optional_fields", fields)
	c.query.Set("request_order_status_pending", "true")
	return askIDs(t, maxIDs)
}

// readOrderList reads a page of the list, whose orders are fetched by details. The list ends only when the platform says that
// there is no more.
func (a *Adapter) readOrderList(t *schemas.Task, data []byte, details string) (platform.Answer, error) {
	p, err := readPage(t, data, "order_list", "more", "order_sn")
	if err != nil {
		return platform.Answer{}, err
	}
	if len(p.trail.Tail) > 0 {
		if err := p.stalled(); err != nil {
			return platform.Answer{}, err
		}
	}
	fresh, ok := p.behind()
	if !ok {
		return again(t, p.trail)
	}
	listed := ids(fresh)
	answer := platform.Answer{
		Page: true, Listed: listed,
		Children: platform.Batches(details, listed, a.settings.PageSize(details, maxIDs)),
	}
	if details == TrackingOrders {
		for i := range answer.Children {
			answer.Children[i].Bare = glimpses(fresh)
		}
	}
	if !p.more {
		return answer, nil
	}
	values, _ := members(data, "next_cursor")
	cursor := id(values[0])
	p.trail.Tail = nil
	if earlier, ok := overlapped(t, cursor, len(p.rows)); ok {
		cursor, p.trail.Tail = earlier, []string{p.rows[len(p.rows)-1].id}
	}
	if answer.Next, err = p.trail.Follow(t, cursor, len(fresh) == 0); err != nil {
		return platform.Answer{}, err
	}
	return answer, nil
}

// glimpses returns the statuses of orders, which change when a parcel is made for one.
func glimpses(orders []row) map[string]platform.Glimpse {
	seen := make(map[string]platform.Glimpse, len(orders))
	for _, r := range orders {
		values, _ := members(r.text, "order_status")
		seen[r.id] = platform.Glimpse{Status: id(values[0])}
	}
	return seen
}

// overlapped returns the cursor of a page that begins with the last row of this one. Cursors are not documented, but for a
// sample that looks like the number of rows before. Where one is just that number, an order that is updated, and so leaves a
// list of update times, takes the next one out of sight. Lists of create times lose no orders, and other cursors are taken
// to find their place again.
func overlapped(t *schemas.Task, cursor string, rows int) (earlier string, ok bool) {
	if t.TimeField != schemas.UpdateTime || rows < 2 {
		return "", false
	}
	before := 0
	if t.Cursor != "" {
		var err error
		if before, err = strconv.Atoi(t.Cursor); err != nil {
			return "", false
		}
	}
	if cursor != strconv.Itoa(before+rows) {
		return "", false
	}
	return strconv.Itoa(before + rows - 1), true
}

// readOrders reads orders that were asked for, and those of them that are lacking.
func readOrders(t *schemas.Task, data []byte) (rows []row, lacking []string, err error) {
	values, ok := members(data, "order_list")
	if !ok || values[0] == nil {
		return nil, nil, badShape("the details lack order_list")
	}
	if rows, err = readRows(values[0], "order_sn"); err != nil {
		return nil, nil, err
	}
	lacking, err = unasked(t.IDs, ids(rows))
	return rows, lacking, err
}

// readOrderDetail compares what was asked with what was answered.
func readOrderDetail(t *schemas.Task, data []byte) (platform.Answer, error) {
	rows, lacking, err := readOrders(t, data)
	if err != nil {
		return platform.Answer{}, err
	}
	return platform.Answer{Page: len(rows) > 0, Answered: ids(rows), Children: alone(t, lacking)}, nil
}
