package conformance

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

func (k Kind) ids(r Row) []string {
	if k.IDs == nil {
		return []string{r.ID}
	}
	return k.IDs(r)
}

// spans cuts a window that is longer than the platform allows: the parts follow each other and cover it.
func (s Subject) spans(t *testing.T, k Kind) {
	a := s.New(k.Settings)
	for op, most := range k.MaxSpan {
		root := s.root(t, a, k.Kind, 3*most+7)
		at := root.Window.From
		for _, part := range s.cut(t, a, root) {
			if part.Op != op {
				continue
			}
			tr, err := platform.ReadTrail(&part)
			require.NoError(t, err)
			w := tr.Window(&part)
			require.Equal(t, at, w.From, "%s: the parts leave something out or overlap", op)
			require.LessOrEqual(t, w.To-w.From, most, op)
			at = w.To
		}
		require.Equal(t, root.Window.To, at, "%s: the parts do not reach the end", op)
	}
}

// cut splits a task until its parts can be sent.
func (s Subject) cut(t *testing.T, a platform.Adapter, task schemas.Task) []schemas.Task {
	drafts := a.Split(&task)
	if len(drafts) == 0 {
		return []schemas.Task{task}
	}
	var parts []schemas.Task
	for _, child := range spawn(t, task, platform.Answer{Children: drafts}, "") {
		parts = append(parts, s.cut(t, a, child)...)
	}
	return parts
}

// lists reads lists of all sizes around the pages' to their end, with as few calls as that takes.
func (s Subject) lists(t *testing.T, k Kind) {
	a := s.New(k.Settings)
	size := k.PageSize
	idle := s.fetch(t, a, NewWorld(0), s.root(t, a, k.Kind, 5000), func() {})
	require.Empty(t, idle.listed)
	for _, n := range []int{1, size - 1, size, size + 1, 2*size - 1, 2*size + 1, 5 * size, 30 * size} {
		for _, text := range []bool{false, true} {
			w := NewWorld(n)
			w.Text = text
			got := s.fetch(t, a, w, s.root(t, a, k.Kind, 5000), func() {})
			s.complete(t, k, w, got, nil)
			if n <= 5*size {
				pages := (n + size - 1) / size
				require.LessOrEqual(t, got.lists, idle.lists*(pages+1), "%d rows in pages of %d", n, size)
			}
		}
	}
}

// complete checks that all rows were listed and answered, but for those of except.
func (s Subject) complete(t *testing.T, k Kind, w *World, got fetched, except map[string]bool) {
	t.Helper()
	for _, row := range w.Rows {
		if except[row.ID] {
			continue
		}
		for _, id := range k.ids(row) {
			require.True(t, got.listed[id], "row %s was not listed", id)
			require.True(t, got.answered[id], "row %s was not answered", id)
		}
	}
}

// moves changes lists while they are read. Rows that were there all the time may not be lost.
func (s Subject) moves(t *testing.T, k Kind) {
	a := s.New(k.Settings)
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 7))
		w := NewWorld(2*k.PageSize + random.IntN(2*k.PageSize))
		touched := map[string]bool{}
		lists := 0
		got := s.fetch(t, a, w, s.root(t, a, k.Kind, 5000), func() {
			if lists++; lists < 12 && len(touched) < 3 && random.IntN(3) == 0 {
				touched[w.change(random)] = true
			}
		})
		s.complete(t, k, w, got, touched)
	}
}

// missing fetches rows of which details calls know nothing: the rest is answered, and these are asked for once more alone
// and are then gone by the platform's word or stay unanswered.
func (s Subject) missing(t *testing.T, k Kind) {
	if k.Whole {
		return
	}
	a := s.New(k.Settings)
	for _, state := range []State{Omitted, Refused} {
		for _, which := range [][]int{{0}, {3, 4}, {0, 1, 2, 3, 4, 5, 6}} {
			w := NewWorld(7)
			lost := map[string]bool{}
			for _, i := range which {
				w.Rows[i].State = state
				lost[w.Rows[i].ID] = true
			}
			got := s.fetch(t, a, w, s.root(t, a, k.Kind, 5000), func() {})
			s.complete(t, k, w, got, lost)
			for id := range lost {
				require.True(t, got.listed[id])
				require.False(t, got.answered[id], "row %s is answered and no call had it", id)
				s.askedAlone(t, id, got)
			}
		}
	}
}

// askedAlone checks that the last call for an id that was never answered asked for nothing else, and that no call was
// simply made again.
func (s Subject) askedAlone(t *testing.T, id string, got fetched) {
	t.Helper()
	calls := 0
	for op, sizes := range got.asked {
		if op[len(op)-len(id):] != id {
			continue
		}
		calls++
		require.Equal(t, 1, slices.Min(sizes), "%s: never asked alone", op)
		require.Equal(t, slices.Compact(slices.Clone(sizes)), sizes, "%s: the same call again", op)
	}
	require.Positive(t, calls)
}
