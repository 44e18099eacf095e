package shopee

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/schemas"
	"github.com/shopstream/shopstream/transformers"
	"github.com/shopstream/shopstream/transformers/read"
)

// good returns a row that nothing is wrong with; members are added to it, or set again (the last one counts).
func good(sn string, members string) string {
	if members != "" {
		members = "," + members
	}
	return `{"order_sn":"` + sn + `","order_status":"SHIPPED","currency":"VND","create_time":1717640005,"update_time":1717640911,` +
		`"item_list":[{"item_id":1,"model_id":2,"model_quantity_purchased":1,"line_item_id":3}]` + members + `}`
}

func nested(levels int) string { return strings.Repeat(`[`, levels) + strings.Repeat(`]`, levels) }

// TestPoisonRows puts each poison row first, in the middle and last: its neighbours must not notice.
func TestPoisonRows(t *testing.T) {
	t.Parallel()
	const lost = "unidentified-"
	for name, c := range map[string]struct {
		row    string
		id     string // how the order's id begins
		parse  bool   // whether it is a parse error
		errors []string
	}{
		"good":                   {good("P", ""), "P", false, nil},
		"unknown status":         {good("P", `"order_status":"TELEPORTED"`), "P", false, nil},
		"unpaid without lines":   {good("P", `"item_list":[],"order_status":"UNPAID"`), "P", false, nil},
		"lines missing":          {good("P", `"item_list":null`), "P", false, []string{"item_list: missing"}},
		"no lines":               {good("P", `"item_list":[]`), "P", false, []string{"item_list: missing"}},
		"a string":               {`"secret buyer"`, lost, true, nil},
		"null":                   {`null`, lost, true, nil},
		"a list":                 {`[1]`, lost, true, nil},
		"a deep list":            {nested(300), lost, true, []string{"row: nested too deeply, kept as text"}},
		"empty object":           {`{}`, lost, true, []string{"create_time: missing", "currency: missing", "item_list: missing", "order_sn: missing", "order_status: missing", "update_time: missing"}},
		"id is null":             {good("P", `"order_sn":null`), lost, true, []string{"order_sn: missing"}},
		"id is empty":            {good("", ""), lost, true, []string{"order_sn: missing", "order_sn: want an order id"}},
		"id is an object":        {good("P", `"order_sn":{"a":1}`), lost, true, []string{"order_sn: missing", "order_sn: want an order id"}},
		"id has bad UTF-8":       {good("P\xff", ""), lost, true, []string{"order_sn: missing", "order_sn: want an order id", "row: not valid UTF-8, bad bytes replaced"}},
		"id has control bytes":   {good(`P\u0000`, ""), lost, true, []string{"order_sn: missing", "order_sn: want an order id"}},
		"id is a number":         {good("P", `"order_sn":18446744073709551615`), "18446744073709551615", false, []string{"order_sn: want a string"}},
		"times are text":         {good("P", `"create_time":"soon","update_time":1.5`), "P", false, []string{"create_time: missing", "create_time: want a time in unix seconds", "update_time: missing", "update_time: want a time in unix seconds"}},
		"time is in ms":          {good("P", `"update_time":1717640911000`), "P", false, []string{"update_time: missing", "update_time: want a time in unix seconds"}},
		"time is before 1970":    {good("P", `"pay_time":-1`), "P", false, []string{"pay_time: want a time in unix seconds"}},
		"status is a number":     {good("P", `"order_status":7`), "P", false, []string{"order_status: missing", "order_status: want a string"}},
		"cod is text":            {good("P", `"cod":"yes"`), "P", false, []string{"cod: want true or false"}},
		"list is an object":      {good("P", `"package_list":{"a":1}`), "P", false, []string{"package_list: want a list"}},
		"package is text":        {good("P", `"package_list":["x"]`), "P", false, []string{"package_list[0]: want an object"}},
		"package's lines are no": {good("P", `"package_list":[{"package_number":"1","item_list":7}]`), "P", false, []string{"package_list[0].item_list: want a list"}},
		"address is text":        {good("P", `"recipient_address":"Main Street"`), "P", false, []string{"recipient_address: want an object"}},
		"line without id":        {good("P", `"item_list":[{"model_quantity_purchased":1,"line_item_id":4}]`), "P", false, []string{"item_list[0].item_id: missing"}},
		"id is negative":         {good("P", `"item_list":[{"item_id":-1,"model_quantity_purchased":1,"line_item_id":4}]`), "P", false, []string{"item_list[0].item_id: missing", "item_list[0].item_id: want an integer id"}},
		"quantity is 0":          {good("P", `"item_list":[{"item_id":1,"model_quantity_purchased":0,"line_item_id":4}]`), "P", false, []string{"item_list[0].model_quantity_purchased: want more than 0"}},
		"quantity is absurd":     {good("P", `"item_list":[{"item_id":1,"model_quantity_purchased":99999999999999999999}]`), "P", false, []string{"item_list[0].model_quantity_purchased: want an integer", "item_list[0].model_quantity_purchased: want more than 0"}},
		"one line twice":         {good("P", `"item_list":[{"item_id":1,"model_quantity_purchased":1,"line_item_id":4},{"item_id":2,"model_quantity_purchased":1,"line_item_id":4}]`), "P", false, []string{"item_list: two lines have one id"}},
		"money with commas":      {good("P", `"total_amount":"1,000"`), "P", false, []string{"total_amount: not a plain decimal amount of at most 34 digits"}},
		"money is NaN":           {good("P", `"total_amount":"NaN"`), "P", false, []string{"total_amount: not a plain decimal amount of at most 34 digits"}},
		"absurd money":           {good("P", `"total_amount":1e400`), "P", false, []string{"total_amount: amount has more than 31 digits before the point, 20 behind it or 34 in all"}},
		"money without end":      {good("P", `"actual_shipping_fee":0.`+strings.Repeat("3", 5000)), "P", false, []string{"actual_shipping_fee: not a plain decimal amount of at most 34 digits"}},
		"bad UTF-8":              {good("P", "\"note\":\"a\xff\xfeb\""), "P", false, []string{"row: not valid UTF-8, bad bytes replaced"}},
		"half a surrogate":       {good("P", `"note":"\ud83d"`), "P", false, nil},
		"dollars and dots":       {good("P", `"$set":{"$inc":{"a.b":1}},"a.b.c":[{"":null}]`), "P", false, nil},
		"deep enough":            {good("P", `"new":`+nested(read.MaxKept)), "P", false, nil},
		"too deep":               {good("P", `"new":`+nested(read.MaxKept+1)), "P", false, []string{"new: nested too deeply, kept as text"}},
		"far too deep":           {good("P", `"item_list":[{"item_id":1,"line_item_id":4,"model_quantity_purchased":1,"new":`+nested(5000)+`}]`), "P", false, []string{"item_list[0].new: nested too deeply, kept as text"}},
		"deep in an address":     {good("P", `"recipient_address":{"town":`+nested(read.MaxKept)+`}`), "P", false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			neighbours := documents(t, good("A", "")+","+good("B", ""))
			for at := range 3 {
				rows := slices.Insert([]string{good("A", ""), good("B", "")}, at, c.row)
				got := documents(t, strings.Join(rows, ","))
				poison := got[at]
				if !reflect.DeepEqual(slices.Delete(slices.Clone(got), at, at+1), neighbours) {
					t.Errorf("at %d: the neighbours changed", at)
				}
				id := strings.TrimPrefix(poison.ID, "shopee:main:555:")
				if !strings.HasPrefix(id, c.id) || (poison.ParseError != "") != c.parse {
					t.Errorf("at %d: id %q, parse error %q", at, id, poison.ParseError)
				}
				if !slices.Equal(poison.ValidationErrors, c.errors) {
					t.Errorf("at %d: validation errors %q", at, poison.ValidationErrors)
				}
				if want := c.errors == nil && !c.parse; poison.IsValid != want {
					t.Errorf("at %d: valid %v", at, poison.IsValid)
				}
				if doc, err := bson.Marshal(&poison); err != nil || bson.Raw(doc).Validate() != nil {
					t.Errorf("at %d: cannot be stored: %v", at, err)
				}
			}
		})
	}
}

