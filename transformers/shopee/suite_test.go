package shopee

import (
	"testing"

	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers/mappertest"
)

var envelope = []string{"parts[0]", "parts[0].response"}

func dropEnvelope() map[string]string {
	return map[string]string{
		"parts[0].request_id": "names the call, not the data",
		"parts[0].message":    "empty in answers that are no errors",
	}
}

var pages = []mappertest.Page{
	{
		Name: "order_detail", Platform: schemas.Shopee, Kind: schemas.Orders, Op: OpOrderDetail, Documents: 4,
		Parts:   []mappertest.Part{{Path: "/api/v2/order/get_order_detail", File: "order_detail.json"}},
		Dropped: dropEnvelope(), Envelope: envelope, Loose: map[string]string{"parts[0].error": "says whether there is data at all"},
	},
	{
		Name: "order_list", Platform: schemas.Shopee, Kind: schemas.Orders, Op: OpOrderList,
		Parts: []mappertest.Part{{Path: "/api/v2/order/get_order_list", File: "order_list.json"}},
	},
	{
		Name: "order_list_last_page", Platform: schemas.Shopee, Kind: schemas.Orders, Op: OpOrderList,
		Parts: []mappertest.Part{{Path: "/api/v2/order/get_order_list", File: "order_list_last_page.json"}},
	},
}

func TestSuite(t *testing.T) {
	t.Parallel()
	mappertest.Run(t, Mapper{}, "../../schemas/json", pages)
}

func FuzzDocuments(f *testing.F) { mappertest.Fuzz(f, Mapper{}, pages) }
