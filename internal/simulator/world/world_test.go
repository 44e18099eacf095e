package world

import "testing"

func TestDecimal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		units  int64
		places int
		want   string
	}{
		{0, 2, "0"},
		{228500, 0, "228500"},
		{4138, 2, "41.38"},
		{4130, 2, "41.3"},
		{1500, 2, "15"},
		{5, 2, "0.05"},
		{-5, 2, "-0.05"},
		{250, 3, "0.25"},
		{9007199254740993, 2, "90071992547409.93"},
	} {
		if got := Decimal(c.units, c.places); got != c.want {
			t.Errorf("Decimal(%d, %d) = %s, want %s", c.units, c.places, got, c.want)
		}
	}
}

func TestRandStaysInRangeAndDependsOnItsKey(t *testing.T) {
	t.Parallel()
	a, b, c := NewRand(Hash(7, 1)), NewRand(Hash(7, 1)), NewRand(Hash(7, 2))
	same := 0
	seen := map[int64]int{}
	for range 10_000 {
		x := a.Between(3, 7)
		if y := b.Between(3, 7); x != y {
			t.Fatalf("two streams of one key differ: %d, %d", x, y)
		}
		if x == c.Between(3, 7) {
			same++
		}
		seen[x]++
	}
	if same > 3000 {
		t.Errorf("streams of two keys agree in %d of 10000 draws", same)
	}
	for v := int64(3); v <= 7; v++ {
		if seen[v] < 1800 {
			t.Errorf("%d was drawn %d times of 10000", v, seen[v])
		}
	}
	if len(seen) != 5 {
		t.Errorf("drew outside [3, 7]: %v", seen)
	}
}
