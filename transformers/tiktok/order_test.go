package tiktok

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/schemas"
)

// shirt returns a unit; members are added to it, or set again.
func shirt(id, members string) string {
	if members != "" {
		members = "," + members
	}
	return `{"id":"` + id + `","product_id":"7","sku_id":"8","seller_sku":"S","original_price":"10.50","seller_discount":"0.25",` +
		`"platform_discount":"1.005","sale_price":"9.245","display_status":"IN_TRANSIT","package_id":"P1","package_status":"FULFILLING"` + members + `}`
}

func TestUnitsFold(t *testing.T) {
	t.Parallel()
	type line struct {
		ids              string
		seller, platform schemas.Money
	}
	one := func(id string) line { return line{id, "0.25", "1.005"} }
	for name, c := range map[string]struct {
		units []string
		want  []line
	}{
		"alike":            {[]string{shirt("1", ""), shirt("2", ""), shirt("3", "")}, []line{{"1,2,3", "0.75", "3.015"}}},
		"apart, then back": {[]string{shirt("1", ""), shirt("2", `"sku_id":"9"`), shirt("3", "")}, []line{{"1,3", "0.50", "2.010"}, one("2")}},
		"other product":    {[]string{shirt("1", ""), shirt("2", `"product_id":"77"`)}, []line{one("1"), one("2")}},
		"other name":       {[]string{shirt("1", `"product_name":"a"`), shirt("2", `"sku_name":"a"`)}, []line{one("1"), one("2")}},
		"other price":      {[]string{shirt("1", ""), shirt("2", `"original_price":"10.5"`)}, []line{one("1"), one("2")}},
		"other discount":   {[]string{shirt("1", ""), shirt("2", `"platform_discount":"1"`)}, []line{one("1"), {"2", "0.25", "1"}}},
		"other status":     {[]string{shirt("1", ""), shirt("2", `"display_status":"CANCELLED"`)}, []line{one("1"), one("2")}},
		"other reason":     {[]string{shirt("1", ""), shirt("2", `"cancel_reason":"changed my mind"`)}, []line{one("1"), one("2")}},
		"other package":    {[]string{shirt("1", ""), shirt("2", `"package_id":"P2"`)}, []line{one("1"), one("2")}},
		"no package":       {[]string{shirt("1", ""), shirt("2", `"package_id":""`)}, []line{one("1"), one("2")}},
		"a gift":           {[]string{shirt("1", ""), shirt("2", `"is_gift":true`)}, []line{one("1"), one("2")}},
		"something new":    {[]string{shirt("1", ""), shirt("2", `"brand_new":[1]`)}, []line{one("1"), one("2")}},
		"other parcel's status": {
			[]string{shirt("1", ""), shirt("2", `"package_status":"COMPLETED"`), shirt("3", `"package_status":"COMPLETED"`)},
			[]line{one("1"), {"2,3", "0.50", "2.010"}},
		},
		"silence about the parcel": {[]string{shirt("1", ""), shirt("2", `"package_status":""`)}, []line{{"1,2", "0.50", "2.010"}}},
		"another currency":         {[]string{shirt("1", ""), shirt("2", `"currency":"USD"`), shirt("3", `"currency":"VND"`)}, []line{{"1,3", "0.50", "2.010"}, one("2")}},
	} {
		o := ordersOf(t, good("A", `"line_items":[`+strings.Join(c.units, ",")+`]`))[0]
		var got []line
		units := 0
		for _, l := range o.LineItems {
			got = append(got, line{strings.Join(l.LineIDs, ","), l.SellerDiscount, l.PlatformDiscount})
			units += int(l.Quantity)
			if int(l.Quantity) != len(l.LineIDs) {
				t.Errorf("%s: a line of %d with %d ids", name, l.Quantity, len(l.LineIDs))
			}
		}
		if !reflect.DeepEqual(got, c.want) || units != len(c.units) || !o.IsValid {
			t.Errorf("%s: got %+v, want %+v (%q)", name, got, c.want, o.ValidationErrors)
		}
	}
}

