package conformance

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// statuses are the HTTP statuses under which errors may come.
var statuses = []int{200, 400, 401, 403, 404, 429, 500, 502, 503}

// read reads an answer twice, since Read is a function, and checks that it keeps its promises.
func (s Subject) read(t testing.TB, a platform.Adapter, task schemas.Task, status int, body []byte) (platform.Answer, *platform.Error) {
	t.Helper()
	before := bytes.Clone(body)
	first, err := a.Read(&task, platform.Response{Status: status, Header: http.Header{}, Body: body})
	second, again := a.Read(&task, platform.Response{Status: status, Header: http.Header{}, Body: body})
	require.Equal(t, err, again)
	require.Equal(t, first, second)
	require.Equal(t, before, body, "Read changed the body")
	if err == nil {
		sound(t, &task, first)
		return first, nil
	}
	var e *platform.Error
	require.ErrorAs(t, err, &e)
	s.silent(t, e)
	return first, e
}

// sound checks what holds for every answer: ids are there once, an asked id has one fate or is asked again in a smaller
// call, and a list does not go on at its beginning unless it is begun anew.
func sound(t testing.TB, task *schemas.Task, answer platform.Answer) {
	t.Helper()
	for name, ids := range map[string][]string{"listed": answer.Listed, "answered": answer.Answered, "gone": answer.Gone} {
		sorted := slices.Sorted(slices.Values(ids))
		require.Len(t, slices.Compact(sorted), len(ids), "%s twice", name)
		require.NotContains(t, ids, "", name)
	}
	for _, id := range answer.Answered {
		require.True(t, slices.Contains(task.IDs, id) || slices.Contains(answer.Listed, id), "%s is answered and nobody asked", id)
	}
	for _, id := range answer.Gone {
		require.NotContains(t, answer.Answered, id)
		require.Contains(t, task.IDs, id)
	}
	for _, d := range answer.Children {
		if d.Op == task.Op && len(task.IDs) > 0 && len(d.Parts) == len(task.Parts) && d.Rows == nil && !d.Ready {
			require.Less(t, len(d.IDs), len(task.IDs), "the same call again")
		}
	}
	next := answer.Next
	if next == nil {
		return
	}
	require.Equal(t, task.Op, next.Op)
	require.Nil(t, answer.Total, "a total before the end")
	require.NotEqual(t, task.Cursor+string(task.Carry), next.Cursor+string(next.Carry), "a list goes on where it is")
	if next.Cursor == "" {
		was, err := platform.ReadTrail(task)
		require.NoError(t, err)
		is, err := platform.ReadTrail(&schemas.Task{Carry: next.Carry})
		require.NoError(t, err)
		require.Greater(t, is.Round, was.Round, "a list goes on at its beginning without being begun anew")
	}
}

// silent checks that an error holds none of the shop's secrets.
func (s Subject) silent(t testing.TB, err error) {
	t.Helper()
	for _, secret := range []string{
		s.Shop.AppSecret.Reveal(), s.Shop.AccessToken.Reveal(), s.Shop.RefreshToken.Reveal(), s.Shop.ShopCipher,
	} {
		if secret != "" && strings.Contains(err.Error(), secret) {
			t.Error("an error holds a secret of the shop")
		}
	}
}

// answers reads the op's documented answer, what a broken line makes of it, and its odd ones.
func (s Subject) answers(t *testing.T, op Op) {
	a := s.New(platform.Settings{})
	got, err := s.read(t, a, op.Task, http.StatusOK, op.Answer)
	require.Nil(t, err)
	require.ElementsMatch(t, op.Listed, got.Listed)
	require.ElementsMatch(t, op.Answered, got.Answered)
	if a.Lists(op.Task.Op) {
		require.True(t, got.Page, "a page of a list is kept")
	}
	_, err = s.read(t, a, op.Task, http.StatusServiceUnavailable, op.Answer)
	require.NotNil(t, err, "a success with status 503")

	secret := fmt.Sprintf(`{"a":%q,"b`, s.Shop.AccessToken.Reveal())
	broken := []string{"", "<html>bad gateway</html>", "null", "[]", "{}", `"x"`, "\xff", secret}
	for _, cut := range []int{1, 2, len(op.Answer) / 4, len(op.Answer) / 2, len(bytes.TrimSpace(op.Answer)) - 1} {
		broken = append(broken, string(op.Answer[:cut]))
	}
	for _, body := range broken {
		_, err := s.read(t, a, op.Task, http.StatusOK, []byte(body))
		require.NotNil(t, err, "%.40q passes", body)
		require.Equal(t, platform.Transient, err.Class, "%.40q", body)
		for status, class := range map[int]platform.Class{429: platform.Rate, 403: platform.Auth, 502: platform.Transient} {
			_, err := s.read(t, a, op.Task, status, []byte(body))
			require.NotNil(t, err, "%.40q passes with status %d", body, status)
			require.Equal(t, class, err.Class, "%.40q with status %d", body, status)
		}
	}
	for _, odd := range op.Odd {
		s.odd(t, a, op.Task, odd)
	}
}

