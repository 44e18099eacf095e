package oracle

import (
	"context"
	"encoding/json"
	"time"

	"github.com/shopstream/shopstream/schemas"
)

// LeastCalls returns how many calls a backfill of the shop takes at the least, by kind: s selects the shop and the time field,
// days are the beginnings of the planned days and the end of the last one, history says whether tracking asks for what happened to
// packages. Each kind has a chunk a day, but for products, which have one.
func LeastCalls(ctx context.Context, w World, s Selection, days []time.Time, history bool) (map[string]int, error) {
	calls := map[string]int{}
	first, last := 0, len(days)-2
	for i := first; i <= last; i++ {
		for _, s.Kind = range schemas.Kinds {
			s.From, s.To = days[i], days[i+1]
			if s.Kind == schemas.Products {
				if i > first {
					continue
				}
				s.From, s.To = days[first], days[last+1]
			}
			n, err := w.leastCalls(ctx, s, i == last, history)
			if err != nil {
				return nil, err
			}
			calls[s.Kind] += n
		}
	}
	return calls, nil
}

// leastCalls asks how many calls a chunk takes at the least; the last one has what the platform does not list by day.
func (w World) leastCalls(ctx context.Context, s Selection, last, history bool) (int, error) {
	q := s.query()
	for name, yes := range map[string]bool{"last": last, "history": history} {
		if yes {
			q.Set(name, "1")
		}
	}
	var least struct {
		Calls int `json:"calls"`
	}
	err := w.get(ctx, "/_sim/least?"+q.Encode(), func(dec *json.Decoder) error { return dec.Decode(&least) })
	return least.Calls, err
}
