package planner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// SlicerOptions says how one platform's plans of one lane are sliced. Fields without a default are required.
type SlicerOptions struct {
	Topics   schemas.Topics
	Lane     string
	Adapter  platform.Adapter
	Zone     *time.Location
	Registry prometheus.Registerer

	// Backlog returns how many calls wait in the lane's tasks topic of the platform. It may trail a little.
	Backlog func(context.Context) (calls int, err error)
	// Rate is the platform's allowed calls a minute: planning pauses while the backlog holds a minute's worth.
	Rate int

	Slice int              // root tasks in one record's result at most, default 200
	Pause time.Duration    // between two looks at a full backlog, default 5 s
	Now   func() time.Time // default time.Now
}

// Slicer is the [stream.Processor] of a plans.work topic.
type Slicer struct {
	SlicerOptions
	tasks prometheus.Counter
}

var _ stream.Processor = (*Slicer)(nil)

// NewSlicer checks the options and returns a slicer. It does no I/O.
func NewSlicer(o SlicerOptions) (*Slicer, error) {
	if o.Lane == "" || o.Adapter == nil || o.Zone == nil || o.Registry == nil || o.Backlog == nil || o.Rate < 1 {
		return nil, errors.New("planner needs a lane, an adapter, a zone, a metrics registry, a backlog and a rate of at least 1")
	}
	if o.Slice == 0 {
		o.Slice = 200
	}
	if o.Pause == 0 {
		o.Pause = 5 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	reg := prometheus.WrapRegistererWith(prometheus.Labels{"platform": o.Adapter.Platform(), "lane": o.Lane}, o.Registry)
	tasks := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "shopstream_planner_tasks_total", Help: "Root tasks planned.",
	})
	if err := reg.Register(tasks); err != nil {
		return nil, fmt.Errorf("register planner metrics: %w", err)
	}
	return &Slicer{SlicerOptions: o, tasks: tasks}, nil
}

// Process plans a slice of each record's plan: root tasks, what is left to plan, and how far it got. Once the backlog is full
// it leaves the remaining records where they are.
func (s *Slicer) Process(ctx context.Context, batch []*kgo.Record) (stream.Result, error) {
	backlog, err := s.Backlog(ctx)
	if err != nil {
		return stream.Result{}, fmt.Errorf("read backlog of %s: %w", s.Adapter.Platform(), err)
	}
	free := s.Rate - backlog
	var res stream.Result
	postponed := map[int32]bool{}
	for _, r := range batch {
		if postponed[r.Partition] {
			continue
		}
		if free <= 0 || ctx.Err() != nil {
			postponed[r.Partition] = true
			res.Postponed = append(res.Postponed, stream.Postponement{From: r, Until: s.Now().Add(s.Pause)})
			continue
		}
		var work schemas.PlanWork
		if err := json.Unmarshal(r.Value, &work); err != nil {
			res.Rejected = append(res.Rejected, stream.Rejection{
				Record: r, Class: stream.ClassUndecodable, Attempts: 1,
				Err: errors.New("value is not the work of a plan: " + decodingProblem(err)),
			})
			continue
		}
		if err := s.check(&work); err != nil {
			res.Rejected = append(res.Rejected, stream.Rejection{Record: r, Class: stream.ClassUndecodable, Err: err, Attempts: 1})
			continue
		}
		planned, records, err := s.slice(work, min(s.Slice, free))
		if err != nil {
			return stream.Result{}, err
		}
		free -= planned
		s.tasks.Add(float64(planned))
		res.Publish = append(res.Publish, records...)
	}
	return res, nil
}

// aheadOfUs is how far the clock that fixed a plan's "now" may be ahead of ours.
const aheadOfUs = 24 * time.Hour

