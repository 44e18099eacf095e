package read

import (
	"fmt"
	"testing"

	"github.com/shopstream/shopstream/schemas"
)

// A document says each value without a word once, and a document of many says no more than it has problems at most.
func TestUnmappedIsSaidOnceAndBounded(t *testing.T) {
	t.Parallel()
	var p, whole Problems
	for range 3 {
		p.Unmapped("status", "NEW")
		p.Unmapped("status", "")
		p.UnmappedOfBuyer("country")
	}
	whole.Unmapped("status", "NEW")
	whole.Merge(&p)
	want := []schemas.Unmapped{{Field: "status", Value: "NEW"}, {Field: "country"}}
	if got := whole.AllUnmapped(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for i := range 10_000 {
		whole.Unmapped("status", fmt.Sprint("N", i))
	}
	if n := len(whole.AllUnmapped()); n != maxProblems {
		t.Errorf("%d values, want %d", n, maxProblems)
	}
}
