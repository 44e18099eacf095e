package mongo

import (
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/schemas"
)

// facts says, for each page, what became of its documents in this batch. Documents that were refused are not in it: the
// loop says so when it has put them on the dead-letter topic. Records that belong to no chunk are nobody's progress.
func facts(batch []*observation, topic string, at int64) ([]*kgo.Record, error) {
	type page struct{ chunk, task string }
	index := make(map[page]int)
	var list []schemas.Fact
	for _, o := range batch {
		if o.chunk == "" || o.outcome == refused {
			continue
		}
		p := page{o.chunk, o.task}
		i, known := index[p]
		if !known {
			i = len(list)
			index[p] = i
			list = append(list, schemas.Fact{
				PlanID: o.plan, ChunkID: o.chunk, TaskID: o.task, Stage: schemas.StageSink, At: at,
			})
		}
		f := &list[i]
		switch o.outcome {
		case inserted:
			f.Inserted = append(f.Inserted, o.n)
		case updated:
			f.Updated = append(f.Updated, o.n)
		case unchanged:
			f.Unchanged = append(f.Unchanged, o.n)
		case stale:
			f.Stale = append(f.Stale, o.n)
		case undecided, refused, outcomes:
		}
	}
	records := make([]*kgo.Record, len(list))
	for i := range list {
		r, err := list[i].Record(topic)
		if err != nil {
			return nil, err
		}
		records[i] = r
	}
	return records, nil
}
