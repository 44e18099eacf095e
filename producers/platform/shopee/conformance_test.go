package shopee

import (
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/producers/platform/conformance"
	"github.com/shopstream/shopstream/schemas"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Run(t, subject())
}

func FuzzRead(f *testing.F) { conformance.Fuzz(f, subject()) }

func subject() conformance.Subject {
	return conformance.Subject{
		New:  func(s platform.Settings) platform.Adapter { return New(s) },
		Shop: testShop,
		Sign: func(v conformance.Vector) string { return sign(v.Key, v.Base) },
		Refusal: func(code, message string) []byte {
			return fmt.Appendf(nil, `{"request_id":"e3e3","error":%q,"message":%q}`, code, message)
		},
		Codes: map[string]platform.Class{
			"error_sign": platform.Auth, "error_auth": platform.Auth, "invalid_acceess_token": platform.Auth,
			"error_rate_limit": platform.Rate, "error_limit": platform.Quota,
			"error_system_busy": platform.Transient, "error_server": platform.Transient,
			"error_param": platform.Permanent, "product.error_param": platform.Permanent, "common.invalid_shop": platform.Auth,
			"order.order_list_invalid_time": platform.Permanent,
		},
		Ops:   ops(),
		Kinds: kinds(),
		Tokens: &conformance.Tokens{
			Method: http.MethodPost, URL: "https://partner.example/api/v2/auth/access_token/get",
			Query: map[string]string{
				"partner_id": "2001887", "timestamp": "1655714431", "access_token": "", "shop_id": "",
				"sign": "18139d370866f9c996c4a9915a66ff0d4720e2b03660c5f3040ffbc8289dab93", // from vectors.json
			},
			Body: `{"refresh_token":"6f4e6f6c5a586b4d704d7a4c76645269","partner_id":2001887,"shop_id":14701711}`,
			Now:  time.Unix(1655714431, 0),
			Consent: "https://partner.example/api/v2/shop/auth_partner?partner_id=2001887&redirect=https%3A%2F%2Fapp.example%2Fback" +
				"&sign=7aaf77cf2fb63bdf25623b6c3c2ad87ad51ccf4fe66e370b93b89f28bcafe45c&timestamp=1655714431", // from vectors.json
			Exchange: conformance.Grant{
				Method: http.MethodPost, URL: "https://partner.example/api/v2/auth/token/get",
				Query: map[string]string{
					"partner_id": "2001887", "timestamp": "1655714431",
					"sign": "4347600f52b50a77f5ecee90bf489adf3cec2d59d3c2febe004674f37def5451", // from vectors.json
				},
				Body: `{"code":"c-1","partner_id":2001887,"shop_id":14701711}`,
			},
			Answer: sample("token_refresh"),
			Want: platform.Tokens{
				Access: "4a7a5468524b6b7a434d6c4b75577850", Refresh: "50436d7156414d54637a567a6b47726d",
				AccessUntil: time.Unix(1655714431+14400, 0), RefreshUntil: time.Unix(1655714431+30*24*3600, 0),
			},
			Refused: map[string][]byte{
				"unknown token": []byte(`{"error":"error_auth","message":"Invalid refresh_token."}`),
				"expired":       []byte(`{"error":"refresh_token_expired","message":"Your refresh_token expired."}`),
				"wrong shop":    []byte(`{"error":"error_shop_refresh_token","message":""}`),
				"consent ended": []byte(`{"error":"shop_access_expired","message":""}`),
			},
		},
		Serve: serve,
	}
}

// sample reads an answer of testdata, and does without a test so that fuzzing may too.
func sample(name string) []byte {
	body, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		panic(err)
	}
	return body
}

func kinds() []conformance.Kind {
	const days15 = 15 * 24 * 3600
	return []conformance.Kind{
		{Kind: schemas.Orders, PageSize: maxRows, MaxSpan: map[string]int64{OrderList: days15}},
		{Kind: schemas.Products, PageSize: maxRows},
		{
			Kind: schemas.Transactions, PageSize: maxRows, MaxSpan: map[string]int64{EscrowList: days15, WalletList: days15},
			IDs: func(r conformance.Row) []string {
				return []string{r.ID, fmt.Sprintf("%d:ESCROW_VERIFIED_ADD:1.50:%s.10:%s:0:", r.Time, r.ID, r.ID)}
			},
		},
		{Kind: schemas.Returns, PageSize: maxRows, MaxSpan: map[string]int64{ReturnList: days15}},
		{Kind: schemas.Tracking, PageSize: maxRows, MaxSpan: map[string]int64{TrackingOrderList: days15}},
		{Kind: schemas.Tracking, PageSize: maxRows, Settings: platform.Settings{History: true}},
		{
			Kind: schemas.Products, PageSize: 7,
			Settings: platform.Settings{PageSizes: map[string]int{ItemList: 7, ItemBaseInfo: 3}},
		},
	}
}
