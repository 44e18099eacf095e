package schemas

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Every part of every kind of document that can keep something must be walked, also those that are added later.
func TestEachKeptFindsAllParts(t *testing.T) {
	t.Parallel()
	for _, d := range []Document{new(Order), new(Product), new(Transaction), new(Return), new(OrderTracking)} {
		var want, got []string
		occupy(reflect.ValueOf(d).Elem(), "", func(place string) { want = append(want, place) })
		EachKept(d, func(place string, kept PlatformFields) {
			got = append(got, place)
			if string(kept) != `{"at":"`+place+`"}` {
				t.Errorf("%T: %s at %s", d, kept, place)
			}
		})
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) || len(want) == 0 {
			t.Errorf("%T: walked %q, want %q", d, got, want)
		}
	}
	EachKept(new(Order), func(place string, _ PlatformFields) { t.Errorf("%s keeps nothing", place) })
}

// occupy gives each list of v one element and each of its platform fields a text that says where it stands.
func occupy(v reflect.Value, at string, found func(place string)) {
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		f, place := v.Field(i), strings.TrimPrefix(at+"."+name, ".")
		switch {
		case f.Type() == reflect.TypeFor[PlatformFields]():
			f.SetBytes([]byte(`{"at":"` + place + `"}`))
			found(place)
		case f.Kind() == reflect.Slice && f.Type().Elem().Kind() == reflect.Struct:
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
			occupy(f.Index(0), place+"[]", found)
		case f.Kind() == reflect.Struct && !v.Type().Field(i).Anonymous:
			occupy(f, place, found)
		case f.Kind() == reflect.Pointer && f.Type().Elem().Kind() == reflect.Struct:
			f.Set(reflect.New(f.Type().Elem()))
			occupy(f.Elem(), place, found)
		}
	}
}
