package lazada

import (
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

// orderBook is a platform's list of orders: the second of each, by id.
type orderBook struct {
	at        map[int]int64
	exclusive bool // orders of the lower bound's second do not come
}

const bookFrom = 1717200000

func newOrderBook(seconds ...int64) *orderBook {
	b := &orderBook{at: map[int]int64{}}
	for id, s := range seconds {
		b.at[id] = bookFrom + s
	}
	return b
}

// page answers a list call, sorted by time and id.
func (b *orderBook) page(t *testing.T, r platform.Request) []byte {
	t.Helper()
	q := r.Query
	field, member := "created", "created_at"
	if q.Has("update_after") {
		field, member = "update", "updated_at"
	}
	require.Equal(t, member, q.Get("sort_by"))
	require.Equal(t, "ASC", q.Get("sort_direction"))
	after, before := moment(t, q.Get(field+"_after")), moment(t, q.Get(field+"_before"))
	if b.exclusive {
		after++
		before--
	}
	var in []int
	for id, at := range b.at {
		if at >= after && at <= before {
			in = append(in, id)
		}
	}
	slices.SortFunc(in, func(x, y int) int {
		if b.at[x] != b.at[y] {
			return int(b.at[x] - b.at[y])
		}
		return x - y
	})
	offset, limit := int(number64(t, q.Get("offset"))), int(number64(t, q.Get("limit")))
	require.LessOrEqual(t, offset, 5000, "the platform refuses the offset")
	page := in[min(offset, len(in)):min(offset+limit, len(in))]
	rows := make([]string, len(page))
	for i, id := range page {
		rows[i] = fmt.Sprintf(`{"order_id":%d,%q:%q}`, id, member, time.Unix(b.at[id], 0).In(zone("SG")).Format("2006-01-02 15:04:05 -0700"))
	}
	return fmt.Appendf(nil, `{"code":"0","data":{"count":%d,"countTotal":%d,"orders":[%s]}}`, len(page), len(in), strings.Join(rows, ","))
}

// read fetches the list and its orders' items; between is called after each page of the list.
func (b *orderBook) read(t *testing.T, a *Adapter, field string, between func()) (crawl, error) {
	t.Helper()
	root := schemas.Task{TaskID: "c#0", Op: OrderList, TimeField: field, Window: schemas.Window{From: bookFrom, To: bookFrom + 100_000}}
	return run(t, a, root, func(r platform.Request) []byte {
		if r.Path == ordersPath {
			defer between()
			return b.page(t, r)
		}
		ids := strings.Split(strings.Trim(r.Query.Get("order_ids"), "[]"), ",")
		for i, id := range ids {
			ids[i] = `{"order_id":` + id + `,"order_items":[]}`
		}
		return []byte(`{"code":"0","data":[` + strings.Join(ids, ",") + `]}`)
	})
}

func still() {}

func TestOrdersInAQuietListNeedTheLeastCalls(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name             string
		rows, perSecond  int
		lists, itemCalls int
	}{
		{"none", 0, 1, 1, 0},
		{"one", 1, 1, 1, 1},
		{"a full page", 100, 1, 1, 2},
		{"one more", 101, 1, 2, 3},
		{"several pages", 950, 1, 10, 20},
		{"three a second", 800, 3, 9, 18},
		{"a page a second", 800, 100, 9, 17},
		{"all in one second", 5000, 5000, 51, 101},
	} {
		for _, exclusive := range []bool{false, true} {
			for _, field := range []string{schemas.CreateTime, schemas.UpdateTime, ""} {
				var seconds []int64
				for i := range c.rows {
					seconds = append(seconds, 7+int64(i/c.perSecond))
				}
				book := newOrderBook(seconds...)
				book.exclusive = exclusive
				got, err := book.read(t, New(platform.Settings{}), field, still)
				require.NoError(t, err, c.name)
				require.Len(t, got.listed, c.rows, c.name)
				require.Len(t, got.asked, c.rows, c.name)
				for id, n := range got.asked {
					require.Equal(t, 1, n, "%s: order %s", c.name, id)
				}
				require.LessOrEqual(t, got.calls[OrderList], c.lists, c.name)
				require.LessOrEqual(t, got.calls[OrderDetail], c.itemCalls, c.name)
				require.Equal(t, []int64{int64(c.rows)}, got.totals, c.name)
			}
		}
	}
}

