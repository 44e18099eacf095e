package fetcher

import (
	"encoding/json"
	"fmt"
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
func (f *Fetcher) complete(j *job, answer platform.Answer, from *fetched) {
	t := &j.task
	var records []*kgo.Record
	if answer.Page && from != nil {
		page, err := t.PageRecord(f.Topics.Raw(t.Platform, t.Kind), &schemas.Page{
			TaskID: t.TaskID, IDs: t.IDs, Window: t.Window,
			Parts: []schemas.PagePart{{Path: from.path, FetchedAt: from.at.UnixMilli(), Body: json.RawMessage(from.body)}},
		})
		if err != nil {
			j.reject(stream.ClassPermanent, err)
			return
		}
		if len(page.Value) > f.MaxRecordBytes {
			f.halve(j)
			return
		}
		records = append(records, page)
	}
	tasks, err := f.spawn(t, answer)
	if err != nil {
		j.reject(stream.ClassUndecodable, err)
		return
	}
	spawned := make([]string, len(tasks))
	for i := range tasks {
		spawned[i] = tasks[i].TaskID
		record, err := tasks[i].Record(f.Topics.Tasks(f.Lane, t.Platform))
		if err != nil {
			j.reject(stream.ClassPermanent, err)
			return
		}
		records = append(records, record)
	}
	fact, err := f.fact(j, answer, spawned, len(records) == len(tasks))
	if err != nil {
		j.reject(stream.ClassPermanent, err)
		return
	}
	records = append(records, fact)
	j.fate, j.err, j.publish = done, nil, records
}

// spawn names the tasks that follow from an answer. A name depends on the place alone: the continuation is the task's
// successor, children count from 0, and one that has continuations stands a level deeper, so that they cannot meet its
// siblings.
func (f *Fetcher) spawn(t *schemas.Task, answer platform.Answer) ([]schemas.Task, error) {
	var tasks []schemas.Task
	if answer.Next != nil {
		id, err := schemas.NextTaskID(t.TaskID)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, answer.Next.Task(t, id))
	}
	for n, draft := range answer.Children {
		id := schemas.ChildTaskID(t.TaskID, n)
		if draft.Continues {
			id = schemas.ChildTaskID(id, 0)
		}
		tasks = append(tasks, draft.Task(t, id))
	}
	return tasks, nil
}

// fact says that the job is done; pageless, that no page was published for it.
func (f *Fetcher) fact(j *job, answer platform.Answer, spawned []string, pageless bool) (*kgo.Record, error) {
	t := &j.task
	window := t.Window
	fact := schemas.Fact{
		PlanID: t.PlanID, ChunkID: t.ChunkID, TaskID: t.TaskID, Stage: schemas.StageFetcher, At: f.Now().UnixMilli(),
		Platform: t.Platform, ChannelID: t.ChannelID, ShopID: t.ShopID, Kind: t.Kind, Window: &window,
		Op: t.Op, Spawned: spawned, Listed: answer.Listed, Total: answer.Total,
		Asked: t.IDs, Answered: answer.Answered, Gone: answer.Gone,
		Calls: j.calls, CallMS: j.callMS, Errors: j.errors, Pageless: pageless,
	}
	return fact.Record(f.Topics.Progress())
}

// halve replaces a job whose answer is too large for a record by two that ask for half of the ids each.
func (f *Fetcher) halve(j *job) {
	t := &j.task
	j.served = true
	if len(t.IDs) < 2 {
		j.reject(ClassTooLarge, fmt.Errorf("the answer does not fit a record of %d bytes and cannot be halved", f.MaxRecordBytes))
		return
	}
	f.complete(j, platform.Answer{Children: platform.Halves(t.Op, t.IDs)}, nil)
}
