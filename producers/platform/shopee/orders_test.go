package shopee

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

func TestReadList(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	got, err := a.Read(listTask(), platform.Response{Status: 200, Body: sample("order_list")})
	require.NoError(t, err)
	want := []string{"240606KQ8VNB12", "240606KQ9C4X07", "240605HRW2ZP55"}
	require.True(t, got.Page)
	require.Equal(t, want, got.Listed)
	require.Equal(t, "20", got.Next.Cursor)
	require.Equal(t, OrderList, got.Next.Op)
	require.Equal(t, want, got.Children[0].IDs)
	require.Equal(t, OrderDetail, got.Children[0].Op)

	last, err := a.Read(listTask(), platform.Response{Status: 200, Body: sample("order_list_last_page")})
	require.NoError(t, err)
	require.True(t, last.Page)
	require.Nil(t, last.Next)
	require.Empty(t, last.Children)
}

func TestReadDetail(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	body := sample("order_detail")
	ids := []string{"240606KQ8VNB12", "240604F7MXQQ31", "240606KQ9C4X07", "240605HRW2ZP55"}
	got, err := a.Read(&schemas.Task{Op: OrderDetail, IDs: ids}, platform.Response{Status: 200, Body: body})
	require.NoError(t, err)
	require.Equal(t, ids, got.Answered)
	require.True(t, got.Page)
	require.Empty(t, got.Children)

	got, err = a.Read(&schemas.Task{Op: OrderDetail, IDs: slices.Concat(ids, []string{"X", "Y"})}, platform.Response{Status: 200, Body: body})
	require.NoError(t, err)
	require.Equal(t, ids, got.Answered)
	require.Len(t, got.Children, 2)
	require.Equal(t, []string{"X"}, got.Children[0].IDs)
	require.Equal(t, []string{"Y"}, got.Children[1].IDs)

	_, err = a.Read(&schemas.Task{Op: OrderDetail, IDs: ids[1:]}, platform.Response{Status: 200, Body: body})
	require.ErrorContains(t, err, "not_asked")

	none := []byte(`{"error":"","response":{"order_list":[]}}`)
	got, err = a.Read(&schemas.Task{Op: OrderDetail, IDs: []string{"X"}}, platform.Response{Status: 200, Body: none})
	require.NoError(t, err)
	require.Equal(t, platform.Answer{Answered: []string{}}, got, "missing alone: a gap, not asked again")
}

func TestReadNotFound(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	r := platform.Response{Status: 200, Body: sample("order_detail_error_not_found")}
	got, err := a.Read(&schemas.Task{Op: OrderDetail, IDs: []string{"X"}}, r)
	require.NoError(t, err)
	require.Equal(t, platform.Answer{Gone: []string{"X"}}, got)

	got, err = a.Read(&schemas.Task{Op: OrderDetail, IDs: []string{"X", "Y", "Z"}}, r)
	require.NoError(t, err)
	require.False(t, got.Page)
	require.Equal(t, []string{"X", "Y"}, got.Children[0].IDs)
	require.Equal(t, []string{"Z"}, got.Children[1].IDs)

	for _, code := range []string{"package_not_exist", "logistics.package_number_not_exist"} {
		r := platform.Response{Status: 200, Body: fmt.Appendf(nil, `{"error":%q}`, code)}
		got, err = a.Read(&schemas.Task{Op: TrackingPackages, IDs: []string{"X", "Y"}}, r)
		require.NoError(t, err)
		require.Len(t, got.Children, 2, "one that is unknown spoils no other")
		_, err = a.Read(&schemas.Task{Op: TrackingPackages, IDs: []string{"X"}}, r)
		require.ErrorContains(t, err, "permanent: "+code)
	}
}

