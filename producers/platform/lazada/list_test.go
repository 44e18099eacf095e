package lazada

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// shelf is a platform's list of products or returns in an order that has nothing to do with their times: row i has time
// at[i], in seconds after bookFrom.
type shelf struct {
	ids []int
	at  map[int]int64
}

// within returns the rows of a range of times, ends included.
func (b *shelf) within(from, to int64) []string {
	var in []string
	for _, id := range b.ids {
		if at := bookFrom + b.at[id]; at >= from && at <= to {
			in = append(in, strconv.Itoa(id))
		}
	}
	return in
}

func (b *shelf) page(t *testing.T, r platform.Request) []byte {
	t.Helper()
	q := r.Query
	rows := func(ids []string, from, to int, key string) (string, int) {
		page := ids[min(from, len(ids)):min(to, len(ids))]
		texts := make([]string, len(page))
		for i, id := range page {
			texts[i] = fmt.Sprintf(`{%q:%s}`, key, id)
		}
		return strings.Join(texts, ","), len(ids)
	}
	if r.Path == productsPath {
		from := int(number64(t, q.Get("offset")))
		require.LessOrEqual(t, from, 10000, "the platform refuses the offset")
		in := b.within(moment(t, q.Get("update_after")), moment(t, q.Get("update_before")))
		texts, total := rows(in, from, from+int(number64(t, q.Get("limit"))), "item_id")
		return fmt.Appendf(nil, `{"code":"0","data":{"total_products":%d,"products":[%s]}}`, total, texts)
	}
	in := b.within(number64(t, q.Get("ReverseOrderLineTimeRangeStart"))/1000, number64(t, q.Get("ReverseOrderLineTimeRangeEnd"))/1000)
	n, size := int(number64(t, q.Get("page_no"))), int(number64(t, q.Get("page_size")))
	texts, total := rows(in, (n-1)*size, n*size, "reverse_order_id")
	return fmt.Appendf(nil, `{"code":"0","result":{"success":true,"total":%d,"items":[%s]}}`, total, texts)
}

func newShelf(random *rand.Rand, n int) *shelf {
	b := &shelf{at: map[int]int64{}}
	for id := range n {
		b.ids = append(b.ids, id)
		b.at[id] = random.Int64N(500_000)
	}
	return b
}

func TestQuietListsNeedTheLeastCalls(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		op          string
		rows, calls int
	}{
		{ProductList, 0, 1},
		{ProductList, 50, 1},
		{ProductList, 51, 2},
		{ProductList, 99, 2},
		{ProductList, 100, 3}, // a row comes twice
		{ProductList, 1000, 21},
		{ReverseList, 0, 1},
		{ReverseList, 100, 1},
		{ReverseList, 101, 2},
		{ReverseList, 198, 2},
		{ReverseList, 199, 3},
		{ReverseList, 900, 10},
	} {
		list := newShelf(random, c.rows)
		got, err := run(t, New(platform.Settings{}), task(c.op), func(r platform.Request) []byte { return list.page(t, r) })
		require.NoError(t, err)
		require.Len(t, got.listed, c.rows)
		require.Equal(t, c.calls, got.calls[c.op], "%d rows of %s", c.rows, c.op)
		require.Equal(t, []int64{int64(c.rows)}, got.totals)
	}
}

// A list that is longer than offsets reach is cut at once, and by time.
func TestLongListsAreHalved(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(2, 1))
	products := newShelf(random, 12_000)
	got, err := run(t, New(platform.Settings{}), task(ProductList), func(r platform.Request) []byte { return products.page(t, r) })
	require.NoError(t, err)
	require.Len(t, got.listed, 12_000)
	require.Less(t, got.calls[ProductList], 12_000/49+10)

	returns := newShelf(random, 6000)
	got, err = run(t, New(platform.Settings{}), task(ReverseList), func(r platform.Request) []byte { return returns.page(t, r) })
	require.NoError(t, err)
	require.Len(t, got.listed, 6000)

	for id := range products.at {
		products.at[id] = 77
	}
	_, err = run(t, New(platform.Settings{}), task(ProductList), func(r platform.Request) []byte { return products.page(t, r) })
	require.ErrorContains(t, err, "permanent: window_full: second 17172000")
}

func TestListsThatMoveLoseNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 13))
		list := newShelf(random, 60+random.IntN(60))
		op := []string{ProductList, ReverseList}[seed%2]
		a := New(platform.Settings{PageSizes: map[string]int{ProductList: 20, ReverseList: 20}})
		changes := 0
		got, err := run(t, a, task(op), func(r platform.Request) []byte {
			page := list.page(t, r)
			if changes < 3 && random.IntN(2) == 0 {
				changes++
				at := random.IntN(len(list.ids))
				if random.IntN(2) == 0 {
					list.ids = slices.Delete(slices.Clone(list.ids), at, at+1)
				} else {
					list.ids = slices.Insert(slices.Clone(list.ids), at, 1000+changes)
				}
			}
			return page
		})
		require.NoError(t, err, "seed %d", seed)
		for _, id := range list.ids {
			require.True(t, id > 1000 || got.listed[strconv.Itoa(id)] > 0, "seed %d: row %d stayed and was not listed", seed, id)
		}
	}
}

// A row may come or go without shifting the one that two pages share.
func TestProductListWithAnotherTotalIsBegunAnew(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	read := func(list schemas.Task, total int, ids string) platform.Answer {
		got, err := a.Read(&list, platform.Response{Status: 200, Body: fmt.Appendf(nil, `{"code":"0","data":{"total_products":%d,"products":[%s]}}`, total, ids)})
		require.NoError(t, err)
		return got
	}
	root := task(ProductList)
	first := read(root, 3, `{"item_id":1},{"item_id":2}`)
	require.Equal(t, "1", first.Next.Cursor)
	next := first.Next.Task(&root, "c#1")
	same := read(next, 3, `{"item_id":2},{"item_id":3}`)
	require.Nil(t, same.Next)
	require.Equal(t, int64(3), *same.Total)
	other := read(next, 4, `{"item_id":2},{"item_id":3},{"item_id":4}`)
	require.Empty(t, other.Next.Cursor)
	require.Nil(t, other.Total)
	require.Equal(t, []string{"2", "3", "4"}, other.Listed, "what it names is kept in any case")
}

// A catalogue that is edited with every page of it is read in parts that are short enough to hold still.
func TestProductListThatNeverHoldsStillIsHalved(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 1))
	list := newShelf(random, 300)
	a := New(platform.Settings{PageSizes: map[string]int{ProductList: 20}})
	calls := 0
	got, err := run(t, a, task(ProductList), func(r platform.Request) []byte {
		page := list.page(t, r)
		if calls++; calls%2 == 0 && len(list.ids) > 200 {
			list.ids = slices.Delete(slices.Clone(list.ids), 0, 1)
		}
		return page
	})
	require.NoError(t, err)
	for _, id := range list.ids {
		require.Positive(t, got.listed[strconv.Itoa(id)], "row %d stayed and was not listed", id)
	}
}
