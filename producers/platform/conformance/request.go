package conformance

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// requests builds calls of an op: good ones, ones for next to nothing, and ones that cannot be.
func (s Subject) requests(t *testing.T, op Op) {
	a := s.New(platform.Settings{})
	r, err := a.Request(&op.Task, s.Shop, now)
	require.NoError(t, err)
	require.Equal(t, op.Path, r.Path)
	require.True(t, strings.HasPrefix(r.URL(), s.Shop.BaseURL), "the call does not go to the shop's base URL")
	same, err := a.Request(&op.Task, s.Shop, now)
	require.NoError(t, err)
	require.Equal(t, r, same, "the same arguments make another call")

	probe := a.Probe(&op.Task)
	p, err := a.Request(&probe, s.Shop, now)
	require.NoError(t, err, "a probe can be sent")
	require.Equal(t, endpoint(r, op.Task), endpoint(p, probe), "a probe asks the same endpoint")
	require.Equal(t, r.Method, p.Method)
	require.LessOrEqual(t, len(probe.IDs), 2)
	if a.Lists(op.Task.Op) {
		require.LessOrEqual(t, probe.Window.To-probe.Window.From, int64(2), "a probe reads next to nothing")
		require.Empty(t, probe.Cursor)
	}
	for name, bad := range badTasks(a, op) {
		_, err := a.Request(&bad, s.Shop, now)
		var e *platform.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, platform.Permanent, e.Class, name)
		require.Contains(t, []string{"bad_task", "unknown_op"}, e.Code, name)
		s.silent(t, e)
	}
}

// endpoint returns the path of a task's call with the ids that are parts of it blanked.
func endpoint(r platform.Request, task schemas.Task) string {
	parts := strings.Split(r.Path, "/")
	for i, part := range parts {
		if slices.Contains(task.IDs, part) {
			parts[i] = "{id}"
		}
	}
	return strings.Join(parts, "/")
}

// badTasks are tasks of which no call can be made.
func badTasks(a platform.Adapter, op Op) map[string]schemas.Task {
	bad := map[string]schemas.Task{}
	with := func(name string, change func(*schemas.Task)) {
		task := op.Task
		change(&task)
		bad[name] = task
	}
	with("unknown op", func(t *schemas.Task) { t.Op = "no_such_op" })
	if op.MaxIDs > 0 {
		with("no ids", func(t *schemas.Task) { t.IDs = nil })
		with("too many ids", func(t *schemas.Task) {
			t.IDs = nil
			for i := range op.MaxIDs + 1 {
				t.IDs = append(t.IDs, strconv.Itoa(i))
			}
		})
	}
	if a.Lists(op.Task.Op) {
		with("empty window", func(t *schemas.Task) { t.Carry, t.Window.To = nil, t.Window.From })
		with("unreadable carry", func(t *schemas.Task) { t.Carry = json.RawMessage(`"x"`) })
	}
	return bad
}
