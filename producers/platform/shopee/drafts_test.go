package shopee

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// ask builds a task's call.
func ask(t *testing.T, a *Adapter, task *schemas.Task) platform.Request {
	t.Helper()
	r, err := a.Request(task, testShop, time.Unix(1655714431, 0))
	require.NoError(t, err)
	return r
}

// answer reads a success.
func answer(t *testing.T, a *Adapter, task *schemas.Task, body []byte) platform.Answer {
	t.Helper()
	got, err := a.Read(task, platform.Response{Status: 200, Header: http.Header{}, Body: body})
	require.NoError(t, err)
	return got
}

// become is the task that a fetcher makes of a draft.
func become(d platform.Draft, parent *schemas.Task, path string) *schemas.Task {
	task := d.Task(parent, parent.TaskID+".0")
	if d.Rows != nil {
		task.Parts = append(task.Parts[:len(task.Parts):len(task.Parts)], schemas.PagePart{Path: path, FetchedAt: 1, Body: d.Rows})
	}
	return &task
}

// rowsOf returns the rows of an answer's list as they are written.
func rowsOf(t *testing.T, body json.RawMessage, list string) []string {
	t.Helper()
	var envelope struct {
		Response map[string]json.RawMessage `json:"response"`
	}
	require.NoError(t, json.Unmarshal(body, &envelope))
	var raw []json.RawMessage
	require.NoError(t, json.Unmarshal(envelope.Response[list], &raw))
	var rows []string
	for _, r := range raw {
		rows = append(rows, string(r))
	}
	return rows
}

// inFull requires that rows came through letter by letter.
func inFull(t *testing.T, source, rows json.RawMessage, list string, n int) {
	t.Helper()
	got := rowsOf(t, rows, list)
	require.Len(t, got, n)
	for _, r := range got {
		require.Contains(t, rowsOf(t, source, list), r, "a row is not as it came")
	}
}