// Orders of random density, in pages of any size: nothing is lost and the total is right.
func TestOrdersOfAnyDensity(t *testing.T) {
	t.Parallel()
	for seed := range uint64(150) {
		random := rand.New(rand.NewPCG(seed, 3))
		var seconds []int64
		at := int64(0)
		for range random.IntN(300) {
			if random.IntN(4) == 0 {
				at += random.Int64N(4)
			}
			seconds = append(seconds, at)
		}
		book := newOrderBook(seconds...)
		book.exclusive = seed%2 == 0
		size := 1 + random.IntN(12)
		a := New(platform.Settings{PageSizes: map[string]int{OrderList: size}})
		got, err := book.read(t, a, "", still)
		require.NoError(t, err, "seed %d, pages of %d", seed, size)
		require.Len(t, got.listed, len(seconds), "seed %d", seed)
		require.Equal(t, []int64{int64(len(seconds))}, got.totals, "seed %d", seed)
	}
}

// Orders that leave the list, move to a later time or come in later than what was read take no others with them, and the
// total never asks for more than was there to be seen.
func TestOrdersThatMoveTakeNoOthersWithThem(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 5))
		var seconds []int64
		at := int64(0)
		for range 40 + random.IntN(200) {
			at += random.Int64N(2)
			seconds = append(seconds, at)
		}
		book := newOrderBook(seconds...)
		book.exclusive = seed%2 == 0
		touched := map[int]bool{}
		got, err := book.read(t, New(platform.Settings{PageSizes: map[string]int{OrderList: 10}}), schemas.UpdateTime, func() {
			if len(touched) > 5 || random.IntN(2) == 0 {
				return
			}
			id := random.IntN(len(seconds))
			touched[id] = true
			switch random.IntN(3) {
			case 0:
				delete(book.at, id)
			case 1:
				book.at[id] = bookFrom + at + 50 // updated, within the window
			default:
				book.at[id] = bookFrom + 200_000 // updated, past its end
			}
		})
		require.NoError(t, err, "seed %d", seed)
		for id := range seconds {
			require.True(t, touched[id] || got.listed[strconv.Itoa(id)] > 0, "seed %d: order %d stayed and was not listed", seed, id)
		}
		require.LessOrEqual(t, got.totals[0], int64(len(got.listed)), "seed %d: the ledger would miss orders that nobody could see", seed)
	}
}

func TestSecondWithTooManyOrdersIsNamed(t *testing.T) {
	t.Parallel()
	seconds := slices.Repeat([]int64{42}, 5200)
	_, err := newOrderBook(seconds...).read(t, New(platform.Settings{}), "", still)
	require.ErrorContains(t, err, "permanent: window_full: second "+strconv.Itoa(bookFrom+42))
}

// Seconds that are each too full to be sought behind, and together more than the offsets reach.
func TestDenseSecondsGoOnBySeekWhereOffsetsEnd(t *testing.T) {
	t.Parallel()
	var seconds []int64
	for i := range 9000 {
		seconds = append(seconds, int64(i/90))
	}
	got, err := newOrderBook(seconds...).read(t, New(platform.Settings{}), "", still)
	require.NoError(t, err)
	require.Len(t, got.listed, len(seconds))
}

func TestOrderListThatStandsStillIsAnError(t *testing.T) {
	t.Parallel()
	page := `{"code":"0","data":{"countTotal":500,"orders":[
		{"order_id":1,"created_at":"2024-06-01T08:00:01+08:00"},{"order_id":2,"created_at":"2024-06-01T08:00:09+08:00"}]}}`
	a := New(platform.Settings{})
	root := task(OrderList)
	first, err := a.Read(&root, platform.Response{Status: 200, Body: []byte(page)})
	require.NoError(t, err)
	require.Equal(t, "1717200008/0", first.Next.Cursor, "one second before the last row")
	next := first.Next.Task(&root, "c#1")
	r, err := a.Request(&next, testShop, testNow)
	require.NoError(t, err)
	require.Equal(t, "2024-06-01T00:00:08+00:00", r.Query.Get("created_after"))
	same := `{"code":"0","data":{"countTotal":400,"orders":[{"order_id":2,"created_at":"2024-06-01T08:00:09+08:00"}]}}`
	_, err = a.Read(&next, platform.Response{Status: 200, Body: []byte(same)})
	require.ErrorContains(t, err, "no_progress")
}

func TestBadOrderCursors(t *testing.T) {
	t.Parallel()
	for _, cursor := range []string{"x", "1", "1/", "1/-1", "1/5001", "/5", "1/2/3"} {
		bad := task(OrderList)
		bad.Cursor = cursor
		_, err := New(platform.Settings{}).Request(&bad, testShop, testNow)
		require.ErrorContains(t, err, "bad_task", cursor)
		_, err = New(platform.Settings{}).Read(&bad, platform.Response{Status: 200, Body: sample("orders_get")})
		require.ErrorContains(t, err, "bad_task", cursor)
	}
}
