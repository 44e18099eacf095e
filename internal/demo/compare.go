package demo

import (
	"context"

	"github.com/shopstream/shopstream/internal/child"
	mongodb "github.com/shopstream/shopstream/internal/mongo"
	"github.com/shopstream/shopstream/internal/oracle"
	"github.com/shopstream/shopstream/internal/simulator/world"
	"github.com/shopstream/shopstream/schemas"
)

// compare holds the store against the truth, shop by shop and kind by kind.
func (d *demo) compare(ctx context.Context) (*Report, error) {
	r := &Report{Took: d.ended.Sub(d.began), Rates: map[string]int{}}
	w := oracle.World{URL: d.sim.URL()}
	shops := d.sim.Shops()
	for i := range shops {
		r.Rates[shops[i].Platform] = d.config.Platforms[shops[i].Platform].Rate
		for _, kind := range schemas.Kinds {
			c, err := oracle.Compare(ctx, w, d.client.Majority(mongodb.DocumentCollection(kind)), d.selection(&shops[i], kind))
			if err != nil {
				return nil, err
			}
			r.Comparisons = append(r.Comparisons, *c)
		}
		calls, err := oracle.LeastCalls(ctx, w, d.selection(&shops[i], ""), d.window.Edges(), d.history(shops[i].Platform))
		if err != nil {
			return nil, err
		}
		for _, n := range calls {
			r.LeastCalls += n
		}
	}
	paths, err := w.Calls(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range paths {
		r.Calls += p.Calls
		r.Refused += p.Refused
	}
	r.PeakMemory = child.PeakMemory("self")
	return r, nil
}

// history reports whether the platform is asked for what happened to parcels.
func (d *demo) history(platform string) bool {
	return d.config.Platforms[platform].Tracking == "history"
}

func (d *demo) selection(s *world.Shop, kind string) oracle.Selection {
	from, _ := d.window.Bounds(0)
	_, to := d.window.Bounds(d.window.N - 1)
	return oracle.Selection{
		Platform: s.Platform, ChannelID: s.ChannelID, ShopID: s.ShopID, Kind: kind, From: from, To: to, By: schemas.CreateTime,
	}
}
