package fetcher

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/stream"
	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// ClassTooLarge rejects a task whose answer fits no record and cannot be asked for in smaller parts.
const ClassTooLarge = "too_large"

// fetched is an answer on its way to a page.
type fetched struct {
	path string
	at   time.Time
	body []byte
}

// complete finishes a job: its page, the tasks that follow from it, and the fact that it is done. from is nil when no
// answer of the platform is behind it.
func (f *Fetcher) complete(ctx context.Context, j *job, answer platform.Answer, from *fetched) error {
	t := &j.task
	skipped, err := f.resolve(ctx, t, &answer)
	if err != nil {
		return err
	}
	var records []*kgo.Record
	if parts := pageParts(t, from); answer.Page && len(parts) > 0 {
		page, err := t.PageRecord(f.Topics.Raw(t.Platform, t.Kind), &schemas.Page{
			TaskID: t.TaskID, IDs: t.IDs, Window: t.Window, Region: j.region, Parts: parts,
		})
		if err != nil {
			j.reject(stream.ClassPermanent, err)
			return nil
		}
		if len(page.Value) > f.MaxRecordBytes {
			return f.halve(ctx, j)
		}
		records = append(records, page)
	}
	tasks, err := f.spawn(t, answer, from)
	if err != nil {
		j.reject(stream.ClassUndecodable, err)
		return nil
	}
	spawned := make([]string, len(tasks))
	for i := range tasks {
		spawned[i] = tasks[i].TaskID
		record, err := tasks[i].Record(f.Topics.Tasks(f.Lane, t.Platform))
		if err == nil && len(record.Value) > f.MaxRecordBytes {
			err = fmt.Errorf("task %s is larger than a record of %d bytes", tasks[i].TaskID, f.MaxRecordBytes)
		}
		if err != nil {
			j.reject(stream.ClassPermanent, err)
			return nil
		}
		records = append(records, record)
	}
	fact, err := f.fact(j, answer, spawned, skipped, len(records) == len(tasks))
	if err != nil {
		j.reject(stream.ClassPermanent, err)
		return nil
	}
	records = append(records, fact)
	j.fate, j.err, j.publish = done, nil, records
	return nil
}

// pageParts returns what a task's page consists of: what the task carries, and the answer to its own call.
func pageParts(t *schemas.Task, from *fetched) []schemas.PagePart {
	parts := t.Parts
	if from != nil {
		parts = append(parts[:len(parts):len(parts)], from.part(json.RawMessage(from.body)))
	}
	return parts
}

// part is what body says, which is the answer or some of its rows.
func (from *fetched) part(body json.RawMessage) schemas.PagePart {
	return schemas.PagePart{Path: from.path, FetchedAt: from.at.UnixMilli(), Body: body}
}

// spawn names the tasks that follow from an answer. A name depends on the place alone: the continuation is the task's
// successor, children count from 0, and one that has continuations stands a level deeper, so that they cannot meet its
// siblings.
func (f *Fetcher) spawn(t *schemas.Task, answer platform.Answer, from *fetched) ([]schemas.Task, error) {
	var tasks []schemas.Task
	add := func(d platform.Draft, id string) {
		task := d.Task(t, id)
		for i := range task.Parts {
			if task.Parts[i].FetchedAt == 0 && from != nil { // the adapter's own, made of this answer
				task.Parts = slices.Clone(task.Parts)
				task.Parts[i].FetchedAt = from.at.UnixMilli()
			}
		}
		if d.Rows != nil && from != nil {
			task.Parts = append(task.Parts[:len(task.Parts):len(task.Parts)], from.part(d.Rows))
		}
		tasks = append(tasks, task)
	}
	if answer.Next != nil {
		id, err := schemas.NextTaskID(t.TaskID)
		if err != nil {
			return nil, err
		}
		add(*answer.Next, id)
	}
	for n, draft := range answer.Children {
		id := schemas.ChildTaskID(t.TaskID, n)
		if draft.Continues {
			id = schemas.ChildTaskID(id, 0)
		}
		add(draft, id)
	}
	return tasks, nil
}

// fact says that the job is done; pageless, that no page was published for it.
func (f *Fetcher) fact(j *job, answer platform.Answer, spawned, skipped []string, pageless bool) (*kgo.Record, error) {
	t := &j.task
	window := t.Window
	fact := schemas.Fact{
		PlanID: t.PlanID, ChunkID: t.ChunkID, TaskID: t.TaskID, Stage: schemas.StageFetcher, At: f.Now().UnixMilli(),
		Platform: t.Platform, ChannelID: t.ChannelID, ShopID: t.ShopID, Kind: t.Kind, Window: &window,
		Op: t.Op, Spawned: spawned, Listed: answer.Listed, Total: answer.Total,
		Asked: t.IDs, Answered: answer.Answered, Gone: answer.Gone, Skipped: skipped,
		Calls: j.calls, CallMS: j.callMS, Errors: j.errors, Pageless: pageless,
	}
	return fact.Record(f.Topics.Progress())
}

// halve replaces a job whose page is too large for a record by two that ask for half of the ids each. Both keep what the
// task carries: a page is about its ids, whatever else its parts hold.
func (f *Fetcher) halve(ctx context.Context, j *job) error {
	t := &j.task
	j.served = true
	if len(t.IDs) < 2 {
		j.reject(ClassTooLarge, fmt.Errorf("the answer does not fit a record of %d bytes and cannot be halved", f.MaxRecordBytes))
		return nil
	}
	halves := platform.Halves(t.Op, t.IDs)
	for i := range halves {
		halves[i].Carry, halves[i].Parts, halves[i].Ready = t.Carry, t.Parts, t.Ready
	}
	return f.complete(ctx, j, platform.Answer{Children: halves}, nil)
}
