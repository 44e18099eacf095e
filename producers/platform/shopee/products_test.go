package shopee

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

func itemTask() *schemas.Task {
	return &schemas.Task{TaskID: "c#0", Op: ItemList, TimeField: schemas.CreateTime, Window: schemas.Window{From: 1000, To: 200_000_000}}
}

func TestItemListSelectsByUpdateTimeAndAllStatuses(t *testing.T) {
	t.Parallel()
	r := ask(t, New(platform.Settings{PageSizes: map[string]int{ItemList: 30}}), itemTask())
	require.Equal(t, http.MethodGet, r.Method)
	require.Equal(t, []string{"NORMAL", "BANNED", "UNLIST", "REVIEWING", "SELLER_DELETE", "SHOPEE_DELETE"}, r.Query["item_status"])
	for key, want := range map[string]string{"offset": "0", "page_size": "30", "update_time_from": "999", "update_time_to": "200000000"} {
		require.Equal(t, want, r.Query.Get(key), key)
	}
	require.Empty(t, New(platform.Settings{}).Split(itemTask()), "no cap is documented")
}

func TestItemListWantsDetailsOfWhatChanged(t *testing.T) {
	t.Parallel()
	got := answer(t, New(platform.Settings{}), itemTask(), sample("item_list"))
	require.Equal(t, &platform.Details{
		Op: ItemBaseInfo, Size: 50, IDs: []string{"23620853561", "800062998", "800062999"},
		Updated: []int64{1717600000, 1717500000, 1717400000},
	}, got.Details)
	require.Equal(t, int64(3), *got.Total)
	require.Nil(t, got.Next)
}

func TestItemListNoticesThatItMoved(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	first := answer(t, a, itemTask(), []byte(success(`{"item":[{"item_id":1},{"item_id":2}],"total_count":4,"has_next_page":true}`)))
	require.Nil(t, first.Total, "the end is not there")
	second := become(*first.Next, itemTask(), itemListPath)
	require.Equal(t, "1", ask(t, a, second).Query.Get("offset"), "the page begins with the last row of the one before")
	for name, c := range map[string]struct {
		body   string
		listed []string
	}{
		"the same list":     {`{"item":[{"item_id":2},{"item_id":3},{"item_id":4}],"total_count":4,"has_next_page":false}`, []string{"3", "4"}},
		"no total":          {`{"item":[{"item_id":2},{"item_id":3}],"has_next_page":false}`, []string{"3"}},
		"another total":     {`{"item":[{"item_id":2},{"item_id":4}],"total_count":3,"has_next_page":false}`, nil},
		"another row":       {`{"item":[{"item_id":3},{"item_id":4}],"total_count":4,"has_next_page":false}`, nil},
		"no rows any more":  {`{"item":[],"total_count":4,"has_next_page":false}`, nil},
		"moved, and longer": {`{"item":[{"item_id":3},{"item_id":4}],"total_count":4,"has_next_page":true}`, nil},
	} {
		got := answer(t, a, second, []byte(success(c.body)))
		require.ElementsMatch(t, c.listed, got.Listed, name)
		require.Equal(t, c.listed == nil, got.Next != nil && got.Next.Cursor == "", "%s: begun anew", name)
	}
}

func TestItemListThatNeverRestsIsHalved(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	task := itemTask()
	task.Cursor = "1"
	task.Carry = platform.Trail{Tail: []string{"1"}, Round: 5}.Encode()
	got := answer(t, a, task, []byte(success(`{"item":[{"item_id":2}],"has_next_page":false}`)))
	require.Nil(t, got.Next)
	require.Len(t, got.Children, 2)

	beyond := []byte(`{"error":"error_param","message":"get items offset over limit, please use the next field"}`)
	got = answer(t, a, task, beyond)
	require.Len(t, got.Children, 2)
	require.Equal(t, "999", ask(t, a, become(got.Children[0], task, "")).Query.Get("update_time_from"))
	require.Equal(t, "200000000", ask(t, a, become(got.Children[1], task, "")).Query.Get("update_time_to"))
}

// Items without models are a page as they are; each of the others still needs its models.
func TestItemBaseInfoBecomesPages(t *testing.T) {
	t.Parallel()
	a := New(platform.Settings{})
	task := &schemas.Task{TaskID: "c#0.0", Op: ItemBaseInfo, IDs: []string{"800062998", "23620853561", "5"}}
	source := sample("item_base_info")
	got := answer(t, a, task, source)
	require.False(t, got.Page)
	require.Len(t, got.Children, 3)

	simple, withModels, again := got.Children[0], got.Children[1], got.Children[2]
	require.True(t, simple.Ready)
	require.Equal(t, Product, simple.Op)
	require.Equal(t, []string{"800062998"}, simple.IDs)
	inFull(t, source, simple.Rows, "item_list", 1)

	require.False(t, withModels.Ready)
	require.Equal(t, []string{"23620853561"}, withModels.IDs)
	inFull(t, source, withModels.Rows, "item_list", 1)
	models := become(withModels, task, itemBaseInfoPath)
	r := ask(t, a, models)
	require.Equal(t, "/api/v2/product/get_model_list", r.Path)
	require.Equal(t, "23620853561", r.Query.Get("item_id"))
	require.True(t, answer(t, a, models, sample("model_list")).Page)

	require.Equal(t, platform.Draft{Op: ItemBaseInfo, IDs: []string{"5"}}, again)
}

func TestModelsAreAskedForUnlessThereAreNone(t *testing.T) {
	t.Parallel()
	for flag, want := range map[string]bool{
		`"has_model":false`: false, `"has_model":"FALSE"`: false, `"has_model":true`: true, `"has_model":"TRUE"`: true,
		`"has_model":null`: true, `"x":1`: true,
	} {
		require.Equal(t, want, hasModels(row{text: []byte("{" + flag + "}")}), flag)
	}
}
