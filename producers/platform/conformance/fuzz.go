package conformance

import (
	"errors"
	"net/http"
	"testing"

	"github.com/shopstream/shopstream/producers/platform"
)

// Fuzz reads any answer to any op, from the documented ones on: nothing panics, errors are the adapter's own, and what
// holds for every answer holds.
func Fuzz(f *testing.F, s Subject) {
	f.Helper()
	for i, op := range s.Ops {
		f.Add(i, 200, op.Answer)
		if op.More != nil {
			f.Add(i, 200, op.More)
		}
		for _, odd := range op.Odd {
			f.Add(i, 200, []byte(odd.Answer))
		}
		for code := range s.Codes {
			f.Add(i, 403, s.Refusal(code, ""))
		}
	}
	a := s.New(platform.Settings{})
	f.Fuzz(func(t *testing.T, i, status int, body []byte) {
		task := s.Ops[uint(i)%uint(len(s.Ops))].Task
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
