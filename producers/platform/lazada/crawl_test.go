package lazada

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

var testNow = time.Unix(1717900000, 0)

// crawl is what came of a chunk.
type crawl struct {
	calls  map[string]int // by op
	listed map[string]int // how often each id was listed
	asked  map[string]int // how often each id was asked for
	pages  []schemas.Task // the tasks that made a page, Parts complete with the answer
	totals []int64
}

// run does a chunk's tasks as a fetcher does. serve answers each call; the first error ends it.
func run(t *testing.T, a *Adapter, root schemas.Task, serve func(platform.Request) []byte) (crawl, error) {
	t.Helper()
	c := crawl{calls: map[string]int{}, listed: map[string]int{}, asked: map[string]int{}}
	for tasks := []schemas.Task{root}; len(tasks) > 0; {
		task := tasks[0]
		tasks = tasks[1:]
		require.Less(t, c.calls[task.Op], 3000, "no end of %s", task.Op)
		if task.Ready {
			c.pages = append(c.pages, task)
			continue
		}
		if drafts := a.Split(&task); len(drafts) > 0 {
			for _, d := range drafts {
				tasks = append(tasks, d.Task(&task, task.TaskID+".0"))
			}
			continue
		}
		r, err := a.Request(&task, testShop, testNow)
		if err != nil {
			return c, err
		}
		body := serve(r)
		c.calls[task.Op]++
		answer, err := a.Read(&task, platform.Response{Status: http.StatusOK, Header: http.Header{}, Body: body})
		if err != nil {
			return c, err
		}
		tasks = append(tasks, c.note(task, r.Path, body, answer)...)
	}
	return c, nil
}

// note keeps what an answer says and returns the tasks that follow from it.
func (c *crawl) note(task schemas.Task, path string, body []byte, answer platform.Answer) []schemas.Task {
	for _, id := range task.IDs {
		c.asked[id]++
	}
	for _, id := range answer.Listed {
		c.listed[id]++
	}
	if answer.Total != nil {
		c.totals = append(c.totals, *answer.Total)
	}
	part := func(body []byte) schemas.PagePart {
		return schemas.PagePart{Path: path, FetchedAt: testNow.UnixMilli(), Body: body}
	}
	if answer.Page {
		made := task
		made.Parts = append(slices.Clip(made.Parts), part(body))
		c.pages = append(c.pages, made)
	}
	var tasks []schemas.Task
	drafts := answer.Children
	if answer.Next != nil {
		drafts = append([]platform.Draft{*answer.Next}, drafts...)
	}
	for _, d := range drafts {
		child := d.Task(&task, task.TaskID+".0")
		if d.Rows != nil {
			child.Parts = append(slices.Clip(child.Parts), part(d.Rows))
		}
		tasks = append(tasks, child)
	}
	return tasks
}
