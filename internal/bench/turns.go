package bench

import (
	"encoding/json"
	"runtime"
	"testing"
)

// Side is one way of doing what a benchmark measures.
type Side struct {
	Name string
	Do   func() error
}

// Cost is what a side takes for one thing, such as an order: the median of the turns.
type Cost struct {
	PerSecond float64 // things a second of one core's time
	Allocs    float64 // allocations a thing
}

const (
	turns = 15
	// turnThings is about how many things a side does in a turn.
	turnThings = 3000
)

// Turns has the sides do the same work on one core, by turns, and returns their costs in the same order. Each call of a side
// does n things. What counts is the processor's time, the collector's included, which other processes do not change much.
func Turns(b *testing.B, n int, sides ...Side) []Cost {
	b.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	rates, allocs := make([][]float64, len(sides)), make([][]float64, len(sides))
	calls := max(1, turnThings/n)
	for range turns {
		for i, side := range sides {
			runtime.GC() // no side pays for another's garbage
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := CPU()
			for range calls {
				if err := side.Do(); err != nil {
					b.Fatalf("%s: %v", side.Name, err)
				}
			}
			took := CPU() - began
			runtime.ReadMemStats(&after)
			things := float64(calls * n)
			rates[i] = append(rates[i], things/took.Seconds())
			allocs[i] = append(allocs[i], float64(after.Mallocs-before.Mallocs)/things)
		}
	}
	costs := make([]Cost, len(sides))
	for i := range sides {
		costs[i] = Cost{PerSecond: Median(rates[i]), Allocs: Median(allocs[i])}
	}
	return costs
}

// Transformer reports what a page with n orders of a platform costs: process makes documents of it, and beside it
// encoding/json decodes the same text into any, which knows nothing of orders and keeps nothing.
func Transformer(b *testing.B, platform string, page []byte, n int, process func() error) (transform, decode Cost) {
	b.Helper()
	costs := Turns(b, n, Side{"transformer", process}, Side{"decode", func() error {
		var v any
		return json.Unmarshal(page, &v)
	}})
	for i, name := range []string{"transformer_", "decode_"} {
		Report(b, name+platform+"_orders_per_s_core", costs[i].PerSecond)
		Report(b, name+platform+"_allocs_per_order", costs[i].Allocs)
	}
	Report(b, "transformer_"+platform+"_vs_decode", costs[0].PerSecond/costs[1].PerSecond)
	return costs[0], costs[1]
}
