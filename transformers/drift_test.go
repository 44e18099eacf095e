package transformers

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/shopstream/shopstream/schemas"
)

// drifting is a mapper whose documents keep these fields.
type drifting struct{ fake }

func (drifting) Fields() Fields {
	return Fields{schemas.Orders: {
		"platform_fields.note", "platform_fields.tags", "platform_fields.tags[].name", "platform_fields.props.*",
		"platform_fields.deep", "platform_fields.deep.list", "platform_fields.deep.list[].x", "line_items[].platform_fields.gift",
	}}
}

func newTestDrift(t *testing.T) (d *drift, registry *prometheus.Registry, log *bytes.Buffer) {
	t.Helper()
	log, registry = &bytes.Buffer{}, prometheus.NewRegistry()
	d, err := newDrift(map[string]Mapper{schemas.Shopee: drifting{}}, registry, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return d, registry, log
}

// counted returns the values of a metric's series that are not zero, by the labels behind platform and kind, and how many
// series there are.
func counted(t *testing.T, registry *prometheus.Registry, name string) (values map[string]float64, series int) {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values = map[string]float64{}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				if l.GetName() != "platform" && l.GetName() != "kind" {
					labels = append(labels, l.GetValue())
				}
			}
			series++
			if v := m.GetCounter().GetValue(); v > 0 {
				values[strings.Join(labels, "=")] += v
			}
		}
	}
	return values, series
}

const (
	unknownFields = "shopstream_transformer_unknown_fields_total"
	unknownValues = "shopstream_transformer_unknown_values_total"
)

func TestUnknownFieldsAreCountedAndSaidOnce(t *testing.T) {
	t.Parallel()
	d, registry, log := newTestDrift(t)
	if _, series := counted(t, registry, unknownFields); series != 2 {
		t.Errorf("%d series before anything was found, want one for each kind", series)
	}
	known := &schemas.Order{
		PlatformFields: schemas.PlatformFields(`{"deep":{"list":[[{"x":"a\"}]"}], 7]},"note" : [1,{}],"props":{"31337":{"q":1}},"tags":[ {"name":"\\"} , {} , [ ] ]}`),
		LineItems:      []schemas.LineItem{{PlatformFields: schemas.PlatformFields(`{"gift":null}`)}, {}},
	}
	d.look(schemas.Shopee, schemas.Orders, Document{Document: known})
	if values, _ := counted(t, registry, unknownFields); len(values) != 0 || log.Len() != 0 {
		t.Errorf("unknown in a known document: %v\n%s", values, log)
	}
	changed := &schemas.Order{
		PlatformFields: schemas.PlatformFields(`{"brand_new":{"secret":"SECRET"},"deep":{"a\u0062c":-1.5,"list":[{"x":1,"y":["SECRET"]},{"z":{"x":1},"y":true}]},` +
			`"note":{"240604F7MXQQ31":"SECRET","me@SECRET":1},"tags":[{"color":"SECRET","name":1}]}`),
		LineItems: []schemas.LineItem{{PlatformFields: schemas.PlatformFields(`{"brand_new":"SECRET"}`)}},
		Packages:  []schemas.Package{{PlatformFields: schemas.PlatformFields(`{"first":"SECRET"}`)}},
	}
	for range 3 {
		d.look(schemas.Shopee, schemas.Orders, Document{Document: changed})
	}
	d.look(schemas.Shopee, "stars", Document{Document: changed})
	want := map[string]float64{
		"platform_fields.brand_new": 3, "platform_fields.deep.abc": 3, "platform_fields.deep.list[].y": 6, "platform_fields.deep.list[].z": 3,
		"platform_fields.note.*": 6, "platform_fields.tags[].color": 3, "line_items[].platform_fields.brand_new": 3, "packages[].platform_fields.first": 3,
	}
	values, _ := counted(t, registry, unknownFields)
	if fmt.Sprint(values) != fmt.Sprint(want) {
		t.Errorf("counted %v\nwant    %v", values, want)
	}
	if lines := strings.Count(log.String(), "\n"); lines != len(want) || strings.Contains(log.String(), "SECRET") {
		t.Errorf("%d lines, want %d without values:\n%s", lines, len(want), log)
	}
	for label := range want {
		if !strings.Contains(log.String(), "field="+label) {
			t.Errorf("the log lacks %s", label)
		}
	}
}

func TestTenThousandNamesStayBounded(t *testing.T) {
	t.Parallel()
	d, registry, log := newTestDrift(t)
	for i := range 10_000 {
		name := "n" + strings.Map(func(c rune) rune { return c - '0' + 'a' }, fmt.Sprint(i)) // no number that would be hidden
		d.look(schemas.Shopee, schemas.Orders, Document{Document: &schemas.Order{PlatformFields: schemas.PlatformFields(`{"` + name + `":1}`)}})
	}
	values, series := counted(t, registry, unknownFields)
	if values["other"] != 10_000-maxFields || series != maxFields+2 {
		t.Errorf("%d series, %v others", series, values["other"])
	}
	if lines := strings.Count(log.String(), "\n"); lines != maxFields+1 {
		t.Errorf("%d lines", lines)
	}
}