// TestPoisonPages: what is no answer of orders at all is given up with a reason that quotes nothing of it.
func TestPoisonPages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, class string }{
		"cut off":          {`{"error":"","response":{"order_list":[{"order_sn":"SECRET`, stream.ClassUndecodable},
		"HTML":             {`<html>SECRET</html>`, stream.ClassUndecodable},
		"NaN":              {`{"error":"","response":{"order_list":[{"order_sn":"SECRET","total_amount":NaN}]}}`, stream.ClassUndecodable},
		"a string":         {`"SECRET"`, stream.ClassUndecodable},
		"an error":         {string(sample(t, "order_detail_error_not_found.json")), stream.ClassUndecodable},
		"no response":      {`{"error":"","x":"SECRET"}`, stream.ClassUndecodable},
		"no list":          {`{"error":"","response":{"order_list":{"a":"SECRET"}}}`, stream.ClassUndecodable},
		"deeper than JSON": {`{"error":"","response":{"order_list":[` + nested(10000) + `]}}`, stream.ClassUndecodable},
		"contradiction":    {`{"error":"","response":{"order_list":[` + good("SECRET", "") + `,` + good("SECRET", `"note":"x"`) + `]}}`, transformers.ClassConflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := process(t, pageRecord(t, OpOrderDetail, []byte(c.body)))
			if len(result.Publish) != 0 || len(result.Rejected) != 1 || result.Rejected[0].Class != c.class {
				t.Fatalf("got %+v", result)
			}
			if err := result.Rejected[0].Err.Error(); strings.Contains(err, "SECRET") {
				t.Errorf("the reason quotes the answer: %s", err)
			}
		})
	}
}