// TestFoldingKeepsWhatUnitsSay: what stands in a folded line is what each of its units says, and what one says against its
// package stays with it.
func TestFoldingKeepsWhatUnitsSay(t *testing.T) {
	t.Parallel()
	o := ordersOf(t, good("A", `"line_items":[`+shirt("1", `"item_tax":[{"tax_amount":"1.20"}]`)+`,`+shirt("2", `"item_tax":[{"tax_amount":"1.20"}]`)+`,`+
		shirt("3", `"tracking_number":"T2"`)+`,`+shirt("4", `"tracking_number":"T3"`)+`]`))[0]
	var got []string
	for _, l := range o.LineItems {
		got = append(got, strings.Join(l.LineIDs, ",")+" "+string(l.PlatformFields))
	}
	want := []string{
		`1,2 {"item_tax":[{"tax_amount":"1.20"}],"sale_price":"9.245"}`,
		`3 {"sale_price":"9.245"}`, // its package says T2, since it was the first to say something
		`4 {"sale_price":"9.245","tracking_number":"T3"}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	p := o.Packages[0]
	if p.TrackingNumber != "T2" || !slices.Equal(p.LineIDs, []string{"1", "2", "3", "4"}) {
		t.Errorf("package %+v", p)
	}
}

func TestMemberOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	one := ordersOf(t, `{"id":"A","x":1,"tracking_number":"T","packages":[{"id":"P2"},{"id":"P1"}],"payment":{"currency":"VND"},"line_items":[`+shirt("1", `"currency":"VND"`)+`]}`)[0]
	two := ordersOf(t, `{"line_items":[{"currency":"VND",`+shirt("1", "")[1:]+`],"payment":{"currency":"VND"},"packages":[{"id":"P2"},{"id":"P1"}],"tracking_number":"T","x":1,"id":"A"}`)[0]
	if one.Hash != two.Hash || one.Packages[0].PackageID != "P2" || one.Packages[1].Status != "FULFILLING" {
		t.Errorf("hashes %s and %s, packages %+v", one.Hash, two.Hash, one.Packages)
	}
}

func TestPrices(t *testing.T) {
	t.Parallel()
	for unit, want := range map[string]struct{ price, kept string }{
		`"original_price":"90000","seller_discount":"10000","sale_price":"75000"`: {"80000", `{"sale_price":"75000"}`},
		`"original_price":"0.30","seller_discount":"0.1","sale_price":"0.2"`:      {"0.20", `{"sale_price":"0.2"}`},
		`"original_price":"90000","sale_price":"75000"`:                           {"75000", ""},
		`"seller_discount":"","original_price":"90000","sale_price":"75000"`:      {"75000", ""},
		`"original_price":"90000","seller_discount":"0"`:                          {"90000", ""},
		`"original_price":"90000"`:                                                {"", ""},
	} {
		l := ordersOf(t, good("A", `"line_items":[{"id":"1","product_id":"2",`+unit+`}]`))[0].LineItems[0]
		if string(l.Price) != want.price || string(l.PlatformFields) != want.kept {
			t.Errorf("%s: price %s, kept %s", unit, l.Price, l.PlatformFields)
		}
	}
}

// TestWhatAnOrderSaysAboutItsParcel: it belongs to the only one, unless a unit says something else.
func TestWhatAnOrderSaysAboutItsParcel(t *testing.T) {
	t.Parallel()
	const order = `"tracking_number":"T","shipping_provider":"J&T","shipping_provider_id":6617675021119438849`
	for name, c := range map[string]struct {
		members string
		want    schemas.Package
		kept    string
	}{
		"one": {`"packages":[{"id":"P"}]`, schemas.Package{PackageID: "P", TrackingNumber: "T", ShippingProvider: "J&T", PlatformFields: schemas.PlatformFields(`{"shipping_provider_id":6617675021119438849}`)}, ""},
		"one that says the same": {
			`"packages":[{"id":"P"}],"line_items":[{"id":"1","product_id":"2","package_id":"P","tracking_number":"T"}]`,
			schemas.Package{PackageID: "P", TrackingNumber: "T", ShippingProvider: "J&T", LineIDs: []string{"1"}, PlatformFields: schemas.PlatformFields(`{"shipping_provider_id":6617675021119438849}`)},
			"",
		},
		"one that says another": {
			`"packages":[{"id":"P"}],"line_items":[{"id":"1","product_id":"2","package_id":"P","tracking_number":"U"}]`,
			schemas.Package{PackageID: "P", TrackingNumber: "U", ShippingProvider: "J&T", LineIDs: []string{"1"}, PlatformFields: schemas.PlatformFields(`{"shipping_provider_id":6617675021119438849}`)},
			`{"tracking_number":"T"}`,
		},
		"two":  {`"packages":[{"id":"P"},{"id":"Q"}]`, schemas.Package{PackageID: "P"}, `{"shipping_provider":"J&T","shipping_provider_id":6617675021119438849,"tracking_number":"T"}`},
		"none": {`"packages":[]`, schemas.Package{}, `{"shipping_provider":"J&T","shipping_provider_id":6617675021119438849,"tracking_number":"T"}`},
	} {
		o := ordersOf(t, good("A", order+","+c.members))[0]
		var got schemas.Package
		if len(o.Packages) > 0 {
			got = o.Packages[0]
		}
		if !reflect.DeepEqual(got, c.want) || string(o.PlatformFields) != c.kept || !o.IsValid {
			t.Errorf("%s: got %+v, kept %s (%q)", name, got, o.PlatformFields, o.ValidationErrors)
		}
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	p := page(schemas.Orders, OpOrderSearch, pathSearch)
	p.Region = "TH"
	for address, want := range map[string]string{
		`{"region_code":"MY"}`: "MY", `{"region_code":""}`: "TH", `{"region_code":"SGP"}`: "TH", `{}`: "TH", `null`: "TH",
	} {
		o := documents[schemas.Order](t, p, answer(`"orders":[`+good("A", `"recipient_address":`+address)+`]`))[0]
		if o.Region != want {
			t.Errorf("%s: region %q, want %q", address, o.Region, want)
		}
	}
}

func TestDistricts(t *testing.T) {
	t.Parallel()
	level := func(name, value string) string {
		return `{"address_level_name":"` + name + `","address_name":"` + value + `"}`
	}
	for name, c := range map[string]struct {
		levels                []string
		state, city, district string
	}{
		"Thailand":    {[]string{level("Country", "c"), level("Province", "p"), level("District", "d"), level("Sub-district", "s")}, "p", "", "d"},
		"Philippines": {[]string{level("country", "c"), level("province", "p"), level("municipality", "m"), level("barangay", "b")}, "p", "m", "b"},
		"states":      {[]string{level(" STATE ", "s"), level("Region", "r"), level("City", "c"), level("Town", "t")}, "s", "c", ""},
		"none":        {nil, "", "", ""},
	} {
		o := ordersOf(t, good("A", `"recipient_address":{"name":"x","district_info":[`+strings.Join(c.levels, ",")+`]}`))[0]
		a := o.RecipientAddress
		if a.State != c.state || a.City != c.city || a.District != c.district {
			t.Errorf("%s: got %+v", name, a)
		}
	}
}
