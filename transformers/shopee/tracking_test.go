package shopee

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/schemas"
)

func parcelOrder(sn string, packages ...string) string {
	return `{"order_sn":"` + sn + `","region":"SG","currency":"SGD","create_time":1717640005,"update_time":1717640911,"package_list":[` +
		strings.Join(packages, ",") + `]}`
}

func listedParcel(number, status string) string {
	return `{"package_number":"` + number + `","logistics_status":"` + status + `"}`
}

func parcelOf(sn, number, status string) string {
	return `{"order_sn":"` + sn + `","package_number":"` + number + `","fulfillment_status":"` + status + `","update_time":1717640912}`
}

func ordersPart(rows ...string) schemas.PagePart {
	return part("order/get_order_detail", `{"error":"","response":{"order_list":[`+strings.Join(rows, ",")+`]}}`)
}

func packagesPart(rows ...string) schemas.PagePart {
	return part("order/get_package_detail", `{"error":"","response":{"package_list":[`+strings.Join(rows, ",")+`]}}`)
}

func wayPart(members string) schemas.PagePart {
	return part("logistics/get_tracking_info?order_sn=A", `{"error":"","response":{`+members+`}}`)
}

func TestTracking(t *testing.T) {
	t.Parallel()
	const (
		ready, gone, done = "LOGISTICS_READY", "LOGISTICS_PICKUP_DONE", "LOGISTICS_DELIVERY_DONE"
		lost              = "unidentified-"
	)
	for name, c := range map[string]struct {
		page   schemas.Page
		want   []string // key, status and packages of each document
		errors []string // of all documents
	}{
		"good": {
			schemas.Page{Parts: []schemas.PagePart{ordersPart(parcelOrder("A", listedParcel("1", ready))), packagesPart(parcelOf("A", "1", ready))}},
			[]string{"A to_ship 1"},
			nil,
		},
		"newer word": {
			schemas.Page{Parts: []schemas.PagePart{ordersPart(parcelOrder("A", listedParcel("1", ready))), packagesPart(parcelOf("A", "1", gone))}},
			[]string{"A shipped 1"},
			nil,
		},
		"furthest behind": {
			schemas.Page{Parts: []schemas.PagePart{ordersPart(parcelOrder("A", listedParcel("1", done), listedParcel("2", gone), listedParcel("3", "LOGISTICS_INVALID"))), packagesPart(parcelOf("A", "3", "LOGISTICS_INVALID"), parcelOf("A", "2", gone), parcelOf("A", "1", done))}},
			[]string{"A shipped 1,2,3"},
			nil,
		},
		"no packages": {
			schemas.Page{Parts: []schemas.PagePart{ordersPart(parcelOrder("A"), `{"order_sn":"B","update_time":"odd"}`, `{"order_sn":"C","package_list":null}`), packagesPart()}},
			nil, nil,
		},
		"others' rows": {
			schemas.Page{IDs: []string{"B"}, Parts: []schemas.PagePart{ordersPart(parcelOrder("A", listedParcel("1", ready)), parcelOrder("B", listedParcel("2", ready))), packagesPart(parcelOf("A", "1", ready), parcelOf("B", "2", ready))}},
			[]string{"B to_ship 2"},
			nil,
		},
		"detail missing": {
			schemas.Page{Parts: []schemas.PagePart{ordersPart(parcelOrder("A", listedParcel("1", ready))), packagesPart()}},
			[]string{"A to_ship 1"},
			[]string{"packages[0].package_detail: missing"},
		},
		"split in between": {
			schemas.Page{Parts: []schemas.PagePart{ordersPart(parcelOrder("A", listedParcel("1", ready))), packagesPart(parcelOf("A", "2", ready), parcelOf("A", "1", ready))}},
			[]string{"A to_ship 1,2"},
			nil,
		},
		"package of no order": {
			schemas.Page{Parts: []schemas.PagePart{ordersPart(parcelOrder("A", listedParcel("1", ready))), packagesPart(parcelOf("A", "1", ready), parcelOf("B", "9", ready))}},
			[]string{"A to_ship 1", lost + "  "},
			nil,
		},
		"detail is odd": {
			schemas.Page{Parts: []schemas.PagePart{ordersPart(), packagesPart(`7`)}},
			[]string{lost + "  "},
			nil,
		},
		"order is odd": {
			schemas.Page{Parts: []schemas.PagePart{ordersPart(`"secret"`), packagesPart()}},
			[]string{lost + "  "},
			nil,
		},
		"order's id only with its package": {
			schemas.Page{Parts: []schemas.PagePart{ordersPart(parcelOrder("", listedParcel("1", ready))), packagesPart(parcelOf("A", "1", ready))}},
			[]string{"A to_ship 1"},
			[]string{"order_sn: want an order id"},
		},
		"packages are text": {
			schemas.Page{Parts: []schemas.PagePart{ordersPart(`{"order_sn":"A","create_time":1,"update_time":1,"package_list":"many"}`), packagesPart()}},
			[]string{"A  "},
			[]string{"package_list: want a list"},
		},
		"number is a number": {
			schemas.Page{Parts: []schemas.PagePart{ordersPart(parcelOrder("A", `{"package_number":1,"logistics_status":"LOGISTICS_READY"}`)), packagesPart(parcelOf("A", "1", ready))}},
			[]string{"A to_ship 1"},
			[]string{"package_list[0].package_number: want a string"},
		},
		"new status": {
			schemas.Page{Parts: []schemas.PagePart{ordersPart(parcelOrder("A", listedParcel("1", "BEAMED"))), packagesPart(parcelOf("A", "1", "BEAMED"))}},
			[]string{"A unknown 1"},
			nil,
		},
		"way of another": {
			schemas.Page{Parts: []schemas.PagePart{ordersPart(parcelOrder("A", listedParcel("1", gone))), packagesPart(parcelOf("A", "1", gone)), wayPart(`"order_sn":"A","package_number":"2"`)}},
			[]string{"A shipped 1", lost + "  "},
			nil,
		},
		"way without time": {
			schemas.Page{Parts: []schemas.PagePart{ordersPart(parcelOrder("A", listedParcel("1", gone))), packagesPart(parcelOf("A", "1", gone)), wayPart(`"order_sn":"A","tracking_info":[{"description":"x"}]`)}},
			[]string{"A shipped 1"},
			[]string{"packages[0].tracking_info.tracking_info[0].update_time: missing"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := mapped[*schemas.OrderTracking](t, schemas.Tracking, OpTracking, &c.page)
			var have, errors []string
			for _, d := range got {
				var numbers []string
				for i := range d.Packages {
					numbers = append(numbers, d.Packages[i].PackageID)
				}
				id := strings.TrimPrefix(d.ID, "shopee:main:555:")
				if strings.HasPrefix(id, lost) {
					id = lost
				}
				if (d.ParseError != "") != (id == lost) {
					t.Errorf("%s has the parse error %q", d.ID, d.ParseError)
				}
				have = append(have, id+" "+d.UnifiedStatus+" "+strings.Join(numbers, ","))
				errors = append(errors, d.ValidationErrors...)
			}
			if !slices.Equal(have, c.want) {
				t.Errorf("got %q, want %q", have, c.want)
			}
			if !slices.Equal(errors, c.errors) {
				t.Errorf("validation errors %q", errors)
			}
		})
	}
}