// check refuses what is not a plan's work: it would not end, or stand in the way of all other plans. A kind that exists and
// that this version cannot fetch is no mistake of the work's: it waits for the version that planned it.
func (s *Slicer) check(w *schemas.PlanWork) error {
	switch {
	case w.Platform != s.Adapter.Platform():
		return fmt.Errorf("work of platform %.50q is on a topic of %s", w.Platform, s.Adapter.Platform())
	case !planID.MatchString(w.Plan.PlanID) || w.Plan.ChunkDays < 1 || w.Plan.ChunkDays > maxChunkDays:
		return errors.New("work lacks plan_id or chunk_days of its plan")
	case w.Range.To <= w.Range.From || time.Unix(w.Range.From, 0).Year() < firstYear-1 || w.Range.To > s.Now().Add(aheadOfUs).Unix():
		return errors.New("range of the work is no plan's")
	case len(w.Kinds) == 0 || len(w.Shops) == 0:
		return errors.New("work has no kinds or no shops")
	case w.Next.From < 0 || w.Next.Kind < 0 || w.Next.Shop < 0:
		return errors.New("work goes on outside of its range, kinds or shops")
	}
	for _, kind := range w.Kinds {
		if !slices.Contains(schemas.Kinds, kind) {
			return fmt.Errorf("kind %.50q is unknown", kind)
		}
	}
	return nil
}

// slice returns at most n root tasks as records, and behind them the work that is left and the fact that says how far
// planning got.
func (s *Slicer) slice(w schemas.PlanWork, n int) (planned int, records []*kgo.Record, err error) {
	tasks, next, finished := chunks(&w, s.Zone, n)
	for i := range tasks {
		t := &tasks[i]
		op, ok := s.Adapter.Root(t.Kind)
		if !ok {
			return 0, nil, fmt.Errorf("plan %s has kind %s, which this version cannot fetch from %s", w.Plan.PlanID, t.Kind, w.Platform)
		}
		t.Op, t.Lane = op, s.Lane
		record, err := t.Record(s.Topics.Tasks(s.Lane, w.Platform))
		if err != nil {
			return 0, nil, err
		}
		records = append(records, record)
	}
	w.Next, w.Chunks = next, w.Chunks+len(tasks)
	if !finished {
		record, err := w.Record(s.Topics.PlansWork(s.Lane, w.Platform))
		if err != nil {
			return 0, nil, err
		}
		records = append(records, record)
	}
	fact := schemas.Fact{
		PlanID: w.Plan.PlanID, Stage: schemas.StagePlanner, At: s.Now().UnixMilli(), Platform: w.Platform,
		Chunks: w.Chunks, Finished: finished,
	}
	record, err := fact.Record(s.Topics.Progress())
	if err != nil {
		return 0, nil, err
	}
	return len(tasks), append(records, record), nil
}

// chunks returns the root tasks of at most n chunks from w.Next on, where to go on, and whether that was all. No shop is more
// than a chunk of time ahead of another one: tasks of many shops wait beside one another, so that what one shop's limit holds
// back leaves others to go on with, and a shop with much to copy lets the others have theirs.
func chunks(w *schemas.PlanWork, zone *time.Location, n int) (tasks []schemas.Task, next schemas.PlanPosition, finished bool) {
	next = w.Next
	next.From = max(next.From, w.Range.From)
	for next.From < w.Range.To {
		chunk := nextChunk(next.From, w.Range.To, zone, w.Plan.ChunkDays)
		for ; next.Kind < len(w.Kinds); next.Kind++ {
			kind, window := w.Kinds[next.Kind], chunk
			if kind == schemas.Products { // a catalogue is read once, not day by day
				if chunk.From > w.Range.From {
					continue
				}
				window = w.Range
			}
			for ; next.Shop < len(w.Shops); next.Shop++ {
				if len(tasks) == n {
					return tasks, next, false
				}
				tasks = append(tasks, rootTask(w, w.Shops[next.Shop], kind, window))
			}
			next.Shop = 0
		}
		next = schemas.PlanPosition{From: chunk.To}
	}
	return tasks, next, true
}

func rootTask(w *schemas.PlanWork, s schemas.PlanShop, kind string, chunk schemas.Window) schemas.Task {
	id := schemas.ChunkID(w.Plan.PlanID, w.Platform, s.ChannelID, s.ShopID, kind, chunk)
	return schemas.Task{
		TaskID: schemas.RootTaskID(id), PlanID: w.Plan.PlanID, ChunkID: id, Platform: w.Platform, ChannelID: s.ChannelID,
		ShopID: s.ShopID, Kind: kind, TimeField: w.Plan.TimeField, Window: chunk,
		First: chunk.From == w.Range.From, Last: chunk.To == w.Range.To, OnlyMissing: w.Plan.OnlyMissing,
	}
}
