package platform

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/schemas"
)

func follow(t *testing.T, task *schemas.Task, cursor string, empty bool) (*Draft, error) {
	t.Helper()
	tr, err := ReadTrail(task)
	require.NoError(t, err)
	return tr.Follow(task, cursor, empty)
}

// TestCursorLoops follows lists whose cursors run into a circle of any length and reports each one.
func TestCursorLoops(t *testing.T) {
	t.Parallel()
	for tail := range 12 {
		for length := 1; length < 12; length++ {
			task := &schemas.Task{TaskID: "c#0", Op: "list"}
			found := false
			for page := 1; page < 100 && !found; page++ {
				at := page
				if at > tail {
					at = tail + (page-tail)%length
				}
				next, err := follow(t, task, "cursor-"+string(rune('a'+at)), false)
				if found = err != nil; !found {
					task.Cursor, task.Carry = next.Cursor, next.Carry
				}
			}
			require.True(t, found, "tail %d, circle of %d", tail, length)
		}
	}
}

func TestEmptyPagesAreBounded(t *testing.T) {
	t.Parallel()
	task := &schemas.Task{TaskID: "c#0", Op: "list"}
	for page := range maxEmpty {
		next, err := follow(t, task, "c"+string(rune('a'+page)), true)
		require.NoError(t, err)
		task.Cursor, task.Carry = next.Cursor, next.Carry
	}
	_, err := follow(t, task, "z", true)
	require.ErrorContains(t, err, "empty_pages")
	next, err := follow(t, task, "z", false)
	require.NoError(t, err, "a row starts the count again")
	require.NotNil(t, next)
}

// numbered is a platform's list by page numbers; row i lies at second i of the window.
type numbered struct {
	rows []int // seconds, newest last
	most int
}

// page answers page n of the given size within the window.
func (l *numbered) page(w schemas.Window, n, size int) (ids []string, more bool) {
	var in []string
	for _, second := range l.rows {
		if int64(second) >= w.From && int64(second) < w.To {
			in = append(in, strconv.Itoa(second))
		}
	}
	from, to := min(n*size, len(in)), min((n+1)*size, len(in))
	return in[from:to], to < len(in)
}

// read fetches all of the list as a fetcher would and calls between after each page.
func (l *numbered) read(t *testing.T, window schemas.Window, between func()) map[string]bool {
	t.Helper()
	seen := map[string]bool{}
	tasks := []schemas.Task{{TaskID: "c#0", Op: "list", Window: window}}
	for calls := 0; len(tasks) > 0; calls++ {
		require.Less(t, calls, 10_000)
		task := tasks[0]
		tasks = tasks[1:]
		tr, err := ReadTrail(&task)
		require.NoError(t, err)
		n, err := StairPage(&task)
		require.NoError(t, err)
		ids, more := l.page(tr.Window(&task), n, StairSize(l.most, n))
		for _, id := range ids {
			seen[id] = true
		}
		next, halves, err := tr.Climb(&task, ids, l.most, more)
		require.NoError(t, err)
		if next != nil {
			tasks = append(tasks, next.Task(&task, "c#1"))
		}
		for _, half := range halves {
			tasks = append(tasks, half.Task(&task, "c#0.0.0"))
		}
		between()
	}
	return seen
}

func TestPagesByNumberLoseNothing(t *testing.T) {
	t.Parallel()
	for _, rows := range []int{0, 1, 39, 40, 41, 79, 80, 400, 3000} {
		list := &numbered{most: 40}
		for i := range rows {
			list.rows = append(list.rows, i)
		}
		require.Len(t, list.read(t, schemas.Window{To: 5000}, func() {}), rows)
	}
}

// Rows that leave the list while it is read move others to pages that were read before; none of those may be lost.
func TestRowsThatLeaveTakeNoOthersWithThem(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		list := &numbered{most: 20}
		for i := range 60 + random.IntN(60) {
			list.rows = append(list.rows, i)
		}
		left := 3
		seen := list.read(t, schemas.Window{To: 1000}, func() {
			if left > 0 && random.IntN(2) == 0 {
				at := random.IntN(len(list.rows))
				list.rows = append(list.rows[:at:at], list.rows[at+1:]...)
				left--
			}
		})
		for _, second := range list.rows {
			require.True(t, seen[strconv.Itoa(second)], "seed %d: row %d stayed and was not listed", seed, second)
		}
	}
}

// A list that never rests is read in halves of its window.
func TestListThatNeverRestsIsHalved(t *testing.T) {
	t.Parallel()
	task := schemas.Task{TaskID: "c#0", Op: "list", Cursor: "1", Window: schemas.Window{To: 100}}
	tr := Trail{}
	for range maxRounds {
		tr.Tail = []string{"a"}
		next, halves, err := tr.Climb(&task, []string{"b"}, 100, false)
		require.NoError(t, err)
		require.Empty(t, halves)
		require.Empty(t, next.Cursor, "it begins anew")
		tr = begun(t, next, &task)
	}
	tr.Tail = []string{"a"}
	next, halves, err := tr.Climb(&task, []string{"b"}, 100, false)
	require.NoError(t, err)
	require.Nil(t, next)
	require.Len(t, halves, 2)
	require.Equal(t, schemas.Window{To: 50}, begun(t, &halves[0], &task).Window(&task))
	require.Equal(t, schemas.Window{From: 50, To: 100}, begun(t, &halves[1], &task).Window(&task))
}

// begun returns the trail of the list that a draft begins.
func begun(t *testing.T, d *Draft, parent *schemas.Task) Trail {
	t.Helper()
	task := d.Task(parent, "c#1")
	tr, err := ReadTrail(&task)
	require.NoError(t, err)
	return tr
}

// A list of a second cannot be halved. It waits now and then, begins anew when its task comes back, and is given up in the end.
func TestSecondThatNeverRestsIsAnError(t *testing.T) {
	t.Parallel()
	fresh := schemas.Task{TaskID: "c#0", Op: "list", Cursor: "1", Window: schemas.Window{From: 1700000000, To: 1700000001}}
	tr, waits := Trail{}, 0
	for range maxRounds * (maxWaits + 1) {
		task := fresh
		next, _, err := tr.Reread(&task, task.Window)
		if err != nil {
			require.ErrorContains(t, err, "transient: list_unstable")
			waits++
			task.Attempt = 1
			next, _, err = tr.Reread(&task, task.Window)
		}
		require.NoError(t, err)
		tr = begun(t, next, &task)
	}
	require.Equal(t, maxWaits, waits)
	for attempt := range 2 {
		task := fresh
		task.Attempt = attempt
		_, _, err := tr.Reread(&task, task.Window)
		require.ErrorContains(t, err, "permanent: list_unstable: list of seconds 1700000000 to 1700000001")
	}
}

func TestSecondThatDoesNotFitIsNamed(t *testing.T) {
	t.Parallel()
	_, err := Halved("list", schemas.Window{From: 1700000000, To: 1700000001}, nil)
	require.ErrorContains(t, err, "window_full: second 1700000000")
	for length := int64(2); length < 50; length++ {
		halves, err := Halved("list", schemas.Window{From: 7, To: 7 + length}, nil)
		require.NoError(t, err)
		require.Len(t, halves, 2)
		from := int64(7)
		for _, half := range halves {
			var tr Trail
			task := half.Task(&schemas.Task{}, fmt.Sprint("c#0.", from))
			tr, err = ReadTrail(&task)
			require.NoError(t, err)
			require.Equal(t, from, tr.Part.From)
			require.Greater(t, tr.Part.To, tr.Part.From)
			from = tr.Part.To
		}
		require.Equal(t, 7+length, from)
	}
}
