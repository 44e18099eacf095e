package market

import (
	"slices"
	"testing"
)

// Both directions have the same orders, and go on behind any of them.
func TestOldestFirstIsTheReverse(t *testing.T) {
	t.Parallel()
	m := testMarket(2, 12, 60)
	want := everything(m, 1, noon)
	slices.Reverse(want)
	from, to := want[100].Create, want[500].Create
	var got []Ref
	for o := range m.OldestFirst(1, from, to, noon, Oldest) {
		got = append(got, o.Ref)
		if o.Create < from || o.Create >= to {
			t.Errorf("order %+v is outside", o.Ref)
		}
	}
	first := slices.IndexFunc(want, func(o Order) bool { return o.Create >= from })
	end := slices.IndexFunc(want, func(o Order) bool { return o.Create >= to })
	if len(got) != end-first || m.Count(1, from, to, noon) != len(got) {
		t.Fatalf("%d orders, want %d", len(got), end-first)
	}
	for i, ref := range got {
		if ref != want[first+i].Ref {
			t.Fatalf("order %d is %+v, want %+v", i, ref, want[first+i].Ref)
		}
		for o := range m.OldestFirst(1, from, to, noon, ref) {
			if o.Ref != got[i+1] {
				t.Fatalf("behind %+v comes %+v", ref, o.Ref)
			}
			break
		}
	}
}
