package simulator

import (
	"testing"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// A list is a call even where nothing is in it, and what has no day is asked for with the last chunk.
func TestAnEmptyChunkTakesACallAList(t *testing.T) {
	t.Parallel()
	srv, err := New(Options{Platforms: []string{"shopee", "tiktok", "lazada"}, Seed: 7, Shops: 1, Days: 2, OrdersPerDay: 10})
	if err != nil {
		t.Fatal(err)
	}
	kinds := []string{world.Orders, world.Products, world.Transactions, world.Returns, world.Tracking}
	want := map[string][]int{"shopee": {1, 1, 2, 1, 1}, "tiktok": {1, 1, 2, 2, 1}, "lazada": {1, 1, 1, 1, 1}}
	once := map[string]int{"tiktok": 1, "lazada": 1} // what is not settled; payouts
	for _, p := range srv.platforms {
		for i, kind := range kinds {
			for _, last := range []bool{false, true} {
				c := world.Chunk{Query: world.Query{ShopID: p.Shops()[0].ShopID, Kind: kind, From: 1000, To: 2000}, Last: last}
				n := want[p.Name()][i]
				if last && kind == world.Transactions {
					n += once[p.Name()]
				}
				if got, err := p.LeastCalls(c); err != nil || got != n {
					t.Errorf("%s %s, last: %v: %d calls (%v), want %d", p.Name(), kind, last, got, err, n)
				}
			}
		}
	}
}