func TestNamesThatMayBeDataAreHidden(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"address_line5": "p.address_line5", "is-new": "p.is-new", "WHT2024": "p.WHT2024", "": "p.*", "12": "p.*", "a b": "p.*", "a.b": "p.*", "ชื่อ": "p.*",
		"order576461413038785752": "p.*", strings.Repeat("a", 65): "p.*", "a\nb": "p.*",
	} {
		if got := fieldLabel([]byte("p"), []byte(name)); got != want {
			t.Errorf("%q gives %s, want %s", name, got, want)
		}
	}
	if got := fieldLabel(bytes.Repeat([]byte("p"), maxFieldPath), []byte("a")); got != other {
		t.Errorf("a path that is too long gives %s", got)
	}
}

func TestUnknownStatusesAreCountedAndSaidOnce(t *testing.T) {
	t.Parallel()
	d, registry, log := newTestDrift(t)
	look := func(status, unified string) {
		d.look(schemas.Shopee, schemas.Orders, Document{Document: &schemas.Order{Status: status, UnifiedStatus: unified}})
	}
	look("SHIPPED", "shipped")
	look("", "unknown")
	for range 3 {
		look("BEAMED", "unknown")
		look("canceled,beamed", "unknown")
		look("SECRET of 0912345678", "unknown")
	}
	d.look(schemas.Shopee, schemas.Returns, Document{Document: &schemas.OrderTracking{
		Packages: []schemas.TrackedPackage{{Status: "LOST", UnifiedStatus: "lost"}, {Status: "EATEN", UnifiedStatus: "unknown"}},
	}})
	values, _ := counted(t, registry, unknownValues)
	want := map[string]float64{"status=BEAMED": 3, "status=canceled,beamed": 3, "status=other": 3, "packages[].status=EATEN": 1}
	if fmt.Sprint(values) != fmt.Sprint(want) {
		t.Errorf("counted %v, want %v", values, want)
	}
	if lines := strings.Count(log.String(), "\n"); lines != 4 || strings.Contains(log.String(), "SECRET") {
		t.Errorf("%d lines:\n%s", lines, log)
	}
	for i := range 10_000 {
		look("W"+strings.Map(func(c rune) rune { return c - '0' + 'a' }, fmt.Sprint(i)), "unknown")
	}
	if _, series := counted(t, registry, unknownValues); series > maxValues+3 {
		t.Errorf("%d series", series)
	}
	if lines := strings.Count(log.String(), "\n"); lines > maxValues+3 {
		t.Errorf("%d lines", lines)
	}
}

func TestUnmappedValuesAreCountedAndSaidOnce(t *testing.T) {
	t.Parallel()
	d, registry, log := newTestDrift(t)
	look := func(kind string, values ...schemas.Unmapped) {
		d.look(schemas.Shopee, kind, Document{Document: &schemas.Order{Status: "canceled,beamed", UnifiedStatus: "unknown"}, Unmapped: values})
	}
	for range 3 {
		look(schemas.Orders, schemas.Unmapped{Field: "status", Value: "beamed"}, schemas.Unmapped{Field: "platform_fields.type", Value: "GIFT"},
			schemas.Unmapped{Field: "platform_fields.type", Value: "SECRET of 0912345678"}, schemas.Unmapped{Field: "platform_fields.type", Value: "0912345678"},
			schemas.Unmapped{Field: "platform_fields.number", Value: "7"}, schemas.Unmapped{Field: "platform_fields.country"})
	}
	want := map[string]float64{
		"status=beamed": 3, "platform_fields.type=GIFT": 3, "platform_fields.type=other": 6, "platform_fields.number=7": 3, "platform_fields.country=other": 3,
	}
	if values, _ := counted(t, registry, unknownValues); fmt.Sprint(values) != fmt.Sprint(want) {
		t.Errorf("counted %v, want %v", values, want)
	}
	if lines := strings.Count(log.String(), "\n"); lines != len(want) || strings.Contains(log.String(), "SECRET") || strings.Contains(log.String(), "0912") {
		t.Errorf("%d lines:\n%s", lines, log)
	}
	for i := range 10_000 {
		word := "W" + strings.Map(func(c rune) rune { return c - '0' + 'a' }, fmt.Sprint(i))
		look(schemas.Orders, schemas.Unmapped{Field: "status", Value: word}, schemas.Unmapped{Field: "platform_fields.type", Value: word})
	}
	values, series := counted(t, registry, unknownValues)
	if series > maxValues+4 || values["status=other"] < 9000 || values["platform_fields.type=other"] < 9000 {
		t.Errorf("%d series, others of status %v, of type %v", series, values["status=other"], values["platform_fields.type=other"])
	}
}

// Whatever it is given, a walk ends and stays inside the text.
func FuzzWalk(f *testing.F) {
	for _, text := range []string{`{"a":[1,{"b":"\\\""}]}`, `[}`, `{"a`, `{"a":{,`, `[[,"`, `{"\`} {
		f.Add([]byte(text))
	}
	at := newPlaces(slices.Concat(drifting{}.Fields()[schemas.Orders], []string{"platform_fields.a.b"})).at(ours)
	f.Fuzz(func(_ *testing.T, text []byte) {
		w := walk{found: func(_, _ []byte) {}}
		w.fields(ours, text, at)
	})
}
