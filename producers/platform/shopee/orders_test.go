package shopee

import (
	"slices"
	"testing"

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
}
