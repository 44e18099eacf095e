package shopee

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/schemas"
)

func TestReturns(t *testing.T) {
	t.Parallel()
	const good = `"return_sn":"R1","order_sn":"A","status":"REQUESTED","currency":"VND","create_time":1717800000,"update_time":1717900000`
	for name, c := range map[string]struct {
		members string
		key     string
		kind    string
		kept    string // in platform_fields
		errors  []string
	}{
		"goods and money":     {good + `,"return_solution":0`, "R1", schemas.TypeReturnRefund, "", nil},
		"money alone":         {good + `,"return_solution":1`, "R1", schemas.TypeRefundOnly, "", nil},
		"another solution":    {good + `,"return_solution":2`, "R1", "", `{"return_solution":2}`, nil},
		"solution is text":    {good + `,"return_solution":"1"`, "R1", "", `{"return_solution":"1"}`, []string{"return_solution: want an integer"}},
		"no solution":         {good + `,"return_solution":null`, "R1", "", "", nil},
		"no order":            {good + `,"order_sn":null`, "R1", "", "", []string{"order_sn: missing"}},
		"no id":               {good + `,"return_sn":""`, "unidentified-", "", `{"return_sn":""}`, []string{"return_sn: missing", "return_sn: want a return id"}},
		"line without a unit": {good + `,"item":[{"item_id":1,"amount":0}]`, "R1", "", "", []string{"item[0].amount: want more than 0"}},
		"line without item":   {good + `,"item":[{"amount":1}]`, "R1", "", "", []string{"item[0].item_id: missing"}},
		"lines are text":      {good + `,"item":"all"`, "R1", "", `{"item":"all"}`, []string{"item: want a list"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := &schemas.Page{Parts: []schemas.PagePart{part("returns/get_return_detail", `{"error":"","response":{`+c.members+`}}`)}}
			got, documents := mapped[*schemas.Return](t, schemas.Returns, OpReturnDetail, page)
			r := got[0]
			if !strings.HasPrefix(r.ID, "shopee:main:555:"+c.key) || r.Type != c.kind || string(r.PlatformFields) != c.kept {
				t.Errorf("%s of type %q with %s", r.ID, r.Type, r.PlatformFields)
			}
			if !slices.Equal(r.ValidationErrors, c.errors) || r.IsValid != (c.errors == nil) {
				t.Errorf("valid %v, errors %q", r.IsValid, r.ValidationErrors)
			}
			if documents[0].UpdateTime != 1717900000 || documents[0].FetchedAt != testFetchedAt {
				t.Errorf("got %+v", documents[0])
			}
		})
	}
}
