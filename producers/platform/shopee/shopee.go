// Package shopee speaks Shopee's Open Platform API v2: it signs calls and reads answers, without I/O. What a page means
// as documents is the transformer's matter.
//
// Sources are the platform's per-endpoint documentation and several independent clients; where they leave something open
// the comment at that place says what is assumed and why it cannot lose an order.
package shopee

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/shopstream/shopstream/internal/shop"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// The ops: a list names the orders of a window, details fetch them.
const (
	OrderList   = "order_list"
	OrderDetail = "order_detail"
)

const (
	orderListPath   = "/api/v2/order/get_order_list"
	orderDetailPath = "/api/v2/order/get_order_detail"

	listPageSize = 100 // rows a page, the platform's maximum
	detailBatch  = 50  // ids a call, the platform's maximum

	// maxSpan is the longest window of one list in seconds. The platform allows 15 days; whether its ends count is not
	// documented and ours are widened, so a minute is left over.
	maxSpan = 15*24*3600 - 60
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

// Adapter is Shopee's [platform.Adapter].
type Adapter struct {
	settings platform.Settings
	classes  map[string]platform.Class
}

var _ platform.Adapter = (*Adapter)(nil)

// New returns the adapter.
func New(s platform.Settings) *Adapter { return &Adapter{settings: s, classes: s.Classes(codes)} }

// Platform returns [schemas.Shopee].
func (*Adapter) Platform() string { return schemas.Shopee }

// Root names the first op of a kind; so far there are orders.
func (*Adapter) Root(kind string) (string, bool) {
	if kind == schemas.Orders {
		return OrderList, true
	}
	return "", false
}

// Lists reports whether op reads a list.
func (*Adapter) Lists(op string) bool { return op == OrderList }

// Split cuts a list whose window is longer than the platform allows into contiguous, nearly equal parts, each read by a
// list of its own.
func (*Adapter) Split(t *schemas.Task) []platform.Draft {
	span := t.Window.To - t.Window.From
	if t.Op != OrderList || span <= maxSpan || len(t.Carry) > 0 {
		return nil
	}
	return platform.Windows(OrderList, t.Window, maxSpan, nil)
}

// Request builds the signed call of a task.
func (*Adapter) Request(t *schemas.Task, s shop.Shop, now time.Time) (platform.Request, error) {
	query := url.Values{}
	path := ""
	switch t.Op {
	case OrderList:
		tr, err := platform.ReadTrail(t)
		if err != nil {
			return platform.Request{}, err
		}
		w := tr.Window(t)
		if w.To <= w.From {
			return platform.Request{}, platform.NewError(platform.Permanent, "bad_task", "the window of the list is empty")
		}
		path = orderListPath
		listQuery(query, t, w)
	case OrderDetail:
		if len(t.IDs) == 0 || len(t.IDs) > detailBatch {
			return platform.Request{}, platform.NewError(platform.Permanent, "bad_task",
				"the details call asks for "+strconv.Itoa(len(t.IDs))+" orders, not 1 to "+strconv.Itoa(detailBatch))
		}
		path = orderDetailPath
		query.Set("order_sn_list", strings.Join(t.IDs, ","))
		query.Set("response_optional_fields", detailFields)
		query.Set("request_order_status_pending", "true")
	default:
		return platform.Request{}, platform.NewError(platform.Permanent, "unknown_op", "shopee has no op "+t.Op)
	}
	timestamp := strconv.FormatInt(now.Unix(), 10)
	query.Set("partner_id", s.AppID)
	query.Set("timestamp", timestamp)
	query.Set("access_token", s.AccessToken.Reveal())
	query.Set("shop_id", s.ShopID)
	query.Set("sign", sign(s.AppSecret.Reveal(), s.AppID, path, timestamp, s.AccessToken.Reveal(), s.ShopID))
	return platform.Request{
		Method: http.MethodGet, Base: strings.TrimSuffix(s.BaseURL, "/"), Path: path, Query: query,
	}, nil
}

// listQuery sets the parameters of a page of a list. Whether the ends of the range count is not documented, so the
// half-open window [from, to) is asked for as from-1 to `to`, which covers its seconds either way. What lies outside is
// listed and fetched like the rest: a document fetched twice is free.
func listQuery(query url.Values, t *schemas.Task, w schemas.Window) {
	field := t.TimeField
	if field == "" {
		field = schemas.CreateTime
	}
	query.Set("time_range_field", field)
	query.Set("time_from", strconv.FormatInt(w.From-1, 10))
	query.Set("time_to", strconv.FormatInt(w.To, 10))
	query.Set("page_size", strconv.Itoa(listPageSize))
	query.Set("cursor", t.Cursor)
	query.Set("response_optional_fields", "order_status")
	query.Set("request_order_status_pending", "true")
}

// sign returns the signature of a call: over the parts joined without separators, keyed by the app's secret as text, also
// when it looks like hex. Neither the business parameters nor a body are covered.
func sign(secret string, parts ...string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	for _, p := range parts {
		mac.Write([]byte(p))
	}
	return hex.EncodeToString(mac.Sum(nil))
}

// Probe asks for two seconds of a list, or for an order that does not exist.
func (*Adapter) Probe(t *schemas.Task) schemas.Task {
	p := *t
	p.Cursor, p.Carry, p.IDs = "", nil, nil
	if t.Op == OrderDetail {
		p.IDs = []string{"0"}
		return p
	}
	p.Window.To = p.Window.From + 1
	return p
}