func (s Subject) odd(t *testing.T, a platform.Adapter, task schemas.Task, odd Odd) {
	if odd.Task != nil {
		task = *odd.Task
	}
	got, err := s.read(t, a, task, http.StatusOK, []byte(odd.Answer))
	if odd.Code != "" {
		require.NotNil(t, err, odd.Name)
		require.Equal(t, odd.Code, err.Code, odd.Name)
		return
	}
	require.Nil(t, err, odd.Name)
	require.ElementsMatch(t, odd.Listed, got.Listed, odd.Name)
	require.ElementsMatch(t, odd.Answered, got.Answered, odd.Name)
	require.ElementsMatch(t, odd.Gone, got.Gone, odd.Name)
}

// loops follows a list that gives the same page for ever.
func (s Subject) loops(t *testing.T, op Op) {
	if op.More == nil {
		return
	}
	a := s.New(platform.Settings{})
	first, err := s.read(t, a, op.Task, http.StatusOK, op.More)
	require.Nil(t, err)
	require.NotNil(t, first.Next, "the list goes on")
	task := op.Task
	for range 200 {
		answer, err := s.read(t, a, task, http.StatusOK, op.More)
		if err != nil {
			return
		}
		if answer.Next == nil { // halved: each half is a shorter list
			require.Equal(t, []string{task.Op, task.Op}, draftOps(answer.Children), "a list in a circle ends as if it were complete")
			return
		}
		task = answer.Next.Task(&task, task.TaskID)
	}
	t.Error("a list in a circle is followed for ever")
}

func draftOps(drafts []platform.Draft) []string {
	var ops []string
	for _, d := range drafts {
		ops = append(ops, d.Op)
	}
	return ops
}

// classes reads errors of every class under every status, and lets the configuration add to them and change them.
func (s Subject) classes(t *testing.T) {
	task := s.Ops[0].Task
	other := map[platform.Class]platform.Class{platform.Permanent: platform.Transient}
	for code, class := range s.Codes {
		changed := platform.Quota
		if c, ok := other[class]; ok {
			changed = c
		}
		configured := s.New(platform.Settings{Errors: map[string]platform.Class{code: changed}})
		for _, status := range statuses {
			_, err := s.read(t, s.New(platform.Settings{}), task, status, s.Refusal(code, "some words"))
			require.NotNil(t, err, code)
			require.Equal(t, class, err.Class, "%s with status %d", code, status)
			require.Equal(t, code, err.Code)
			_, err = s.read(t, configured, task, status, s.Refusal(code, "some words"))
			require.NotNil(t, err, code)
			require.Equal(t, changed, err.Class, "%s as configured, with status %d", code, status)
		}
	}
	const unknown = "98765432"
	for status, class := range map[int]platform.Class{200: platform.Transient, 429: platform.Rate, 500: platform.Transient} {
		_, err := s.read(t, s.New(platform.Settings{}), task, status, s.Refusal(unknown, ""))
		require.NotNil(t, err)
		require.Equal(t, class, err.Class, "unknown code with status %d", status)
	}
	_, err := s.read(t, s.New(platform.Settings{Errors: map[string]platform.Class{unknown: platform.Permanent}}), task, 200, s.Refusal(unknown, ""))
	require.NotNil(t, err)
	require.Equal(t, platform.Permanent, err.Class, "a code that only the configuration knows")
}
