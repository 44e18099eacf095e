package tiktok

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// shelf is the platform's list of products, whose tokens are a number of rows to skip. Product i changed at second i.
type shelf struct {
	changed []int64
	deepest int  // rows that a list gives at most, 0 for all
	silent  bool // it gives no total
	calls   int
}

// page answers a call, by the filters and the token that it carries.
func (s *shelf) page(t *testing.T, r platform.Request) []byte {
	t.Helper()
	s.calls++
	var filter struct {
		From int64 `json:"update_time_ge"`
		To   int64 `json:"update_time_le"`
	}
	require.NoError(t, json.Unmarshal(r.Body, &filter))
	var in []int
	for i, at := range s.changed {
		if at >= filter.From && at <= filter.To {
			in = append(in, i)
		}
	}
	slices.SortFunc(in, func(a, b int) int { return int(s.changed[a] - s.changed[b]) })
	total := len(in)
	if s.deepest > 0 {
		in = in[:min(s.deepest, len(in))]
	}
	size, err := strconv.Atoi(r.Query.Get("page_size"))
	require.NoError(t, err)
	skip, _ := strconv.Atoi(r.Query.Get("page_token"))
	from, to := min(skip, len(in)), min(skip+size, len(in))
	rows := make([]string, 0, size)
	for _, i := range in[from:to] {
		rows = append(rows, fmt.Sprintf(`{"id":"p%d","update_time":%d}`, i, s.changed[i]))
	}
	token := ""
	if to < len(in) {
		token = strconv.Itoa(to)
	}
	if s.silent {
		return []byte(data(fmt.Sprintf(`{"next_page_token":%q,"products":[%s]}`, token, strings.Join(rows, ","))))
	}
	return []byte(data(fmt.Sprintf(`{"next_page_token":%q,"total_count":%d,"products":[%s]}`, token, total, strings.Join(rows, ","))))
}

// read follows the list and all that comes of it to the end, and returns what it listed and the totals at its ends.
func (s *shelf) read(t *testing.T, to int64, between func()) (listed map[string]bool, total int64, err error) {
	t.Helper()
	a := New(platform.Settings{PageSizes: map[string]int{ProductSearch: 10}})
	listed = map[string]bool{}
	tasks := []schemas.Task{{TaskID: "c#0", Op: ProductSearch, Window: schemas.Window{To: to}}}
	for len(tasks) > 0 {
		task := tasks[0]
		tasks = tasks[1:]
		require.Less(t, s.calls, 5000)
		r, err := a.Request(&task, testShop, time.Unix(1, 0))
		require.NoError(t, err)
		answer, err := a.Read(&task, platform.Response{Status: 200, Body: s.page(t, r)})
		if err != nil {
			return listed, total, err
		}
		for _, id := range answer.Listed {
			listed[id] = true
		}
		if answer.Total != nil {
			total += *answer.Total
		}
		if answer.Next != nil {
			tasks = append(tasks, answer.Next.Task(&task, "c#1"))
		}
		for _, half := range answer.Children {
			tasks = append(tasks, half.Task(&task, "c#0.0.0"))
		}
		between()
	}
	return listed, total, nil
}

func newShelf(n int) *shelf {
	s := &shelf{}
	for i := range n {
		s.changed = append(s.changed, int64(i))
	}
	return s
}

func TestQuietListTakesNoMoreCallsThanPages(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 9, 10, 11, 20, 95, 400} {
		for _, silent := range []bool{false, true} {
			s := newShelf(n)
			s.silent = silent
			listed, total, err := s.read(t, 1000, func() {})
			require.NoError(t, err)
			require.Len(t, listed, n)
			require.Equal(t, max((n+9)/10, 1), s.calls, "%d rows", n)
			if !silent {
				require.Equal(t, int64(n), total)
			}
		}
	}
}

// Products that change leave a window that has settled. Each takes another out of sight, which may not be lost.
func TestRowsThatLeaveTakeNoOthersWithThem(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		s := newShelf(40 + random.IntN(80))
		left := 1 + random.IntN(12)
		listed, _, err := s.read(t, 1000, func() {
			if left > 0 && random.IntN(3) == 0 {
				s.changed[random.IntN(len(s.changed))] = 2000
				left--
			}
		})
		require.NoError(t, err)
		for i, at := range s.changed {
			require.True(t, at == 2000 || listed[fmt.Sprint("p", i)], "seed %d: product %d stayed and was not listed", seed, i)
		}
	}
}

// A list in which something always moves is read in shorter and shorter pieces.
func TestListThatNeverRestsIsHalved(t *testing.T) {
	t.Parallel()
	s := newShelf(64)
	listed, _, err := s.read(t, 64, func() {
		at := s.calls % 64
		s.changed = append(s.changed, int64(at)) // comes in
	})
	require.NoError(t, err)
	for i := range 64 {
		require.True(t, listed[fmt.Sprint("p", i)])
	}
}

// Whether there is a deepest row is not documented. If so, the total tells.
func TestCappedListIsHalved(t *testing.T) {
	t.Parallel()
	s := newShelf(300)
	s.deepest = 40
	listed, total, err := s.read(t, 512, func() {})
	require.NoError(t, err)
	require.Len(t, listed, 300)
	require.Equal(t, int64(300), total)
}

// A list that is short of its total however it is asked ends as an error, never as if it were complete.
func TestShortListIsNoEnd(t *testing.T) {
	t.Parallel()
	s := &shelf{changed: []int64{5, 5, 5}, deepest: 2}
	_, _, err := s.read(t, 16, func() {})
	require.ErrorContains(t, err, "list_unstable")
}

// A list within something keeps asking for that, and its pages keep what they begin with.
func TestStatementKeepsItsRow(t *testing.T) {
	t.Parallel()
	parts := []schemas.PagePart{{Path: "/finance/202309/statements", FetchedAt: 7, Body: enveloped("statements", []byte(`{"id":"9"}`))}}
	task := schemas.Task{TaskID: "c#0.0.0.0", Op: StatementTransactions, IDs: []string{"9"}, Parts: parts}
	a := New(platform.Settings{})
	for _, body := range []string{
		`{"next_page_token":"x","total_count":2,"transactions":[{"id":"1"}]}`, // goes on
		`{"total_count":2,"transactions":[{"id":"1"}]}`,                       // short: begun anew
	} {
		answer, err := a.Read(&task, platform.Response{Status: 200, Body: []byte(data(body))})
		require.NoError(t, err)
		require.Equal(t, []string{"1"}, answer.Listed)
		require.Equal(t, []string{"1", "9"}, answer.Answered)
		next := answer.Next.Task(&task, "c#0.0.0.1")
		require.Equal(t, task.IDs, next.IDs)
		require.Equal(t, parts, next.Parts)
		require.Nil(t, answer.Total)
	}
}
