package platform

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/schemas"
)

func TestParseClasses(t *testing.T) {
	t.Parallel()
	got, err := ParseClasses(map[string]string{"a": "transient", "b": "auth"})
	require.NoError(t, err)
	require.Equal(t, map[string]Class{"a": Transient, "b": Auth}, got)
	_, err = ParseClasses(map[string]string{"a": "soft", "b": "hard"})
	require.ErrorContains(t, err, `code a: error class "soft"`)
	require.ErrorContains(t, err, `code b: error class "hard"`)
}

func TestErrorsAreOneBoundedLine(t *testing.T) {
	t.Parallel()
	e := NewError(Transient, "code\r\n", "a\x00b\n"+strings.Repeat("é", 500)+"\xff")
	require.Equal(t, "code", e.Code)
	require.LessOrEqual(t, len(e.Detail), maxDetail)
	require.True(t, utf8.ValidString(e.Detail))
	require.NotContains(t, e.Error(), "\n")
	require.NotContains(t, e.Error(), "\x00")
	require.Equal(t, "auth: x", NewError(Auth, "x", "").Error())
}

func TestBatches(t *testing.T) {
	t.Parallel()
	ids := func(drafts []Draft) (all [][]string) {
		for _, d := range drafts {
			all = append(all, d.IDs)
		}
		return all
	}
	require.Empty(t, Batches("op", nil, 50))
	require.Equal(t, [][]string{{"a", "b"}, {"c"}}, ids(Batches("op", []string{"a", "b", "c"}, 2)))
	require.Equal(t, [][]string{{"a", "b"}, {"c"}}, ids(Halves("op", []string{"a", "b", "c"})))
	require.Equal(t, [][]string{{"a"}, {"b"}}, ids(Halves("op", []string{"a", "b"})))
}

func TestDraftKeepsTheIdentity(t *testing.T) {
	t.Parallel()
	parent := schemas.Task{TaskID: "c#0", PlanID: "p", ChunkID: "c", Window: schemas.Window{From: 1, To: 2}, Cursor: "x", Attempt: 2}
	child := Draft{Op: "op", IDs: []string{"a"}}.Task(&parent, "c#0.0")
	require.Equal(t, schemas.Task{
		TaskID: "c#0.0", PlanID: "p", ChunkID: "c", Window: parent.Window, Op: "op", IDs: []string{"a"},
	}, child)
}
