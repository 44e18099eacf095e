package mappertest

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
)

func TestOtherValuesHaveTheSameForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of   any
		want []any
	}{
		{"2024-06-06 11:02:19 +0700", []any{"2025-07-11 11:02:19 +0700", "2023-05-03 11:02:19 +0700"}},
		{"2024-06-08T23:59:59+07:00", []any{"2025-07-13T23:59:59+07:00", "2023-05-05T23:59:59+07:00"}},
		{"2024-06-17 00:05:00", []any{"2025-07-22 00:05:00", "2023-05-14 00:05:00"}},
		{"2024-06-01 00:00", []any{"2025-07-06 00:00", "2023-04-28 00:00"}},
		{"12 Jun 2024", []any{"17 Jul 2025", "9 May 2023"}},
		{json.Number("1718100000"), []any{json.Number("1752660000"), json.Number("1683540000")}},
		{"1718100000123", []any{"1752660000123", "1683540000123"}},
		{"416318151816002", []any{"516318151816002"}},
		{json.Number("9223372036854775001"), []any{json.Number("2223372036854775001")}},
		{"-1,434.68", []any{"-2,434.68"}},
		{"0.00", []any{"70.00"}},
		{"1434.68 THB", []any{"2434.68 THB", "1434.68 VND"}},
		{"VND", []any{"THB"}},
		{"SG", []any{"VN"}},
		{`["a.jpg","b.jpg"]`, []any{`["a.jpgx","b.jpg"]`}},
		{"[sic]", []any{"[sic]x"}},
		{"delivered", []any{"deliveredx"}},
		{true, []any{false}},
	} {
		if got := others(c.of); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: got %v, want %v", c.of, got, c.want)
		}
	}
}

func TestFieldNeedsASourceInACallOfItsPage(t *testing.T) {
	t.Parallel()
	f := finder{
		page:  &Page{Parts: []Part{{Path: "/api/get_order"}}},
		found: map[string][]string{"here": {"`get_order: a`"}},
		base: &content{values: map[string][]any{
			"_id": {"1"}, "platform_fields.x": {"1"}, "here": {"1"}, "other_page": {"1"}, "other_call": {"1"}, "nowhere": {"1"},
		}},
	}
	got := f.unexplained(map[string][]string{"other_page": {"`get_order: b`"}, "other_call": {"`get_orders: b`"}})
	if want := []string{"nowhere", "other_call"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