// TestWayOfTheOnlyPackage: Shopee may leave out the number when an order was not split. The document is as old as its oldest
// part and as new as what changed last.
func TestWayOfTheOnlyPackage(t *testing.T) {
	t.Parallel()
	page := &schemas.Page{Parts: []schemas.PagePart{
		ordersPart(parcelOrder("A", listedParcel("1", "LOGISTICS_PICKUP_DONE"))), packagesPart(parcelOf("A", "1", "LOGISTICS_PICKUP_DONE")),
		wayPart(`"order_sn":"A","logistics_status":"LOGISTICS_PICKUP_DONE","tracking_info":[{"update_time":3,"description":"c"},{"update_time":2,"description":"b"},{"update_time":2,"description":"a"}]`),
	}}
	page.Parts[2].FetchedAt = testFetchedAt - 7
	got, documents := mapped[*schemas.OrderTracking](t, schemas.Tracking, OpTracking, page)
	p := got[0].Packages[0]
	text := ""
	for _, event := range p.History {
		text += event.Description
	}
	if text != "abc" || len(p.PlatformFields) != 0 || p.UpdatedTime != "2024-06-06T09:28:32+07:00" {
		t.Errorf("history %q, %s, updated %s", text, p.PlatformFields, p.UpdatedTime)
	}
	if documents[0].FetchedAt != testFetchedAt-7 || documents[0].UpdateTime != 1717640912 || got[0].UpdateTime != p.UpdatedTime {
		t.Errorf("got %+v", documents[0])
	}
}
