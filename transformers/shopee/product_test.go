package shopee

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/schemas"
)

func item(id, members string) string {
	return `{"item_id":` + id + `,"item_name":"Shirt","item_status":"NORMAL","create_time":1700000000,"update_time":1717500000` + members + `}`
}

func items(rows ...string) schemas.PagePart {
	return part("product/get_item_base_info", `{"error":"","response":{"item_list":[`+strings.Join(rows, ",")+`]}}`)
}

func models(rows string) schemas.PagePart {
	return part("product/get_model_list", `{"error":"","response":{"tier_variation":[{"name":"Color","option_list":[{"option":"Blue"},{"option":""}]}],"model":[`+rows+`]}}`)
}

const price = `"price_info":[{"currency":"VND","current_price":1,"original_price":2}]`

func TestProductProblems(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		row    string
		models string
		id     string
		errors []string
	}{
		"good":               {item("1", `,`+price), "", "1", nil},
		"good models":        {item("1", `,"has_model":true`), `{"model_id":5,"tier_index":[0],` + price + `}`, "1", nil},
		"not an object":      {`"secret"`, "", "unidentified-", nil},
		"no id":              {item("null", ""), "", "unidentified-", []string{"item_id: missing"}},
		"no name":            {item("1", `,"item_name":null`), "", "1", []string{"item_name: missing"}},
		"price is text":      {item("1", `,"price_info":[{"currency":"VND","current_price":"a lot"}]`), "", "1", []string{"price_info[0].current_price: not a plain decimal amount of at most 34 digits"}},
		"price is no list":   {item("1", `,"price_info":{"current_price":1}`), "", "1", []string{"price_info: want a list"}},
		"price is odd":       {item("1", `,"price_info":[7]`), "", "1", []string{"price_info[0]: want an object"}},
		"no currency":        {item("1", `,"price_info":[{"current_price":1}]`), "", "1", []string{"price_info[0].currency: missing"}},
		"stock is text":      {item("1", `,"stock_info_v2":{"summary_info":{"total_available_stock":"many"}}`), "", "1", []string{"stock_info_v2.summary_info.total_available_stock: want an integer"}},
		"images are odd":     {item("1", `,"image":{"image_url_list":["https://a",7]}`), "", "1", []string{"image.image_url_list[1]: want a string"}},
		"bad UTF-8":          {item("1", ",\"note\":\"\xff\""), "", "1", []string{"row: not valid UTF-8, bad bytes replaced"}},
		"models are missing": {item("1", `,"has_model":true`), "", "1", []string{"model_list.model: missing"}},
		"models are none":    {item("1", `,"has_model":true`), ` `, "1", []string{"model_list.model: missing"}},
		"model is odd":       {item("1", `,"has_model":true`), `{"model_id":5},7`, "1", []string{"model_list.model[1]: want an object"}},
		"model without id":   {item("1", ""), `{"model_sku":"x"}`, "1", []string{"model_list.model[0].model_id: missing"}},
		"other currency":     {item("1", ""), `{"model_id":5,` + price + `},{"model_id":6,"price_info":[{"currency":"SGD","current_price":1}]}`, "1", []string{"model_list.model[1].price_info[0].currency: not the currency of the other prices"}},
		"tier of no option":  {item("1", ""), `{"model_id":5,"tier_index":[2]}`, "1", []string{"model_list.model[0].tier_index: want indexes of options that have names"}},
		"option has no name": {item("1", ""), `{"model_id":5,"tier_index":[1]}`, "1", []string{"model_list.model[0].tier_index: want indexes of options that have names"}},
		"tier is text":       {item("1", ""), `{"model_id":5,"tier_index":"0"}`, "1", []string{"model_list.model[0].tier_index: want a list"}},
		"absurd stock":       {item("1", ""), `{"model_id":5,"stock_info_v2":{"summary_info":{"total_available_stock":9223372036854775807}}},{"model_id":6,"stock_info_v2":{"summary_info":{"total_available_stock":1}}}`, "1", []string{"stock_info_v2: stocks are too large to add up"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := &schemas.Page{Parts: []schemas.PagePart{items(c.row)}}
			if c.models != "" {
				page.Parts = append(page.Parts, models(c.models))
			}
			got, _ := mapped[*schemas.Product](t, schemas.Products, OpProduct, page)
			p := got[0]
			if !slices.Equal(p.ValidationErrors, c.errors) {
				t.Errorf("validation errors %q", p.ValidationErrors)
			}
			if want := c.errors == nil && !strings.HasPrefix(c.id, "un"); p.IsValid != want || (p.ParseError == "") == strings.HasPrefix(c.id, "un") {
				t.Errorf("valid %v, parse error %q", p.IsValid, p.ParseError)
			}
			if !strings.HasPrefix(p.ID, "shopee:main:555:"+c.id) {
				t.Errorf("key %s", p.ID)
			}
		})
	}
}

func TestProductsOfThePage(t *testing.T) {
	t.Parallel()
	page := &schemas.Page{IDs: []string{"2", "3"}, Parts: []schemas.PagePart{items(item("1", ""), item("2", ""), `null`, item("3", ""))}}
	got, _ := mapped[*schemas.Product](t, schemas.Products, OpProduct, page)
	if len(got) != 3 || got[0].ProductID != "2" || got[1].ParseError == "" || got[2].ProductID != "3" {
		t.Fatalf("%d documents", len(got))
	}
	page = &schemas.Page{IDs: []string{"2"}, Parts: []schemas.PagePart{items(item("1", ""), item("2", "")), models(`{"model_id":9}`)}}
	page.Parts[1].FetchedAt = testFetchedAt - 5
	got, documents := mapped[*schemas.Product](t, schemas.Products, OpProduct, page)
	if len(got) != 1 || got[0].Variants[0].VariantID != "9" || documents[0].FetchedAt != testFetchedAt-5 || documents[0].UpdateTime != 1717500000 {
		t.Fatalf("got %+v", documents)
	}
}

func TestStockOfProducts(t *testing.T) {
	t.Parallel()
	stock := func(n string) string { return `,"stock_info_v2":{"summary_info":{"total_available_stock":` + n + `}}` }
	for name, c := range map[string]struct {
		row, models string
		want        int64 // -1: absent
	}{
		"own":         {item("1", stock("7")), "", 7},
		"own, none":   {item("1", stock("0")), "", 0},
		"not said":    {item("1", ""), "", -1},
		"models":      {item("1", ""), `{"model_id":5` + stock("2") + `},{"model_id":6` + stock("3") + `},{"model_id":7}`, 5},
		"models, own": {item("1", stock("99")), `{"model_id":5` + stock("2") + `}`, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := &schemas.Page{Parts: []schemas.PagePart{items(c.row)}}
			if c.models != "" {
				page.Parts = append(page.Parts, models(c.models))
			}
			got, _ := mapped[*schemas.Product](t, schemas.Products, OpProduct, page)
			total := int64(-1)
			if got[0].TotalStock != nil {
				total = *got[0].TotalStock
			}
			if total != c.want || !got[0].IsValid {
				t.Errorf("stock %d, want %d; %q", total, c.want, got[0].ValidationErrors)
			}
		})
	}
}
