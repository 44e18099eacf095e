package conformance

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// fetched is what became of a chunk.
type fetched struct {
	listed, answered, gone map[string]bool
	asked                  map[string][]int // of each id and op: how many ids each call asked for
	calls                  map[string]int   // by op
	lists                  int              // calls of lists
}

// root returns the first task of a chunk of the kind that covers the seconds of the epoch.
func (s Subject) root(t testing.TB, a platform.Adapter, kind string, seconds int64) schemas.Task {
	t.Helper()
	op, ok := a.Root(kind)
	require.True(t, ok, "the adapter does not fetch %s", kind)
	return schemas.Task{
		TaskID: "c#0", PlanID: "p", ChunkID: "c", Platform: a.Platform(), ChannelID: s.Shop.ChannelID, ShopID: s.Shop.ShopID,
		Kind: kind, Op: op, Window: schemas.Window{From: epoch, To: epoch + seconds}, First: true, Last: true,
	}
}

// fetch does what a fetcher does with a chunk, without its waiting and its records. between is called after every call.
func (s Subject) fetch(t testing.TB, a platform.Adapter, w *World, root schemas.Task, between func()) fetched {
	t.Helper()
	got := fetched{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string][]int{}, map[string]int{}, 0}
	for tasks := []schemas.Task{root}; len(tasks) > 0; {
		task := tasks[0]
		tasks = tasks[1:]
		if task.Ready {
			require.NotEmpty(t, task.Parts, "a page of %s without parts", task.Op)
			mark(got.answered, task.IDs)
			continue
		}
		if drafts := a.Split(&task); len(drafts) > 0 {
			tasks = append(tasks, spawn(t, task, platform.Answer{Children: drafts}, "")...)
			continue
		}
		require.Less(t, got.lists, 2000, "no end of %s", task.Op)
		r, err := a.Request(&task, s.Shop, now)
		require.NoError(t, err, "request of %s", task.Op)
		answer, err := a.Read(&task, platform.Response{Status: http.StatusOK, Header: http.Header{}, Body: s.Serve(t, w, r)})
		require.NoError(t, err, "answer to %s", task.Op)
		got.count(a, &task, answer)
		tasks = append(tasks, spawn(t, task, answer, r.Path)...)
		between()
	}
	return got
}

func (f *fetched) count(a platform.Adapter, task *schemas.Task, answer platform.Answer) {
	f.calls[task.Op]++
	if a.Lists(task.Op) {
		f.lists++
	}
	for _, id := range task.IDs {
		f.asked[task.Op+" "+id] = append(f.asked[task.Op+" "+id], len(task.IDs))
	}
	mark(f.listed, answer.Listed)
	mark(f.answered, answer.Answered)
	mark(f.gone, answer.Gone)
}

func mark(set map[string]bool, ids []string) {
	for _, id := range ids {
		set[id] = true
	}
}

// spawn names the tasks that follow from an answer, as the fetcher does.
func spawn(t testing.TB, task schemas.Task, answer platform.Answer, path string) []schemas.Task {
	t.Helper()
	var tasks []schemas.Task
	add := func(d platform.Draft, id string) {
		child := d.Task(&task, id)
		if d.Rows != nil {
			child.Parts = append(slices.Clip(child.Parts), schemas.PagePart{Path: path, FetchedAt: now.UnixMilli(), Body: d.Rows})
		}
		tasks = append(tasks, child)
	}
	if answer.Next != nil {
		id, err := schemas.NextTaskID(task.TaskID)
		require.NoError(t, err)
		add(*answer.Next, id)
	}
	children := slices.Clip(answer.Children)
	if d := answer.Details; d != nil {
		require.True(t, d.Updated == nil || len(d.Updated) == len(d.IDs), "update times of some details only")
		children = append(children, platform.Batches(d.Op, d.IDs, d.Size)...)
	}
	for n, draft := range children {
		id := schemas.ChildTaskID(task.TaskID, n)
		if draft.Continues {
			id = schemas.ChildTaskID(id, 0)
		}
		add(draft, id)
	}
	return tasks
}