// What a batch of incomes is refused, for whatever reason but that nobody may ask, is asked for order by order in the end.
func TestRefusedIncomesHaveASecondWay(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	r := platform.Response{Status: 200, Body: []byte(`{"error":"error_param","message":"wrong method"}`)}
	got, err := a.Read(&schemas.Task{Op: EscrowDetail, IDs: []string{"X", "Y"}}, r)
	require.NoError(t, err)
	require.Len(t, got.Children, 2)
	_, err = a.Read(&schemas.Task{Op: EscrowDetail, IDs: []string{"X"}}, r)
	require.ErrorContains(t, err, "permanent: error_param")
	r.Body = []byte(`{"error":"error_permission"}`)
	_, err = a.Read(&schemas.Task{Op: EscrowDetail, IDs: []string{"X", "Y"}}, r)
	require.ErrorContains(t, err, "permanent: error_permission")
}

// readByOffset reads a list to its end from a platform whose cursors are the number of rows before; turn is called behind each
// page. Orders are a second apart.
func readByOffset(t *testing.T, a *Adapter, root schemas.Task, orders *[]int, turn func()) (listed map[string]bool, calls int) {
	t.Helper()
	listed = map[string]bool{}
	for tasks := []schemas.Task{root}; len(tasks) > 0; calls++ {
		require.Less(t, calls, 500, "the list has no end")
		task := tasks[0]
		r, err := a.Request(&task, testShop, time.Unix(1655714431, 0))
		require.NoError(t, err)
		from, to := number(t, r.Query.Get("time_from")), number(t, r.Query.Get("time_to"))
		rows := slices.DeleteFunc(slices.Clone(*orders), func(at int) bool { return int64(at) < from || int64(at) > to })
		at, _ := strconv.Atoi(r.Query.Get("cursor"))
		end := min(at+int(number(t, r.Query.Get("page_size"))), len(rows))
		var page []map[string]string
		for _, second := range rows[min(at, end):end] {
			page = append(page, map[string]string{"order_sn": fmt.Sprint("O", second)})
		}
		list, err := json.Marshal(page)
		require.NoError(t, err)
		answer, err := a.Read(&task, platform.Response{
			Status: 200, Body: fmt.Appendf(nil, success(`{"more":%t,"next_cursor":"%d","order_list":%s}`), end < len(rows), end, list),
		})
		require.NoError(t, err)
		for _, id := range answer.Listed {
			listed[id] = true
		}
		tasks = tasks[1:]
		if answer.Next != nil {
			tasks = append(tasks, answer.Next.Task(&task, "c#1"))
		}
		for _, d := range answer.Children {
			if d.Op == task.Op {
				tasks = append(tasks, d.Task(&task, "c#0.0.0"))
			}
		}
		turn()
	}
	return listed, calls
}

// Orders that are updated leave a list of update times while it is read, and shift the others where cursors count rows.
func TestOrdersThatLeaveTakeNoneAlong(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{PageSizes: map[string]int{OrderList: 10}})
	task := listTask()
	task.TimeField = schemas.UpdateTime
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 3))
		var orders []int
		for i := range 30 + random.IntN(70) {
			orders = append(orders, 1000+i)
		}
		leave := 1 + random.IntN(40)
		listed, _ := readByOffset(t, a, *task, &orders, func() {
			if leave > 0 && random.IntN(2) == 0 && len(orders) > 1 {
				leave--
				at := random.IntN(len(orders))
				orders = slices.Delete(slices.Clone(orders), at, at+1)
			}
		})
		for _, at := range orders {
			require.True(t, listed[fmt.Sprint("O", at)], "seed %d: order %d stayed and was not listed", seed, at)
		}
	}
}

// Only where rows can slip is a row of each page asked for twice.
func TestQuietOrderListsOverlapWhereOrdersCanLeave(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{PageSizes: map[string]int{OrderList: 10}})
	var orders []int
	for i := range 100 {
		orders = append(orders, 1000+i)
	}
	for field, want := range map[string]int{schemas.CreateTime: 10, schemas.UpdateTime: 11} {
		task := listTask()
		task.TimeField = field
		listed, calls := readByOffset(t, a, *task, &orders, func() {})
		require.Len(t, listed, 100)
		require.Equal(t, want, calls, field)
	}
}
