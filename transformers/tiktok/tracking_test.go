package tiktok

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/shopstream/shopstream/schemas"
)

// tracked maps an order with its history, of which data has the members.
func tracked(t *testing.T, row, data string) []schemas.OrderTracking {
	t.Helper()
	p := page(schemas.Tracking, OpTracking, pathOrders, "/fulfillment/202309/orders/A/tracking?shop_cipher=x")
	return documents[schemas.OrderTracking](t, p, `{"data":{"orders":[`+row+`]}}`, answer(data))
}

const twoEvents = `"tracking":[{"description":"b","update_time_millis":2000},{"description":"a","update_time_millis":"1001"}]`

// TestHistoryIsOfOneParcel: it is given to the only parcel, and to none of several.
func TestHistoryIsOfOneParcel(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		row, data string
		history   string // of the first parcel
		kept      string // of the history
	}{
		"one":           {good("A", `"packages":[{"id":"P"}]`), twoEvents, "a b", ""},
		"one of a unit": {good("A", `"line_items":[{"id":"1","product_id":"2","package_id":"P"}]`), twoEvents, "a b", ""},
		"two":           {good("A", `"packages":[{"id":"P"},{"id":"Q"}]`), twoEvents, "", `{` + twoEvents + `}`},
		"none":          {good("A", ""), twoEvents, "", `{` + twoEvents + `}`},
		"two, empty":    {good("A", `"packages":[{"id":"P"},{"id":"Q"}]`), `"tracking":[]`, "", ""},
		"empty":         {good("A", `"packages":[{"id":"P"}]`), `"tracking":[]`, "", ""},
		"null":          {good("A", `"packages":[{"id":"P"}]`), `"tracking":null`, "", ""},
		"more":          {good("A", `"packages":[{"id":"P"}]`), twoEvents + `,"carrier":"x"`, "a b", `{"carrier":"x"}`},
		"one time":      {good("A", `"packages":[{"id":"P"}]`), `"tracking":[{"description":"b","update_time_millis":5},{"description":"a","update_time_millis":5}]`, "a b", ""},
	} {
		all := tracked(t, c.row, c.data)
		if len(all) != 1 {
			t.Errorf("%s: %d documents", name, len(all))
			continue
		}
		var events []string
		if len(all[0].Packages) > 0 {
			for _, e := range all[0].Packages[0].History {
				events = append(events, e.Description)
			}
		}
		var fields struct{ History json.RawMessage }
		if err := json.Unmarshal(all[0].PlatformFields, &fields); err != nil {
			t.Fatal(err)
		}
		kept := string(fields.History)
		if strings.Join(events, " ") != c.history || kept != c.kept || !all[0].IsValid {
			t.Errorf("%s: history %q, kept %s (%q)", name, events, kept, all[0].ValidationErrors)
		}
	}
}

func TestWrongHistories(t *testing.T) {
	t.Parallel()
	row := good("A", `"packages":[{"id":"P"}]`)
	for data, want := range map[string]string{
		`"tracking":{"a":1}`: "history.tracking: want a list",
		`"tracking":[7]`:     "history.tracking[0]: want an object",
		`"tracking":[{"description":1,"update_time_millis":"soon"}]`: "history.tracking[0].description: want a string; " +
			"history.tracking[0].update_time_millis: want a time in unix milliseconds",
		`"tracking":[{"description":"` + "\xff" + `"}]`: "history: not valid UTF-8, bad bytes replaced",
	} {
		got := tracked(t, row, data)[0]
		if strings.Join(got.ValidationErrors, "; ") != want {
			t.Errorf("%s: %q", data, got.ValidationErrors)
		}
	}
}

// TestOnlyOrdersWithParcelsAreTracked, and of each the statuses of the parcel that is furthest behind.
func TestOnlyOrdersWithParcelsAreTracked(t *testing.T) {
	t.Parallel()
	line := func(id, parcel, status string) string {
		return `{"id":"` + id + `","product_id":"2","package_id":"` + parcel + `","package_status":"` + status + `"}`
	}
	p := page(schemas.Tracking, OpTracking, pathOrders)
	got := documents[schemas.OrderTracking](t, p, answer(`"orders":[`+strings.Join([]string{
		good("none", `"status":"CANCELLED"`),
		good("two", `"line_items":[`+line("1", "P", "COMPLETED")+`,`+line("2", "Q", "FULFILLING")+`]`),
		good("silent", `"status":"AWAITING_SHIPMENT","packages":[{"id":"P"}]`),
		good("cancelled", `"line_items":[`+line("1", "P", "CANCELLED")+`,`+line("2", "Q", "COMPLETED")+`]`),
		`7`,
		good("against", `"line_items":[`+line("1", "P", "COMPLETED")+`,`+line("2", "P", "FULFILLING")+`,`+line("3", "", "TO_FULFILL")+`]`),
	}, ",")+`]`))
	var text []string
	for _, d := range got {
		text = append(text, d.OrderID+" "+d.Status+" "+d.UnifiedStatus)
	}
	want := "two FULFILLING shipped, silent AWAITING_SHIPMENT to_ship, cancelled COMPLETED delivered,   , against COMPLETED delivered"
	if strings.Join(text, ", ") != want {
		t.Errorf("got %q", text)
	}
	if kept := string(got[4].PlatformFields); kept != `{"line_items":[{"id":"2","package_status":"FULFILLING"},{"id":"3","package_status":"TO_FULFILL"}],"status":"IN_TRANSIT"}` {
		t.Errorf("kept %s", kept)
	}
}

func TestHistoriesOfOthersAreLeft(t *testing.T) {
	t.Parallel()
	got := tracked(t, good("B", `"packages":[{"id":"P"}]`), twoEvents)
	if len(got) != 1 || got[0].Packages[0].History != nil || got[0].DetailsFetchedAt == "" {
		t.Errorf("got %+v", got)
	}
}
