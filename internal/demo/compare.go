package demo

import (
	"context"
	"time"

	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/internal/simulator/world"
	"github.com/shopstream/shopstream/schemas"
)

// compare holds the store against the truth, shop by shop and kind by kind.
func (d *demo) compare(ctx context.Context) (*Report, error) {
	r := &Report{Took: d.ended.Sub(d.began), Rates: map[string]int{}}
	w := oracle.World{URL: d.sim.URL()}
	for name, p := range d.config.Platforms {
		r.Rates[name] = p.Rate
	}
	shops := d.sim.Shops()
	for i := range shops {
		for _, kind := range schemas.Kinds {
			c, err := oracle.Compare(ctx, w, d.client.Majority(mongodb.DocumentCollection(kind)), d.selection(&shops[i], kind))
			if err != nil {
				return nil, err
			}
			r.Comparisons = append(r.Comparisons, *c)
		}
		calls, err := d.leastCalls(ctx, w, &shops[i])
		if err != nil {
			return nil, err
		}
		r.LeastCalls += calls
	}
	paths, err := w.Calls(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range paths {
		r.Calls += p.Calls
		r.Refused += p.Refused
	}
	r.PeakMemory = peakMemory()
	return r, nil
}

func (d *demo) selection(s *world.Shop, kind string) oracle.Selection {
	from, _ := d.window.bounds(0)
	_, to := d.window.bounds(d.window.n - 1)
	return oracle.Selection{
		Platform: s.Platform, ChannelID: s.ChannelID, ShopID: s.ShopID, Kind: kind, From: from, To: to, By: schemas.CreateTime,
	}
}

// leastCalls returns how many calls the shop's chunks need at the least.
func (d *demo) leastCalls(ctx context.Context, w oracle.World, s *world.Shop) (int, error) {
	calls := 0
	orders := make([]int, d.window.n)
	for _, kind := range schemas.Kinds { // orders come first: other kinds are found through them
		chunks := make([]tally, d.window.n)
		if kind == schemas.Products {
			chunks = chunks[:1] // a shop's products are one chunk
		}
		if err := w.Truth(ctx, d.selection(s, kind), func(r oracle.Row) bool {
			chunks[min(d.window.day(selectedAt(kind, r)), len(chunks)-1)].add(kind, r)
			return true
		}); err != nil {
			return 0, err
		}
		for i := range chunks {
			if kind == schemas.Orders {
				orders[i] = chunks[i].rows
			}
			chunks[i].orders = orders[i]
			calls += least(s.Platform, kind, &chunks[i])
		}
	}
	if s.Platform == schemas.Lazada || s.Platform == schemas.TikTok {
		calls++ // what is asked once a plan: payouts, unsettled orders
	}
	return calls, nil
}

// selectedAt is the time by which a list selects the row.
func selectedAt(kind string, r oracle.Row) time.Time {
	if kind == schemas.Products {
		return time.Unix(r.UpdateTime, 0)
	}
	return time.Unix(r.CreateTime, 0)
}