func TestEmptyAnswer(t *testing.T) {
	t.Parallel()
	if got := documents(t, ""); len(got) != 0 {
		t.Errorf("an empty list gave %d documents", len(got))
	}
}

func TestTwiceTheSameIsOne(t *testing.T) {
	t.Parallel()
	got := documents(t, good("A", `"note":"x"`)+","+good("B", "")+","+strings.ReplaceAll(good("A", `"note":"x"`), ",", " , "))
	if len(got) != 2 || got[0].OrderID != "A" || got[1].OrderID != "B" {
		t.Errorf("got %d documents", len(got))
	}
}

func TestMemberOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	one := documents(t, `{"order_sn":"A","x":"1","cod":1,"region":2,"package_list":[{"package_number":"p","item_list":[{"item_id":1}]}],"item_list":[{"item_id":1,"line_item_id":9,"model_quantity_purchased":1}]}`)[0]
	two := documents(t, `{"item_list":[{"model_quantity_purchased":1,"line_item_id":9,"item_id":1}],"package_list":[{"item_list":[{"item_id":1}],"package_number":"p"}],"region":2,"cod":1,"x":"1","order_sn":"A"}`)[0]
	if one.Hash != two.Hash || !slices.Equal(one.Packages[0].LineIDs, []string{"9"}) {
		t.Errorf("hashes %s and %s, package holds %q", one.Hash, two.Hash, one.Packages[0].LineIDs)
	}
}

func TestLineIDsOfOlderAnswers(t *testing.T) {
	t.Parallel()
	got := documents(t, good("A", `"item_list":[{"item_id":1,"model_id":0,"order_item_id":18446744073709551615,"promotion_group_id":2,"add_on_deal_id":3,"model_quantity_purchased":1}]`))[0]
	l := got.LineItems[0]
	if l.LineIDs[0] != "1-0-18446744073709551615-2-3" || l.VariantID != "" || l.ProductID != "1" {
		t.Errorf("got %+v", l)
	}
}

func TestShippingFee(t *testing.T) {
	t.Parallel()
	for members, want := range map[string]schemas.Money{
		`"estimated_shipping_fee":1.50,"actual_shipping_fee":2`:                                         "1.50",
		`"estimated_shipping_fee":1.50,"actual_shipping_fee":2,"actual_shipping_fee_confirmed":false`:   "1.50",
		`"estimated_shipping_fee":1.50,"actual_shipping_fee":2,"actual_shipping_fee_confirmed":true`:    "2",
		`"estimated_shipping_fee":1.50,"actual_shipping_fee":null,"actual_shipping_fee_confirmed":true`: "1.50",
		`"actual_shipping_fee":2`: "",
	} {
		if got := documents(t, good("A", members))[0].ShippingFee; got != want {
			t.Errorf("%s: got %q, want %q", members, got, want)
		}
	}
}

// TestMoneyOfAnswers: whatever an amount is, the stored document has its digits.
func TestMoneyOfAnswers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		amount := rapid.StringMatching(`-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,12})?`).Draw(rt, "amount")
		if rapid.Bool().Draw(rt, "as text") {
			amount = `"` + amount + `"`
		}
		o := documents(t, good("A", fmt.Sprintf(`"total_amount":%s`, amount)))[0]
		doc, err := bson.Marshal(&o)
		if err != nil {
			rt.Fatal(err)
		}
		var stored schemas.Order
		if err := bson.Unmarshal(doc, &stored); err != nil {
			rt.Fatal(err)
		}
		if want := strings.Trim(amount, `"`); string(stored.TotalAmount) != want || !o.IsValid {
			rt.Fatalf("%s became %s (%q)", amount, stored.TotalAmount, o.ValidationErrors)
		}
	})
}

func FuzzOrderDetail(f *testing.F) {
	f.Add(sample(f, "order_detail.json"))
	f.Add(sample(f, "order_detail_error_not_found.json"))
	f.Add([]byte(`{"response":{"order_list":[null,{},` + good("A", `"$x":{"a.b":[1e5]}`) + `]}}`))
	f.Add([]byte("{\"response\":{\"order_list\":[{\"order_sn\":\"\xff\"}]}}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		if bytes.Contains(body, []byte("BODY")) {
			return
		}
		result := process(t, pageRecord(t, OpOrderDetail, body))
		if len(result.Rejected) == 1 && len(result.Publish) == 0 {
			return
		}
		if len(result.Rejected) != 0 || len(result.Publish) == 0 {
			t.Fatalf("the page is neither done nor rejected: %+v", result)
		}
		for _, r := range result.Publish[:len(result.Publish)-1] {
			var o schemas.Order
			if err := json.Unmarshal(r.Value, &o); err != nil {
				t.Fatal(err)
			}
			if !o.IsValid && len(o.ValidationErrors) == 0 && o.ParseError == "" {
				t.Error("a document is invalid without a reason")
			}
			if o.IsValid && (o.OrderID == "" || o.Hash == "") {
				t.Error("a valid document has no id or hash")
			}
		}
	})
}
