// Package shopee speaks Shopee's Open Platform API v2: it signs calls and reads answers, without I/O. What a page means
// as documents is the transformer's matter.
//
// Sources are the platform's per-endpoint documentation and several independent clients; where they leave something open
// the comment at that place says what is assumed and why it cannot lose a row.
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

// maxSpan is the longest window of one list in seconds. The platform allows 15 days, where it says anything; whether the
// ends count is not documented and ours are widened, so a minute is left over.
const maxSpan = 15*24*3600 - 60

// Adapter is Shopee's [platform.Adapter] and [platform.Authorizer].
type Adapter struct {
	settings platform.Settings
	classes  map[string]platform.Class
}

var (
	_ platform.Adapter    = (*Adapter)(nil)
	_ platform.Authorizer = (*Adapter)(nil)
)

// New returns the adapter.
func New(s platform.Settings) *Adapter { return &Adapter{settings: s, classes: s.Classes(codes)} }

// Platform returns [schemas.Shopee].
func (*Adapter) Platform() string { return schemas.Shopee }

// Root names the first op of a kind.
func (*Adapter) Root(kind string) (string, bool) {
	switch kind {
	case schemas.Orders:
		return OrderList, true
	case schemas.Products:
		return ItemList, true
	case schemas.Transactions:
		return Transactions, true
	case schemas.Returns:
		return ReturnList, true
	case schemas.Tracking:
		return TrackingOrderList, true
	}
	return "", false
}

// Lists reports whether op reads a list.
func (*Adapter) Lists(op string) bool {
	switch op {
	case OrderList, TrackingOrderList, ItemList, EscrowList, WalletList, ReturnList:
		return true
	}
	return false
}

// Split cuts a list whose window is longer than the platform allows into contiguous, nearly equal parts, each read by a
// list of its own, and transactions into their two lists.
func (*Adapter) Split(t *schemas.Task) []platform.Draft {
	switch t.Op {
	case Transactions:
		return append(platform.Windows(EscrowList, t.Window, maxSpan, nil), platform.Windows(WalletList, t.Window, maxSpan, nil)...)
	case OrderList, TrackingOrderList, EscrowList, WalletList, ReturnList:
		if len(t.Carry) == 0 && t.Window.To-t.Window.From > maxSpan {
			return platform.Windows(t.Op, t.Window, maxSpan, nil)
		}
	}
	return nil
}

// call is what an op asks for, before it is signed.
type call struct {
	path  string
	query url.Values
	body  []byte // nil for GET
}

// Request builds the signed call of a task. A body is not covered by the signature, so that POST is signed like GET.
func (a *Adapter) Request(t *schemas.Task, s shop.Shop, now time.Time) (platform.Request, error) {
	c := call{query: url.Values{}}
	if err := a.call(t, &c); err != nil {
		return platform.Request{}, err
	}
	timestamp := strconv.FormatInt(now.Unix(), 10)
	c.query.Set("partner_id", s.AppID)
	c.query.Set("timestamp", timestamp)
	c.query.Set("access_token", s.AccessToken.Reveal())
	c.query.Set("shop_id", s.ShopID)
	c.query.Set("sign", sign(s.AppSecret.Reveal(), s.AppID, c.path, timestamp, s.AccessToken.Reveal(), s.ShopID))
	method := http.MethodGet
	if c.body != nil {
		method = http.MethodPost
	}
	return platform.Request{
		Method: method, Base: strings.TrimSuffix(s.BaseURL, "/"), Path: c.path, Query: c.query, Body: c.body,
	}, nil
}

// call sets what a task asks for.
func (a *Adapter) call(t *schemas.Task, c *call) error {
	switch t.Op {
	case OrderList, TrackingOrderList:
		return a.askOrderList(t, c)
	case OrderDetail:
		return askOrderDetail(t, c, detailFields)
	case TrackingOrders:
		return askOrderDetail(t, c, packageFields)
	case ItemList:
		return a.askItemList(t, c)
	case ItemBaseInfo:
		return askItemBaseInfo(t, c)
	case Product:
		return askModelList(t, c)
	case EscrowList:
		return a.askEscrowList(t, c)
	case EscrowDetail:
		return askEscrowDetail(t, c)
	case WalletList:
		return a.askWalletList(t, c)
	case ReturnList:
		return a.askReturnList(t, c)
	case ReturnDetail:
		return askReturnDetail(t, c)
	case Tracking, TrackingPackages, TrackingHistory:
		return askTracking(t, c)
	}
	return unknownOp(t)
}

// read reads the data of a successful answer.
func (a *Adapter) read(t *schemas.Task, data []byte, r platform.Response) (platform.Answer, error) {
	switch t.Op {
	case OrderList:
		return a.readOrderList(t, data, OrderDetail)
	case TrackingOrderList:
		return a.readOrderList(t, data, TrackingOrders)
	case OrderDetail:
		return readOrderDetail(t, data)
	case TrackingOrders:
		return a.readTrackingOrders(t, data)
	case ItemList:
		return a.readItemList(t, data)
	case ItemBaseInfo:
		return readItemBaseInfo(t, data)
	case Product:
		return readModelList(t, data)
	case EscrowList:
		return a.readEscrowList(t, data)
	case EscrowDetail:
		return readEscrowDetail(t, data)
	case WalletList:
		return a.readWalletList(t, data)
	case ReturnList:
		return a.readReturnList(t, data)
	case ReturnDetail:
		return readReturnDetail(t, data)
	case Tracking, TrackingPackages, TrackingHistory:
		return readTracking(t, data, r)
	}
	return platform.Answer{}, unknownOp(t)
}

func unknownOp(t *schemas.Task) error {
	return platform.NewError(platform.Permanent, "unknown_op", "shopee has no op "+t.Op)
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

// Probe asks for two seconds of a list, or for what does not exist.
func (a *Adapter) Probe(t *schemas.Task) schemas.Task {
	p := *t
	p.Cursor, p.Carry, p.IDs, p.Parts = "", nil, nil, nil
	switch {
	case a.Lists(t.Op):
		p.Window.To = p.Window.From + 1
	case t.Op == EscrowDetail && len(t.IDs) > 1:
		p.IDs = []string{"0", "1"} // a single one is asked for elsewhere
	case t.Op == Tracking, t.Op == TrackingPackages, t.Op == TrackingHistory:
		probeTracking(t, &p)
	default:
		p.IDs = []string{"0"}
	}
	return p
}
