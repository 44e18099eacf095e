package conformance

import (
	"errors"
	"net/http"
	"testing"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// Fuzz reads any answer to any op, and to the second page of lists, from the documented ones on: nothing panics, errors are
// the adapter's own, and what holds for every answer holds.
func Fuzz(f *testing.F, s Subject) {
	f.Helper()
	a := s.New(platform.Settings{})
	var tasks []schemas.Task
	for _, op := range s.Ops {
		tasks = append(tasks, op.Task)
	}
	for _, op := range s.Ops {
		if op.More == nil {
			continue
		}
		if answer, err := a.Read(&op.Task, platform.Response{Status: http.StatusOK, Body: op.More}); err == nil && answer.Next != nil {
			f.Add(len(tasks), 200, op.More)
			tasks = append(tasks, answer.Next.Task(&op.Task, "c#1"))
		}
	}
	for i, op := range s.Ops {
		f.Add(i, 200, op.Answer)
		for _, odd := range op.Odd {
			f.Add(i, 200, []byte(odd.Answer))
		}
		for code := range s.Codes {
			f.Add(i, 403, s.Refusal(code, ""))
		}
	}
	f.Fuzz(func(t *testing.T, i, status int, body []byte) {
		task := tasks[uint(i)%uint(len(tasks))]
		answer, err := a.Read(&task, platform.Response{Status: status, Header: http.Header{}, Body: body})
		if err == nil {
			sound(t, &task, answer)
			return
		}
		var e *platform.Error
		if !errors.As(err, &e) {
			t.Errorf("the error is a %T", err)
		}
	})
}
